import { hash } from 'node:crypto'
import { fourAtATime } from './lanes/lane-pairs.ts'
import { requireHashes, type TreeHasher } from './merkle.ts'
import { sha256 } from './sha256.ts'

/**
 * Merkle hashing on Node. The scratch buffers are safe to share because nothing here awaits.
 */
export const treeHasher: TreeHasher = {
  leaf(data) {
    const fits = data.length < leafScratch.length
    const input = fits ? leafScratch.subarray(0, data.length + 1) : new Uint8Array(data.length + 1)
    input.set(data, 1)
    return sha256(input)
  },

  node(left, right) {
    requireHashes(left, right)
    nodeScratch.set(left, 1)
    nodeScratch.set(right, 33)
    return sha256(nodeScratch)
  },

  pairs: fourAtATime(pairsOneAtATime),
}

/**
 * The digest never becomes an object of its own: it goes as a latin1 string (which `hash` calls
 * `binary`) from OpenSSL into the target. Three times as fast as `createHash`.
 */
export function pairsOneAtATime(source: Uint8Array, count: number, target: Uint8Array, offset: number): void {
  const from = Buffer.from(source.buffer, source.byteOffset, source.byteLength)
  const to = Buffer.from(target.buffer, target.byteOffset, target.byteLength)
  for (let i = 0; i < count; i++) {
    from.copy(nodeScratch, 1, i * 64, i * 64 + 64)
    to.write(hash('sha256', nodeScratch, 'binary'), offset + i * 32, 32, 'latin1')
  }
}

/** 0x00 and the largest entry of a log. */
const leafScratch = Buffer.alloc(1 + 0xffff)

/** 0x01 and two hashes. */
const nodeScratch = Buffer.alloc(65, 1)
