import { sha256 } from '@comity/crypto'
import { LogError, type VerifierKey, parseVerifierKey } from '@comity/log'
import type { PartyState } from '@comity/statement'
import { logVerifierKeys } from '../../reading/log-keys.ts'
import type { Database } from '../../register/database.ts'
import { rangeOf } from '../../register/position.ts'
import type { Peer } from '../peers/peer.ts'
import type { KnownLogs } from './witness.ts'

export interface KnownLogsParts {
  readonly peers: { find(origin: string): Peer | undefined }
  /** Committed rows of the register. */
  readonly reader: Database
  /** Whole seconds since the epoch. */
  readonly now: () => number
}

/**
 * The logs that are witnessed: those of peers. While a peer's log is followed, the keys that its keeper's statements give
 * it now count; before that, and for a peer that is not followed, those that were pinned. A log that is quarantined is
 * none that is known.
 *
 * What is found is good for the second, so that two thousand requests a second do not read two thousand rows.
 */
export function knownLogs({ peers, reader, now }: KnownLogsParts): KnownLogs {
  const found = new Map<string, readonly VerifierKey[] | undefined>()
  let second = 0
  return (origin) => {
    if (now() !== second) {
      found.clear()
      second = now()
    }
    if (found.has(origin)) return found.get(origin)
    const peer = peers.find(origin)
    const keys = peer === undefined ? undefined : keysOf(peer, reader)
    // Strangers' names are not kept: they would be, for a second, as many as somebody cares to send.
    if (peer !== undefined) found.set(origin, keys)
    return keys
  }
}

function keysOf({ origin, keeper, mirror, logKeys }: Peer, reader: Database): readonly VerifierKey[] | undefined {
  const row = mirror
    ? reader.prepare('SELECT log, size, followed FROM log WHERE origin = ? AND log > 0').get(origin)
    : undefined
  if (row === undefined || Number(row['size']) === 0) return pinned(logKeys, origin)
  if (Number(row['followed']) === 0) return undefined
  const { from, to } = rangeOf(Number(row['log']))
  const state = reader
    .prepare(
      `SELECT v.state AS state FROM party JOIN party_version v USING (party)
       WHERE party.urn = ? AND party.party >= ? AND party.party < ? ORDER BY v.position DESC LIMIT 1`,
    )
    .get(keeper, from, to)
  if (state === undefined) return pinned(logKeys, origin)
  const size = Number(row['size'])
  // The register wrote it.
  return logVerifierKeys(JSON.parse(String(state['state'])) as PartyState, origin, size - 1, size + 1)
}

/** Keys that cannot be read any more verify nothing. */
function pinned(texts: readonly string[], origin: string): readonly VerifierKey[] {
  return texts.flatMap((text) => {
    try {
      const key = parseVerifierKey(text, sha256)
      return key.name === origin ? [key] : []
    } catch (error) {
      if (error instanceof LogError) return []
      throw error
    }
  })
}
