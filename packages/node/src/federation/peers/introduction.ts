/** Meeting a node before it is a peer: what its address serves, verified as far as its first entries go. */
import { type Client, ClientError, type ClientOptions, createClient, eachItem } from '@comity/contract'
import { sha256, treeHasher } from '@comity/crypto'
import {
  LogError,
  Tree,
  type VerifierKey,
  formatVerifierKey,
  memoryHashStorage,
  noteType,
  parseCheckpoint,
  parseNote,
  parseVerifierKey,
  tileWidth,
  verifierKey,
} from '@comity/log'
import { type PartyState, rawKey } from '@comity/statement'
import { FederationError } from '../federation-error.ts'
import { type Head, readHead } from '../mirror/head.ts'
import { PeerLog } from '../mirror/peer-log.ts'
import { isSigned as isSignedWith, pinnedKeys } from '../mirror/head-keys.ts'
import type { KeeperTrail } from '../mirror/keeper-trail.ts'
import { type Indexed, keeperOf, readOn } from './keeper-chain.ts'
import type { Fetch } from './peer.ts'

/** What whoever adds a peer knows of it already. */
export interface Expectation {
  /** The party that must keep it. */
  readonly keeper?: string | undefined
  /** The key its newest checkpoint must be signed with, as a C2SP verifier key. */
  readonly logKey?: string | undefined
}

/** What an address says of the node behind it; signatures and the beginning of its log were verified. */
export interface Introduction {
  readonly origin: string
  readonly url: string
  readonly keeper: string
  readonly names: PartyState['names']
  readonly type: PartyState['type']
  /** The State it claims to be, or to be of. */
  readonly state?: string
  /** The keys with which its newest checkpoint may be signed, as C2SP verifier keys. */
  readonly logKeys: readonly string[]
  /** The keys under which it says it cosigns, those that its keeper has stated: C2SP verifier keys. Empty: no witness. */
  readonly witnessKeys: readonly string[]
  readonly size: number
  /** `sha256:<hex>` */
  readonly root: string
}

/** Keys of one witness: one of each kind, and those of a rotation. */
export const witnessKeysAtMost = 8

/** Statements by which a keeper changed itself, and approvals of them: who has more is read as a mirror. */
const laterAtMost = 512

/**
 * Reads checkpoint and first entries at `url` (without a slash at the end) and verifies that one fits the other.
 *
 * Throws FederationError: as fetching does, `no-log`, `head-malformed`, `peer-unverified`, `wrong-keeper` and
 * `wrong-log-key`.
 */
export async function introduce(fetch: Fetch, url: string, expected: Expectation = {}): Promise<Introduction> {
  const log = new PeerLog(url, url, fetch)
  const note = await log.checkpoint()
  const head = readHead(note, nameIn(note, url))
  if (head.size === 0) throw new FederationError('peer-unverified', `the log at ${url} has no entries yet`)
  const leaves = await log.entriesBehind(0, Math.min(head.size, tileWidth), 0, 0)
  requireRoot(leaves, head)
  const [first, ...others] = leaves
  if (first === undefined) throw new FederationError('peer-unverified', `the log at ${url} serves no entry`)
  const entries = others.map((leaf, i): Indexed => [i + 1, leaf])
  const trail = readOn(keeperOf(head.origin, first), entries)
  const urn = requireState(trail).urn
  if (expected.keeper !== undefined && expected.keeper !== urn) {
    throw new FederationError('wrong-keeper', `${url} is kept by ${urn}, not by ${expected.keeper}`)
  }
  const { keys, keeper } = await signingKeys(trail, head, { url, fetch, expected: expected.logKey })
  const { names, type, state } = keeper
  return {
    origin: head.origin,
    url,
    keeper: urn,
    names,
    type,
    ...(state === undefined ? {} : { state }),
    logKeys: keys.map(formatVerifierKey),
    witnessKeys: await witnessKeysOf(trail, keeper, { url, fetch, origin: head.origin }),
    size: head.size,
    root: `sha256:${Buffer.from(head.root).toString('hex')}`,
  }
}

/** A key under which a witness cosigns, as text. Throws `bad-verifier-key`. */
export function witnessKey(text: string): VerifierKey {
  try {
    const key = parseVerifierKey(text, sha256)
    if ([noteType.cosignature, noteType.mlDsa44].some((type) => type === key.type)) return key
    throw new FederationError(
      'bad-verifier-key',
      `the key of ${key.name} has type ${key.type}: a witness cosigns with type 4 (Ed25519) or 6 (ML-DSA-44)`,
    )
  } catch (error) {
    if (!(error instanceof LogError)) throw error
    throw new FederationError('bad-verifier-key', error.message, { cause: error })
  }
}

function nameIn(note: Uint8Array, url: string): string {
  try {
    return parseCheckpoint(parseNote(note).text).origin
  } catch (error) {
    if (!(error instanceof LogError)) throw error
    throw new FederationError('head-malformed', `what ${url} serves as checkpoint is none: ${error.message}`)
  }
}

/** Where the first entries are all there are, they hash to the root. */
function requireRoot(leaves: readonly Uint8Array[], head: Head): void {
  if (leaves.length !== head.size) return
  const tree = Tree.open(treeHasher, memoryHashStorage(), 0)
  tree.append(Buffer.concat(leaves.map((leaf) => treeHasher.leaf(leaf))))
  if (Buffer.compare(tree.root(), head.root) !== 0)
    throw new FederationError('peer-unverified', `the ${head.size} entries do not hash to the root that is signed`)
}

