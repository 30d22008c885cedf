import { isCount } from './decimal.ts'
import { LogError } from './errors.ts'
import { fillTiles, readEdge, type Edge } from './edge.ts'
import type { ExpandedTile } from './expanded-tile.ts'
import { emptyRoot, hashLength, type TreeHasher } from './hasher.ts'
import type { HashStorage } from './storage.ts'
import { isSubtree, peaksOf, powerOfTwoFrom, splitPoint } from './subtree.ts'
import { TileCache } from './tile-cache.ts'
import { hashesAtLevel, tileHeight, tileWidth, widthOfTile } from './tile-path.ts'

/** How many full tiles are kept expanded by default: 16 KiB each, so 1 MiB. */
const defaultCachedTiles = 64

/** For how many sizes the hashes of the right border are kept: the newest, and those being proven. */
const cachedBorders = 4

/**
 * An append-only Merkle tree (RFC 9162 §2.1) over stored tile hashes. Roots, proofs and tiles for
 * every size up to the current one.
 *
 * The right edge (one tile a level) is kept expanded in memory, so a proof for an entry of the
 * newest batch reads and hashes nothing. Older full tiles are read, expanded, checked against the
 * level above, and kept in a small cache.
 *
 * Not safe for concurrent appends: there is one sequencer.
 */
export class Tree {
  readonly #hasher: TreeHasher
  readonly #storage: HashStorage
  #size: number
  /** Replaced as a whole by each append. */
  #edge: Edge
  readonly #tiles: TileCache
  /** Per tree size: MTH(D[start : size]) for the start of each of its complete subtrees. */
  readonly #borders = new Map<number, ReadonlyMap<number, Uint8Array>>()

  private constructor(hasher: TreeHasher, storage: HashStorage, size: number, cachedTiles: number) {
    this.#hasher = hasher
    this.#storage = storage
    this.#size = size
    this.#tiles = new TileCache(hasher, storage, cachedTiles)
    this.#edge = readEdge(hasher, storage, size)
  }

  /**
   * The tree of the first `size` entries in the storage. Reads at most 255 hashes a level. Compare
   * `root()` with the checkpoint you trust before you go on: that checks the whole right edge.
   *
   * @throws LogError `out-of-range`, or what the storage throws if hashes are missing.
   */
  static open(
    hasher: TreeHasher,
    storage: HashStorage,
    size: number,
    options?: { readonly cachedTiles?: number },
  ): Tree {
    if (!isCount(size)) throw new LogError('out-of-range', `tree size ${size}: must be a whole number below 2^53`)
    return new Tree(hasher, storage, size, Math.max(1, options?.cachedTiles ?? defaultCachedTiles))
  }

  /** How many entries the tree has. */
  get size(): number {
    return this.#size
  }

