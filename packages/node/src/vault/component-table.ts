import type { Surroundings } from '@comity/exposure'
import { keysOfComponent, versionOf } from '@comity/exposure'
import type { Database } from '../register/database.ts'
import { type HeldComponent, type KeyedComponent, matchableOf } from './held-component.ts'
import type { Pace } from './pace.ts'
import type { Partition } from './partition.ts'
import type { Around } from './settler.ts'

/** A row of the table with the inventory that it belongs to. */
export interface KeptComponent extends KeyedComponent {
  readonly inventory: number
  /** Its number in there. */
  readonly n: number
}

/**
 * The components of inventories, to be found by each of their keys when an advisory comes.
 *
 * A large inventory is put in and taken out over several transactions (`endSlice` ends one and begins the next), so that
 * no commit and no checkpoint of SQLite is long. Whoever is cut short begins again with {@link remove}, and only what
 * is reduced in order reads the table, so that nobody sees half an inventory.
 */
export class ComponentTable {
  readonly #database: Database
  readonly #endSlice: () => Promise<void>

  constructor(database: Database, endSlice: () => Promise<void>) {
    this.#database = database
    this.#endSlice = endSlice
  }

  async put(partition: Partition, inventory: number, components: Iterable<KeyedComponent>, pace: Pace): Promise<void> {
    let n = 0
    for (const { keys, component } of components) {
      const sealed = partition.seal(placeOfComponent(inventory, n), component)
      this.#database
        .prepare('INSERT INTO component (inventory, n, partition, sealed) VALUES (?, ?, ?, ?)')
        .run(inventory, n, partition.number, sealed)
      for (const key of keys) {
        this.#database
          .prepare('INSERT INTO component_key (partition, key, inventory, n) VALUES (?, ?, ?, ?)')
          .run(partition.number, partition.tag('key', key), inventory, n)
      }
      n += 1
      if (n % rowsAtOnce === 0) await this.#endSlice()
      else if (pace.spend(6 + 2 * keys.length)) await pace.rest()
    }
  }

  async remove(inventory: number): Promise<void> {
    const last = this.#database.prepare('SELECT max(n) AS n FROM component WHERE inventory = ?').get(inventory)?.['n']
    if (typeof last !== 'number') return
    for (let from = 0; from <= last; from += rowsAtOnce) {
      for (const table of ['component_key', 'component']) {
        this.#database
          .prepare(`DELETE FROM ${table} WHERE inventory = ? AND n >= ? AND n < ?`)
          .run(inventory, from, from + rowsAtOnce)
      }
      await this.#endSlice()
    }
  }

  /** Also those of an inventory that was cut short and has no row yet. */
  async removeOf(partition: number): Promise<void> {
    const rows = this.#database.prepare('SELECT DISTINCT inventory FROM component WHERE partition = ?').all(partition)
    for (const row of rows) await this.remove(Number(row['inventory']))
  }

  withKey(partition: Partition, key: string, inventory?: number): KeptComponent[] {
    return this.#database
      .prepare(
        `SELECT component.inventory AS inventory, component.n AS n, sealed FROM component_key
         JOIN component ON component.inventory = component_key.inventory AND component.n = component_key.n
         WHERE component_key.partition = ? AND key = ? AND (? IS NULL OR component_key.inventory = ?)
         ORDER BY component.inventory, component.n`,
      )
      .all(partition.number, partition.tag('key', key), inventory ?? null, inventory ?? null)
      .map((row) => {
        const [of, n] = [Number(row['inventory']), Number(row['n'])]
        const component = partition.open<HeldComponent>(placeOfComponent(of, n), row['sealed'])
        return { inventory: of, n, keys: keysOfComponent(matchableOf(component)), component }
      })
  }

  /** What one inventory holds under the keys that rules ask for. */
  around(partition: Partition, inventory: number): Around {
    const known = new Map<string, readonly (string | undefined)[]>()
    return (keys): Surroundings => {
      for (const key of keys) {
        if (known.has(key)) continue
        const versions = this.withKey(partition, key, inventory).map(({ component }) =>
          versionOf(matchableOf(component)),
        )
        if (versions.length > 0) known.set(key, [...new Set(versions)])
      }
      return known
    }
  }
}

/** Components between two commits: some ten milliseconds of work, half a mebibyte. */
export const rowsAtOnce = 500

/** Where the sealed column of a row is bound to. */
export function placeOfComponent(inventory: number, n: number): string {
  return `component ${inventory} ${n}`
}
