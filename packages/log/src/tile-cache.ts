import { equalBytes } from './bytes.ts'
import { LogError } from './errors.ts'
import { ExpandedTile } from './expanded-tile.ts'
import type { TreeHasher } from './hasher.ts'
import type { HashStorage } from './storage.ts'
import { tileWidth } from './tile-path.ts'

/** Tile levels are below 8 (256^7 > 2^53), so level and index fit in one safe integer. */
const levelStride = 2 ** 46

/** Full tiles, expanded, the most recently used of them. */
export class TileCache {
  readonly #hasher: TreeHasher
  readonly #storage: HashStorage
  /** How many tiles are kept. */
  readonly capacity: number
  /** Least recently used first. */
  readonly #tiles = new Map<number, ExpandedTile>()

  /** @param capacity how many tiles to keep, 16 KiB each. */
  constructor(hasher: TreeHasher, storage: HashStorage, capacity: number) {
    this.#hasher = hasher
    this.#storage = storage
    this.capacity = capacity
  }

  /**
   * A full tile, read from the storage and checked against the level above if it is not at hand.
   *
   * @throws LogError `damaged-tile`, or what the storage throws.
   */
  get(level: number, index: number): ExpandedTile {
    const key = level * levelStride + index
    const known = this.#tiles.get(key)
    if (known !== undefined) {
      this.#tiles.delete(key)
      this.#tiles.set(key, known)
      return known
    }
    const tile = new ExpandedTile(index)
    tile.fill(this.#hasher, 0, this.#storage.read(level, index * tileWidth, tileWidth))
    // A rotten tile must stop here: a proof made from it would be a lie in the log's name.
    if (!equalBytes(tile.root(), this.#storage.read(level + 1, index, 1))) {
      throw new LogError(
        'damaged-tile',
        `stored tile ${level}/${index} does not hash to its entry in level ${level + 1}`,
      )
    }
    this.#put(key, tile)
    return tile
  }

  /** Keeps tiles of a level that have just become full. */
  add(level: number, tiles: readonly ExpandedTile[]): void {
    for (const tile of tiles) this.#put(level * levelStride + tile.index, tile)
  }

  #put(key: number, tile: ExpandedTile): void {
    this.#tiles.set(key, tile)
    for (const oldest of this.#tiles.keys()) {
      if (this.#tiles.size <= this.capacity) break
      this.#tiles.delete(oldest)
    }
  }
}
