import type { PartyState } from '@comity/statement'
import type { Database } from './database.ts'

/** How many party states stay in memory: the most active of them are all that a batch asks for. */
const statesKept = 4096

/**
 * Parties and their keys as the log has them so far, with the last-used states in memory.
 *
 * Owned by the one writer. After a rollback {@link forget} must be called, for the memory may be ahead of the table.
 */
export class PartyBook {
  readonly #database: Database
  readonly #numbers = new Map<string, number>()
  readonly #urns = new Map<number, string>()
  readonly #states = new Map<number, PartyState>()
  readonly #signingKeys = new Map<string, number>()

  constructor(database: Database) {
    this.#database = database
  }

  /** The row number of a party, or undefined where this register has never seen it. */
  numberOf(urn: string): number | undefined {
    const known = this.#numbers.get(urn)
    if (known !== undefined) return known
    const row = this.#database.prepare('SELECT party FROM party WHERE urn = ?').get(urn)
    if (row === undefined) return undefined
    const party = Number(row['party'])
    this.#remember(urn, party)
    return party
  }

  urnOf(party: number): string {
    const known = this.#urns.get(party)
    if (known !== undefined) return known
    const urn = String(this.#database.prepare('SELECT urn FROM party WHERE party = ?').get(party)?.['urn'])
    this.#remember(urn, party)
    return urn
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

  /** Writes a party's first state, or the state that replaces the one before. */
  put(urn: string, state: PartyState, position: number): void {
    const existing = this.numberOf(urn)
    const names = JSON.stringify(state.names)
    if (existing === undefined) {
      const { lastInsertRowid } = this.#database
        .prepare('INSERT INTO party (urn, type, state, home, names, founded) VALUES (?, ?, ?, ?, ?, ?)')
        .run(urn, state.type, state.state ?? null, state.home, names, position)
      this.#remember(urn, Number(lastInsertRowid))
    } else {
      this.#database
        .prepare('UPDATE party SET type = ?, state = ?, home = ?, names = ? WHERE party = ?')
        .run(state.type, state.state ?? null, state.home, names, existing)
    }
    const party = this.numberOf(urn) ?? 0
    this.#database
      .prepare('INSERT INTO party_version (party, position, state) VALUES (?, ?, ?)')
      .run(party, position, JSON.stringify(state))
    this.#keep(party, state)
  }

  /** The row number of a signing key, by thumbprint in hex. */
  signingKey(kid: string): number {
    const known = this.#signingKeys.get(kid)
    if (known !== undefined) return known
    this.#database.prepare('INSERT INTO signing_key (kid) VALUES (?) ON CONFLICT (kid) DO NOTHING').run(kid)
    const row = this.#database.prepare('SELECT signing_key FROM signing_key WHERE kid = ?').get(kid)
    const number = Number(row?.['signing_key'])
    if (this.#signingKeys.size >= statesKept) this.#signingKeys.clear()
    this.#signingKeys.set(kid, number)
    return number
  }

  forget(): void {
    this.#numbers.clear()
    this.#urns.clear()
    this.#states.clear()
    this.#signingKeys.clear()
  }

  #remember(urn: string, party: number): void {
    if (this.#numbers.size >= statesKept) {
      this.#numbers.clear()
      this.#urns.clear()
    }
    this.#numbers.set(urn, party)
    this.#urns.set(party, urn)
  }

  #keep(party: number, state: PartyState): void {
    if (this.#states.size >= statesKept) this.#states.clear()
    this.#states.set(party, state)
  }
}
