/** `comity init`: a node of one's own. */
import { isOrigin, type PolicyPayload } from '@comity/statement'
import { Option } from 'commander'
import { chmodSync } from 'node:fs'
import { CliError } from '../cli-error.ts'
import type { Result } from '../context.ts'
import { enterParty, keepKeys, keepNodeKeys, type KeptParty, type NewNode, newNode } from '../founding.ts'
import { emptyAgain, makePrivateFolder, missingFolders, removeEmptyFolders } from '../home/private-file.ts'
import { type GivenKeys, parseGivenKeys } from '../keys/given-keys.ts'
import { nodeKeyNames, nodeKeysOf } from '../keys/node-keys.ts'
import { newPassphrase } from '../keys/new-passphrase.ts'
import { recoveryScheme } from '../keys/party-keys.ts'
import { newSealKey, type NewSealKey } from '../keys/seal-key.ts'
import { nameOf, short } from '../names.ts'
import { approverCount, otherApprovers, partyMembers, type PartyOptions, withPartyOptions } from '../party-draft.ts'
import { example, type Register } from '../registrar.ts'
import type { GlobalOptions, Session } from '../session.ts'
import { fields, wrap } from '../terminal/text.ts'
import { orUndo } from '../undo-on-signal.ts'

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
  data.checkEmpty('found the node in a new folder with --data DIR')
  if (options.origin !== undefined && !isOrigin(options.origin)) {
    throw new CliError(
      'usage',
      `--origin "${options.origin}" is no origin: a name without scheme, such as log.example.org`,
    )
  }
  const approvers = approverCount(options.approvers)
  const seal = newSealKey()
  const request = {
    seal: seal.entry,
    given: await givenKeys(session, options, approvers),
    members: partyMembers(options),
    approvers,
    otherApprovers: otherApprovers(session, options),
    recovery: recoveryScheme(options.recovery),
    at: context.now(),
    origin: options.origin,
    filing: options.filing,
  }
  const node = newNode(request)
  const { undo, dataIsOurs } = undoOf(session, alias)
  return orUndo(context, undo, async () => {
    // What cannot be made is said before anybody thinks of a passphrase.
    makePrivateFolder(data.path)
    makePrivateFolder(home.path)
    const passphrase = await newPassphrase(context, options, `for the keys of ${alias} and of its node`)
    const place = { home, alias, passphrase }
    const written = await session.progress.during('Encrypting the keys', keepKeys(node.keeper, place))
    await session.progress.during('Encrypting the keys of the node', keepNodeKeys(node, data, passphrase))
    dataIsOurs()
    session.progress.update('Founding the node')
    const token = await found(session, node, seal)
    enterParty(node.keeper, place, { data: data.path })
    const tokenFile = home.setToken(alias, token)
    return resultOf(session, { node, alias, passphrase, tokenFile, written })
  })
}

/** Until the node stands, whatever goes wrong leaves nothing behind that a second try would stumble over. */
function undoOf(
  { home, data }: Session,
  alias: string,
): { readonly undo: () => void; readonly dataIsOurs: () => void } {
  const undoParty = home.undoOf(alias)
  const folders = missingFolders(data.path)
  const undoData = emptyAgain(data.path)
  let isOurs = false
  return {
    undo: () => {
      undoParty()
      // Another process may be founding in the same folder: it was the first there, or its keys would not be.
      if (isOurs) undoData()
      else removeEmptyFolders([data.nodeFolder, ...folders])
    },
    dataIsOurs: () => {
      isOurs = true
    },
  }
}

function resultOf(
  { data }: Session,
  {
    node,
    alias,
    passphrase,
    tokenFile,
    written,
  }: {
    readonly node: NewNode
    readonly alias: string
    readonly passphrase: string | undefined
    readonly tokenFile: string
    readonly written: KeptParty
  },
): Result {
  return {
    text: [
      `Founded: the node of ${nameOf(node.keeper.payload.names)}`,
      fields([
        ['party', node.keeper.urn.slice(-64)],
        ['log', short(node.origin)],
        ['data', data.path],
        ['keys', written.keys.join('\n')],
        ['token', tokenFile],
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
  const names = ['sign', ...Array.from({ length: approvers }, (_, i) => `approve-${i + 1}`), ...nodeKeyNames]
  if (keys !== undefined) {
    const text = Buffer.from(await session.input(keys, 'the file with keys')).toString('utf8')
    return parseGivenKeys(text, keys === '-' ? 'standard input' : session.path(keys), names)
  }
  const text = session.context.env['COMITY_KEYS']
  return text === undefined || text === '' ? undefined : parseGivenKeys(text, '$COMITY_KEYS', names)
}

/** What everybody is told who has just got recovery files: where they lie, and that they cannot stay there. */
export function recoveryNotice(files: readonly string[], passphrase: string | undefined): string {
  const isOne = files.length === 1
  const lines = [
    isOne
      ? 'Move the recovery file off this machine, to a safe place:'
      : 'Move the recovery files off this machine, each to another person:',
    ...files.map((path) => `  ${path}`),
    wrap(
      `${isOne ? 'It holds' : 'They hold'} the keys that replace these if they are lost or stolen. Without them nobody can help.`,
    ),
  ]
  if (passphrase === undefined)
    lines.push(wrap('The keys are NOT encrypted: whoever reads these files can sign for the party.'))
  return lines.join('\n')
}

async function found(session: Session, { origin, keeper, keys, policy }: NewNode, seal: NewSealKey): Promise<string> {
  const { ComityNode, Inbox } = await import('@comity/node')
  const { openVault } = await import('../reach/open-vault.ts')
  const { data, context } = session
  chmodSync(data.path, 0o700)
  const { keys: signing, masterKey } = nodeKeysOf(
    { party: keeper.urn, keys: keys.keys, symmetric: { master: keys.master } },
    origin,
  )
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
      await new Inbox({ node, vault }).sealKeys.add(keeper.urn, seal.jwk)
      const label = 'keeper, made by comity init'
      const { secret } = await vault.issueToken({ party: keeper.urn, admin: true, label })
      return secret
    } finally {
      await vault.close()
    }
  } finally {
    await node.close()
  }
}
