import { canonical } from '@comity/exposure'
import type { View } from '@comity/store'
import { NodeError } from '../node-error.ts'
import type { Database } from '../register/database.ts'
import { CitedAdvisories } from './cited-advisory.ts'
import { type InventoryRecord, placeOfInventory } from './fold-inventory.ts'
import { shownOf } from './held-component.ts'
import type { Match, MatchPage, MatchQuery, MatchStanding } from './match.ts'
import { type KeptMatch, MatchTable, hexOf, keptOf } from './match-table.ts'
import type { Partition } from './partition.ts'
import { PriorityLists } from './priority-list.ts'

/** Matches on a page where the query does not say, and at most. */
const usualLimit = 100
const greatestLimit = 1000

/** Rows that one page decrypts at the most, some twenty milliseconds; a page may then be shorter than its limit. */
const rowsLooked = 2000

/** A cursor names the match after which the next page begins. */
const cursorPattern = /^(\d{1,15})-([0-9a-f]{32})$/
const matchPattern = /^[0-9a-f]{32}$/

/** The matches of a party as they are read: committed rows, opened with its key, completed from the register. */
export class MatchReader {
  readonly #view: View
  readonly #register: Database
  readonly #table: MatchTable
  readonly #lists: PriorityLists

  constructor(view: View, register: Database) {
    this.#view = view
    this.#register = register
    this.#table = new MatchTable(view)
    this.#lists = new PriorityLists(view)
  }

  /** What changed last first. */
  latest(partition: Partition, query: MatchQuery): MatchPage {
    const limit = limitOf(query)
    // What is sealed has to be looked into to be found.
    const looked = isSealedFilter(query) ? rowsLooked : limit
    const rows = this.#rows(partition, query, looked + 1)
    const found: KeptMatch[] = []
    let next: string | undefined
    for (const row of rows.slice(0, looked)) {
      const kept = keptOf(partition, row)
      if (passes(kept, query)) found.push(kept)
      next = `${kept.changed}-${hexOf(kept.match)}`
      if (found.length === limit) break
    }
    const isLast = rows.length <= looked && next === cursorOf(rows.at(-1))
    const completed = this.#completing(partition)
    return { matches: found.map(completed), ...(next !== undefined && !isLast && { next }) }
  }

  /** What is to be looked at first, first. */
  async byPriority(partition: Partition, query: MatchQuery): Promise<MatchPage> {
    const limit = limitOf(query)
    const after = cursorIn(query)
    const inventory = this.#inventoryIn(partition, query)
    const citing = query.advisory === undefined ? undefined : this.#citing(partition, query.advisory)
    const list = await this.#lists.of(partition)
    const completed = this.#completing(partition)
    const matches: Match[] = []
    let at = after === undefined ? 0 : list.placeAfter(after.match, after.number)
    for (let looked = 0; at < list.length && matches.length < limit && looked < rowsLooked; at++, looked++) {
      const entry = list.at(at)
      if (entry === undefined || (inventory !== undefined && entry.inventory !== inventory)) continue
      if (citing !== undefined && !citing.has(entry.match)) continue
      const kept = this.#table.get(partition, Buffer.from(entry.match, 'hex'))
      if (kept !== undefined && passes(kept, query)) matches.push(completed(kept))
    }
    const last = list.at(at - 1)
    return { matches, ...(at < list.length && last !== undefined && { next: `${at}-${last.match}` }) }
  }

  match(partition: Partition | undefined, id: string): Match & { readonly history: readonly MatchStanding[] } {
    const bytes = Buffer.from(matchPattern.test(id) ? id : '', 'hex')
    const kept = partition === undefined ? undefined : this.#table.get(partition, bytes)
    if (partition === undefined || kept === undefined)
      throw new NodeError('unknown-match', 'the vault of this party has no such match')
    return { ...this.#completing(partition)(kept), history: this.#table.before(partition, bytes) }
  }

  /** The newest rows that a query is about, after its cursor. */
  #rows(partition: Partition, query: MatchQuery, count: number) {
    const cursor = cursorIn(query)
    const conditions = ['partition = :partition']
    const values: Record<string, number | Uint8Array> = { partition: partition.number, count }
    if (cursor !== undefined) {
      conditions.push('(changed, match) < (:changed, :match)')
      values['changed'] = cursor.number
      values['match'] = Buffer.from(cursor.match, 'hex')
    }
    const inventory = this.#inventoryIn(partition, query)
    if (inventory !== undefined) {
      conditions.push('inventory = :inventory')
      values['inventory'] = inventory
    }
    if (query.advisory !== undefined) {
      conditions.push('match IN (SELECT match FROM citation WHERE partition = :partition AND advisory = :advisory)')
      values['advisory'] = partition.tag('advisory', query.advisory)
    }
    return this.#view
      .prepare(
        `SELECT match, inventory, changed, sealed FROM match WHERE ${conditions.join(' AND ')}
         ORDER BY changed DESC, match DESC LIMIT :count`,
      )
      .all(values)
  }

