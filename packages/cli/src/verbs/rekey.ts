/**
 * `comity rekey`: other keys for the node itself.
 *
 * A node signs each batch with keys that its keeper's party statement names, so the new ones must be there before it
 * signs with them, and the old ones until it does: a statement that ended the keys in use would end the log. Both changes
 * are recoveries, for a rotation may bring nothing but what was committed to.
 *
 *     statement 1   old and new keys          signed into the log by the node under its old keys
 *     keys.json     ← keys.next.json; the old ones that are still to end stand in keys.ending.json
 *     statement 2   new keys                  signed into the log by the node under its new keys
 */
import type { ComityNode } from '@comity/node'
import { formatVerifierKey, noteType, verifierKey } from '@comity/log'
import { sha256 } from '@comity/crypto'
import {
  decodeStatement,
  keysDigest,
  kidOf,
  type PartyPayload,
  type PartyState,
  readPayloadAs,
  statementUrn,
} from '@comity/statement'
import { CliError } from '../cli-error.ts'
import type { Result } from '../context.ts'
import { withChangedKeys } from '../contacts/contact-key.ts'
import { crypto } from '../crypto-port.ts'
import { signed } from '../filing.ts'
import type { DataFolder } from '../home/data-folder.ts'
import { exists } from '../home/private-file.ts'
import { type KeyRing, sealKeys } from '../keys/key-file.ts'
import { type NewKeyOptions, newPassphrase } from '../keys/new-passphrase.ts'
import { absentWitnessKeys, logKeyOf, nodeKeysOf } from '../keys/node-keys.ts'
import { openKeyFile } from '../keys/open-keys.ts'
import { entriesElsewhere, type HumanKeys, keyEntries, nextKeysIn, recoveryKeysIn } from '../keys/party-keys.ts'
import { kidHexOf, newRoleKey, publicEntry, type RoleKey, signerOf } from '../keys/role-key.ts'
import { secondsFrom, short } from '../names.ts'
import { collect, example, type Register } from '../registrar.ts'
import type { Session } from '../session.ts'
import { fields, wrap } from '../terminal/text.ts'

interface RekeyOptions extends NewKeyOptions {
  readonly recoveryFile: readonly string[]
  readonly only?: readonly string[]
  readonly since?: string
}

export const registerRekey: Register = (program, { run }) => {
  program
    .command('rekey')
    .summary('replace the keys that the node itself signs with')
    .description(
      'Makes new keys for receipts, checkpoints, findings and cosignatures, names them in the party statement of the keeper on the word of its recovery keys, and ends the old ones. What these have signed goes on counting. A node that has no keys to cosign with gets some with --only witness. The node must not be running; interrupted, the same words finish it.',
    )
    .requiredOption('--recovery-file <file>', 'a file with a recovery key (repeatable)', collect)
    .option('--only <key>', 'this key alone: findings, receipt, log, witness … (repeatable)', collect)
    .option('--since <time>', 'the old keys were in other hands since then: 2026-11-21')
    .option('--insecure-no-passphrase', 'leave the new keys unencrypted')
    .addHelpText(
      'after',
      example(
        'comity rekey --data /var/lib/comity --recovery-file agency-recovery.json',
        'comity rekey --only receipt --since 2026-11-20 --recovery-file recovery.json',
      ),
    )
    .action(run(rekey))
}

/** What a replacement stands on: enough recovery keys, and the next keys of the keeper's people. */
interface Authority {
  readonly recovery: readonly RoleKey[]
  readonly next: HumanKeys
}