function requireState({ state }: KeeperTrail): PartyState {
  if (state === undefined) throw new FederationError('peer-unverified', 'the log has no keeper')
  return state
}

interface Asking {
  readonly url: string
  readonly fetch: Fetch
  readonly expected: string | undefined
}

/** The keys that may have signed the head, of which one has, and the keeper who named them. */
async function signingKeys(
  trail: KeeperTrail,
  head: Head,
  { url, fetch, expected }: Asking,
): Promise<{ readonly keys: readonly VerifierKey[]; readonly keeper: PartyState }> {
  const keeper = requireState(trail)
  if (expected !== undefined) {
    const keys = pinnedKeys([expected], head.origin)
    if (isSigned(head, keys)) return { keys, keeper }
    throw new FederationError('wrong-log-key', `the newest checkpoint at ${url} is not signed with the key ${expected}`)
  }
  const keys = logKeysOf(keeper)
  if (isSigned(head, keys)) return { keys, keeper }
  // The keeper has other keys since: further on in the log, where its own index finds its statements at once.
  const client = createClient({ baseUrl: url, fetch: asPlainFetch(fetch) })
  const later = requireState(readOn(trail, await laterStatements(keeper.urn, client)))
  const newer = logKeysOf(later)
  if (isSigned(head, newer)) return { keys: newer, keeper: later }
  throw new FederationError(
    'peer-unverified',
    `the newest checkpoint at ${url} is signed with no key that its keeper ${keeper.urn} has named for its log`,
  )
}

/** Keys that only the server vouches for are left out: who stands between could put in his own. */
async function witnessKeysOf(
  trail: KeeperTrail,
  keeper: PartyState,
  { url, fetch, origin }: { readonly url: string; readonly fetch: Fetch; readonly origin: string },
): Promise<readonly string[]> {
  const client = createClient({ baseUrl: url, fetch: asPlainFetch(fetch) })
  const shown = await shownWitnessKeys(client)
  const statedBy = (state: PartyState): readonly string[] => {
    const stated = new Set(statedWitnessKeys(state, origin))
    return shown.filter((key) => stated.has(key))
  }
  const stated = statedBy(keeper)
  if (stated.length === shown.length) return stated
  // The keeper may have named them later, as one does who founded his node before there were such keys.
  return statedBy(requireState(readOn(trail, await laterStatements(keeper.urn, client))))
}

/** What serves a log and nothing else is asked in vain, and is no witness. */
async function shownWitnessKeys(client: Client): Promise<readonly string[]> {
  try {
    const { witnessKeys } = await client.status()
    return Array.isArray(witnessKeys) ? witnessKeys.slice(0, witnessKeysAtMost) : []
  } catch (error) {
    if (error instanceof ClientError) return []
    throw error
  }
}

function statedWitnessKeys({ keys }: PartyState, origin: string): readonly string[] {
  return keys
    .filter(({ roles, to }) => roles.includes('witness') && to === undefined)
    .map(rawKey)
    .flatMap(({ alg, bytes }) => {
      const type = alg === 'EdDSA' ? noteType.cosignature : alg === 'ML-DSA-44' ? noteType.mlDsa44 : undefined
      return type === undefined ? [] : [formatVerifierKey(verifierKey(origin, type, bytes, sha256))]
    })
}

function isSigned(head: Head, keys: readonly VerifierKey[]): boolean {
  try {
    return isSignedWith(head, keys)
  } catch (error) {
    if (error instanceof FederationError) return false
    throw error
  }
}

function logKeysOf({ keys, home }: PartyState): readonly VerifierKey[] {
  return keys
    .filter(({ roles, to }) => roles.includes('log') && to === undefined)
    .map(rawKey)
    .filter(({ alg }) => alg === 'EdDSA')
    .map(({ bytes }) => verifierKey(home, noteType.ed25519, bytes, sha256))
}

/** What a keeper said of itself behind the first entries, in the order of the log. */
async function laterStatements(keeper: string, client: Client): Promise<readonly Indexed[]> {
  const found: { readonly id: string; readonly index: number }[] = []
  try {
    for (const kind of ['party', 'approval']) {
      for await (const each of eachItem(client.statements, { party: keeper, kind, from: tileWidth })) {
        if (found.push(each) > laterAtMost)
          throw new FederationError('peer-unverified', `the keeper changed more than ${laterAtMost} times: give --pin`)
      }
    }
    const entries: Indexed[] = []
    for (const { id, index } of found.toSorted((a, b) => a.index - b.index))
      entries.push([index, await client.rawStatement(id)])
    return entries
  } catch (error) {
    if (!(error instanceof ClientError)) throw error
    if (error.cause instanceof FederationError) throw error.cause
    throw new FederationError('peer-answers-otherwise', error.message, { cause: error })
  }
}

/** As the client of a node wants it: it gives text as address, and nothing that a guarded call does not take. */
function asPlainFetch(ask: Fetch): NonNullable<ClientOptions['fetch']> {
  return (input, init) => ask(input instanceof Request ? input.url : String(input), init)
}
