import { LogError } from './errors.ts'

/** Bytes of a SHA-256 hash. */
export const hashLength = 32

/** SHA-256. */
export type Sha256 = (data: Uint8Array) => Uint8Array

/**
 * The hash function of a Merkle tree (RFC 9162 §2.1.1), injected so that this room runs anywhere:
 *
 *     leaf(data)        = SHA-256(0x00 || data)
 *     node(left, right) = SHA-256(0x01 || left || right)
 */
export interface TreeHasher {
  leaf(data: Uint8Array): Uint8Array
  node(left: Uint8Array, right: Uint8Array): Uint8Array
  /**
   * The fast path: hashes `count` adjacent pairs (64 bytes each) from the start of `source` and
   * writes the `count` node hashes to `target` at byte `offset`. `source` and `target` may be parts
   * of one buffer that do not overlap.
   */
  pairs(source: Uint8Array, count: number, target: Uint8Array, offset: number): void
}

/** A hasher from a plain SHA-256, for places where speed does not matter (a browser, a test). */
export function treeHasherOf(sha256: Sha256): TreeHasher {
  const node = (left: Uint8Array, right: Uint8Array): Uint8Array => {
    const input = new Uint8Array(1 + 2 * hashLength)
    input[0] = 1
    input.set(left, 1)
    input.set(right, 1 + hashLength)
    return sha256(input)
  }
  return {
    leaf(data) {
      const input = new Uint8Array(1 + data.length)
      input.set(data, 1)
      return sha256(input)
    },
    node,
    pairs(source, count, target, offset) {
      for (let i = 0; i < count; i++) {
        const left = source.subarray(i * 64, i * 64 + 32)
        const right = source.subarray(i * 64 + 32, i * 64 + 64)
        target.set(node(left, right), offset + i * hashLength)
      }
    },
  }
}

/** The root of the tree without entries: SHA-256 of nothing (RFC 9162 §2.1.1). A fresh copy each time. */
export function emptyRoot(): Uint8Array {
  return Uint8Array.from(emptyRootBytes)
}

// e3b0c442 98fc1c14 9afbf4c8 996fb924 27ae41e4 649b934c a495991b 7852b855
const emptyRootBytes: readonly number[] = [
  0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24, 0x27, 0xae, 0x41,
  0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55,
]

/** Refuses what is not 32 bytes: a short hash would shift the boundary between two node inputs. */
export function requireHash(hash: Uint8Array, what: string): void {
  if (hash.length !== hashLength) {
    throw new LogError('malformed-hash', `${what} has ${hash.length} bytes; a SHA-256 hash has ${hashLength}`)
  }
}
