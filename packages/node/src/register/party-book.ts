import type { PartyState } from '@comity/statement'
import { idColumn } from './by-id.ts'
import type { Database } from './database.ts'
import { type PositionRange, rangeOf } from './position.ts'

/** How many party states stay in memory: the most active of them are all that a batch asks for. */
const statesKept = 4096

/** How a party that was founded or at home elsewhere came to be at home in this log. */
export interface Arrival {
  /** Position of the copy of its move: the party statement that names this log. */
  readonly position: number
  /** Its home before. */
  readonly from: string
  /** RFC 9162 leaf hash of its move, 32 bytes: what the log it left has it under. */
  readonly leafHash: Uint8Array
  /** Its continuation here, once that took effect. */
  readonly continuation?: { readonly position: number; readonly iat: number }
}

/**
 * Parties and their keys as one log has them so far, with the last-used states in memory.
 *
 * Owned by the one writer. After a rollback {@link forget} must be called, for the memory may be ahead of the table.
 */
export class PartyBook {
  readonly #database: Database
  readonly #range: PositionRange
  readonly #origin: string
  readonly #numbers = new Map<string, number>()
  readonly #states = new Map<number, PartyState>()
  readonly #arrivals = new Map<number, Arrival | undefined>()
  readonly #signingKeys = new Map<string, number>()

  constructor(database: Database, log: number, origin: string) {
    this.#database = database
    this.#range = rangeOf(log)
    this.#origin = origin
  }

  /** The row number of a party, or undefined where this log has never seen it. */
  numberOf(urn: string): number | undefined {
    const known = this.#numbers.get(urn)
    if (known !== undefined) return known
    const row = this.#database
      .prepare('SELECT party FROM party WHERE urn = ? AND party >= ? AND party < ?')
      .get(urn, this.#range.from, this.#range.to)
    if (row === undefined) return undefined
    const party = Number(row['party'])
    this.#remember(urn, party)
    return party
  }

  /** The party as its latest effective statement left it. */
  stateOf(urn: string): PartyState | undefined {
    const party = this.numberOf(urn)
    if (party === undefined) return undefined
    const known = this.#states.get(party)
    if (known !== undefined) return known
    const row = this.#database
      .prepare('SELECT state FROM party_version WHERE party = ? ORDER BY position DESC LIMIT 1')
      .get(party)
    if (row === undefined) return undefined
    const state: PartyState = JSON.parse(String(row['state']))
    this.#keep(party, state)
    return state
  }

  /**
   * How a party came to be at home here; undefined for one that was founded here and never left, and for one that is
   * not at home here.
   */
  arrivalOf(urn: string): Arrival | undefined {
    const party = this.numberOf(urn)
    if (party === undefined) return undefined
    if (this.#arrivals.has(party)) return this.#arrivals.get(party)
    const arrival = this.#readArrival(party)
    if (this.#arrivals.size >= statesKept) this.#arrivals.clear()
    this.#arrivals.set(party, arrival)
    return arrival
  }

  /** Writes a party's first state, or the state that replaces the one before. Returns its row number. */
  put(urn: string, state: PartyState, position: number): number {
    const existing = this.numberOf(urn)
    const party = existing ?? position
    const names = JSON.stringify(state.names)
    if (existing === undefined) {
      this.#database
        .prepare('INSERT INTO party (party, urn, type, state, home, names) VALUES (?, ?, ?, ?, ?, ?)')
        .run(party, urn, state.type, state.state ?? null, state.home, names)
      this.#remember(urn, party)
    } else {
      this.#database
        .prepare('UPDATE party SET type = ?, state = ?, home = ?, names = ? WHERE party = ?')
        .run(state.type, state.state ?? null, state.home, names, party)
    }
    this.#database
      .prepare('INSERT INTO party_version (party, position, state) VALUES (?, ?, ?)')
      .run(party, position, JSON.stringify(state))
    this.#keep(party, state)
    return party
  }

  /** Notes that a party statement names another home than the one before, or is the first. */
  putHome(party: number, position: number, state: PartyState, leafHash: Uint8Array): void {
    this.#database
      .prepare('INSERT INTO home (party, position, origin, statement, leaf_hash) VALUES (?, ?, ?, ?, ?)')
      .run(party, position, state.home, idColumn(state.statement), leafHash)
    this.#arrivals.delete(party)
  }

  /** To be called when a party's continuation took effect. */
  continued(party: number): void {
    this.#arrivals.delete(party)
  }

  /** The row number of a signing key, by thumbprint in hex; `position` is its number where it signs for the first time. */
  signingKey(kid: string, position: number): number {
    const known = this.#signingKeys.get(kid)
    if (known !== undefined) return known
    const row = this.#database
      .prepare('SELECT signing_key FROM signing_key WHERE kid = ? AND signing_key >= ? AND signing_key < ?')
      .get(kid, this.#range.from, this.#range.to)
    const number = row === undefined ? position : Number(row['signing_key'])
    if (row === undefined)
      this.#database.prepare('INSERT INTO signing_key (signing_key, kid) VALUES (?, ?)').run(number, kid)
    if (this.#signingKeys.size >= statesKept) this.#signingKeys.clear()
    this.#signingKeys.set(kid, number)
    return number
  }

  forget(): void {
    this.#numbers.clear()
    this.#states.clear()
    this.#arrivals.clear()
    this.#signingKeys.clear()
  }

  #readArrival(party: number): Arrival | undefined {
    const [last, before] = this.#database
      .prepare('SELECT position, origin, leaf_hash FROM home WHERE party = ? ORDER BY position DESC LIMIT 2')
      .all(party)
    if (last === undefined || before === undefined || last['origin'] !== this.#origin) return undefined
    const position = Number(last['position'])
    const continued = this.#database
      .prepare('SELECT position, iat FROM continuation WHERE party = ? AND effective > ? ORDER BY effective LIMIT 1')
      .get(party, position)
    return {
      position,
      from: String(before['origin']),
      // Safe: the column is a BLOB of 32 bytes.
      leafHash: last['leaf_hash'] as Uint8Array,
      ...(continued && {
        continuation: { position: Number(continued['position']), iat: Number(continued['iat']) },
      }),
    }
  }

  #remember(urn: string, party: number): void {
    if (this.#numbers.size >= statesKept) this.#numbers.clear()
    this.#numbers.set(urn, party)
  }

  #keep(party: number, state: PartyState): void {
    if (this.#states.size >= statesKept) this.#states.clear()
    this.#states.set(party, state)
  }
}
