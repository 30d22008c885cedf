import assert from 'node:assert/strict'
import { test } from 'node:test'
import { treeHasher } from '@comity/crypto'
import * as fc from 'fast-check'
import { LogError } from './errors.ts'
import { rootFromInclusionProof, verifyConsistency, verifyInclusion } from './proof.ts'

/**
 * The length and the root of an inclusion proof, by recursion over BigInt: an independent way to the
 * same, for trees that nobody can build.
 */
function fold(index: bigint, size: bigint, leaf: Uint8Array, proof: readonly Uint8Array[]): Uint8Array | undefined {
  if (size === 1n) return proof.length === 0 ? leaf : undefined
  let k = 1n
  while (2n * k < size) k *= 2n
  const sibling = proof.at(-1)
  if (sibling === undefined) return undefined
  const isLeft = index < k
  const below = fold(isLeft ? index : index - k, isLeft ? k : size - k, leaf, proof.slice(0, -1))
  if (below === undefined) return undefined
  return isLeft ? treeHasher.node(below, sibling) : treeHasher.node(sibling, below)
}

const hash = fc.uint8Array({ minLength: 32, maxLength: 32 })

test('sizes up to 2^53 are exact', () => {
  const size = fc
    .oneof(
      fc.maxSafeNat(),
      fc.integer({ min: 0, max: 52 }).map((bits) => 2 ** bits),
      fc.nat(100),
    )
    .map((n) => n || 1)
  fc.assert(
    fc.property(
      size,
      fc.maxSafeNat(),
      hash,
      fc.array(hash, { minLength: 53, maxLength: 53 }),
      (size, choice, leafHash, hashes) => {
        const index = choice % size
        let accepted = 0
        for (let length = 0; length <= 53; length++) {
          const proof = hashes.slice(0, length)
          const root = fold(BigInt(index), BigInt(size), leafHash, proof)
          if (root === undefined) {
            assert.throws(() => rootFromInclusionProof(treeHasher, { index, size, leafHash, proof }), LogError)
            continue
          }
          accepted++
          assert.deepEqual(rootFromInclusionProof(treeHasher, { index, size, leafHash, proof }), root)
          verifyInclusion(treeHasher, { index, size, leafHash, root, proof })
        }
        assert.equal(accepted, 1)
      },
    ),
    { numRuns: 60 },
  )
})

test('a consistency proof from the empty tree is refused: it would prove nothing', () => {
  const root = new Uint8Array(32)
  for (const to of [0, 1, 5]) {
    assert.throws(
      () => verifyConsistency(treeHasher, { from: 0, to, fromRoot: root, toRoot: root, proof: [] }),
      (error) => error instanceof LogError && error.code === 'out-of-range',
    )
  }
})
