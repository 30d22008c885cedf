import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { treeHasher } from '@comity/crypto'
import { Tree, memoryHashStorage } from '@comity/log'
import { GrowingRoot } from './growing-root.ts'

const hashes = (count: number): Uint8Array => {
  const all = new Uint8Array(count * 32)
  for (let i = 0; i < count; i++) all.set(treeHasher.leaf(Uint8Array.of(i >> 8, i & 255)), i * 32)
  return all
}

test('the root of leaves that are not in the tree yet is the one it has when they are', () => {
  fc.assert(
    fc.property(fc.nat(700), fc.nat(900), fc.nat(300), (held, first, second) => {
      const all = hashes(held + first + second)
      const tree = Tree.open(treeHasher, memoryHashStorage(), 0)
      tree.append(all.subarray(0, held * 32))
      const growing = GrowingRoot.of(tree)
      growing.add(all.subarray(held * 32, (held + first) * 32))
      growing.add(all.subarray((held + first) * 32))
      assert.equal(tree.size, held)
      tree.append(all.subarray(held * 32))
      assert.equal(growing.size, tree.size)
      if (tree.size > 0) assert.deepEqual(Buffer.from(growing.root() ?? []), Buffer.from(tree.root()))
    }),
    { numRuns: 60 },
  )
})
