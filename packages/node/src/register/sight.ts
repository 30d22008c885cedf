import type { PartyState } from '@comity/statement'
import type { Database } from './database.ts'
import { logOf, positionOf, rangeOf } from './position.ts'
import type { Residence, Stay } from './residence.ts'
import { Residences } from './residences.ts'
import { isThing, type Thing, thingKey } from './thing.ts'

/**
 * What a node shows of all logs together: its own and those that it follows, as far as they are folded. Made for one
 * answer, for the logs grow.
 */
export class Sight {
  readonly #database: Database
  readonly #origins = new Map<number, string>()
  readonly #ends = new Map<number, number>()
  readonly #residences: Residences

  constructor(database: Database) {
    this.#database = database
    for (const row of database.prepare('SELECT log, origin, size, followed FROM log ORDER BY log').all()) {
      const log = Number(row['log'])
      this.#origins.set(log, String(row['origin']))
      if (log === 0 || row['followed'] === 1) this.#ends.set(log, positionOf(log, Number(row['size'])))
    }
    this.#residences = new Residences(database, { origins: this.#origins, end: (log) => this.#ends.get(log) })
  }

  /** Numbers of the logs, the own one first. */
  get logs(): readonly number[] {
    return [...this.#ends.keys()]
  }

  /** The number of a log by its origin, followed or not; undefined where there is no copy of it. */
  numberOf(origin: string): number | undefined {
    return [...this.#origins].find(([, each]) => each === origin)?.[0]
  }

  originOf(position: number): string {
    return this.#origins.get(logOf(position)) ?? ''
  }

  /** Position after the last entry of a log that is shown. */
  endOf(log: number): number {
    return this.#ends.get(log) ?? rangeOf(log).from
  }

  /** Position after the last entry that is shown of the log in which this one lies. */
  endAt(position: number): number {
    return this.endOf(logOf(position))
  }

  residenceOf(urn: string): Residence | undefined {
    return this.#residences.of(urn)
  }

  /** Where a party is at home, or was last; undefined for one that is not known, or of which there are but copies. */
  lastStayOf(urn: string): Stay | undefined {
    return this.residenceOf(urn)?.stays.at(-1)
  }

  /** A party as its latest statement at home left it. */
  stateOf(urn: string): PartyState | undefined {
    const stay = this.lastStayOf(urn)
    if (stay === undefined) return undefined
    const row = this.#database
      .prepare('SELECT state FROM party_version WHERE party = ? AND position < ? ORDER BY position DESC LIMIT 1')
      .get(stay.party, stay.to)
    return row === undefined ? undefined : JSON.parse(String(row['state']))
  }

  /** Whether what a party stated took effect where it was at home then. */
  counts(urn: string, effective: number): boolean {
    return this.#residences.stayAt(urn, effective) !== undefined
  }

  /** Whether a party has said something else about a thing since, in a log that it moved to. */
  isReplaced(table: Thing, { urn, sub, effective }: { urn: string; sub: string; effective: number }): boolean {
    const { stays = [] } = this.residenceOf(urn) ?? {}
    const at = stays.findIndex(({ from, to }) => effective >= from && effective < to)
    return stays
      .slice(at + 1)
      .some(
        ({ from, to }) =>
          this.#database
            .prepare(`SELECT 1 FROM ${table} kind_row WHERE ${isThing} AND effective >= ? AND effective < ? LIMIT 1`)
            .get(thingKey(sub), sub, from, to) !== undefined,
      )
  }
}
