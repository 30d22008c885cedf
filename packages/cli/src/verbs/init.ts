/** `comity init`: a node of one's own. */
import { isOrigin, type PolicyPayload } from '@comity/statement'
import { Option } from 'commander'
import { chmodSync, existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { CliError } from '../cli-error.ts'
import type { Result } from '../context.ts'
import { enterParty, keepKeys, keepNodeKeys, newNode } from '../founding.ts'
import { type GivenKeys, parseGivenKeys } from '../keys/given-keys.ts'
import { nodeKeysOf } from '../keys/node-keys.ts'
import { newPassphrase } from '../keys/new-passphrase.ts'
import { recoveryScheme } from '../keys/party-keys.ts'
import { nameOf, short } from '../names.ts'
import { approverCount, partyMembers, type PartyOptions, withPartyOptions } from '../party-draft.ts'
import { example, type Register } from '../registrar.ts'
import type { GlobalOptions, Session } from '../session.ts'
import { fields, wrap } from '../terminal/text.ts'

interface InitOptions extends GlobalOptions, PartyOptions {
  readonly origin?: string
  readonly keys?: string
  readonly filing: PolicyPayload['filing']
}

export const registerInit: Register = (program, { run }) => {
  withPartyOptions(program.command('init'), 'organisation')
    .summary('found a node: keys, first statements, data folder')
    .description(
      'Founds a node: the party that keeps it, the keys that it signs with, its log with the first three entries, and a token to file with. The keys are encrypted with a passphrase.',
    )
    .option('--origin <name>', 'name of the log, for ever: log.example.org (a hash of its key)')
    .option('--keys <file>', 'take role keys from named PEMs ($COMITY_KEYS: the PEMs)')
    .addOption(new Option('--filing <who>', 'who may file').choices(['token', 'open']).default('token'))
    .addHelpText('after', example('comity init --name "Agency of X" --type state --state XA --as agency'))
    .action(run(init))
}

async function init(session: Session, options: InitOptions): Promise<Result> {
  const { context, home, data } = session
  const alias = options.as ?? 'keeper'
  home.checkNew(alias)
  checkEmpty(data.path)
  if (options.origin !== undefined && !isOrigin(options.origin)) {
    throw new CliError(
      'usage',
      `--origin "${options.origin}" is no origin: a name without scheme, such as log.example.org`,
    )
  }
  const approvers = approverCount(options.approvers)
  const request = {
    given: await givenKeys(session, options, approvers),
    members: partyMembers(options),
    approvers,
    recovery: recoveryScheme(options.recovery),
    at: context.now(),
    origin: options.origin,
    filing: options.filing,
  }
  const node = newNode(request)
  const passphrase = await newPassphrase(context, options, `for the keys of ${alias} and of its node`)
  const written = await session.progress.during(
    'Encrypting the keys',
    keepKeys(node.keeper, { home, alias, passphrase }),
  )
  // Until the node stands, whatever went wrong leaves nothing behind that a second try would stumble over.
  const token = await foundIn(session, node, passphrase).catch((error: unknown) => {
    home.discard(alias, written.recovery)
    emptyAgain(data.path)
    throw error
  })
  enterParty(node.keeper, { home, alias, passphrase }, { data: data.path })
  const tokenFile = home.setToken(alias, token)
  return {
    text: [
      `Founded: the node of ${nameOf(node.keeper.payload.names)}`,
      fields([
        ['party', node.keeper.urn.slice(-64)],
        ['log', short(node.origin)],
        ['data', data.path],
        ['keys', written.keys.join('\n')],
        ['token', tokenFile],
        ['recovery', written.recovery.join('\n')],
      ]),
      '',
      recoveryNotice(written.recovery, passphrase),
      wrap('Start it with: comity serve'),
    ].join('\n'),
    json: { urn: node.keeper.urn, origin: node.origin, alias, data: data.path, tokenFile, ...written },
  }
}

/** What `--keys` or `$COMITY_KEYS` brings along; everything else is made new. */
async function givenKeys(session: Session, { keys }: InitOptions, approvers: number): Promise<GivenKeys | undefined> {
  const names = [
    'sign',
    ...Array.from({ length: approvers }, (_, i) => `approve-${i + 1}`),
    'findings',
    'receipt',
    'log',
  ]
  if (keys !== undefined) {
    const text = Buffer.from(await session.input(keys, 'the file with keys')).toString('utf8')
    return parseGivenKeys(text, keys === '-' ? 'standard input' : session.path(keys), names)
  }
  const text = session.context.env['COMITY_KEYS']
  return text === undefined || text === '' ? undefined : parseGivenKeys(text, '$COMITY_KEYS', names)
}

/** What everybody is told who has just got recovery files. */
export function recoveryNotice(files: readonly string[], passphrase: string | undefined): string {
  const move = wrap(
    `Move the recovery ${files.length === 1 ? 'file' : 'files'} to a safe place away from this machine${files.length === 1 ? '' : ', each to another person'}: ` +
      `${files.length === 1 ? 'it holds' : 'they hold'} the keys that replace these if they are lost or stolen. Without them nobody can help.`,
  )
  return passphrase === undefined
    ? `${move}\n${wrap('The keys are NOT encrypted: whoever reads these files can sign for the party.')}`
    : move
}

async function foundIn(
  session: Session,
  node: ReturnType<typeof newNode>,
  passphrase: string | undefined,
): Promise<string> {
  const { data, progress } = session
  await progress.during('Encrypting the keys of the node', keepNodeKeys(node, data, passphrase))
  progress.update('Founding the node')
  chmodSync(data.path, 0o700)
  return found(session, node)
}

/** Removes what a failed founding left in a folder that was empty before it, or not there. */
function emptyAgain(path: string): void {
  if (!existsSync(path)) return
  for (const name of readdirSync(path)) rmSync(join(path, name), { recursive: true, force: true })
}

function checkEmpty(path: string): void {
  if (existsSync(path) && readdirSync(path).length > 0) {
    throw new CliError('alias-exists', `${path} is not empty: found the node in a new folder with --data DIR`)
  }
}

async function found(session: Session, { origin, keeper, keys, policy }: ReturnType<typeof newNode>): Promise<string> {
  const { ComityNode } = await import('@comity/node')
  const { openVault } = await import('../reach/open-vault.ts')
  const { data, context } = session
  const { keys: signing, masterKey } = nodeKeysOf(
    { party: keeper.urn, keys: keys.keys, symmetric: { master: keys.master } },
    origin,
  )
  try {
    const node = await ComityNode.found({
      directory: data.path,
      keys: signing,
      now: () => context.now(),
      party: keeper.founding,
      policy,
      ...(masterKey === undefined ? {} : { masterKey }),
    })
    try {
      const vault = await openVault(node, data.path)
      try {
        const { secret } = await vault.issueToken({
          party: keeper.urn,
          admin: true,
          label: 'keeper, made by comity init',
        })
        return secret
      } finally {
        await vault.close()
      }
    } finally {
      await node.close()
    }
  } catch (error) {
    // Nothing was registered anywhere: a half-made folder would only be in the way of the next try.
    rmSync(data.path, { recursive: true, force: true })
    throw error
  }
}
