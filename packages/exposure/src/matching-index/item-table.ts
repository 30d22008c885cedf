import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { ExposureError } from '../exposure-error.ts'
import type { Item } from './item.ts'
import type { ItemNumbers } from './item-numbers.ts'
import type { KeyTable } from './key-table.ts'
import { itemLimit } from './posting-lists.ts'
import { readVarints, VarintWriter } from './varints.ts'

/** Items and keys that are looked up in one turn. */
const atOnce = 512

/** An item of one key: the key's number, the version, and the number that it has in the list it is from. */
interface SimpleItem {
  readonly key: number
  readonly version: string
  readonly local: number
}

/** An item as it is found by one of its keys. */
export interface HeldItem {
  readonly item: number
  readonly version: string
  /** It has other keys beside this one. */
  readonly hasOthers: boolean
}

/** The items that inventories hold, each with a number, to be found by each of their keys. */
export class ItemTable {
  readonly #keys: KeyTable
  readonly #next: StatementSync
  readonly #get: StatementSync
  readonly #find: StatementSync
  readonly #insert: StatementSync
  readonly #insertOther: StatementSync
  readonly #findAll: StatementSync
  readonly #insertAll: StatementSync
  readonly #ofKey: StatementSync
  readonly #delete: StatementSync
  readonly #deleteOther: StatementSync
  readonly #writer = new VarintWriter()

  constructor(database: DatabaseSync, keys: KeyTable) {
    this.#keys = keys
    this.#next = database.prepare('SELECT coalesce(max(item), 0) + 1 AS next FROM indexed_item')
    this.#get = database.prepare('SELECT key, version, others FROM indexed_item WHERE item = ?')
    this.#find = database.prepare('SELECT item FROM indexed_item WHERE key = ? AND version = ? AND others = ?')
    this.#insert = database.prepare('INSERT INTO indexed_item (key, version, others) VALUES (?, ?, ?)')
    this.#insertOther = database.prepare('INSERT INTO indexed_item_other (key, item) VALUES (?, ?)')
    // Items of one key each, as an object whose labels are keys and whose values are versions.
    this.#findAll = database.prepare(
      `SELECT json_group_array(known.item) AS items FROM json_each(?) AS wanted LEFT JOIN indexed_item AS known
       ON known.key = CAST(wanted.key AS INTEGER) AND known.version = wanted.value AND known.others = x''`,
    )
    this.#insertAll = database.prepare(
      `INSERT INTO indexed_item (key, version, others) SELECT CAST(key AS INTEGER), value, x'' FROM json_each(?)`,
    )
    this.#ofKey = database.prepare(
      `SELECT item, version, length(others) AS others FROM indexed_item WHERE key = ?1
       UNION ALL SELECT item, version, length(others) FROM indexed_item_other AS other JOIN indexed_item USING (item)
       WHERE other.key = ?1 ORDER BY version, item`,
    )
    this.#delete = database.prepare('DELETE FROM indexed_item WHERE item = ?')
    this.#deleteOther = database.prepare('DELETE FROM indexed_item_other WHERE key = ? AND item = ?')
  }

  /**
   * The number of each item of a list, by the number that it has in that list; given now where it has none:
   * those from `freshFrom` on. Errors: `too-many`.
   */
  numbersOf(items: ItemNumbers): { readonly numbers: Uint32Array; readonly freshFrom: number } {
    const freshFrom = Number(this.#next.get()?.['next'])
    const numbers = new Uint32Array(items.size + 1)
    let simple: SimpleItem[] = []
    for (const slice of slices(items.byKeys(), atOnce)) {
      const known = this.#numbersOfKeys(slice.flatMap(({ keys }) => keys))
      for (const { keys: texts, versions } of slice) {
        const keys = texts.map((text) => known.get(text) ?? 0)
        for (const { version, number: local } of versions) {
          if (keys.length > 1) numbers[local] = this.#numberOf(keys, version)
          else if (simple.push({ key: keys[0] ?? 0, version, local }) === atOnce) {
            this.#number(simple, numbers)
            simple = []
          }
        }
      }
    }
    this.#number(simple, numbers)
    const next = Number(this.#next.get()?.['next'])
    if (next > itemLimit) throw new ExposureError('too-many', `at most ${itemLimit - 1} different items are indexed`)
    return { numbers, freshFrom }
  }

  /** Errors: `bad-index` where there is none of this number. */
  get(item: number): Item {
    const { version, keys } = this.#row(item)
    return { keys: keys.map((key) => this.#keys.text(key)).sort(), version }
  }

  /** The items that have a key, by version. */
  ofKey(key: number): readonly HeldItem[] {
    return this.#ofKey.all(key).map((row) => ({
      item: Number(row['item']),
      version: String(row['version']),
      hasOthers: row['others'] !== 0,
    }))
  }

  /** Takes out an item that no inventory holds any more, and keys that nothing else has. */
  drop(item: number): void {
    const { keys } = this.#row(item)
    this.#delete.run(item)
    for (const key of keys.slice(1)) this.#deleteOther.run(key, item)
    for (const key of keys) this.#keys.dropUnused(key)
  }

  #numbersOfKeys(texts: readonly string[]): ReadonlyMap<string, number> {
    const keys = new Map<string, number>(texts.map((text) => [text, 0]))
    const numbers = this.#keys.numbersOf([...keys.keys()])
    let at = 0
    for (const text of keys.keys()) keys.set(text, numbers[at++] ?? 0)
    return keys
  }

  /** Writes the number of each into `numbers`. */
  #number(items: readonly SimpleItem[], numbers: Uint32Array): void {
    if (items.length === 0) return
    const found: readonly (number | null)[] = JSON.parse(String(this.#findAll.get(asObject(items))?.['items']))
    const fresh = items.filter((_, i) => found[i] === null)
    // SQLite counts on from the highest number there is.
    const inserted = fresh.length === 0 ? 0 : Number(this.#insertAll.run(asObject(fresh)).lastInsertRowid)
    let next = inserted - fresh.length + 1
    for (const [i, { local }] of items.entries()) numbers[local] = found[i] ?? next++
  }

  /** Of an item with several keys: it lies under the lowest, and the others lead to it. */
  #numberOf(keys: readonly number[], version: string): number {
    const [first = 0, ...others] = keys.toSorted((a, b) => a - b)
    for (const key of others) this.#writer.write(key)
    const packed = this.#writer.take()
    const found = this.#find.get(first, version, packed)
    if (found !== undefined) return Number(found['item'])
    const item = Number(this.#insert.run(first, version, packed).lastInsertRowid)
    for (const key of others) this.#insertOther.run(key, item)
    return item
  }

  #row(item: number): { readonly version: string; readonly keys: readonly number[] } {
    const row = this.#get.get(item)
    if (row === undefined) throw new ExposureError('bad-index', `item ${item} is missing; build the index again`)
    // Safe: the column is a BLOB.
    const others = readVarints(row['others'] as Uint8Array)
    return { version: String(row['version']), keys: [Number(row['key']), ...others] }
  }
}

/** JSON; a label may stand in it more than once. */
function asObject(items: readonly SimpleItem[]): string {
  return `{${items.map(({ key, version }) => `"${key}":${JSON.stringify(version)}`).join(',')}}`
}

function* slices<T>(all: Iterable<T>, length: number): Generator<readonly T[]> {
  let slice: T[] = []
  for (const each of all) {
    if (slice.push(each) < length) continue
    yield slice
    slice = []
  }
  if (slice.length > 0) yield slice
}
