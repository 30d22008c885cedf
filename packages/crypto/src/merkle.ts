import { CryptoError } from './errors.ts'

/**
 * Hashes of a Merkle tree (RFC 9162 §2.1.1). The same shape as `TreeHasher` of the room `log`, which
 * this room does not import.
 *
 *     leaf(data)        = SHA-256(0x00 || data)
 *     node(left, right) = SHA-256(0x01 || left || right)
 */
export interface TreeHasher {
  leaf(data: Uint8Array): Uint8Array
  /** @throws CryptoError `bad-hash` unless both have 32 bytes. */
  node(left: Uint8Array, right: Uint8Array): Uint8Array
  /**
   * Hashes `count` adjacent pairs, 64 bytes each, from the start of `source`, and writes the node
   * hashes to `target` at byte `offset`.
   */
  pairs(source: Uint8Array, count: number, target: Uint8Array, offset: number): void
}

/** A shorter hash would move the boundary between left and right: two trees, one root. */
export function requireHashes(left: Uint8Array, right: Uint8Array): void {
  if (left.length !== 32 || right.length !== 32) {
    throw new CryptoError(
      'bad-hash',
      `a tree node hashes two hashes of 32 bytes, not ${left.length} and ${right.length}`,
    )
  }
}
