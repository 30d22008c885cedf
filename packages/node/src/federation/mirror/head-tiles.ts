import { treeHasher } from '@comity/crypto'
import {
  type HashStorage,
  LogError,
  type PrefixShown,
  Tree,
  emptyRoot,
  tileWidth,
  verifyConsistency,
  widthOfTile,
} from '@comity/log'
import { FederationError } from '../federation-error.ts'
import type { Head } from './head.ts'
import type { PeerLog } from './peer-log.ts'

const hashBytes = 32

/** Tiles kept at a time, 8 KiB each. */
const tilesKept = 64

/** A proof looks at two tiles a level, and there are seven levels at the most. */
const tilesForOneProof = 32

/**
 * What the tree of a signed head has at smaller sizes, proven from the tiles that a peer serves (C2SP tlog-tiles). Every
 * answer is checked against the head's root, so it does not matter who served the tiles.
 */
export class HeadTiles {
  readonly #head: Head
  readonly #tiles = new Map<string, Uint8Array>()
  readonly #storage: HashStorage

  constructor(head: Head) {
    this.#head = head
    this.#storage = {
      read: (level, index, count) => this.#read(level, index, count),
      write: () => {
        throw new Error('the tree of a peer is only read')
      },
    }
  }

  /** Whether these are the tiles of that head. */
  isOf(head: Head): boolean {
    return head.size === this.#head.size && Buffer.compare(head.root, this.#head.root) === 0
  }

  /**
   * The root of the first `size` entries, with the consistency proof that leads from it to the head's root.
   *
   * Throws FederationError `tiles-differ` where the tiles are not those of the head, `tiles-missing`, as reading throws.
   */
  async prefix(source: Pick<PeerLog, 'tile'>, size: number): Promise<PrefixShown> {
    const { size: to, root: toRoot } = this.#head
    if (size === 0) return { root: emptyRoot(), proof: [] }
    if (size === to) return { root: toRoot, proof: [] }
    const shown = await this.#withTiles(source, () => {
      const tree = Tree.open(treeHasher, this.#storage, to, { cachedTiles: 1 })
      return { root: tree.root(size), proof: tree.consistencyProof(size, to) }
    })
    try {
      verifyConsistency(treeHasher, { from: size, to, fromRoot: shown.root, toRoot, proof: shown.proof })
      return shown
    } catch (error) {
      throw this.#differ(error)
    }
  }

  /** Computes, fetches the tile that was missing, and computes again. */
  async #withTiles<T>(source: Pick<PeerLog, 'tile'>, compute: () => T): Promise<T> {
    for (let fetched = 0; ; fetched++) {
      try {
        return compute()
      } catch (error) {
        if (!(error instanceof MissingTile) || fetched === tilesForOneProof) throw this.#differ(error)
        const { level, index } = error
        this.#keep(nameOf(level, index), await source.tile(level, index, widthOfTile(level, index, this.#head.size)))
      }
    }
  }

  #read(level: number, index: number, count: number): Uint8Array {
    const tile = Math.floor(index / tileWidth)
    const name = nameOf(level, tile)
    const hashes = this.#tiles.get(name)
    if (hashes === undefined) throw new MissingTile(level, tile)
    // Least recently used first.
    this.#tiles.delete(name)
    this.#tiles.set(name, hashes)
    const from = (index % tileWidth) * hashBytes
    return hashes.slice(from, from + count * hashBytes)
  }

  #keep(name: string, hashes: Uint8Array): void {
    if (this.#tiles.size >= tilesKept) {
      const [oldest = name] = this.#tiles.keys()
      this.#tiles.delete(oldest)
    }
    this.#tiles.set(name, hashes)
  }

  /** Nothing of what was fetched is kept: another address may serve the right ones. */
  #differ(error: unknown): unknown {
    if (!(error instanceof LogError || error instanceof MissingTile)) return error
    this.#tiles.clear()
    const { origin, size } = this.#head
    const what = `the tiles that are served are not those of the checkpoint of ${origin} at size ${size}`
    return new FederationError('tiles-differ', `${what}: ${error.message}`, { cause: error })
  }
}

/** A tile that has to be fetched before the computation can go on. */
class MissingTile extends Error {
  readonly level: number
  readonly index: number

  constructor(level: number, index: number) {
    super(`tile ${level}/${index} is not at hand`)
    this.level = level
    this.index = index
  }
}

function nameOf(level: number, index: number): string {
  return `${level}/${index}`
}
