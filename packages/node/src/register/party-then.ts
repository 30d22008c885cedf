import type { PartyState } from '@comity/statement'
import type { Database } from './database.ts'
import type { Residence } from './residence.ts'

/** What a party said of itself at a moment, and the statement that said so. */
export interface PartyThen {
  readonly state: PartyState
  /** Of the party statement that was in effect. */
  readonly position: number
  /** When its log had it, in seconds since the epoch. */
  readonly at: number
}

/**
 * A party as it was at a moment, by the times of the logs in which it was at home: those never decrease, so that what comes
 * to these logs later changes nothing of it. Undefined before its first statement. `residence` is that of the party.
 */
export function partyThen(database: Database, { stays }: Residence, at: number): PartyThen | undefined {
  const select = database.prepare(
    `SELECT party_version.state AS state, party_version.position AS position, entry.at AS at
     FROM party_version CROSS JOIN entry USING (position)
     WHERE party_version.party = ? AND position >= ? AND position < ? AND entry.at <= ? ORDER BY position DESC LIMIT 1`,
  )
  for (const { party, from, to } of stays.toReversed()) {
    const row = select.get(party, from, to, at)
    // The register wrote it from a party statement.
    if (row !== undefined) {
      const state: PartyState = JSON.parse(String(row['state']))
      return { state, position: Number(row['position']), at: Number(row['at']) }
    }
  }
  return undefined
}
