import type { IndexedComponent } from './item.ts'
import { ItemNumbers } from './item-numbers.ts'
import { NumberList } from './number-list.ts'
import { placeOf } from './posting-lists.ts'
import type { Tables } from './tables.ts'
import { VarintWriter } from './varints.ts'
import { whole } from './whole.ts'

/**
 * Different items in a slice, where nothing else is asked for: so many that the lists of popular items are
 * written seldom, in some tens of megabytes of memory and some seconds.
 */
const itemsInSlice = 2 ** 18

/** Components in a slice for each different item, at most: their numbers are kept too. */
const componentsForItem = 4

/**
 * Puts inventories into the index, one or a hundred thousand, by slices. A slice is gathered in memory
 * alone and is written whole, so that whoever is cut short has some slices, each of whole inventories; and
 * nothing is remembered from one slice to the next, so that others may write in between.
 */
export class InventoryLoader {
  readonly #tables: Tables
  readonly #itemsAtOnce: number
  #slice = new Slice()

  constructor(tables: Tables, itemsAtOnce = itemsInSlice) {
    this.#tables = tables
    this.#itemsAtOnce = itemsAtOnce
  }

  /**
   * Gathers an inventory, in place of the one that has this identifier, and writes the slice when it is
   * full. Should `components` throw, nothing of it is in. Errors: `too-many`, and those of SQLite, at which
   * the slice is lost.
   */
  add(id: string, components: Iterable<IndexedComponent>): void {
    if (this.#slice.has(id)) this.end()
    this.#slice.add(id, components)
    const { items, length } = this.#slice
    if (items.size >= this.#itemsAtOnce || length >= componentsForItem * this.#itemsAtOnce) this.end()
  }

  /** Writes what was gathered. */
  end(): void {
    const slice = this.#slice
    if (slice.inventories.length === 0) return
    this.#slice = new Slice()
    whole(this.#tables.database, () => write(slice, this.#tables))
  }
}

/** Inventories as they come: components as numbers of the slice's own items, 0 for one without a key. */
class Slice {
  readonly items = new ItemNumbers()
  readonly inventories: { readonly id: string; readonly end: number }[] = []
  readonly #ids = new Set<string>()
  #places = new Uint32Array(1024)
  #length = 0

  /** Of all its inventories, in components. */
  get length(): number {
    return this.#length
  }

  get places(): Uint32Array {
    return this.#places.subarray(0, this.#length)
  }

  has(id: string): boolean {
    return this.#ids.has(id)
  }

  add(id: string, components: Iterable<IndexedComponent>): void {
    const begin = this.#length
    try {
      for (const component of components) {
        this.#push(component.keys.length === 0 ? 0 : this.items.numberOf(component))
      }
    } catch (error) {
      this.#length = begin
      throw error
    }
    this.#ids.add(id)
    this.inventories.push({ id, end: this.#length })
  }

  #push(number: number): void {
    if (this.#length === this.#places.length) {
      const larger = new Uint32Array(this.#length * 2)
      larger.set(this.#places)
      this.#places = larger
    }
    this.#places[this.#length++] = number
  }
}

function write(slice: Slice, { items, inventories, postings }: Tables): void {
  const { numbers, freshFrom } = items.numbersOf(slice.items)
  const { places } = slice
  const writer = new VarintWriter()
  const added = new NumberList()
  const removed = new NumberList()
  // Of each of the slice's items, the last inventory of which it was seen: it is listed once in each.
  const seenIn = new Uint32Array(numbers.length)
  let at = 0
  for (const { id, end } of slice.inventories) {
    const known = inventories.find(id)
    const inventory = known ?? inventories.insert(id)
    const before = known === undefined ? nothing : new Set(inventories.items(known))
    for (; at < end; at++) {
      const local = places[at] ?? 0
      const item = numbers[local] ?? 0
      writer.write(item)
      if (local === 0 || seenIn[local] === inventory) continue
      seenIn[local] = inventory
      if (known === undefined || !before.delete(item)) added.push(placeOf(item, inventory))
    }
    for (const item of before) if (item !== 0) removed.push(placeOf(item, inventory))
    inventories.putItems(inventory, writer.take())
  }
  for (const item of postings.change(added.sorted(), removed.sorted(), freshFrom)) items.drop(item)
}

const nothing = new Set<number>()
