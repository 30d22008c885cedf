import type { Database } from './database.ts'
import { type Residence, type SeenLogs, type Stay, residenceOf, stayAt } from './residence.ts'

/** How many stay in memory: those of a party, and of everybody who answered it. */
const residencesKept = 4096

/** Where parties were at home, as one cut sees it, with the last-used ones in memory. */
export class Residences {
  readonly #database: Database
  readonly #seen: SeenLogs
  readonly #known = new Map<string, Residence | undefined>()

  constructor(database: Database, seen: SeenLogs) {
    this.#database = database
    this.#seen = seen
  }

  /** Undefined for a party that the cut does not know. */
  of(urn: string): Residence | undefined {
    if (this.#known.has(urn)) return this.#known.get(urn)
    const residence = residenceOf(this.#database, this.#seen, urn)
    if (this.#known.size >= residencesKept) this.#known.clear()
    this.#known.set(urn, residence)
    return residence
  }

  /** The stay in which a party said something, if it was at home then. */
  stayAt(urn: string, effective: number): Stay | undefined {
    const residence = this.of(urn)
    return residence && stayAt(residence, effective)
  }

  /** Whether what a party stated counts in findings: it was at home, and its first log is seen. */
  counts(urn: string, effective: number): boolean {
    return this.of(urn)?.isRooted === true && this.stayAt(urn, effective) !== undefined
  }
}
