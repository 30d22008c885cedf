import { type Tree, formatCheckpoint } from '@comity/log'
import { type SignedRoot, encodeReceipt, signRoot } from '@comity/statement'
import { treeHasher } from '@comity/crypto'
import type { Cells, Stream } from '@comity/store'
import { NodeError } from '../node-error.ts'
import type { NodeKeys } from './keys.ts'

/** The head of the log as it was signed: a checkpoint for everyone, and the signature that a batch's receipts share. */
export interface SignedHead {
  readonly size: number
  readonly root: Uint8Array
  /** Time of the time leaf that ends it, whole seconds; 0 for the empty log. */
  readonly at: number
  /** C2SP signed note. */
  readonly note: string
}

/** The cell that holds the newest checkpoint. */
export const headCell = 'checkpoint'

/** How many receipt signatures stay in memory: enough for every client that asks again within some seconds. */
const signedRootsKept = 256

export interface LedgerParts {
  readonly origin: string
  readonly keeper: string
  readonly stream: Stream
  readonly cells: Cells
  readonly tree: Tree
  readonly keys: NodeKeys
}

/**
 * The node's own log: the `public` stream, its Merkle tree, and the signed head.
 *
 * Commit order within a batch: entries durable → tree → checkpoint durable → anything may be released. What stands in
 * the stream beyond the checkpoint after a crash was acknowledged to nobody; the next start closes and signs it.
 */
export class Ledger {
  readonly origin: string
  readonly keeper: string
  readonly tree: Tree
  readonly #stream: Stream
  readonly #cells: Cells
  readonly #keys: NodeKeys
  /** Root signatures by tree size, oldest first. */
  readonly #signedRoots = new Map<number, SignedRoot>()
  #head: SignedHead | undefined
  #cellVersion = 0

  constructor(parts: LedgerParts) {
    this.origin = parts.origin
    this.keeper = parts.keeper
    this.tree = parts.tree
    this.#stream = parts.stream
    this.#cells = parts.cells
    this.#keys = parts.keys
    const stored = readHead(parts.cells)
    if (stored !== undefined) {
      this.#head = stored.head
      this.#cellVersion = stored.version
    }
  }

  /** Entries that are durable, signed or not. */
  get size(): number {
    return this.#stream.size
  }

  /** The newest signed head; undefined in a log without entries. */
  get head(): SignedHead | undefined {
    return this.#head
  }

  /** The stored bytes of an entry: the statement with its unprotected header emptied. */
  leaf(index: number): Uint8Array {
    return this.#stream.read(index)
  }

  leaves(from: number, to: number): Uint8Array[] {
    return this.#stream.readRange(from, to)
  }

  /** Makes a batch durable. When this throws, none of it is in the log. */
  async append(leaves: readonly Uint8Array[]): Promise<void> {
    const first = await this.#stream.append(leaves)
    if (first !== this.tree.size) {
      throw new NodeError('log-forked', `the stream continued at ${first} where the tree has ${this.tree.size} entries`)
    }
    this.hash(leaves)
  }

  /** Adds entries that are durable already to the tree. */
  hash(leaves: readonly Uint8Array[]): void {
    const hashes = new Uint8Array(leaves.length * 32)
    for (const [i, leaf] of leaves.entries()) hashes.set(treeHasher.leaf(leaf), i * 32)
    this.tree.append(hashes)
  }

  /** Signs the tree as it stands and persists that checkpoint. Only then may a receipt name it. */
  async sign(at: number): Promise<SignedHead> {
    const { size } = this.tree
    const root = this.tree.root()
    const note = this.#keys.log.signNote(formatCheckpoint({ origin: this.origin, size, root }))
    const head: SignedHead = { size, root, at, note }
    const value = Buffer.from(JSON.stringify({ size, root: Buffer.from(root).toString('hex'), at, note }))
    if (!(await this.#cells.compareAndSet(headCell, this.#cellVersion, value))) {
      throw new NodeError('log-forked', 'somebody else moved the checkpoint of this log: two nodes write to one folder')
    }
    this.#cellVersion = this.#cells.get(headCell)?.version ?? 0
    return head
  }

  /** Makes a persisted head the one that everybody sees: together with the register that it belongs to. */
  publish(head: SignedHead): void {
    this.#head = head
  }

  /**
   * The receipt of an entry under the head that closed its batch, `{size, at}`: the same bytes each time it is asked for
   * while the receipt key is the same, for Ed25519 signatures are deterministic.
   */
  receipt(index: number, batch: { readonly size: number; readonly at: number }): Uint8Array {
    let signed = this.#signedRoots.get(batch.size)
    if (signed === undefined) {
      const claims = { iss: this.keeper, origin: this.origin, iat: batch.at }
      signed = signRoot(this.#keys.receipt, claims, this.tree.root(batch.size))
      for (const oldest of this.#signedRoots.keys()) {
        if (this.#signedRoots.size < signedRootsKept) break
        this.#signedRoots.delete(oldest)
      }
      this.#signedRoots.set(batch.size, signed)
    }
    return encodeReceipt(signed, {
      size: batch.size,
      index,
      path: this.tree.inclusionProof(index, batch.size),
    })
  }
}

/** The head that the truth holds, for the start of a node. */
export function readHead(
  cells: Pick<Cells, 'get'>,
): { readonly head: SignedHead; readonly version: number } | undefined {
  const cell = cells.get(headCell)
  if (cell === undefined) return undefined
  const value: { size: number; root: string; at: number; note: string } = JSON.parse(Buffer.from(cell.value).toString())
  return { head: { ...value, root: Buffer.from(value.root, 'hex') }, version: cell.version }
}
