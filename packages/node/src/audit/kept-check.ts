import { LogError, type Tree, openCheckpoint, parseCheckpoint, parseNote, rootFromInclusionProof } from '@comity/log'
import { treeHasher, verify } from '@comity/crypto'
import {
  type PartyState,
  type PublicKey,
  type Receipt,
  StatementError,
  decodeReceipt,
  decodeStatement,
  rawKey,
  sigStructure,
  verifyReceipt,
} from '@comity/statement'
import { crypto } from '../crypto-port.ts'
import { logKeys } from '../reading/log-keys.ts'
import { AuditError } from './audit-error.ts'
import type { Differences } from './difference.ts'
import type { AuditSource } from './source.ts'
import type { Spill } from './spill.ts'

/** What somebody kept from an earlier day: a checkpoint, a receipt, or a statement with its receipts. */
export interface Kept {
  /** For the report, such as a file name. */
  readonly name: string
  readonly bytes: Uint8Array
}

export interface KeptCheckParts {
  readonly tree: Tree
  readonly origin: string
  /** Origins of logs that are audited beside this one: what was kept of them is compared there. */
  readonly beside: Pick<ReadonlySet<string>, 'has'>
  readonly keeper: PartyState
  readonly differences: Differences
}

/** Receipts asked of a node: a few entries spread over the log, the last among them. */
const sampled = 16

/**
 * Compares with the log what its node promised outside of it. A log that shows everybody something else is consistent
 * for each of them; only what one of them kept gives it away.
 */
export class KeptCheck {
  readonly #parts: KeptCheckParts
  #compared = 0
  #receipts = 0

  constructor(parts: KeptCheckParts) {
    this.#parts = parts
  }

  /** How many of the kept things were compared. */
  get compared(): number {
    return this.#compared
  }

  /** How many receipts of the node were compared. */
  get receipts(): number {
    return this.#receipts
  }

  /** Throws AuditError `bad-option` for bytes that are neither a checkpoint nor a receipt nor a statement. */
  check({ name, bytes }: Kept): void {
    const opened = openKept(name, bytes)
    if (opened.type === 'checkpoint') this.#checkCheckpoint(name, bytes)
    else for (const receipt of opened.receipts) this.#checkReceipt(name, 'kept-differs', receipt, opened.leaf)
  }

  /** Asks the source for receipts of entries spread over the log, which begins at position `first`. A mirror that serves none is no difference. */
  async sample(source: AuditSource, spill: Spill, first: number): Promise<void> {
    const { size } = this.#parts.tree
    const indexes = new Set(Array.from({ length: sampled }, (_, i) => Math.floor(((i + 1) * size) / sampled) - 1))
    for (const index of indexes) {
      const row = spill.prepare("SELECT id FROM entry WHERE position = ? AND kind <> 'time'").get(first + index)
      if (row === undefined) continue
      // Safe: the column is a BLOB NOT NULL.
      const receipt = await source.receipt(Buffer.from(row['id'] as Uint8Array).toString('hex'))
      if (receipt === undefined) return
      this.#receipts += 1
      this.#checkReceipt(`receipt of entry ${index}`, 'receipt-wrong', receipt, undefined, index)
    }
  }

  #checkCheckpoint(name: string, bytes: Uint8Array): void {
    const { tree, origin, keeper, differences } = this.#parts
    try {
      const { checkpoint } = openCheckpoint(bytes, origin, logKeys(keeper, origin, 0, Number.POSITIVE_INFINITY))
      this.#compared += 1
      const { size, root } = checkpoint
      if (size > tree.size) {
        const what = `it covers ${size} entries and the log shows ${tree.size}: entries were taken back`
        differences.add({ code: 'kept-differs', where: name, what, reason: 'log-shrank' })
      } else if (Buffer.compare(tree.root(size), root) !== 0) {
        const what = `the log shows another tree of ${size} entries than it signed then: it was forked`
        differences.add({
          code: 'kept-differs',
          where: name,
          what,
          reason: 'log-forked',
          expected: hex(root),
          found: hex(tree.root(size)),
        })
      }
    } catch (error) {
      if (!(error instanceof LogError)) throw error
      if (error.code === 'wrong-origin' && this.#isBeside(originOfCheckpoint(bytes))) return
      if (error.code === 'wrong-origin')
        differences.leave({ code: 'kept-not-of-this-log', where: name, what: error.message })
      else
        differences.add({
          code: 'kept-differs',
          where: name,
          what: `no checkpoint of this log: ${error.message}`,
          reason: error.code,
        })
    }
  }

