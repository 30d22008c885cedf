import { ExpandedTile } from './expanded-tile.ts'
import { hashLength, type TreeHasher } from './hasher.ts'
import type { HashStorage } from './storage.ts'
import { hashesAtLevel, tileWidth } from './tile-path.ts'

/** The right edge of a tree: for each level, the tile that the next hash goes into. */
export type Edge = readonly ExpandedTile[]

/** The edge of the tree of `size` entries, from the storage: at most 255 hashes a level. */
export function readEdge(hasher: TreeHasher, storage: HashStorage, size: number): Edge {
  const edge: ExpandedTile[] = []
  for (let level = 0; hashesAtLevel(level, size) > 0; level++) {
    const count = hashesAtLevel(level, size)
    const tile = new ExpandedTile(Math.floor(count / tileWidth))
    const width = count % tileWidth
    if (width > 0) tile.fill(hasher, 0, storage.read(level, tile.index * tileWidth, width))
    edge.push(tile)
  }
  return edge
}

/** What became full while hashes were distributed over the tiles of a level. */
export interface Filled {
  /** The roots of the tiles that became full, in order: the hashes to append to the next level. */
  readonly roots: Uint8Array
  /** The last `keep` of those tiles. */
  readonly tiles: readonly ExpandedTile[]
}

/**
 * Distributes hashes over the tiles of a level from position `start` on, and leaves the open tile in
 * `edge[level]`. Nodes that were complete before are not touched.
 */
export function fillTiles(
  hasher: TreeHasher,
  edge: ExpandedTile[],
  level: number,
  start: number,
  hashes: Uint8Array,
  keep: number,
): Filled {
  const firstIndex = Math.floor(start / tileWidth)
  const lastIndex = Math.floor((start + hashes.length / hashLength) / tileWidth)
  const roots = new Uint8Array((lastIndex - firstIndex) * hashLength)
  const tiles: ExpandedTile[] = []
  let tile = edge[level] ?? new ExpandedTile(0)
  let width = start % tileWidth
  for (let offset = 0; offset < hashes.length;) {
    const taken = Math.min((tileWidth - width) * hashLength, hashes.length - offset)
    tile.fill(hasher, width, hashes.subarray(offset, offset + taken))
    offset += taken
    width += taken / hashLength
    if (width === tileWidth) {
      roots.set(tile.root(), (tile.index - firstIndex) * hashLength)
      // Not all of them: a batch of a million entries fills 64 MiB of expanded tiles.
      if (tile.index >= lastIndex - keep) tiles.push(tile)
      tile = new ExpandedTile(tile.index + 1)
      width = 0
    }
  }
  edge[level] = tile
  return { roots, tiles }
}
