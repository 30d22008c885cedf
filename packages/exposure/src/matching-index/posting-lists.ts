/**
 * Which inventories hold an item, as lists of their numbers in ascending order.
 *
 * A list is kept in chunks of at most {@link chunkLength} numbers: the first one in the row's place, the
 * rest as distances, mostly a byte or two each. So a popular item's list is a few pages that lie side by
 * side, an inventory that comes or goes touches one chunk of each of its items, and a list of one is a row
 * without a body. Chunks that inventories leave are not joined with their neighbours: they grow again, or
 * vanish with their last.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { readVarints, VarintWriter } from './varints.ts'

/** Inventories have numbers from 1 to below this, and a place is a number that JavaScript holds exactly. */
export const inventoryLimit = 2 ** 26

/** Items have numbers from 1 to below this. */
export const itemLimit = 2 ** 27

/** 1 to 3 KiB: under a page, and decoded in some microseconds. */
const chunkLength = 1024

/** Lists of one inventory that are written in one turn. */
const singlesAtOnce = 512

/** Where an inventory stands in the order of all lists. */
export function placeOf(item: number, inventory: number): number {
  return item * inventoryLimit + inventory
}

interface Chunk {
  readonly place: number
  readonly inventories: readonly number[]
}

export class PostingLists {
  readonly #read: StatementSync
  readonly #chunkAt: StatementSync
  readonly #firstChunk: StatementSync
  readonly #write: StatementSync
  readonly #writeSingles: StatementSync
  readonly #delete: StatementSync
  readonly #writer = new VarintWriter()

  constructor(database: DatabaseSync) {
    const chunk = 'SELECT place, list FROM indexed_posting WHERE place BETWEEN ? AND ? ORDER BY place'
    this.#read = database.prepare(chunk)
    this.#chunkAt = database.prepare(`${chunk} DESC LIMIT 1`)
    this.#firstChunk = database.prepare(`${chunk} LIMIT 1`)
    this.#write = database.prepare('INSERT OR REPLACE INTO indexed_posting (place, list) VALUES (?, ?)')
    this.#writeSingles = database.prepare(
      "INSERT INTO indexed_posting (place, list) SELECT value, x'' FROM json_each(?)",
    )
    this.#delete = database.prepare('DELETE FROM indexed_posting WHERE place = ?')
  }

  /** Calls `each` with the inventories of an item, in ascending order. */
  read(item: number, each: (inventory: number) => void): void {
    for (const row of this.#read.all(placeOf(item, 0), placeOf(item, inventoryLimit - 1))) {
      for (const inventory of chunkOf(row).inventories) each(inventory)
    }
  }

  /**
   * Puts some places in and takes others out, both in ascending order and in none both. Items from
   * `freshFrom` on have no list yet. Returns the items whose lists have become empty.
   */
  change(added: Float64Array, removed: Float64Array, freshFrom = Infinity): readonly number[] {
    const emptied: number[] = []
    let singles: number[] = []
    let a = 0
    let r = 0
    while (a < added.length || r < removed.length) {
      const next = Math.min(added[a] ?? Infinity, removed[r] ?? Infinity)
      const item = Math.floor(next / inventoryLimit)
      const end = placeOf(item + 1, 0)
      const putIn: number[] = []
      const takeOut: number[] = []
      for (let at = added[a]; at !== undefined && at < end; at = added[++a]) putIn.push(at - placeOf(item, 0))
      for (let at = removed[r]; at !== undefined && at < end; at = removed[++r]) takeOut.push(at - placeOf(item, 0))
      if (item < freshFrom) this.#changeItem(item, putIn, takeOut)
      else if (putIn.length > 1) this.#replace(item, undefined, putIn, chunkLength)
      else if (singles.push(next) === singlesAtOnce) {
        this.#writeSingles.run(JSON.stringify(singles))
        singles = []
      }
      if (takeOut.length > 0 && putIn.length === 0 && this.#chunk(this.#firstChunk, item) === undefined) {
        emptied.push(item)
      }
    }
    if (singles.length > 0) this.#writeSingles.run(JSON.stringify(singles))
    return emptied
  }

  /** From the end: the chunk that the last change falls into takes all that fall into it. */
  #changeItem(item: number, putIn: readonly number[], takeOut: readonly number[]): void {
    let a = putIn.length
    let r = takeOut.length
    while (a > 0 || r > 0) {
      const last = Math.max(putIn[a - 1] ?? 0, takeOut[r - 1] ?? 0)
      const chunk = this.#chunk(this.#chunkAt, item, last) ?? this.#chunk(this.#firstChunk, item)
      const first = chunk?.inventories[0] ?? 0
      // What comes before every chunk goes to the first.
      const from = first > last ? 0 : first
      const aEnd = a
      const rEnd = r
      while (a > 0 && (putIn[a - 1] ?? 0) >= from) a -= 1
      while (r > 0 && (takeOut[r - 1] ?? 0) >= from) r -= 1
      const inventories = chunk?.inventories ?? []
      const here = putIn.slice(a, aEnd)
      const isAppended = inventories.length === 0 || (here[0] ?? 0) > (inventories.at(-1) ?? 0)
      const merged = merge(inventories, here, takeOut.slice(r, rEnd))
      // What grows at its end alone is filled up; what grows inside is halved, to have room on both sides.
      const parts = Math.ceil(merged.length / chunkLength)
      this.#replace(item, chunk, merged, isAppended ? chunkLength : Math.ceil(merged.length / parts))
    }
  }

  #replace(item: number, chunk: Chunk | undefined, inventories: readonly number[], length: number): void {
    const [first] = inventories
    if (chunk !== undefined && (first === undefined || chunk.place !== placeOf(item, first))) {
      this.#delete.run(chunk.place)
    }
    for (let from = 0; from < inventories.length; from += length) {
      const end = Math.min(from + length, inventories.length)
      for (let i = from + 1; i < end; i++) this.#writer.write((inventories[i] ?? 0) - (inventories[i - 1] ?? 0))
      this.#write.run(placeOf(item, inventories[from] ?? 0), this.#writer.take())
    }
  }

  #chunk(statement: StatementSync, item: number, last = inventoryLimit - 1): Chunk | undefined {
    const row = statement.get(placeOf(item, 0), placeOf(item, last))
    return row === undefined ? undefined : chunkOf(row)
  }
}

function chunkOf(row: Readonly<Record<string, unknown>>): Chunk {
  const place = Number(row['place'])
  // Safe: the column is a BLOB.
  const distances = readVarints(row['list'] as Uint8Array)
  let inventory = place % inventoryLimit
  const inventories = [inventory]
  for (const distance of distances) inventories.push((inventory += distance))
  return { place, inventories }
}

/** All three in ascending order. */
function merge(kept: readonly number[], added: readonly number[], removed: readonly number[]): readonly number[] {
  const merged: number[] = []
  let a = 0
  let r = 0
  for (const inventory of kept) {
    while (a < added.length && (added[a] ?? 0) < inventory) merged.push(added[a++] ?? 0)
    if (removed[r] === inventory) r += 1
    else if (added[a] !== inventory) merged.push(inventory)
  }
  while (a < added.length) merged.push(added[a++] ?? 0)
  return merged
}
