import { type HashStorage, Tree, hashesAtLevel, tilePath, tileWidth } from '@comity/log'
import { treeHasher } from '@comity/crypto'
import type { Differences } from './difference.ts'
import type { AuditSource } from './source.ts'

const hashBytes = 32

/**
 * Hashes the entries again and compares every tile of the source with what comes out (C2SP tlog-tiles). The root that
 * comes out is the audit's own; that it is the signed one is compared at the end.
 */
export class TreeCheck {
  readonly tree: Tree
  readonly #source: AuditSource
  readonly #differences: Differences
  #tiles = 0
  /** Tiles being compared; awaited before there are many. */
  #comparing: Promise<void>[] = []

  constructor(source: AuditSource, hashes: HashStorage, differences: Differences) {
    this.tree = Tree.open(treeHasher, hashes, 0)
    this.#source = source
    this.#differences = differences
  }

  /** How many tiles were compared. */
  get tiles(): number {
    return this.#tiles
  }

  /** Adds the entries of one bundle, and compares the tiles they fill. */
  async add(entries: readonly Uint8Array[]): Promise<void> {
    const before = this.tree.size
    const hashes = new Uint8Array(entries.length * hashBytes)
    for (const [i, entry] of entries.entries()) hashes.set(treeHasher.leaf(entry), i * hashBytes)
    this.tree.append(hashes)
    for (let level = 0; hashesAtLevel(level, this.tree.size) > hashesAtLevel(level, before); level++) {
      const filled = Math.floor(hashesAtLevel(level, this.tree.size) / tileWidth)
      for (let index = Math.floor(hashesAtLevel(level, before) / tileWidth); index < filled; index++) {
        await this.#compareSoon(level, index, tileWidth)
      }
    }
  }

  /** Compares the partial tiles at the right edge. */
  async finish(): Promise<void> {
    for (let level = 0; hashesAtLevel(level, this.tree.size) > 0; level++) {
      const count = hashesAtLevel(level, this.tree.size)
      const width = count % tileWidth
      if (width > 0) await this.#compareSoon(level, Math.floor(count / tileWidth), width)
    }
    await Promise.all(this.#comparing)
  }

  async #compareSoon(level: number, index: number, width: number): Promise<void> {
    if (!this.#source.hasTiles) return
    if (this.#comparing.length >= this.#source.concurrency) await Promise.all(this.#comparing.splice(0))
    const own = this.tree.tile(level, index, width)
    const comparing = this.#compare(own, level, index, width)
    // Heard when it is awaited; this keeps an early stop from leaving it unheard.
    comparing.catch(() => undefined)
    this.#comparing.push(comparing)
  }

  async #compare(own: Uint8Array, level: number, index: number, width: number): Promise<void> {
    const served = await this.#source.tile(level, index, width)
    this.#tiles += 1
    const where = tilePath(level, index, width)
    if (served === undefined) {
      this.#differences.add({
        code: 'tile-missing',
        where,
        what: 'the checkpoint covers this tile, and it is not served',
      })
      return
    }
    const at = firstDifference(own, served)
    if (at === undefined) return
    const entry = level === 0 ? `, that of entry ${index * tileWidth + at}` : ''
    this.#differences.add({
      code: 'tile-differs',
      where,
      what: `hash ${at} of this tile${entry} is not what the entries hash to`,
      expected: hexAt(own, at),
      found: hexAt(served, at),
    })
  }
}

/** The first of the 32-byte hashes that differs, or undefined. */
export function firstDifference(own: Uint8Array, served: Uint8Array): number | undefined {
  if (Buffer.compare(own, served) === 0) return undefined
  const at = own.findIndex((byte, i) => served[i] !== byte)
  return at < 0 ? own.length / hashBytes : Math.floor(at / hashBytes)
}

/** One of these 32-byte hashes, in hex. */
export function hexAt(hashes: Uint8Array, at: number): string {
  return Buffer.from(hashes.subarray(at * hashBytes, (at + 1) * hashBytes)).toString('hex')
}