  /**
   * Appends entries by their leaf hashes, 32 bytes each, one after the other. If the storage throws,
   * the tree is as before and the same append may be tried again.
   *
   * @throws LogError `malformed-hash`, or what the storage throws.
   */
  append(leafHashes: Uint8Array): void {
    if (leafHashes.length % hashLength !== 0) {
      throw new LogError('malformed-hash', `${leafHashes.length} bytes are no whole number of hashes of ${hashLength}`)
    }
    const edge = [...this.#edge]
    const filled: (readonly ExpandedTile[])[] = []
    let hashes = leafHashes
    for (let level = 0; hashes.length > 0; level++) {
      const start = hashesAtLevel(level, this.#size)
      this.#storage.write(level, start, hashes)
      const { roots, tiles } = fillTiles(this.#hasher, edge, level, start, hashes, this.#tiles.capacity)
      filled.push(tiles)
      hashes = roots
    }
    this.#edge = edge
    this.#size += leafHashes.length / hashLength
    for (const [level, tiles] of filled.entries()) this.#tiles.add(level, tiles)
  }

  /**
   * The root of the first `size` entries (RFC 9162 §2.1.1).
   *
   * @throws LogError `out-of-range`
   */
  root(size: number = this.#size): Uint8Array {
    return this.subtreeRoot(0, size)
  }

  /**
   * The hash of the subtree over `[start, end)` (draft-ietf-plants-merkle-tree-certs §4.1).
   *
   * @throws LogError `out-of-range` if that is no subtree of this tree.
   */
  subtreeRoot(start: number, end: number): Uint8Array {
    this.#requireSubtree(start, end, this.#size)
    if (start === end) return emptyRoot()
    return this.#range(start, end)
  }

  /**
   * The proof that entry `index` is in the tree of `size` entries, the leaf's sibling first
   * (RFC 9162 §2.1.3.1).
   *
   * @throws LogError `out-of-range`
   */
  inclusionProof(index: number, size: number = this.#size): Uint8Array[] {
    if (!isCount(index) || index >= size) {
      throw new LogError('out-of-range', `no entry ${index} in a tree of ${size}: the index must be below the size`)
    }
    return this.subtreeConsistencyProof(index, index + 1, size)
  }

  /**
   * The proof that entry `index` is in the subtree over `[start, end)`.
   *
   * @throws LogError `out-of-range`
   */
  subtreeInclusionProof(index: number, start: number, end: number): Uint8Array[] {
    this.#requireSubtree(start, end, this.#size)
    if (!isCount(index) || index < start || index >= end) {
      throw new LogError('out-of-range', `no entry ${index} in the subtree [${start}, ${end})`)
    }
    return this.#path(index, index + 1, start, end)
  }

  /**
   * The proof that the tree of `from` entries is a prefix of the tree of `to` (RFC 9162 §2.1.4.1).
   * Empty from size 0 and between equal sizes.
   *
   * @throws LogError `out-of-range` unless 0 ≤ from ≤ to ≤ size.
   */
  consistencyProof(from: number, to: number = this.#size): Uint8Array[] {
    return this.subtreeConsistencyProof(0, from, to)
  }

  /**
   * The proof that the subtree over `[start, end)` is part of the tree of `size` entries
   * (draft-ietf-plants-merkle-tree-certs §4.4). Inclusion and consistency proofs are the special
   * cases of one entry, and of a start at 0.
   *
   * @throws LogError `out-of-range`
   */
  subtreeConsistencyProof(start: number, end: number, size: number = this.#size): Uint8Array[] {
    if (!isCount(size) || size > this.#size) {
      throw new LogError('out-of-range', `no proof for size ${size}: the tree has ${this.#size} entries`)
    }
    this.#requireSubtree(start, end, size)
    return start === end ? [] : this.#path(start, end, 0, size)
  }

  /**
   * A tile's hashes, `width` × 32 bytes (C2SP tlog-tiles). Without a width, all that are there.
   *
   * @throws LogError `out-of-range` if the tile is empty or not that wide.
   */
  tile(level: number, index: number, width?: number): Uint8Array {
    const present = isCount(level) && isCount(index) ? widthOfTile(level, index, this.#size) : 0
    const wanted = width ?? present
    if (!isCount(wanted) || wanted < 1 || wanted > present) {
      throw new LogError(
        'out-of-range',
        `tile ${level}/${index} has ${present} hashes at size ${this.#size}, not ${wanted}`,
      )
    }
    const edge = this.#edge[level]
    if (edge?.index === index) return edge.nodes(0, 0, wanted)
    return this.#storage.read(level, index * tileWidth, wanted)
  }

  #requireSubtree(start: number, end: number, size: number): void {
    if (!isSubtree(start, end) || end > size) {
      throw new LogError('out-of-range', `[${start}, ${end}) is no subtree of a tree of ${size} entries`)
    }
  }

  /**
   * The nodes beside the way from `[start, end)` up to `[low, high)`, lowest first. Where the way
   * has to leave `[start, end)` (it is no node of the tree), it begins at its rightmost node.
   */
  #path(start: number, end: number, low: number, high: number): Uint8Array[] {
    const proof: Uint8Array[] = []
    const top = high
    let from = start
    let isWhole = true
    while (from !== low || end !== high) {
      const middle = low + splitPoint(high - low)
      if (end <= middle) {
        proof.push(this.#range(middle, high, top))
        high = middle
      } else {
        if (from < middle) {
          from = middle
          isWhole = false
        }
        proof.push(this.#range(low, middle))
        low = middle
      }
    }
    if (!isWhole) proof.push(this.#range(low, high, top))
    return proof.reverse()
  }

  /** The hash over a non-empty valid subtree; `size` is the tree whose right border it lies on, if any. */
  #range(start: number, end: number, size: number = end): Uint8Array {
    const span = powerOfTwoFrom(end - start)
    if (start + span === end) return this.#node(Math.round(Math.log2(span)), start / span)
    const hash = this.#border(size).get(start)
    if (hash !== undefined) return hash.slice()
    return this.#fold(start, end).get(start) ?? emptyRoot()
  }

  /** Kept for a few sizes: all proofs of a batch share their right border. */
  #border(size: number): ReadonlyMap<number, Uint8Array> {
    const known = this.#borders.get(size)
    if (known !== undefined) return known
    const border = this.#fold(0, size)
    this.#borders.set(size, border)
    for (const oldest of this.#borders.keys()) {
      if (this.#borders.size <= cachedBorders) break
      this.#borders.delete(oldest)
    }
    return border
  }

  /** MTH(D[x : end]) for the start x of every complete subtree in `[start, end)`, right to left. */
  #fold(start: number, end: number): Map<number, Uint8Array> {
    const hashes = new Map<number, Uint8Array>()
    let folded: Uint8Array | undefined
    for (const [height, position] of peaksOf(start, end).reverse()) {
      const peak = this.#node(height, position)
      folded = folded === undefined ? peak : this.#hasher.node(peak, folded)
      hashes.set(position * 2 ** height, folded)
    }
    return hashes
  }

  /** The hash of a complete subtree: the node at `position` among those of 2^height entries. */
  #node(height: number, position: number): Uint8Array {
    const level = Math.floor(height / tileHeight)
    const within = height % tileHeight
    const first = position * 2 ** within
    const index = Math.floor(first / tileWidth)
    const place = (first % tileWidth) / 2 ** within
    const edge = this.#edge[level]
    if (edge?.index === index) return edge.nodes(within, place, 1)
    return this.#tiles.get(level, index).nodes(within, place, 1)
  }
}
