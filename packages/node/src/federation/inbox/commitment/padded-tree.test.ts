import assert from 'node:assert/strict'
import { test } from 'node:test'
import { randomBytes, sha256, treeHasher } from '@comity/crypto'
import { rootFromInclusionProof, verifyInclusion } from '@comity/log'
import fc from 'fast-check'
import { paddedTree, treeLeaves } from './padded-tree.ts'
import { trafficLeaf } from './traffic-leaf.ts'

const leaf = (n: number) => sha256(Buffer.from(`leaf ${n}`))
const size = treeLeaves

test('every leaf is proved under the root, at a place that says nothing, by a path of one length', async () => {
  const secret = randomBytes(32)
  const leaves = Array.from({ length: 300 }, (_, n) => leaf(n))
  const tree = await paddedTree(secret, leaves)
  const slots = new Set<number>()
  for (const [n, leafHash] of leaves.entries()) {
    const { slot, path } = tree.path(n)
    assert.equal(path.length, 16)
    verifyInclusion(treeHasher, { index: slot, size, leafHash, root: tree.root, proof: path })
    slots.add(slot)
  }
  assert.equal(slots.size, leaves.length)
  const [low, high] = [[...slots].filter((slot) => slot < size / 2).length, slots.size]
  assert.ok(low > high / 4 && low < (3 * high) / 4, 'they stand all over the tree')
})

test('the same secret and leaves give the same tree; another secret shares no hash with it', async () => {
  const [one, two] = [randomBytes(32), randomBytes(32)]
  const leaves = [leaf(1), leaf(2)]
  const [a, b, c] = [await paddedTree(one, leaves), await paddedTree(one, leaves), await paddedTree(two, leaves)]
  assert.deepEqual(a.root, b.root)
  assert.deepEqual(a.path(1), b.path(1))
  assert.notDeepEqual(a.root, c.root)
  assert.notDeepEqual(a.path(0).slot, c.path(0).slot)
})

test('a tree of an idle hour looks like any other: no leaf, no padding and no path stands out', async () => {
  const idle = await paddedTree(randomBytes(32), [])
  const busy = await paddedTree(
    randomBytes(32),
    Array.from({ length: 1000 }, (_, n) => leaf(n)),
  )
  assert.equal(idle.root.length, busy.root.length)
  assert.notDeepEqual(idle.root, busy.root)
  // The siblings on a path are hashes of random leaves: none repeats, none is a hash of nothing.
  const seen = new Set(busy.path(3).path.map((hash) => Buffer.from(hash).toString('hex')))
  assert.equal(seen.size, 16)
})

test('a full tree has a place for each of 65,536 leaves, and one more is refused', async () => {
  const leaves = Array.from({ length: size }, (_, n) => leaf(n))
  const tree = await paddedTree(randomBytes(32), leaves)
  const slots = new Set([0, 1, size - 1].map((n) => tree.path(n).slot))
  assert.equal(slots.size, 3)
  for (const n of [0, 40_000, size - 1]) {
    const { slot, path } = tree.path(n)
    verifyInclusion(treeHasher, { index: slot, size, leafHash: leaf(n), root: tree.root, proof: path })
  }
  await assert.rejects(paddedTree(randomBytes(32), [...leaves, leaf(0)]), RangeError)
})

test('a leaf binds salt, message, direction and time', () => {
  const traffic = { salt: new Uint8Array(32), message: 'ab'.repeat(32), direction: 'sent', at: 7 } as const
  const wanted = Buffer.from(trafficLeaf(traffic))
  fc.assert(
    fc.property(
      fc.constantFrom(
        { salt: new Uint8Array(32).fill(1) },
        { message: 'ac'.repeat(32) },
        { direction: 'received' as const },
        { at: 8 },
      ),
      (change) => !wanted.equals(trafficLeaf({ ...traffic, ...change })),
    ),
  )
  assert.notDeepEqual(
    rootFromInclusionProof(treeHasher, { index: 0, size: 1, leafHash: wanted, proof: [] }),
    sha256(wanted),
  )
})