  #checkReceipt(
    name: string,
    code: 'kept-differs' | 'receipt-wrong',
    bytes: Uint8Array,
    leaf?: Uint8Array,
    index?: number,
  ): void {
    const { origin, differences } = this.#parts
    try {
      const receipt = decodeReceipt(bytes)
      if (receipt.origin !== origin) {
        if (this.#isBeside(receipt.origin)) return
        differences.leave({
          code: 'kept-not-of-this-log',
          where: name,
          what: `it is a receipt of ${receipt.origin ?? 'a log that it does not name'}`,
        })
        return
      }
      if (code === 'kept-differs') this.#compared += 1
      this.#compareReceipt(receipt, bytes, leaf, index)
    } catch (error) {
      if (!(error instanceof StatementError || error instanceof LogError)) throw error
      differences.add({ code, where: name, what: error.message, reason: error.code })
    }
  }

  #compareReceipt(receipt: Receipt, bytes: Uint8Array, leaf: Uint8Array | undefined, index: number | undefined): void {
    const { tree } = this.#parts
    const { proof } = receipt
    if (proof.type !== 'inclusion')
      throw new StatementError('bad-receipt', 'this is a receipt of consistency, not of inclusion')
    if (index !== undefined && proof.index !== index) {
      throw new StatementError('bad-receipt', `it is for entry ${proof.index}, asked for was entry ${index}`)
    }
    if (proof.size > tree.size) {
      throw new StatementError(
        'bad-receipt',
        `it was given at size ${proof.size} and the log shows ${tree.size}: entries were taken back`,
      )
    }
    const ownLeaf = tree.subtreeRoot(proof.index, proof.index + 1)
    if (leaf !== undefined && Buffer.compare(treeHasher.leaf(leaf), ownLeaf) !== 0) {
      throw new StatementError(
        'bad-receipt',
        `another statement than this one stands at entry ${proof.index} of the log`,
      )
    }
    const key = this.#receiptKey(receipt)
    if (leaf !== undefined) verifyReceipt(bytes, leaf, key, crypto)
    const root = rootFromInclusionProof(treeHasher, {
      index: proof.index,
      size: proof.size,
      leafHash: ownLeaf,
      proof: proof.path,
    })
    if (Buffer.compare(root, tree.root(proof.size)) !== 0) {
      throw new StatementError(
        'bad-receipt',
        `its path leads to another tree of ${proof.size} entries than the log shows`,
      )
    }
    if (!verify(key.alg, key.bytes, sigStructure(receipt.protectedBytes, root), receipt.signature)) {
      throw new StatementError('wrong-signature', 'its signature does not cover the root that the log has at its size')
    }
  }

  #isBeside(origin: string | undefined): boolean {
    return origin !== undefined && this.#parts.beside.has(origin)
  }

  #receiptKey({ alg, kidHex }: Receipt): PublicKey {
    const key = this.#parts.keeper.keys.find((each) => each.kid === kidHex && each.roles.includes('receipt'))
    const raw = key && rawKey(key)
    if (raw?.alg === alg) return raw
    throw new StatementError('unknown-key', `the keeper never had a receipt key ${kidHex ?? 'without a name'}`)
  }
}

type Opened =
  | { readonly type: 'checkpoint' }
  | { readonly type: 'receipts'; readonly receipts: readonly Uint8Array[]; readonly leaf: Uint8Array | undefined }

function openKept(name: string, bytes: Uint8Array): Opened {
  try {
    parseCheckpoint(parseNote(bytes).text)
    return { type: 'checkpoint' }
  } catch (error) {
    if (!(error instanceof LogError)) throw error
  }
  try {
    const { receipts, leaf } = decodeStatement(bytes, crypto)
    if (receipts.length === 0)
      throw new AuditError('bad-option', `${name} is a statement without receipts: there is nothing to compare`)
    return { type: 'receipts', receipts, leaf }
  } catch (error) {
    if (!(error instanceof StatementError)) throw error
  }
  // Also what is no receipt: that it is none is then said with the reason.
  return { type: 'receipts', receipts: [bytes], leaf: undefined }
}

/** Of bytes that were read as a checkpoint before. */
function originOfCheckpoint(bytes: Uint8Array): string {
  return parseCheckpoint(parseNote(bytes).text).origin
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
