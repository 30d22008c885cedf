import { type Sbom, surroundingsOf } from '@comity/exposure'
import { ComponentTable, rowsAtOnce } from './component-table.ts'
import type { InventoryAdded } from './event.ts'
import { componentsOf, identityOf, type KeyedComponent } from './held-component.ts'
import type { InventoryInfo } from './inventory.ts'
import { notPresent } from './judge-match.ts'
import { KnownTable } from './known-table.ts'
import { type KeptMatch, hexOf, MatchTable } from './match-table.ts'
import type { Occasion } from './match-record.ts'
import type { Pace } from './pace.ts'
import type { Partition } from './partition.ts'
import type { Database } from '../register/database.ts'
import { settleMatch } from './settle-match.ts'
import { Settler } from './settler.ts'

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
  const held = await componentsOf(sbom, pace)
  const components = new ComponentTable(database, () => place.endSlice())
  await components.remove(inventory)
  await components.put(partition, inventory, held, pace)
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
  await matchComponents(held, sbom, { ...place, inventory, at: event.at, isNew: before === undefined })
}

interface MatchingPlace extends InventoryPlace {
  readonly inventory: number
  readonly at: number
  /** There was no revision before this one. */
  readonly isNew: boolean
}

async function matchComponents(held: readonly KeyedComponent[], sbom: Sbom, place: MatchingPlace): Promise<void> {
  const { database, partition, pace, inventory, at, tick } = place
  const known = new KnownTable(database)
  const settler = new Settler(database)
  const occasion: Occasion = { cause: 'inventory', at, tick }
  const untouched = new Map<string, KeptMatch>()
  if (!place.isNew) {
    for (const kept of settler.table.ofInventory(partition, inventory)) untouched.set(hexOf(kept.match), kept)
  }
  const all = surroundingsOf(
    sbom.metadata.component === undefined ? sbom.components : [sbom.metadata.component, ...sbom.components],
  )
  const around = () => all
  for (const { keys, component } of held) {
    if (pace.spend(2)) await pace.rest()
    for (const vulnerability of new Set(keys.flatMap((key) => known.vulnerabilitiesUnder(key)))) {
      const match = await settler.settle({ partition, inventory, component, keys, around }, vulnerability, occasion)
      if (match !== undefined) untouched.delete(hexOf(match))
      if (pace.spend(10)) await pace.rest()
    }
  }
  const present = new Set(held.map(({ component }) => identityOf(component)))
  for (const kept of untouched.values()) {
    if (present.has(identityOf(kept.record.component))) continue
    leave(settler.table, kept, partition, occasion)
    if (pace.spend(10)) await pace.rest()
  }
}

/** A match whose component is gone: kept where it ever was an alert, else it never concerned anybody. */
function leave(table: MatchTable, kept: KeptMatch, partition: Partition, occasion: Occasion): void {
  const { match, inventory, record } = kept
  if (record.alertedAt === undefined) {
    table.remove(match)
    return
  }
  const { component, vulnerability } = record
  const subject = { inventory, component, vulnerability: vulnerability.id }
  settleMatch(table, { partition, subject, before: kept, judgement: notPresent(record) }, occasion)
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

/** Where the sealed column of a row is bound to. */
export function placeOfInventory(inventory: number): string {
  return `inventory ${inventory}`
}
