import type { Database } from '../register/database.ts'
import type { MatchStanding, MatchedComponent } from './match.ts'
import { type Finding, type MatchRecord, type Occasion, standingAfter } from './matching.ts'
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
  readonly component: MatchedComponent
  /** Of the advisory. */
  readonly sub: string
}

/** The matches of a partition, as rows. */
export class MatchTable {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  ofInventory(partition: Partition, inventory: number): KeptMatch[] {
    return this.#database
      .prepare('SELECT match, inventory, changed, sealed FROM match WHERE inventory = ?')
      .all(inventory)
      .map((row) => keptOf(partition, row))
  }

  ofAdvisory(partition: Partition, sub: string): KeptMatch[] {
    return this.#database
      .prepare(
        'SELECT match, inventory, changed, sealed FROM match WHERE partition = ? AND advisory = ? ORDER BY match',
      )
      .all(partition.number, partition.tag('advisory', sub))
      .map((row) => keptOf(partition, row))
  }

  get(partition: Partition, match: Uint8Array): KeptMatch | undefined {
    const row = this.#database
      .prepare('SELECT match, inventory, changed, sealed FROM match WHERE match = ? AND partition = ?')
      .get(match, partition.number)
    return row === undefined ? undefined : keptOf(partition, row)
  }

  /** What a match was before, latest first. */
  before(partition: Partition, match: Uint8Array): MatchStanding[] {
    return this.#database
      .prepare('SELECT changed, sealed FROM match_before WHERE match = ? ORDER BY changed DESC')
      .all(match)
      .map((row) => partition.open<MatchStanding>(placeBefore(match, Number(row['changed'])), row['sealed']))
  }

  /** Writes what a finding makes of a match, if it makes anything. Returns the match's identifier. */
  settle(partition: Partition, subject: MatchSubject, found: Finding, occasion: Occasion, tick: number): Uint8Array {
    const { inventory, component, sub } = subject
    const match = partition.tag('match', String(inventory), component.purl, component.version ?? '', sub)
    const before = this.get(partition, match)
    const standing = standingAfter(before?.record, found, occasion)
    if (standing !== undefined) {
      const alertedAt = standing.alert ? occasion.at : before?.record.alertedAt
      const record: MatchRecord = { sub, component, standing, ...(alertedAt !== undefined && { alertedAt }) }
      if (before !== undefined) this.#keepBefore(partition, before)
      this.#put(partition, { match, inventory, changed: tick, record })
    } else if (before !== undefined && JSON.stringify(before.record.component) !== JSON.stringify(component)) {
      // Only its place in the inventory is another: no change of the match.
      this.#put(partition, { ...before, record: { ...before.record, component } })
    }
    return match
  }

  remove(match: Uint8Array): void {
    this.#database.prepare('DELETE FROM match WHERE match = ?').run(match)
    this.#database.prepare('DELETE FROM match_before WHERE match = ?').run(match)
  }

  /** Removes some matches of an inventory; returns how many it removed: 0 when none are left. */
  removeSome(inventory: number, limit: number): number {
    const before = this.#database
      .prepare(
        'DELETE FROM match_before WHERE (match, changed) IN (SELECT match, changed FROM match_before WHERE inventory = ? LIMIT ?)',
      )
      .run(inventory, limit)
    const now = this.#database
      .prepare('DELETE FROM match WHERE match IN (SELECT match FROM match WHERE inventory = ? LIMIT ?)')
      .run(inventory, limit)
    return Number(before.changes) + Number(now.changes)
  }

  #keepBefore(partition: Partition, { match, changed, inventory, record }: KeptMatch): void {
    this.#database
      .prepare('INSERT INTO match_before (match, changed, inventory, sealed) VALUES (?, ?, ?, ?)')
      .run(match, changed, inventory, partition.seal(placeBefore(match, changed), record.standing))
  }

  #put(partition: Partition, { match, inventory, changed, record }: KeptMatch): void {
    this.#database
      .prepare(
        `INSERT INTO match (match, partition, inventory, advisory, changed, sealed) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (match) DO UPDATE SET changed = excluded.changed, sealed = excluded.sealed`,
      )
      .run(
        match,
        partition.number,
        inventory,
        partition.tag('advisory', record.sub),
        changed,
        partition.seal(placeNow(match), record),
      )
  }
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

/** What the sealed column of an earlier standing of a match is bound to. */
export function placeBefore(match: Uint8Array, changed: number): string {
  return `match ${hexOf(match)} before ${changed}`
}
