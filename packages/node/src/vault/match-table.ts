import type { Database } from '../register/database.ts'
import { AlertTable } from './alert-table.ts'
import { type HeldComponent, identityOf } from './held-component.ts'
import type { MatchStanding } from './match.ts'
import type { MatchRecord } from './match-record.ts'
import type { Partition } from './partition.ts'

/** A kept match with where it stands. */
export interface KeptMatch {
  readonly match: Uint8Array
  readonly inventory: number
  /** Tick of its last change. */
  readonly changed: number
  readonly record: MatchRecord
}

/** What a match is about: together these are its identity. */
export interface MatchSubject {
  /** Number of the inventory. */
  readonly inventory: number
  readonly component: HeldComponent
  readonly vulnerability: string
}

/** The matches of a partition, as rows. */
export class MatchTable {
  readonly #database: Database
  readonly alerts: AlertTable

  constructor(database: Database) {
    this.#database = database
    this.alerts = new AlertTable(database)
  }

  ofInventory(partition: Partition, inventory: number): KeptMatch[] {
    return this.#database
      .prepare('SELECT match, inventory, changed, sealed FROM match WHERE inventory = ?')
      .all(inventory)
      .map((row) => keptOf(partition, row))
  }

  /** Those that rest on an advisory, by its URN, among others. */
  citing(partition: Partition, sub: string): KeptMatch[] {
    return this.#database
      .prepare(
        `SELECT match.match AS match, inventory, changed, sealed FROM citation JOIN match USING (match)
         WHERE citation.partition = ? AND advisory = ? ORDER BY match.match`,
      )
      .all(partition.number, partition.tag('advisory', sub))
      .map((row) => keptOf(partition, row))
  }

  /** The match that there is about something. */
  find(partition: Partition, subject: MatchSubject): KeptMatch | undefined {
    const row = this.#database
      .prepare('SELECT match, inventory, changed, sealed FROM match WHERE subject = ?')
      .get(subjectOf(partition, subject))
    return row === undefined ? undefined : keptOf(partition, row)
  }

  get(partition: Partition, match: Uint8Array): KeptMatch | undefined {
    const row = this.#database
      .prepare('SELECT match, inventory, changed, sealed FROM match WHERE match = ? AND partition = ?')
      .get(match, partition.number)
    return row === undefined ? undefined : keptOf(partition, row)
  }

