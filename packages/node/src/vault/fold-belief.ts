/** What it makes of a party's matches that it believes a supplier, or does so no longer. */
import { keysOfComponent } from '@comity/exposure'
import type { Database } from '../register/database.ts'
import { isBy } from './belief.ts'
import { BeliefTable } from './belief-table.ts'
import { ComponentTable } from './component-table.ts'
import { DocumentTable } from './document-table.ts'
import type { SupplierBelieved, SupplierDropped } from './event.ts'
import { matchableOf } from './held-component.ts'
import type { KeptMatch } from './match-table.ts'
import type { Pace } from './pace.ts'
import type { Partition } from './partition.ts'
import { Settler } from './settler.ts'

export interface BeliefPlace {
  readonly database: Database
  readonly pace: Pace
  readonly partition: Partition
  /** Sequence number of the event. */
  readonly number: number
  readonly tick: number
}

/** Takes the change up, and settles anew every match of the party that something of this supplier speaks of. */
export async function foldBelief(event: SupplierBelieved | SupplierDropped, place: BeliefPlace): Promise<void> {
  const { database, partition, number } = place
  const table = new BeliefTable(database)
  if (event.type === 'supplier-dropped') table.remove(partition, event.supplier)
  else {
    const { id, supplier, packages, at } = event
    table.put(partition, { id, supplier, packages, since: at }, number)
  }
  const inventories = database
    .prepare('SELECT inventory FROM inventory WHERE partition = ? ORDER BY inventory')
    .all(partition.number)
  for (const row of inventories) await settleInventory(event, Number(row['inventory']), place)
}

async function settleInventory(
  { supplier, at }: SupplierBelieved | SupplierDropped,
  inventory: number,
  { database, pace, partition, tick }: BeliefPlace,
): Promise<void> {
  const settler = new Settler(database)
  const documents = new DocumentTable(database)
  const around = new ComponentTable(database, () => pace.rest()).around(partition, inventory)
  const known = new Map<number, boolean>()
  const isOfSupplier = (advisory: number): boolean => {
    const document = known.has(advisory) ? undefined : documents.get(advisory)
    if (!known.has(advisory)) known.set(advisory, document !== undefined && isBy(supplier, document))
    return known.get(advisory) === true
  }
  const isConcerned = ({ record }: KeptMatch): boolean =>
    record.standing.why.reason !== 'not-present' && record.cited.some(({ advisory }) => isOfSupplier(advisory))
  for (const kept of settler.table.ofInventory(partition, inventory)) {
    if (pace.spend(2)) await pace.rest()
    if (!isConcerned(kept)) continue
    const { component, vulnerability } = kept.record
    const keys = keysOfComponent(matchableOf(component))
    await settler.settle({ partition, inventory, component, keys, around }, vulnerability.id, {
      cause: 'trust',
      at,
      tick,
    })
    if (pace.spend(10)) await pace.rest()
  }
}
