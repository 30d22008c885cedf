import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { ExposureError } from '../exposure-error.ts'
import { inventoryLimit, placeOf } from './posting-lists.ts'
import { readVarints } from './varints.ts'

/** Identifiers that are read in one turn. */
const window = 512

/** The inventories: their identifiers, and the items of each in the order of its components. */
export class InventoryTable {
  readonly #next: StatementSync
  readonly #find: StatementSync
  readonly #ids: StatementSync
  readonly #content: StatementSync
  readonly #insert: StatementSync
  readonly #delete: StatementSync
  readonly #putContent: StatementSync
  readonly #deleteContent: StatementSync

  constructor(database: DatabaseSync) {
    this.#next = database.prepare('SELECT coalesce(max(inventory), 0) + 1 AS next FROM indexed_inventory')
    this.#find = database.prepare('SELECT inventory FROM indexed_inventory WHERE id = ?')
    // One answer for a window of numbers: a row each would cost three times as much.
    this.#ids = database.prepare(
      `SELECT json_group_array(known.id) AS ids
       FROM json_each(?) AS wanted LEFT JOIN indexed_inventory AS known ON known.inventory = wanted.value`,
    )
    this.#content = database.prepare('SELECT items FROM indexed_content WHERE inventory = ?')
    this.#insert = database.prepare('INSERT INTO indexed_inventory (inventory, id) VALUES (?, ?)')
    this.#delete = database.prepare('DELETE FROM indexed_inventory WHERE inventory = ?')
    this.#putContent = database.prepare('INSERT OR REPLACE INTO indexed_content (inventory, items) VALUES (?, ?)')
    this.#deleteContent = database.prepare('DELETE FROM indexed_content WHERE inventory = ?')
  }

  find(id: string): number | undefined {
    const inventory = this.#find.get(id)?.['inventory']
    return inventory === undefined ? undefined : Number(inventory)
  }

  /** A number that no inventory has. Errors: `too-many`. */
  insert(id: string): number {
    const next = Number(this.#next.get()?.['next'])
    if (next >= inventoryLimit) {
      throw new ExposureError('too-many', `at most ${inventoryLimit - 1} inventories are indexed; rebuild the index`)
    }
    this.#insert.run(next, id)
    return next
  }

  /** The items of an inventory: one for each component, in their order; 0 for one without a key. */
  items(inventory: number): readonly number[] {
    // Safe: the column is a BLOB.
    return readVarints(this.#content.get(inventory)?.['items'] as Uint8Array)
  }

  putItems(inventory: number, items: Uint8Array): void {
    this.#putContent.run(inventory, items)
  }

  remove(inventory: number): void {
    this.#deleteContent.run(inventory)
    this.#delete.run(inventory)
  }

  /** The identifiers of inventories, in their order; undefined for one that has gone meanwhile. */
  *ids(inventories: ArrayLike<number>): Generator<string | undefined> {
    for (let from = 0; from < inventories.length; from += window) {
      const wanted = Array.from(
        { length: Math.min(window, inventories.length - from) },
        (_, i) => inventories[from + i],
      )
      const ids: readonly (string | null)[] = JSON.parse(String(this.#ids.get(JSON.stringify(wanted))?.['ids']))
      for (const id of ids) yield id ?? undefined
    }
  }
}

/** Where an inventory stands in the lists of its items, in ascending order. */
export function placesOfItems(inventory: number, items: readonly number[]): Float64Array {
  const distinct = new Set(items)
  distinct.delete(0)
  return Float64Array.from(distinct, (item) => placeOf(item, inventory)).sort()
}
