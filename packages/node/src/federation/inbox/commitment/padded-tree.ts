/**
 * The tree under an hourly commitment: always 65,536 leaves, of which as many as there were messages stand at random
 * places, and all others are random. So neither the root nor a path to one leaf says how many there were, and making it
 * takes as long in an idle hour as in a busy one.
 */
import { treeHasher } from '@comity/crypto'
import { createCipheriv } from 'node:crypto'

/** Leaves of every tree. What is more than that waits for the next hour. */
export const treeLeaves = 65_536

const hashBytes = 32
const depth = 16

/** Pairs hashed before others have a turn: about four milliseconds. */
const pairsAtOnce = 8192

export interface PaddedTree {
  readonly root: Uint8Array
  /** Where the leaf that was given as number `n` stands, and the path from it to the root. */
  path(n: number): { readonly slot: number; readonly path: readonly Uint8Array[] }
}

/** Builds the tree over up to 65,536 leaf hashes. The same secret (32 bytes) and leaves give the same tree. */
export async function paddedTree(secret: Uint8Array, leaves: readonly Uint8Array[]): Promise<PaddedTree> {
  if (leaves.length > treeLeaves) throw new RangeError(`a commitment covers at most ${treeLeaves} messages`)
  const slots = slotsOf(secret, leaves.length)
  const bottom = randomStream(secret, 0, treeLeaves * hashBytes)
  for (const [n, leaf] of leaves.entries()) bottom.set(leaf, (slots[n] ?? 0) * hashBytes)
  const levels: Uint8Array[] = [bottom]
  for (let level = bottom; level.length > hashBytes;) {
    level = await levelAbove(level)
    levels.push(level)
  }
  const nodeAt = (level: number, index: number): Uint8Array =>
    new Uint8Array(levels[level]?.subarray(index * hashBytes, (index + 1) * hashBytes) ?? [])
  return {
    root: nodeAt(depth, 0),
    path: (n) => {
      const slot = slots[n] ?? 0
      // The sibling at each level: 2^i leaves stand under a node of level i (RFC 9162 §2.1.3.1, all complete here).
      const path = Array.from({ length: depth }, (_, level) => nodeAt(level, Math.floor(slot / 2 ** level) ^ 1))
      return { slot, path }
    },
  }
}

async function levelAbove(level: Uint8Array): Promise<Uint8Array> {
  const pairs = level.length / (2 * hashBytes)
  const above = new Uint8Array(pairs * hashBytes)
  for (let done = 0; done < pairs; done += pairsAtOnce) {
    const count = Math.min(pairsAtOnce, pairs - done)
    treeHasher.pairs(level.subarray(done * 2 * hashBytes), count, above, done * hashBytes)
    await new Promise((resolve) => setImmediate(resolve))
  }
  return above
}

/** A random place for each leaf; one that is taken gives way to the next free one. */
function slotsOf(secret: Uint8Array, count: number): readonly number[] {
  // Drawn for every leaf there could be, so that the work does not depend on how many there are.
  const random = randomStream(secret, 1, treeLeaves * 2)
  const taken = new Set<number>()
  return Array.from({ length: count }, (_, n) => {
    let slot = ((random[2 * n] ?? 0) << 8) | (random[2 * n + 1] ?? 0)
    while (taken.has(slot)) slot = (slot + 1) % treeLeaves
    taken.add(slot)
    return slot
  })
}

/** AES-256-CTR over zeroes: bytes that nobody without the secret tells from random ones. */
function randomStream(secret: Uint8Array, use: number, length: number): Uint8Array {
  const counter = new Uint8Array(16)
  counter[0] = use
  const stream = createCipheriv('aes-256-ctr', secret, counter)
  return new Uint8Array(stream.update(new Uint8Array(length)))
}
