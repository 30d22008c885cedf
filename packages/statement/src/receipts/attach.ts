import { CborWriter, headBytes, stringBytes } from '../cbor-write.ts'
import { LABEL_RECEIPTS } from '../cose-labels.ts'
import { readSign1, writeSign1 } from '../cose-sign1.ts'
import type { StatementCrypto } from '../crypto-port.ts'
import { MAX_RECEIPTS } from '../limits.ts'
import { decodeStatement } from '../statement.ts'
import { StatementError } from '../statement-error.ts'

/**
 * Adds a receipt to a statement: a *transparent statement* (RFC 9943). Receipts it has stay, the
 * same bytes are not added twice; other unprotected headers are dropped, nothing vouches for them.
 * Throws what `decodeStatement` throws, and `bad-receipt` when there would be too many.
 */
export function attachReceipt(statement: Uint8Array, receipt: Uint8Array, crypto: StatementCrypto): Uint8Array {
  const { receipts } = decodeStatement(statement, crypto)
  const isSame = (other: Uint8Array): boolean =>
    other.length === receipt.length && other.every((byte, i) => byte === receipt[i])
  return attachReceipts(statement, receipts.some(isSame) ? receipts : [...receipts, receipt])
}

/** Replaces the unprotected header by `{394: [+ bstr]}`, or by an empty one for no receipts (RFC 9942 §4.3). */
export function attachReceipts(statement: Uint8Array, receipts: readonly Uint8Array[]): Uint8Array {
  const { protectedBytes, payload, signature } = readSign1(statement)
  if (receipts.length === 0) return writeSign1(protectedBytes, payload, signature)
  if (receipts.length > MAX_RECEIPTS) {
    throw new StatementError(
      'bad-receipt',
      `${receipts.length} receipts; at most ${MAX_RECEIPTS} travel with a statement`,
    )
  }
  const size = receipts.reduce((sum, receipt) => sum + stringBytes(receipt.length), headBytes(receipts.length))
  const writer = new CborWriter(1 + headBytes(LABEL_RECEIPTS) + size)
  writer.head(5, 1)
  writer.head(0, LABEL_RECEIPTS)
  writer.head(4, receipts.length)
  for (const receipt of receipts) writer.byteString(receipt)
  return writeSign1(protectedBytes, payload, signature, writer.bytes)
}
