import type { Rule, Sbom } from '@comity/exposure'
import type { Database } from '../register/database.ts'
import { ComponentTable, type HeldPackage, identityOf, packagesOf, rowsAtOnce } from './component-table.ts'
import type { InventoryAdded } from './event.ts'
import type { InventoryInfo } from './inventory.ts'
import { type KeptMatch, MatchTable, hexOf } from './match-table.ts'
import { type Occasion, findingOf, notPresent } from './matching.ts'
import type { Pace } from './pace.ts'
import type { Partition } from './partition.ts'

/** What is kept of an inventory beside its components, sealed. */
export type InventoryRecord = Omit<InventoryInfo, 'id'>

/** Where rows are written, slice by slice. */
export interface Slices {
  readonly database: Database
  readonly pace: Pace
  /** Commits what is written so far, rests, and goes on in another transaction. */
  endSlice(): Promise<void>
}

export interface InventoryPlace extends Slices {
  readonly partition: Partition
  /** Sequence number of the event. */
  readonly number: number
  readonly tick: number
}

/** Puts a document in place of what the inventory held, and matches all of it against the advisories that are there. */
export async function foldInventory(event: InventoryAdded, sbom: Sbom, place: InventoryPlace): Promise<void> {
  const { database, partition, pace } = place
  const row = database.prepare('SELECT inventory, sealed FROM inventory WHERE id = ?').get(event.id)
  const inventory = row === undefined ? place.number : Number(row['inventory'])
  const before =
    row === undefined ? undefined : partition.open<InventoryRecord>(placeOfInventory(inventory), row['sealed'])
  const packages = await packagesOf(sbom, pace)
  const components = new ComponentTable(database, () => place.endSlice())
  await components.remove(inventory)
  await components.put(partition, inventory, packages, pace)
  // The last commit before the end: from here on it is all or nothing.
  const record: InventoryRecord = {
    name: event.name,
    components: sbom.components.length,
    withoutPurl: sbom.withoutPurl,
    problems: sbom.total,
    bytes: event.bytes,
    digest: event.digest,
    revision: (before?.revision ?? 0) + 1,
    addedAt: event.at,
  }
  database
    .prepare(
      `INSERT INTO inventory (inventory, partition, id, sealed) VALUES (?, ?, ?, ?)
       ON CONFLICT (inventory) DO UPDATE SET sealed = excluded.sealed`,
    )
    .run(inventory, partition.number, event.id, partition.seal(placeOfInventory(inventory), record))
  database
    .prepare('INSERT INTO inventory_blob (inventory, number, blob) VALUES (?, ?, ?)')
    .run(inventory, place.number, event.blob)
  await matchPackages(packages, { ...place, inventory, at: event.at, isNew: before === undefined })
}

interface MatchingPlace extends InventoryPlace {
  readonly inventory: number
  readonly at: number
  /** There was no revision before this one. */
  readonly isNew: boolean
}

async function matchPackages(packages: readonly HeldPackage[], place: MatchingPlace): Promise<void> {
  const { database, partition, pace, inventory, at } = place
  const table = new MatchTable(database)
  const untouched = new Map<string, KeptMatch>()
  if (!place.isNew) {
    for (const kept of table.ofInventory(partition, inventory)) untouched.set(hexOf(kept.match), kept)
  }
  for (const { key, component } of packages) {
    if (pace.spend(2)) await pace.rest()
    for (const { sub, rules, ...state } of rulesFor(database, key)) {
      const finding = findingOf(rules, component.version)
      if (finding === undefined) continue
      const occasion: Occasion = { cause: 'inventory', at, news: false, ...state }
      untouched.delete(hexOf(table.settle(partition, { inventory, component, sub }, finding, occasion, place.tick)))
      if (pace.spend(10)) await pace.rest()
    }
  }
  const present = new Set(packages.map(({ component }) => identityOf(component)))
  for (const kept of untouched.values()) {
    if (present.has(identityOf(kept.record.component))) continue
    leave(table, kept, place)
    if (pace.spend(10)) await pace.rest()
  }
}

/** A match whose component is gone: kept where it ever was an alert, else it never concerned anybody. */
function leave(table: MatchTable, kept: KeptMatch, { database, partition, tick, at }: MatchingPlace): void {
  const { match, inventory, record } = kept
  if (record.alertedAt === undefined) {
    table.remove(match)
    return
  }
  const { sub, component } = record
  const advisory = database.prepare('SELECT statement, withdrawn FROM advisory WHERE sub = ?').get(sub)
  const occasion: Occasion = {
    cause: 'inventory',
    at,
    statement: String(advisory?.['statement']),
    withdrawn: advisory?.['withdrawn'] === 1,
    news: false,
  }
  table.settle(partition, { inventory, component, sub }, notPresent(record), occasion, tick)
}

/** Takes an inventory out, with its components and matches. Cut short, it is done again from the start. */
export async function removeInventory(inventory: number, place: Slices): Promise<void> {
  const { database } = place
  await new ComponentTable(database, () => place.endSlice()).remove(inventory)
  const table = new MatchTable(database)
  while (table.removeSome(inventory, rowsAtOnce) > 0) await place.endSlice()
  database.prepare('DELETE FROM inventory_blob WHERE inventory = ?').run(inventory)
  database.prepare('DELETE FROM inventory WHERE inventory = ?').run(inventory)
}

interface RulesOfAdvisory {
  readonly sub: string
  readonly statement: string
  readonly withdrawn: boolean
  readonly rules: Rule[]
}

/** The rules for a package, by advisory. */
function rulesFor(database: Database, key: string): Iterable<RulesOfAdvisory> {
  const bySub = new Map<string, RulesOfAdvisory>()
  const rows = database
    .prepare(
      `SELECT advisory.sub AS sub, advisory.statement AS statement, advisory.withdrawn AS withdrawn, rule.body AS body
       FROM rule JOIN advisory USING (advisory) WHERE rule.package = ? ORDER BY rule.advisory, rule.n`,
    )
    .all(key)
  for (const row of rows) {
    const sub = String(row['sub'])
    const rule: Rule = JSON.parse(String(row['body']))
    const known = bySub.get(sub)
    if (known !== undefined) known.rules.push(rule)
    else bySub.set(sub, { sub, statement: String(row['statement']), withdrawn: row['withdrawn'] === 1, rules: [rule] })
  }
  return bySub.values()
}

/** Where the sealed column of a row is bound to. */
export function placeOfInventory(inventory: number): string {
  return `inventory ${inventory}`
}