async function rekey(session: Session, options: RekeyOptions): Promise<Result> {
  const { data } = session
  const { origin, keeper } = data.founded()
  const since = options.since === undefined ? undefined : secondsFrom(options.since, '--since')
  const serving = data.serving()
  if (serving !== undefined) throw new CliError('storage', `a node serves this folder at ${serving}: stop it first`)
  const old = await openKeyFile(session, data.keyFile, session.options)
  const names = checkedNames(old, options.only)
  const added =
    names.some((name) => name.startsWith('witness')) || options.only === undefined ? absentWitnessKeys(old) : []
  const leftover = data.endingKeys()
  const authority = await authorityIn(session, options.recoveryFile, keeper)

  const change = await withNode(session, old, origin, async (node) => {
    const begun = await begunRing(session, data)
    const after = begun ?? {
      ...old,
      keys: [...old.keys.map((key) => (names.includes(key.name) ? renewed(key) : key)), ...added],
    }
    const ending = new Set([...leftover, ...kidsOf(old)].filter((kid) => !kidsOf(after).includes(kid)))
    checkAuthority(node, authority, [
      { after: old, ending: new Set(leftover) },
      { after, ending },
    ])
    // Frozen, or in storage that failed: nothing is begun that cannot be ended.
    if (begun === undefined && node.stopped !== undefined) throw node.stopped
    if (begun === undefined) await keepNext(session, data, after, options)
    await addBeside(session, node, authority, { after, ending })
    return { after, ending }
  })
  data.noteEndingKeys([...change.ending])
  data.takeNextKeys()
  const { after } = change
  const statement = await withNode(session, after, origin, (node) => endOld(session, node, authority, change, since))
  data.forgetEndingKeys()

  const replaced = after.keys
    .map((key) => ({ name: key.name, kid: kidHexOf(key), before: kidNamed(old, key.name) }))
    .filter(({ kid, before }) => kid !== before)
  const logKey = formatVerifierKey(verifierKey(origin, noteType.ed25519, logKeyOf(after), sha256))
  return {
    text: [
      ...(['Replaced', 'Added'] as const).flatMap((word) => {
        const those = replaced.filter(({ before }) => (before === '') === (word === 'Added'))
        return those.length === 0 ? [] : [`${word}: ${those.map(({ name }) => name).join(', ')}`]
      }),
      fields([
        ['statement', statement],
        // The longest of these names would push its key over the edge.
        ...replaced.map(({ name, kid }) => [name.replace('witness-ml', 'ml'), kid] as const),
        ['log', short(origin)],
      ]),
      '',
      ...(replaced.some(({ name }) => name === 'log')
        ? [wrap('Tell witnesses and mirrors the new verifier key of the log:'), `  ${logKey}`]
        : []),
      ...(replaced.some(({ name }) => name.startsWith('witness'))
        ? [wrap('Whoever has this node as a witness pins its new keys with "comity peer add --with-witness".')]
        : []),
      wrap('Start the node again with: comity serve. Make a new backup: an older one holds the old keys.'),
    ].join('\n'),
    json: { origin, statement, replaced, verifierKey: logKey },
  }
}

function checkedNames(ring: KeyRing, only: readonly string[] | undefined): readonly string[] {
  const names = ring.keys.map(({ name }) => name)
  const known = [...names, ...absentWitnessKeys(ring).map(({ name }) => name)]
  const unknown = only?.find((name) => !known.includes(name))
  if (unknown === undefined) return only ?? names
  throw new CliError('usage', `--only "${unknown}" is no key of this node: ${known.join(', ')}`)
}

function kidsOf({ keys }: KeyRing): readonly string[] {
  return keys.map(kidHexOf)
}

function kidNamed(ring: KeyRing, name: string): string {
  const found = ring.keys.find((key) => key.name === name)
  return found === undefined ? '' : kidHexOf(found)
}

async function authorityIn(session: Session, files: readonly string[], keeper: string): Promise<Authority> {
  const keys: RoleKey[] = []
  for (const file of files) {
    const path = session.path(file)
    const ring = await openKeyFile(session, path, session.options)
    if (ring.party !== keeper)
      throw new CliError('missing-key', `${path} holds keys of ${ring.party}, not of the keeper`)
    keys.push(...ring.keys)
  }
  const next = nextKeysIn(keys)
  if (next === undefined) {
    throw new CliError(
      'missing-key',
      'none of these files holds the next keys: with several files they are in the first',
    )
  }
  return { recovery: recoveryKeysIn(keys), next }
}

/** New keys that were made before and have not come into use: an earlier run was interrupted. */
async function begunRing(session: Session, data: DataFolder): Promise<KeyRing | undefined> {
  return exists(data.nextKeyFile) ? openKeyFile(session, data.nextKeyFile, session.options) : undefined
}

function renewed({ name, roles, kinds, key }: RoleKey): RoleKey {
  return newRoleKey(name, roles, kinds, key.alg)
}

/** What the node signs with afterwards, and which of its keys then end: thumbprints. */
interface Change {
  readonly after: KeyRing
  readonly ending: ReadonlySet<string>
}

/** On disk before anything is said about them: a party must never name keys that only this process has. */
async function keepNext(session: Session, data: DataFolder, ring: KeyRing, options: NewKeyOptions): Promise<void> {
  const given = { ...session.options, ...options }
  const passphrase = await newPassphrase(session.context, given, 'for the new keys of the node')
  data.writeNextKeys(await session.progress.during('Encrypting the keys', sealKeys(ring, passphrase)))
}

/** The keeper as the log has it, and what its latest statement says. */
interface Standing {
  readonly state: PartyState
  readonly payload: PartyPayload
}

function standingOf(node: ComityNode): Standing {
  const state = node.findParty(node.keeper)
  if (state === undefined) throw new CliError('not-founded', 'this log does not know its keeper')
  const statement = decodeStatement(Uint8Array.from(node.ledger.leaf(state.index)), crypto)
  return { state, payload: readPayloadAs(statement, 'party') }
}

