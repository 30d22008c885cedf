import {
  type PartyPayload,
  type PartyState,
  StatementError,
  partyStatementKey,
  verifySignature,
} from '@comity/statement'
import { crypto } from '../../crypto-port.ts'
import type { CheckedEntry } from '../../reading/check-entries.ts'
import { payloadOf } from '../../register/entry.ts'
import { type Unclosed, decodeEntry } from '../../register/fold.ts'
import { FederationError } from '../federation-error.ts'
import { KeeperTrail } from '../mirror/keeper-trail.ts'

/** An entry of a log with its index. */
export type Indexed = readonly [index: number, leaf: Uint8Array]

/**
 * A log's keeper as its own statements tell, each verified with keys that the ones before it named. It begins with the
 * statement whose hash is the keeper's name, so it believes no server: one that leaves statements out can only show a
 * keeper as it was.
 *
 * `origin` is what the log calls itself. Throws `peer-unverified` where its first entry founds no party at home there.
 */
export function keeperOf(origin: string, first: Uint8Array): KeeperTrail {
  const entry = decodedFirst(first)
  const start = { keeper: entry.statement.iss, origin, state: undefined, batchStart: 0, lastBatch: 0 }
  const trail = readOn(KeeperTrail.from({ ...start, approved: () => [] }), [[0, first]])
  if (trail.state !== undefined) return trail
  const { home } = payloadOf<PartyPayload>(entry)
  throw new FederationError(
    'peer-unverified',
    home === origin
      ? 'the first entry of the log is not signed with a key that founds its keeper'
      : `the log calls itself ${origin}, and its keeper calls it ${String(home)}`,
  )
}

/** The trail behind further entries, in the order of the log: what the keeper could not have said has no effect. */
export function readOn(trail: KeeperTrail, entries: Iterable<Indexed>): KeeperTrail {
  let read = trail
  for (const [index, leaf] of entries) {
    const entry = decoded(index, leaf)
    if (entry === undefined || !['approval', 'party', 'time'].includes(entry.statement.kind)) continue
    if (entry.statement.kind === 'time' || isSigned(read.state, entry)) read = read.after([signed(entry)])
  }
  return read
}

/** Time leaves only mark where batches end, so their signature does not matter here. */
function signed(entry: Unclosed): CheckedEntry {
  return { position: entry.position, entry, signature: 'right' }
}

function isSigned(state: PartyState | undefined, entry: Unclosed): boolean {
  const { statement } = entry
  try {
    const payload = statement.kind === 'party' ? payloadOf<PartyPayload>(entry) : noKeys
    verifySignature(statement, partyStatementKey(state, payload, statement.kidHex, crypto), crypto)
    return true
  } catch (error) {
    if (error instanceof StatementError) return false
    throw error
  }
}

/** An approval brings no keys of its own. */
const noKeys: PartyPayload = { names: [], type: 'organisation', home: '', keys: [] }

function decoded(index: number, leaf: Uint8Array): Unclosed | undefined {
  try {
    return decodeEntry(index, leaf)
  } catch (error) {
    if (error instanceof StatementError) return undefined
    throw error
  }
}

function decodedFirst(leaf: Uint8Array): Unclosed {
  const entry = decoded(0, leaf)
  if (entry?.statement.kind === 'party') return entry
  throw new FederationError('peer-unverified', 'the first entry of the log is no statement of its keeper')
}
