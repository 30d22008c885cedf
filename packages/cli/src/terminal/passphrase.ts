import { readFileSync } from 'node:fs'
import { StringDecoder } from 'node:string_decoder'
import type { Context } from '../context.ts'
import { CliError } from '../cli-error.ts'

/** Fewer characters than this are no passphrase. */
const shortest = 8

export interface PassphraseOptions {
  /** First line of this file. */
  readonly passphraseFile?: string | undefined
}

/** Why a passphrase is asked for. */
export interface PassphraseRequest {
  /** Shown in the prompt: `to open the keys of keeper`. */
  readonly purpose: string
  /** A new passphrase is asked for twice, and must be long enough. */
  readonly isNew?: boolean
}

/**
 * The passphrase from `--passphrase-file`, `$COMITY_PASSPHRASE`, or the terminal, in this order.
 * Throws CliError `passphrase` where there is none to be had.
 */
export async function readPassphrase(
  context: Context,
  { passphraseFile }: PassphraseOptions,
  { purpose, isNew = false }: PassphraseRequest,
): Promise<string> {
  const given = passphraseFile === undefined ? context.env['COMITY_PASSPHRASE'] : firstLine(passphraseFile)
  const found = given === undefined || given === '' ? await promptFor(context, purpose, isNew) : given
  if (isNew && [...found].length < shortest) {
    throw new CliError(
      'passphrase',
      `a new passphrase has at least ${shortest} characters, this one has ${[...found].length}`,
    )
  }
  return found.normalize('NFC')
}

function firstLine(path: string): string {
  try {
    const line = readFileSync(path, 'utf8').split(/\r?\n/, 1)[0] ?? ''
    if (line !== '') return line
  } catch (error) {
    throw new CliError('passphrase', `the passphrase file ${path} ${whyUnread(error)}`, { cause: error })
  }
  throw new CliError('passphrase', `the first line of the passphrase file ${path} is empty`)
}

function whyUnread(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ENOENT') return 'does not exist'
  if (code === 'EISDIR') return 'is a folder'
  if (code === 'EACCES' || code === 'EPERM') return 'may not be read by this user'
  return `cannot be read: ${String(code ?? error)}`
}

async function promptFor(context: Context, purpose: string, isNew: boolean): Promise<string> {
  if (context.stdin.isTTY !== true || context.stdin.setRawMode === undefined) {
    throw new CliError(
      'passphrase',
      `a passphrase is needed ${purpose}: run this in a terminal, or give --passphrase-file FILE or $COMITY_PASSPHRASE` +
        (isNew ? ' (or --insecure-no-passphrase to leave the keys unencrypted)' : ''),
    )
  }
  const first = await hidden(context, `${isNew ? 'New passphrase' : 'Passphrase'} ${purpose}: `)
  if (isNew && (await hidden(context, 'The same again: ')) !== first) {
    throw new CliError('passphrase', 'the two passphrases are not the same; nothing was written')
  }
  return first
}

/** Reads one line without showing it. */
function hidden({ stdin, stderr }: Context, prompt: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const decoder = new StringDecoder('utf8')
    let typed = ''
    const finish = (): void => {
      stdin.off('data', onData)
      stdin.setRawMode?.(false)
      stdin.pause()
      stderr.write('\n')
    }
    const onData = (bytes: Buffer): void => {
      for (const character of decoder.write(bytes)) {
        if (character === '\r' || character === '\n') {
          finish()
          resolve(typed)
          return
        }
        if (character === '\u0003' || character === '\u0004') {
          finish()
          reject(new CliError('passphrase', 'no passphrase was given'))
          return
        }
        typed = character === '\u007f' || character === '\b' ? typed.slice(0, -1) : typed + character
      }
    }
    stderr.write(prompt)
    stdin.setRawMode?.(true)
    stdin.resume()
    stdin.on('data', onData)
  })
}
