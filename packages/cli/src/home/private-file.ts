import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { CliError } from '../cli-error.ts'

/** Only the owner may look into what these make: files 0600, folders 0700. */

export function makePrivateFolder(path: string): void {
  attempt(`the folder ${path} cannot be made`, () => mkdirSync(path, { recursive: true, mode: 0o700 }))
}

/** Writes a new file and never over an existing one. Durable when it returns. */
export function createPrivateFile(path: string, content: string | Uint8Array): void {
  makePrivateFolder(dirname(path))
  if (existsSync(path)) throw new CliError('alias-exists', `${path} exists already and is not written over`)
  write(path, content, 'wx')
}

/** Replaces a file as a whole: afterwards it holds the old content or the new. */
export function replacePrivateFile(path: string, content: string | Uint8Array): void {
  makePrivateFolder(dirname(path))
  write(`${path}.new`, content, 'w')
  attempt(`${path} cannot be replaced`, () => renameSync(`${path}.new`, path))
}

/** The bytes of a file that the user named or that should be there. */
export function readBytes(path: string, what = 'the file'): Uint8Array {
  try {
    return readFileSync(path)
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    throw new CliError('not-found', `${what} ${path} ${missing ? 'does not exist' : 'cannot be read'}`, {
      cause: error,
    })
  }
}

/** Parses a JSON file. */
export function readJson(path: string, what?: string): unknown {
  const text = Buffer.from(readBytes(path, what)).toString('utf8')
  try {
    return JSON.parse(text)
  } catch (error) {
    const reason = error instanceof Error ? `: ${error.message}` : ''
    throw new CliError('bad-input', `${path} is no JSON${reason}`, { cause: error })
  }
}

/** An object with these members as text, from a JSON file of ours. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function write(path: string, content: string | Uint8Array, flags: 'w' | 'wx'): void {
  attempt(`${path} cannot be written`, () => {
    const file = openSync(path, flags, 0o600)
    try {
      const bytes = typeof content === 'string' ? Buffer.from(content) : content
      let at = 0
      while (at < bytes.length) at += writeSync(file, bytes, at)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
  })
}

function attempt(what: string, action: () => unknown): void {
  try {
    action()
  } catch (error) {
    if (error instanceof CliError) throw error
    throw new CliError('storage', `${what}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    })
  }
}
