import { LogError, rootFromInclusionProof, treeHasherOf, verifyConsistency } from '@comity/log'
import { equalBytes } from '../cbor-value.ts'
import { sigStructure } from '../cose-sign1.ts'
import type { StatementCrypto } from '../crypto-port.ts'
import type { PublicKey } from '../public-key.ts'
import { checkSignatureForm } from '../signature.ts'
import { StatementError } from '../statement-error.ts'
import { decodeReceipt, type Receipt } from './decode.ts'

/** A receipt of inclusion that holds: the entry is at `index` of the log's tree of `size` with `root`. */
export interface VerifiedInclusion {
  readonly receipt: Receipt
  readonly root: Uint8Array
  readonly size: number
  readonly index: number
}

/** A receipt of consistency that holds. */
export interface VerifiedConsistency {
  readonly receipt: Receipt
  readonly root: Uint8Array
  readonly from: number
  readonly to: number
}

/**
 * Verifies a receipt of inclusion for a statement's `leaf` bytes under the log's receipt key: first
 * the path, which gives the root, then the signature over that root (RFC 9942 §5.2.1).
 *
 * The size is not signed; it is bound only as far as the path depends on it. Whoever needs it
 * proven compares with a checkpoint.
 *
 * Throws StatementError `bad-receipt` for a path that does not hold, `wrong-signature`, `high-s`,
 * `bad-key`, and what `decodeReceipt` throws.
 */
export function verifyReceipt(
  bytes: Uint8Array,
  leaf: Uint8Array,
  key: PublicKey,
  crypto: StatementCrypto,
): VerifiedInclusion {
  const receipt = decodeReceipt(bytes)
  const { proof } = receipt
  if (proof.type !== 'inclusion')
    throw new StatementError('bad-receipt', 'this is a receipt of consistency, not of inclusion')
  const hasher = treeHasherOf((data) => crypto.sha256(data))
  const { size, index, path } = proof
  const root = proven(() => rootFromInclusionProof(hasher, { index, size, leafHash: hasher.leaf(leaf), proof: path }))
  if (receipt.root !== undefined && !equalBytes(receipt.root, root)) {
    throw new StatementError('bad-receipt', 'the path of the receipt leads to another root than the one attached')
  }
  verifyRoot(receipt, root, key, crypto)
  return { receipt, root, size, index }
}

/**
 * Verifies a receipt of consistency from the root the caller already trusts. The newer root comes
 * from the receipt, or from the caller where it is detached (RFC 9942 §5.3.1).
 */
export function verifyConsistencyReceipt(
  bytes: Uint8Array,
  roots: { readonly from: Uint8Array; readonly to?: Uint8Array },
  key: PublicKey,
  crypto: StatementCrypto,
): VerifiedConsistency {
  const receipt = decodeReceipt(bytes)
  const { proof } = receipt
  if (proof.type !== 'consistency')
    throw new StatementError('bad-receipt', 'this is a receipt of inclusion, not of consistency')
  const root = receipt.root ?? roots.to
  if (root === undefined) throw new StatementError('bad-receipt', 'the newer root is detached; give it')
  if (roots.to !== undefined && !equalBytes(roots.to, root)) {
    throw new StatementError('bad-receipt', 'the receipt is about another newer root than the one given')
  }
  verifyRoot(receipt, root, key, crypto)
  const hasher = treeHasherOf((data) => crypto.sha256(data))
  const { from, to, path } = proof
  proven(() => verifyConsistency(hasher, { from, to, fromRoot: roots.from, toRoot: root, proof: path }))
  return { receipt, root, from, to }
}

function verifyRoot(receipt: Receipt, root: Uint8Array, key: PublicKey, crypto: StatementCrypto): void {
  if (key.alg !== receipt.alg) {
    throw new StatementError('bad-key', `the receipt says ${receipt.alg} and the key given is for ${key.alg}`)
  }
  checkSignatureForm(receipt.alg, receipt.signature)
  if (!crypto.verify(receipt.alg, key.bytes, sigStructure(receipt.protectedBytes, root), receipt.signature)) {
    throw new StatementError(
      'wrong-signature',
      'the signature of the receipt does not cover the root its path leads to: it is for another statement, tree or key',
    )
  }
}

/** Runs a proof and says what the log room found in this room's words. */
function proven<T>(proof: () => T): T {
  try {
    return proof()
  } catch (error) {
    if (!(error instanceof LogError)) throw error
    throw new StatementError('bad-receipt', `the proof of the receipt does not hold: ${error.message}`)
  }
}
