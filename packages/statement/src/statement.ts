import { CborReader, INDEFINITE, MAJOR_ARRAY, MAJOR_BYTES } from './cbor-read.ts'
import { LABEL_RECEIPTS, SIGNATURE_BYTES } from './cose-labels.ts'
import { readSign1, sign1Bytes, sigStructure, unprotectedEntry, writeSign1 } from './cose-sign1.ts'
import type { StatementCrypto } from './crypto-port.ts'
import { readGeneralHeader } from './general-header.ts'
import { toHex } from './hex.ts'
import { MAX_LEAF_BYTES, MAX_RECEIPTS, MAX_STATEMENT_BYTES } from './limits.ts'
import { type ProtectedHeader, readOwnHeader } from './protected-header.ts'
import { StatementError } from './statement-error.ts'

/**
 * A decoded statement. Its form is right; neither its signature nor its payload has been looked at:
 * see `verifySignature` and `readPayload`.
 */
export interface Statement extends ProtectedHeader {
  readonly kidHex: string
  readonly payload: Uint8Array
  readonly protectedBytes: Uint8Array
  readonly signature: Uint8Array
  /** The `Sig_structure` (RFC 9052 §4.4). */
  readonly toBeSigned: Uint8Array
  /** Lowercase hex SHA-256 of `toBeSigned`. A second signature over the same content has the same id. */
  readonly id: string
  /** What enters the tree: the deterministic tagged COSE_Sign1 with an empty unprotected header. */
  readonly leaf: Uint8Array
  /** Receipts that travelled with it (label 394), not looked into. */
  readonly receipts: readonly Uint8Array[]
}

/**
 * Decodes a COSE_Sign1 statement (RFC 9052, RFC 9597).
 *
 * The outer array is re-made deterministically; the protected header must be deterministic as it
 * is, because it is signed as bytes. Views in the result point into `bytes`: do not change them.
 *
 * Throws StatementError `statement-too-large`, `not-cbor`, `wrong-tag`, `non-canonical`,
 * `payload-missing`, `wrong-signature` (wrong length) and those of `readGeneralHeader`.
 */
export function decodeStatement(bytes: Uint8Array, crypto: StatementCrypto): Statement {
  if (bytes.length > MAX_STATEMENT_BYTES) throw tooLarge(bytes.length, MAX_STATEMENT_BYTES)
  const { protectedBytes, unprotectedBytes, payload, signature } = readSign1(bytes)
  if (payload === undefined) {
    throw new StatementError('payload-missing', 'the payload is detached; a statement carries its payload')
  }
  const header = readOwnHeader(protectedBytes) ?? readGeneralHeader(protectedBytes, payload)
  if (signature.length !== SIGNATURE_BYTES) {
    throw new StatementError(
      'wrong-signature',
      `the signature has ${signature.length} bytes; ${header.alg} has ${SIGNATURE_BYTES}`,
    )
  }
  const size = sign1Bytes({ protectedBytes, payload, signature })
  if (size > MAX_LEAF_BYTES) throw tooLarge(size, MAX_LEAF_BYTES)
  // Every other encoding of these parts is longer, so equal length means that the bytes are the leaf.
  const leaf = bytes.length === size ? bytes : writeSign1(protectedBytes, payload, signature)
  const toBeSigned = sigStructure(protectedBytes, payload)
  return {
    ...header,
    kidHex: toHex(header.kid),
    payload,
    protectedBytes,
    signature,
    toBeSigned,
    id: crypto.sha256Hex?.(toBeSigned) ?? toHex(crypto.sha256(toBeSigned)),
    leaf,
    receipts: readReceipts(unprotectedBytes),
  }
}

/** The receipts under label 394: `[+ bstr .cbor Receipt]` (RFC 9942 §4.3). */
function readReceipts(unprotectedBytes: Uint8Array): readonly Uint8Array[] {
  const entry = unprotectedEntry(unprotectedBytes, LABEL_RECEIPTS)
  if (entry === undefined) return []
  const reader = new CborReader(entry)
  reader.head()
  if (reader.major !== MAJOR_ARRAY || reader.argument === INDEFINITE || reader.argument === 0) {
    throw new StatementError('bad-receipt', 'receipts (label 394) are not a list of byte strings')
  }
  if (reader.argument > MAX_RECEIPTS) {
    throw new StatementError(
      'bad-receipt',
      `${reader.argument} receipts; at most ${MAX_RECEIPTS} travel with a statement`,
    )
  }
  return Array.from({ length: reader.argument }, () => {
    reader.head()
    if (reader.major !== MAJOR_BYTES || reader.argument === INDEFINITE) {
      throw new StatementError('bad-receipt', 'a receipt under label 394 is not a byte string')
    }
    return reader.take(reader.argument)
  })
}

function tooLarge(size: number, limit: number): StatementError {
  return new StatementError(
    'statement-too-large',
    `the statement has ${size} bytes; the limit is ${limit}. Put what is larger into a document and cite its digest`,
  )
}