/** Throws `missing-key` where the recovery files are too few, or not the newest. */
function checkAuthority(node: ComityNode, authority: Authority, changes: readonly Change[]): void {
  const { state, payload } = standingOf(node)
  const needed = state.recovery?.threshold
  const usable = usableKeys(state, authority)
  if (needed === undefined || usable.length < needed) {
    throw new CliError(
      'missing-key',
      `this takes ${needed ?? 'at least one'} of its recovery keys; these files hold ${usable.length}: the keys of a node change by recovery alone`,
    )
  }
  // An interrupted run has committed to the keys that it was to end with.
  const lists = [payload.keys, ...changes.map((change) => keysAfter(payload.keys, change))]
  if (state.next !== undefined && !lists.some((keys) => commitment(authority, keys) === state.next)) {
    throw new CliError('missing-key', 'the next keys in these files are not those committed to: use the newest files')
  }
}

function usableKeys({ recovery }: PartyState, authority: Authority): readonly RoleKey[] {
  return authority.recovery.filter((key) => recovery?.keys.some(({ kid }) => kid === kidHexOf(key)))
}

/** What the keeper commits to beside its people's next keys: the node keeps its keys when they rotate. */
function commitment({ next }: Authority, keys: PartyPayload['keys']): string {
  return keysDigest(keyEntries(next, entriesElsewhere(keys, next.approvers.length)), crypto)
}

/** The entries as the change leaves them. Whatever else the keeper lists stays. */
function keysAfter(keys: PartyPayload['keys'], { after, ending }: Change): PartyPayload['keys'] {
  const kept = keys.filter(({ jwk }) => !ending.has(kidOf(jwk, crypto)))
  const listed = new Set(kept.map(({ jwk }) => kidOf(jwk, crypto)))
  return [...kept, ...after.keys.filter((key) => !listed.has(kidHexOf(key))).map(publicEntry)]
}

/** The first statement. Not filed again where an interrupted run has. */
async function addBeside(session: Session, node: ComityNode, authority: Authority, change: Change): Promise<void> {
  const standing = standingOf(node)
  const { keys } = standing.payload
  const beside = keysAfter(keys, { ...change, ending: new Set() })
  if (beside.length === keys.length) return
  const next = commitment(authority, keysAfter(keys, change))
  await fileChange(session, node, { standing, authority, members: { keys: beside, next } })
}

/** The second statement. Resolves with its identifier. */
async function endOld(
  session: Session,
  node: ComityNode,
  authority: Authority,
  change: Change,
  since: number | undefined,
): Promise<string> {
  const standing = standingOf(node)
  // Keys that were only added end none.
  if (change.ending.size === 0) return standing.state.statement
  const keys = keysAfter(standing.payload.keys, change)
  const compromise = [...change.ending].map((kid) => ({ kid, since: since ?? 0 }))
  const members = { keys, next: commitment(authority, keys), ...(since === undefined ? {} : { compromise }) }
  return fileChange(session, node, { standing, authority, members })
}

/** Files a recovery: its approvals first, as its threshold demands. */
async function fileChange(
  session: Session,
  node: ComityNode,
  {
    standing: { state, payload },
    authority,
    members,
  }: { readonly standing: Standing; readonly authority: Authority; readonly members: Partial<PartyPayload> },
): Promise<string> {
  const { compromise: _, documents: __, ...rest } = payload
  const [first, ...others] = usableKeys(state, authority)
  if (first === undefined) throw new CliError('missing-key', 'these files hold no recovery key of the keeper')
  const { urn } = state
  const iat = session.context.now()
  const by = (key: RoleKey) => ({ iss: urn, signer: signerOf(key), iat })
  const next = withChangedKeys({ ...rest, previous: state.statement }, members)
  const statement = signed({ kind: 'party', sub: urn, payload: next }, by(first))
  const { id } = decodeStatement(statement, crypto)
  for (const other of others.slice(0, (state.recovery?.threshold ?? 1) - 1)) {
    await submit(node, signed({ kind: 'approval', sub: statementUrn(id), payload: {} }, by(other)))
  }
  await submit(node, statement)
  return id
}

async function submit(node: ComityNode, bytes: Uint8Array): Promise<void> {
  const { Refused } = await import('@comity/node')
  try {
    await node.submit(bytes)
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    const { code, message } = error.reason
    throw new CliError('refused', `refused: ${message}`, { inner: code, cause: error })
  }
}

/** Opens the node with these keys, for one piece of work. */
async function withNode<T>(
  session: Session,
  ring: KeyRing,
  origin: string,
  work: (node: ComityNode) => Promise<T>,
): Promise<T> {
  const { ComityNode } = await import('@comity/node')
  const node = await ComityNode.open({
    directory: session.data.path,
    ...nodeKeysOf(ring, origin),
    now: () => session.context.now(),
    onProgress: (done, total) => session.progress.update('Opening the node', done, total),
  })
  try {
    return await work(node)
  } finally {
    await node.close()
  }
}