  /** What a match was before, latest first. */
  before(partition: Partition, match: Uint8Array): MatchStanding[] {
    return this.#past(match).map((row) => {
      const place = placeBefore(match, Number(row['changed']), Number(row['n']))
      return partition.open<MatchStanding>(place, row['sealed'])
    })
  }

  remove(match: Uint8Array): void {
    for (const table of ['match', 'match_before', 'citation']) {
      this.#database.prepare(`DELETE FROM ${table} WHERE match = ?`).run(match)
    }
    this.alerts.remove(match)
  }

  /** Removes some matches of an inventory; returns how many rows it removed: 0 when none are left. */
  removeSome(inventory: number, limit: number): number {
    const remove = (sql: string): number => Number(this.#database.prepare(sql).run(inventory, limit).changes)
    const past = remove(
      `DELETE FROM match_before WHERE (match, changed, n) IN
       (SELECT match, changed, n FROM match_before WHERE inventory = ? LIMIT ?)`,
    )
    const alerts = this.alerts.removeSome(inventory, limit)
    if (past + alerts > 0) return past + alerts
    const cited = remove(
      `DELETE FROM citation WHERE match IN (SELECT match FROM match WHERE inventory = ? ORDER BY match LIMIT ?)`,
    )
    return (
      cited +
      remove('DELETE FROM match WHERE match IN (SELECT match FROM match WHERE inventory = ? ORDER BY match LIMIT ?)')
    )
  }

  /** Gives a match's past to another, beside its own. */
  inheritPast(partition: Partition, from: KeptMatch, match: Uint8Array): void {
    for (const row of this.#past(from.match).toReversed()) {
      const [changed, n] = [Number(row['changed']), Number(row['n'])]
      const standing = partition.open<MatchStanding>(placeBefore(from.match, changed, n), row['sealed'])
      this.addPast(partition, { match, inventory: from.inventory, changed }, standing)
    }
    this.alerts.inherit(partition, from.match, match)
  }

  /** The match is about something else from now on. */
  moveTo(partition: Partition, match: Uint8Array, subject: MatchSubject): void {
    this.#database.prepare('UPDATE match SET subject = ? WHERE match = ?').run(subjectOf(partition, subject), match)
  }

  #past(match: Uint8Array): Readonly<Record<string, unknown>>[] {
    return this.#database
      .prepare('SELECT changed, n, sealed FROM match_before WHERE match = ? ORDER BY changed DESC, n DESC')
      .all(match)
  }

  /** Adds to what a match was. */
  addPast(partition: Partition, place: Omit<KeptMatch, 'record'>, standing: MatchStanding): void {
    const { match, changed, inventory } = place
    const row = this.#database
      .prepare('SELECT count(*) AS n FROM match_before WHERE match = ? AND changed = ?')
      .get(match, changed)
    const n = Number(row?.['n'])
    this.#database
      .prepare('INSERT INTO match_before (match, changed, n, inventory, sealed) VALUES (?, ?, ?, ?, ?)')
      .run(match, changed, n, inventory, partition.seal(placeBefore(match, changed, n), standing))
  }

  insert(partition: Partition, { match, inventory, changed, record }: KeptMatch, subject: MatchSubject): void {
    this.#database
      .prepare('INSERT INTO match (match, subject, partition, inventory, changed, sealed) VALUES (?, ?, ?, ?, ?, ?)')
      .run(
        match,
        subjectOf(partition, subject),
        partition.number,
        inventory,
        changed,
        partition.seal(placeNow(match), record),
      )
  }

  update(partition: Partition, { match, changed, record }: Omit<KeptMatch, 'inventory'>): void {
    this.#database
      .prepare('UPDATE match SET changed = ?, sealed = ? WHERE match = ?')
      .run(changed, partition.seal(placeNow(match), record), match)
  }

  /** Notes the advisories that a match rests on, by their URNs; as before where nothing is given. */
  cite(partition: Partition, match: Uint8Array, subs: readonly string[] | undefined): void {
    if (subs === undefined) return
    this.#database.prepare('DELETE FROM citation WHERE match = ?').run(match)
    for (const sub of new Set(subs)) {
      this.#database
        .prepare('INSERT INTO citation (partition, advisory, match) VALUES (?, ?, ?)')
        .run(partition.number, partition.tag('advisory', sub), match)
    }
  }
}

/** By what the match about something is found. */
function subjectOf(partition: Partition, { inventory, component, vulnerability }: MatchSubject): Uint8Array {
  return partition.tag('subject', String(inventory), identityOf(component), vulnerability)
}

/** The identifier of a match that arises at a tick; it stays, whatever the vulnerability is called later. */
export function matchOf(
  partition: Partition,
  { inventory, component, vulnerability }: MatchSubject,
  tick: number,
): Uint8Array {
  return partition.tag('match', String(inventory), identityOf(component), vulnerability, String(tick))
}

/** Reads a row of `match` with the columns `match`, `inventory`, `changed` and `sealed`. */
export function keptOf(partition: Partition, row: Readonly<Record<string, unknown>>): KeptMatch {
  // Safe: the column is a BLOB of 16 bytes.
  const match = row['match'] as Uint8Array
  return {
    match,
    inventory: Number(row['inventory']),
    changed: Number(row['changed']),
    record: partition.open<MatchRecord>(placeNow(match), row['sealed']),
  }
}

/** Bytes as lowercase hexadecimal digits. */
export function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

/** What the sealed column of a match is bound to. */
export function placeNow(match: Uint8Array): string {
  return `match ${hexOf(match)}`
}

/** What the sealed column of an earlier standing of a match is bound to; `n` counts those of one tick. */
export function placeBefore(match: Uint8Array, changed: number, n: number): string {
  return `match ${hexOf(match)} before ${changed} ${n}`
}