  #citing(partition: Partition, advisory: string): ReadonlySet<string> {
    const rows = this.#view
      .prepare('SELECT match FROM citation WHERE partition = ? AND advisory = ?')
      .all(partition.number, partition.tag('advisory', advisory))
    // Safe: the column is a BLOB of 16 bytes.
    return new Set(rows.map((row) => hexOf(row['match'] as Uint8Array)))
  }

  #inventoryIn(partition: Partition, { inventory }: MatchQuery): number | undefined {
    if (inventory === undefined) return undefined
    const row = this.#view
      .prepare('SELECT inventory FROM inventory WHERE id = ? AND partition = ?')
      .get(inventory, partition.number)
    if (row === undefined) throw new NodeError('unknown-inventory', 'the vault of this party has no such inventory')
    return Number(row['inventory'])
  }

  /** Adds to kept matches what is read from elsewhere, each advisory and inventory once. */
  #completing(partition: Partition): (kept: KeptMatch) => Match {
    const inventories = new Map<number, Match['inventory']>()
    const advisories = new CitedAdvisories(this.#view, this.#register)
    return ({ match, inventory, record }) => {
      const held = inventories.get(inventory) ?? this.#inventory(partition, inventory)
      inventories.set(inventory, held)
      const [advisory, ...others] = record.cited.map((word) => advisories.cite(word))
      if (advisory === undefined) throw new NodeError('storage-failed', 'a match cites nothing: rebuild vault.db')
      const acknowledged = advisories.acknowledged(partition.party, [advisory, ...others])
      const { vulnerability, component, standing, priority, alertedAt, lookAgain } = record
      return {
        id: hexOf(match),
        inventory: held,
        component: shownOf(component),
        vulnerability,
        ...standing,
        advisory,
        others,
        priority: priority?.facts ?? [],
        ...(acknowledged !== undefined && { acknowledged }),
        ...(alertedAt !== undefined && { alertedAt }),
        ...(lookAgain && { lookAgain }),
      }
    }
  }

  #inventory(partition: Partition, inventory: number): Match['inventory'] {
    const row = this.#view.prepare('SELECT id, sealed FROM inventory WHERE inventory = ?').get(inventory)
    const { name } = partition.open<InventoryRecord>(placeOfInventory(inventory), row?.['sealed'])
    return { id: String(row?.['id']), name }
  }
}

function limitOf({ limit = usualLimit }: MatchQuery): number {
  return Math.min(Math.max(1, limit), greatestLimit)
}

function isSealedFilter({ state, vulnerability, exploited }: MatchQuery): boolean {
  return state !== undefined || vulnerability !== undefined || exploited !== undefined
}

function passes({ record }: KeptMatch, { state, vulnerability, exploited }: MatchQuery): boolean {
  if (state !== undefined && record.standing.state !== state) return false
  if (exploited !== undefined && record.exploited !== exploited) return false
  return (
    vulnerability === undefined ||
    record.vulnerability.names.some((name) => canonical(name) === canonical(vulnerability))
  )
}

function cursorIn({ after }: MatchQuery): { readonly number: number; readonly match: string } | undefined {
  if (after === undefined) return undefined
  const [, number, match = ''] = cursorPattern.exec(after) ?? []
  if (number === undefined)
    throw new NodeError('bad-cursor', 'the cursor is none that this node gave: start from the first page')
  return { number: Number(number), match }
}

function cursorOf(row: Readonly<Record<string, unknown>> | undefined): string | undefined {
  // Safe: the column is a BLOB of 16 bytes.
  return row === undefined ? undefined : `${Number(row['changed'])}-${hexOf(row['match'] as Uint8Array)}`
}
