import { NodeError } from '../node-error.ts'
import type { Match } from '../vault/match.ts'
import type { Vault } from '../vault/vault.ts'

/** Something new that concerns a party: a match, and where the news stands among those of its party. */
export interface Alert {
  /** Names it among the alerts of its party, and is the cursor behind it: `tick-match`. */
  readonly cursor: string
  /** Whole seconds, by the clock of the log or the inventory that brought it. */
  readonly at: number
  /** As it stands now, which may be harmless again. */
  readonly match: Match
}

/** Where the alerts of everybody begin. */
const beginning = `0-${'0'.repeat(32)}`

/** The alerts of parties, with their matches. */
export class Alerts {
  readonly #vault: Vault

  constructor(vault: Vault) {
    this.#vault = vault
  }

  /**
   * At most `limit` places after a cursor, oldest first. `more` where there may be further ones. A match that is gone
   * with its inventory is left out. Throws `bad-cursor`.
   */
  after(party: string, cursor: string | undefined, limit: number): { alerts: Alert[]; next: string; more: boolean } {
    const { alerts: places, next } = this.#vault.alertsAfter(party, cursor ?? '', limit)
    const alerts = places.flatMap((place) => this.#read(party, `${place.tick}-${place.match}`, place) ?? [])
    return { alerts, next: next === '' ? beginning : next, more: places.length === limit }
  }

  /** Whether there is anything after a cursor. */
  hasAfter(party: string, cursor: string): boolean {
    return this.#vault.alertsAfter(party, cursor, 1).alerts.length > 0
  }

  /** The newest, newest first. */
  latest(party: string, limit: number): Alert[] {
    const { view, partitions } = this.#vault.desk
    const partition = partitions.of(party)
    if (partition === undefined) return []
    const places = view
      .prepare('SELECT tick, match FROM alert WHERE partition = ? ORDER BY tick DESC, match DESC LIMIT ?')
      .all(partition.number, limit)
    return places.flatMap((row) => {
      // Safe: the column is a BLOB of 16 bytes.
      const match = Buffer.from(row['match'] as Uint8Array).toString('hex')
      return this.#read(party, `${Number(row['tick'])}-${match}`, { match }) ?? []
    })
  }

  #read(party: string, cursor: string, { match: id, at }: { match: string; at?: number }): Alert | undefined {
    try {
      const { history: _, ...match } = this.#vault.match(party, id)
      return { cursor, at: at ?? match.alertedAt ?? match.since, match }
    } catch (error) {
      if (error instanceof NodeError && error.code === 'unknown-match') return undefined
      throw error
    }
  }
}
