/**
 * The match index: which inventories an advisory concerns, and which advisories concern an inventory,
 * without looking at any other. It is a view in SQLite, thrown away and built again at will.
 *
 *      key                item                     inventories
 *      pkg:npm/a ───┬──── pkg:npm/a in 1.2.0 ───── 3, 17, 18, 19, 240 …      a posting list
 *          │        └──── pkg:npm/a in 1.3.1 ───── 5, 9, 31 …
 *        rules            inventory 17: items 4, 1, 9, 1 …                   one for each component
 *
 * Texts are kept once and numbered: **keys**, under which components and rules meet, and **items**, which
 * are what rules can tell apart: a set of keys and a version. Of a hundred thousand inventories hardly one
 * holds an item that no other holds, so each costs a few hundred bytes.
 *
 * - *A new advisory*: keys of its rules → items → each rule evaluated once for each version → the posting
 *   lists of the items it concerns, merged. Of inventories only the identifiers are read, so the time goes
 *   with the length of the answer and not with what is indexed.
 * - *A new inventory*: its items → their keys → rules → each evaluated once for each version.
 * - *A change of an inventory* is the difference of two sets of items, and touches one chunk of the list of
 *   each item that came or went. Many inventories at once are the same, sorted by item before they are
 *   written ({@link MatchIndex.load}).
 *
 * Both directions evaluate the same rules for the same items, so both find the same. What no inventory
 * holds and no rule names is not kept. Where a component stands in its dependency graph is not in here: its
 * place among the components is ({@link ComponentsFound.places}), and the document says the rest.
 *
 * One connection writes. Every change is whole: a transaction, or part of the caller's own.
 */
import { DatabaseSync } from 'node:sqlite'
import { ExposureError } from '../exposure-error.ts'
import type { Rule } from '../match/rule.ts'
import { quoted } from '../problem.ts'
import { findAdvisories } from './find-advisories.ts'
import { findInventories } from './find-inventories.ts'
import type { ConcernedInventory, ConcerningAdvisory } from './found.ts'
import { InventoryLoader } from './inventory-loader.ts'
import { placesOfItems } from './inventory-table.ts'
import type { IndexedComponent } from './item.ts'
import { createTables, formatOf, indexFormat } from './schema.ts'
import { type Tables, tablesOf } from './tables.ts'
import { whole } from './whole.ts'

/** What SQLite keeps of the file in memory, in KiB: the lists and the keys that are asked for most. */
const cacheKibibytes = 64 * 1024

/**
 * Opens the index in the file at `path`, empty where there is none. A power cut may take the last changes,
 * none of them in part.
 *
 * Errors: `bad-index` for a file that is no index, or one that another version of the index wrote: remove it
 * and load the inventories and advisories again.
 */
export function openMatchIndex(path: string): MatchIndex {
  const database = new DatabaseSync(path)
  try {
    database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -${cacheKibibytes}`)
    const isNew = database.prepare('SELECT 1 FROM sqlite_schema').get() === undefined
    if (!isNew && formatOf(database) === undefined) throw notAnIndex(path, 'it holds something else')
    return new MatchIndex(database)
  } catch (error) {
    database.close()
    if (!isNotADatabase(error)) throw error
    throw notAnIndex(path, 'it is no SQLite database')
  }
}

export class MatchIndex {
  readonly #tables: Tables

  /**
   * The index in a database that may hold other tables too; makes its own where they are missing. Errors:
   * `bad-index` where another version of the index made them.
   */
  constructor(database: DatabaseSync) {
    const format = formatOf(database)
    if (format === undefined) whole(database, () => createTables(database))
    else if (format !== indexFormat) {
      throw new ExposureError('bad-index', `the index has format ${format} and not ${indexFormat}; build it again`)
    }
    this.#tables = tablesOf(database)
  }

  close(): void {
    this.#tables.database.close()
  }

  /**
   * To put many inventories in, by slices of `itemsAtOnce` different items: a small slice is written within
   * milliseconds, a large one takes less time for each inventory. The last one is in after `end()`.
   */
  load(itemsAtOnce?: number): InventoryLoader {
    return new InventoryLoader(this.#tables, itemsAtOnce)
  }

  /** Puts an inventory in, in place of the one that has this identifier. Errors: `too-many`. */
  putInventory(id: string, components: Iterable<IndexedComponent>): void {
    const loader = this.load()
    loader.add(id, components)
    loader.end()
  }

  /** Returns whether there was one. */
  removeInventory(id: string): boolean {
    const { database, inventories, postings, items } = this.#tables
    return whole(database, () => {
      const inventory = inventories.find(id)
      if (inventory === undefined) return false
      const places = placesOfItems(inventory, inventories.items(inventory))
      inventories.remove(inventory)
      for (const item of postings.change(new Float64Array(0), places)) items.drop(item)
      return true
    })
  }

  /** The components of an inventory, in order, with their keys sorted. Errors: `not-indexed`. */
  componentsOf(id: string): readonly IndexedComponent[] {
    const { inventories, items } = this.#tables
    const inventory = inventories.find(id)
    if (inventory === undefined) {
      throw new ExposureError('not-indexed', `there is no inventory ${quoted(id)} in the index`)
    }
    const known = new Map<number, IndexedComponent>([[0, { keys: [] }]])
    return inventories.items(inventory).map((item) => {
      let component = known.get(item)
      if (component === undefined) {
        const { keys, version } = items.get(item)
        component = { keys, ...(version !== '' && { version }) }
        known.set(item, component)
      }
      return component
    })
  }

  /** Puts the rules of an advisory in, in place of those that it had. */
  putAdvisory(id: string, rules: readonly Rule[]): void {
    whole(this.#tables.database, () => this.#tables.rules.put(id, rules))
  }

  /** Returns whether there was one. */
  removeAdvisory(id: string): boolean {
    return whole(this.#tables.database, () => this.#tables.rules.remove(id))
  }

  /** As {@link inventoriesUnder}, for an advisory that is in the index. Errors: `not-indexed`. */
  inventoriesOf(advisory: string): Generator<ConcernedInventory> {
    const rules = this.#tables.rules.ofAdvisory(advisory)
    if (rules === undefined) {
      throw new ExposureError('not-indexed', `there is no advisory ${quoted(advisory)} in the index`)
    }
    return this.inventoriesUnder(rules.map(({ rule }) => rule))
  }

  /**
   * The inventories that the rules of one advisory concern, each once with all that is found in it, in the
   * order in which they first came. The list is settled at the first `next()`; an inventory that is removed
   * before its turn is left out.
   */
  inventoriesUnder(rules: readonly Rule[]): Generator<ConcernedInventory> {
    return findInventories(rules, this.#tables)
  }

  /** As {@link advisoriesUnder}, for an inventory that is in the index. Errors: `not-indexed`. */
  advisoriesOf(inventory: string): readonly ConcerningAdvisory[] {
    return this.advisoriesUnder(this.componentsOf(inventory))
  }

  /** The advisories that concern some components, by identifier. The components need not be in the index. */
  advisoriesUnder(components: Iterable<IndexedComponent>): readonly ConcerningAdvisory[] {
    return findAdvisories(components, this.#tables.rules)
  }
}

function notAnIndex(path: string, why: string): ExposureError {
  return new ExposureError('bad-index', `${quoted(path)} is no match index: ${why}; remove it, or name another file`)
}

/** SQLITE_NOTADB, of the result codes of SQLite. */
function isNotADatabase(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === 26
}
