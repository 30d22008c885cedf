import { treeHasher } from '@comity/crypto'
import { Tree, tileWidth } from '@comity/log'
import type { Stream, TreeHashes, Truth } from '@comity/store'
import { FederationError } from '../federation-error.ts'
import { type Head, hasSameRoot, keptHead } from './head.ts'
import { MirrorCell, type MirrorRecord } from './mirror-record.ts'
import { mirrorName } from './mirror-name.ts'

const hashBytes = 32

/** Entries hashed between two looks at the stream. */
const hashedAtOnce = 4096

/** Hashes are made durable about every so many entries; after a crash the rest is hashed again from the stream. */
const hashesPerSync = 8192

/** Tiles that a copy keeps expanded, 16 KiB each: there may be fifty copies, and each is read at its end. */
const cachedTiles = 4

/**
 * The copy of somebody's log: the stream `mirror/<origin>` with its entries as they were served, the tree over them, and
 * the cell with the head that covers them.
 *
 * A head is durable before its entries, and only entries that a head's root covers get here. So at any moment of a crash
 * the stream is a prefix of the tree of a head that the log signed and that is kept, and the next start goes on from there.
 */
export class MirrorCopy {
  readonly origin: string
  readonly tree: Tree
  readonly #stream: Stream
  readonly #hashes: TreeHashes
  readonly #cell: MirrorCell
  #head: Head | undefined
  #before: Head | undefined
  #syncedAt: number
  /** Bytes that the entries of the bundle which is not full yet have in it. */
  #bundleBytes: number

  private constructor(origin: string, stream: Stream, hashes: TreeHashes, cell: MirrorCell, tree: Tree) {
    this.origin = origin
    this.tree = tree
    this.#stream = stream
    this.#hashes = hashes
    this.#cell = cell
    this.#syncedAt = hashes.watermark
    this.#bundleBytes = bundled(stream.readRange(stream.size - (stream.size % tileWidth), stream.size))
    const { head, before } = cell.record
    this.#head = head === undefined ? undefined : keptHead(head)
    this.#before = before === undefined ? undefined : keptHead(before)
  }

  /**
   * Opens the copy, empty where there is none. `keeper` counts where the log was never followed before.
   *
   * Throws StoreError, and FederationError `mirror-damaged` where the entries are not those of its head.
   */
  static async open(truth: Truth, origin: string, keeper: string): Promise<MirrorCopy> {
    const name = mirrorName(origin)
    const stream = await truth.stream(name)
    const hashes = truth.hashes(name)
    const tree = Tree.open(treeHasher, hashes, Math.min(hashes.watermark, stream.size), { cachedTiles })
    for (let from = tree.size; from < stream.size; from += hashedAtOnce)
      tree.append(leafHashes(stream.readRange(from, Math.min(from + hashedAtOnce, stream.size))))
    const copy = new MirrorCopy(origin, stream, hashes, MirrorCell.open(truth.cells, name, keeper), tree)
    copy.#checkHead()
    return copy
  }

  /** Entries that are durable here. */
  get size(): number {
    return this.#stream.size
  }

  get record(): MirrorRecord {
    return this.#cell.record
  }

  /** The newest head that was authenticated; its entries may be on their way. */
  get head(): Head | undefined {
    return this.#head
  }

  /** The newest head whose entries are all here: what is shown to others, and what may be folded. */
  get complete(): Head | undefined {
    if (this.#head === undefined || this.#head.size <= this.size) return this.#head
    return this.#before
  }

  leaves(from: number, to: number): Uint8Array[] {
    return this.#stream.readRange(from, to)
  }

  /** Bytes that the entries which are held have in the bundle that the next one goes into. */
  get bundleBytes(): number {
    return this.#bundleBytes
  }

  /**
   * Takes up a head that was authenticated and is consistent with what is held. Durable when it resolves, together with
   * what else is to be noted.
   */
  async setHead(head: Head, changes: Partial<MirrorRecord> = {}): Promise<void> {
    const before = this.complete
    await this.#cell.change({ head: head.note, ...(before === undefined ? {} : { before: before.note }), ...changes })
    this.#head = head
    this.#before = before
  }

  /** Shows the same head with other cosignatures. They are durable with the next head; until then others have them too. */
  showHead(head: Head): void {
    this.#head = head
  }

  /** Changes what is noted beside the entries. Durable when it resolves. */
  change(changes: Partial<Omit<MirrorRecord, 'head' | 'before'>>): Promise<void> {
    return this.#cell.change(changes)
  }

  /** Appends entries that the head covers, with their leaf hashes. Durable when it resolves. */
  async append(leaves: readonly Uint8Array[], hashes: Uint8Array): Promise<void> {
    const first = await this.#stream.append(leaves)
    if (first !== this.tree.size) {
      throw new FederationError(
        'mirror-damaged',
        `the copy of ${this.origin} went on at entry ${first} where its tree has ${this.tree.size}`,
      )
    }
    this.tree.append(hashes)
    const open = this.size % tileWidth
    this.#bundleBytes =
      open < leaves.length ? bundled(leaves.slice(leaves.length - open)) : this.#bundleBytes + bundled(leaves)
    if (this.size - this.#syncedAt < hashesPerSync) return
    this.#syncedAt = this.size
    await this.#hashes.sync(this.size)
  }

  /** Makes the hashes durable: the next start has nothing to hash. */
  async close(): Promise<void> {
    if (this.tree.size > this.#hashes.watermark) await this.#hashes.sync(this.tree.size)
  }

  #checkHead(): void {
    const { complete } = this
    if (complete === undefined || (complete.size <= this.size && hasSameRoot(complete, this.tree.root(complete.size))))
      return
    throw new FederationError(
      'mirror-damaged',
      `the copy of ${this.origin} holds ${this.size} entries that are not those of its checkpoint at ${complete.size}: remove the stream ${mirrorName(this.origin)} and its cell, and it is fetched again`,
    )
  }
}

/** Bytes that entries have in a bundle: each stands behind two of length. */
function bundled(leaves: readonly Uint8Array[]): number {
  return leaves.reduce((sum, leaf) => sum + 2 + leaf.length, 0)
}

/** The leaf hashes of entries, one after the other. */
export function leafHashes(leaves: readonly Uint8Array[]): Uint8Array {
  const hashes = new Uint8Array(leaves.length * hashBytes)
  for (const [i, leaf] of leaves.entries()) hashes.set(treeHasher.leaf(leaf), i * hashBytes)
  return hashes
}
