import { sha256, treeHasher } from '@comity/crypto'
import { type PrefixShown, Tree, type VerifierKey, noteType, tileWidth, verifierKey } from '@comity/log'
import { decodeStatement } from '@comity/statement'
import type { Stream, TreeHashes, Truth } from '@comity/store'
import { crypto } from '../../crypto-port.ts'
import { NodeError } from '../../node-error.ts'
import { headCell, readHead } from '../../pipeline/ledger.ts'
import { evidenceOf, requireSigned } from '../mirror/head-keys.ts'
import { type Head, hasSameRoot, keptHead } from '../mirror/head.ts'
import { leafHashes } from '../mirror/mirror-copy.ts'

/** Entries hashed between two looks at the stream. */
const hashedAtOnce = 4096

/**
 * A node's own log in a folder that nobody serves: its entries, its tree, the newest head it holds. What stands in the
 * stream beyond the head was signed by nobody here, and counts once a head of the log covers it.
 */
export class OwnLog {
  readonly origin: string
  readonly keeper: string
  readonly keys: readonly VerifierKey[]
  readonly tree: Tree
  readonly #truth: Truth
  readonly #stream: Stream
  readonly #hashes: TreeHashes
  #head: Head

  private constructor(truth: Truth, stream: Stream, hashes: TreeHashes, head: Head, logKeys: readonly Uint8Array[]) {
    const { origin } = head
    this.origin = origin
    this.keeper = decodeStatement(stream.read(0), crypto).iss
    this.keys = logKeys.map((key) => verifierKey(origin, noteType.ed25519, key, sha256))
    this.#truth = truth
    this.#stream = stream
    this.#hashes = hashes
    this.#head = head
    this.tree = Tree.open(treeHasher, hashes, Math.min(hashes.watermark, stream.size))
    for (let from = this.tree.size; from < stream.size; from += hashedAtOnce)
      this.tree.append(leafHashes(stream.readRange(from, Math.min(from + hashedAtOnce, stream.size))))
  }

  /** Throws NodeError `not-founded`, `log-forked`. */
  static async open(truth: Truth, directory: string, logKeys: readonly Uint8Array[]): Promise<OwnLog> {
    const stored = readHead(truth.cells)
    if (stored === undefined) throw new NodeError('not-founded', `${directory} holds no signed checkpoint`)
    const stream = await truth.stream('public')
    const { note, size } = stored.head
    if (size > stream.size)
      throw new NodeError(
        'log-forked',
        `the checkpoint names ${size} entries and the log holds ${stream.size}: restore another backup`,
      )
    const log = new OwnLog(truth, stream, truth.hashes('public'), keptHead(note), logKeys)
    if (hasSameRoot(log.head, log.tree.root(size))) return log
    throw new NodeError(
      'log-forked',
      `the entries do not hash to the signed checkpoint at size ${size}: restore another backup`,
    )
  }

  /** Entries in the stream, covered by the head or not. */
  get size(): number {
    return this.#stream.size
  }

  get head(): Head {
    return this.#head
  }

  leaves(from: number, to: number): Uint8Array[] {
    return this.#stream.readRange(from, to)
  }

  /** Bytes that entries before `index` have in its bundle. */
  bundleBytesBefore(index: number): number {
    const start = index - (index % tileWidth)
    return this.leaves(start, index).reduce((sum, leaf) => sum + 2 + leaf.length, 0)
  }

  /** Throws FederationError `head-unsigned` where no key of this log signed the head. */
  requireSigned(head: Head): void {
    requireSigned(
      head,
      this.keys,
      'the log key of this folder: if that was replaced after the backup, restore a newer one',
    )
  }

  /** Proof that two heads of this log contradict each other. */
  evidence(one: Head, other: Head, prefix: PrefixShown | undefined) {
    return evidenceOf([one, other], prefix, { keys: this.keys, keeper: this.keeper })
  }

  /** Durable when it resolves. Only entries that a signed head covers may come here. */
  async append(leaves: readonly Uint8Array[], hashes: Uint8Array): Promise<void> {
    await this.#stream.append(leaves)
    this.tree.append(hashes)
  }

  /** Takes up a head whose entries are all here. Durable when it resolves; the next start folds what it covers. */
  async setHead(head: Head): Promise<void> {
    await this.#hashes.sync(this.tree.size)
    const { size, note } = head
    const last = decodeStatement(this.#stream.read(size - 1), crypto)
    if (last.kind !== 'time')
      throw new NodeError(
        'log-forked',
        `the checkpoint at ${size} entries does not end with a time leaf, as every head of a node does`,
      )
    const root = Buffer.from(head.root).toString('hex')
    const value = Buffer.from(JSON.stringify({ size, root, at: last.iat, note }))
    const version = this.#truth.cells.get(headCell)?.version ?? 0
    if (!(await this.#truth.cells.compareAndSet(headCell, version, value)))
      throw new NodeError('storage-failed', 'somebody else moved the checkpoint of this log')
    this.#head = head
  }
}
