import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js'
import { fourAtATime } from '../lanes/lane-pairs.ts'
import { requireHashes, type TreeHasher } from '../merkle.ts'

/** SHA-256 (FIPS 180-4), 32 bytes. */
export function sha256(data: Uint8Array): Uint8Array {
  return nobleSha256(data)
}

/** SHA-256 as lowercase hex. */
export function sha256Hex(data: Uint8Array): string {
  let hex = ''
  for (const byte of nobleSha256(data)) hex += byte.toString(16).padStart(2, '0')
  return hex
}

/** Hashes of a Merkle tree (RFC 9162 §2.1.1). */
export const treeHasher: TreeHasher = {
  leaf(data) {
    return nobleSha256.create().update(leafPrefix).update(data).digest()
  },
  node(left, right) {
    requireHashes(left, right)
    return nobleSha256.create().update(nodePrefix).update(left).update(right).digest()
  },
  pairs: fourAtATime(pairsOneAtATime),
}

function pairsOneAtATime(source: Uint8Array, count: number, target: Uint8Array, offset: number): void {
  const input = new Uint8Array(65)
  input[0] = 1
  for (let i = 0; i < count; i++) {
    input.set(source.subarray(i * 64, i * 64 + 64), 1)
    target.set(nobleSha256(input), offset + i * 32)
  }
}

const leafPrefix = Uint8Array.of(0)
const nodePrefix = Uint8Array.of(1)
