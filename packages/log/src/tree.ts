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
  readonly #borders = new Map<number, Border>()

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
    const span = powerOfTwoFrom(end - start)
    return start + span === end ? this.#node(start, span) : this.#hashFrom(start, span, end, this.#border(end))
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
    const border = this.#border(high)
    let from = start
    let isWhole = true
    let span = splitPoint(high - low)
    while (from !== low || end !== high) {
      while (span >= high - low) span /= 2
      const middle = low + span
      if (end <= middle) {
        proof.push(this.#hashFrom(middle, span, high, border))
        high = middle
      } else {
        if (from < middle) {
          from = middle
          isWhole = false
        }
        proof.push(this.#node(low, span))
        low = middle
      }
    }
    if (!isWhole) proof.push(this.#hashFrom(low, high - low, high, border))
    return proof.reverse()
  }

  /** The hash over `[start, end)`: on the right border of the tree that was kept, or complete with this span. */
  #hashFrom(start: number, span: number, end: number, border: Border): Uint8Array {
    const onBorder = end === border.size ? border.hashes.get(start) : undefined
    return onBorder?.slice() ?? this.#node(start, span)
  }

  /** Kept for a few sizes: all proofs of a batch share their right border. */
  #border(size: number): Border {
    const known = this.#borders.get(size)
    if (known !== undefined) return known
    const hashes = new Map<number, Uint8Array>()
    let folded: Uint8Array | undefined
    for (const [start, span] of peaksOf(size).reverse()) {
      const peak = this.#node(start, span)
      folded = folded === undefined ? peak : this.#hasher.node(peak, folded)
      hashes.set(start, folded)
    }
    const border = { size, hashes }
    this.#borders.set(size, border)
    for (const oldest of this.#borders.keys()) {
      if (this.#borders.size <= cachedBorders) break
      this.#borders.delete(oldest)
    }
    return border
  }

  /** The hash of the complete subtree over `[start, start + span)`; `span` is a power of two. */
  #node(start: number, span: number): Uint8Array {
    const height = Math.round(Math.log2(span))
    const level = Math.floor(height / tileHeight)
    const within = height % tileHeight
    const first = start / tileWidth ** level
    const index = Math.floor(first / tileWidth)
    const place = (first % tileWidth) / 2 ** within
    const edge = this.#edge[level]
    if (edge?.index === index) return edge.nodes(within, place, 1)
    return this.#tiles.get(level, index).nodes(within, place, 1)
  }
}

/** MTH(D[start : size]) for the start of each complete subtree that a tree of this size is made of. */
interface Border {
  readonly size: number
  readonly hashes: ReadonlyMap<number, Uint8Array>
}
