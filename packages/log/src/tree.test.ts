import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { sha256, treeHasher } from '@comity/crypto'
import * as fc from 'fast-check'
import { concatBytes } from './bytes.ts'
import { LogError } from './errors.ts'
import { emptyRoot, treeHasherOf, type TreeHasher } from './hasher.ts'
import { NaiveTree } from './naive-tree.fixture.ts'
import { verifyConsistency, verifyInclusion, verifySubtreeConsistency, verifySubtreeInclusion } from './proof.ts'
import { memoryHashStorage, type HashStorage } from './storage.ts'
import { isSubtree } from './subtree.ts'
import { tilesBetween, widthOfTile } from './tile-path.ts'
import { Tree } from './tree.ts'

const leaves = Array.from({ length: 1600 }, (_, i) => treeHasher.leaf(Uint8Array.of(i >> 8, i & 255)))
const naive = new NaiveTree(treeHasher, leaves)

function range(from: number, to: number): Uint8Array {
  return concatBytes(...leaves.slice(from, to))
}

function treeOf(size: number, storage: HashStorage = memoryHashStorage()): Tree {
  const tree = Tree.open(treeHasher, storage, 0)
  tree.append(range(0, size))
  return tree
}

/** Three numbers in order, up to a size. */
const ordered = (max: number): fc.Arbitrary<[number, number, number]> =>
  fc.tuple(fc.nat(max), fc.nat(max), fc.nat(max)).map((three) => {
    const [a = 0, b = 0, c = 0] = [...three].sort((x, y) => x - y)
    return [a, b, c]
  })

const hasCode = (code: string) => (error: unknown) => error instanceof LogError && error.code === code

describe('a tree', () => {
  test('tree-equals-definition: roots and proofs are those of RFC 9162, however the entries came', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 5 }), fc.nat(), (batches, choice) => {
        const tree = Tree.open(treeHasher, memoryHashStorage(), 0)
        for (const batch of batches) tree.append(range(tree.size, tree.size + batch))
        const size = tree.size === 0 ? 0 : 1 + (choice % tree.size)
        assert.deepEqual(tree.root(size), naive.root(0, size))
        if (size === 0) return
        const index = choice % size
        assert.deepEqual(tree.inclusionProof(index, size), naive.path(index, 0, size))
        const from = (choice * 7) % (size + 1)
        assert.deepEqual(tree.consistencyProof(from, size), naive.subtreeProof(0, from, size))
      }),
      { numRuns: 60 },
    )
  })

  test('subtree-proofs-equal-definition: subtrees have the proofs of the draft, and those verify', () => {
    const tree = treeOf(700)
    fc.assert(
      fc.property(ordered(700), ([start, end, size]) => {
        if (!isSubtree(start, end)) return
        const [subtreeRoot, root] = [tree.subtreeRoot(start, end), tree.root(size)]
        assert.deepEqual(subtreeRoot, naive.root(start, end))
        const proof = tree.subtreeConsistencyProof(start, end, size)
        assert.deepEqual(proof, naive.subtreeProof(start, end, size))
        verifySubtreeConsistency(treeHasher, { start, end, size, subtreeRoot, root, proof })
        if (start === end) return
        const index = start + Math.floor((end - start) / 2)
        const leafHash = leaves[index] ?? emptyRoot()
        const path = tree.subtreeInclusionProof(index, start, end)
        verifySubtreeInclusion(treeHasher, { index, start, end, leafHash, root: subtreeRoot, proof: path })
      }),
      { numRuns: 2000 },
    )
  })

  test('no-other-proof-verifies: a changed proof, root, leaf or index is refused', () => {
    const tree = treeOf(600)
    fc.assert(
      fc.property(ordered(599), fc.nat(1000), fc.nat(255), ([index, , last], where, bit) => {
        const size = last + 1
        const leafHash = leaves[index] ?? emptyRoot()
        const claim = { index, size, leafHash, root: tree.root(size), proof: tree.inclusionProof(index, size) }
        verifyInclusion(treeHasher, claim)
        const refused = (changed: object): void =>
          assert.throws(() => verifyInclusion(treeHasher, { ...claim, ...changed }), LogError)
        const flip = (hash: Uint8Array): Uint8Array =>
          hash.map((byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte))
        refused({ leafHash: flip(leafHash) })
        refused({ root: flip(claim.root) })
        refused({ proof: [...claim.proof, leafHash] })
        if (size > 1) refused({ index: (index + 1) % size })
        if (claim.proof.length === 0) return
        const changedAt = where % claim.proof.length
        refused({ proof: claim.proof.map((hash, i) => (i === changedAt ? flip(hash) : hash)) })
        refused({ proof: claim.proof.filter((_, i) => i !== changedAt) })
      }),
      { numRuns: 300 },
    )
  })

  test('consistency proofs between all sizes up to 70 verify, and against a forked tree none does', () => {
    const tree = treeOf(70)
    const forked = Tree.open(treeHasher, memoryHashStorage(), 0)
    forked.append(concatBytes(treeHasher.leaf(Uint8Array.of(9, 9, 9)), range(1, 70)))
    for (let to = 1; to <= 70; to++) {
      for (let from = 1; from <= to; from++) {
        const claim = {
          from,
          to,
          fromRoot: tree.root(from),
          toRoot: tree.root(to),
          proof: tree.consistencyProof(from, to),
        }
        verifyConsistency(treeHasher, claim)
        assert.throws(
          () => verifyConsistency(treeHasher, { ...claim, fromRoot: forked.root(from) }),
          hasCode('proof-invalid'),
        )
        assert.throws(
          () => verifyConsistency(treeHasher, { ...claim, toRoot: forked.root(to) }),
          hasCode('proof-invalid'),
        )
      }
    }
  })

  test('opened again from its storage at any size, it is the same tree and grows the same', () => {
    const storage = memoryHashStorage()
    treeOf(1500, storage)
    for (const size of [0, 1, 255, 256, 257, 512, 1023, 1024, 1280, 1500]) {
      const tree = Tree.open(treeHasher, storage, size)
      assert.deepEqual(tree.root(), naive.root(0, size), `size ${size}`)
      // What lies beyond is written again, byte for byte the same, as after a crash.
      tree.append(range(size, 1600))
      assert.deepEqual(tree.root(), naive.root(0, 1600), `size ${size}`)
      assert.deepEqual(tree.consistencyProof(size), naive.subtreeProof(0, size, 1600), `size ${size}`)
    }
  })

  test('a write that fails leaves the tree as it was, and the same append can be tried again', () => {
    for (let failAt = 0; failAt < 3; failAt++) {
      const inner = memoryHashStorage()
      let writes = -1
      const storage: HashStorage = {
        read: (...args) => inner.read(...args),
        write(...args) {
          if (writes >= 0 && writes++ === failAt) throw new Error('disk full')
          inner.write(...args)
        },
      }
      const tree = treeOf(250, storage)
      writes = 0
      const tryAppend = (): void => tree.append(range(250, 600))
      if (failAt < 2) assert.throws(tryAppend, /disk full/)
      else tryAppend()
      const size = failAt < 2 ? 250 : 600
      assert.equal(tree.size, size)
      assert.deepEqual(tree.root(), naive.root(0, size))
      assert.deepEqual(tree.inclusionProof(249), naive.path(249, 0, size))
      writes = -1
      // Another batch than the one that failed: none of the failed hashes may shine through.
      tree.append(range(size, size + 5))
      tree.append(range(size + 5, 1000))
      assert.deepEqual(tree.root(), naive.root(0, 1000))
      assert.deepEqual(tree.inclusionProof(251), naive.path(251, 0, 1000))
    }
  })

  test('a stored tile that rotted is not proven from', () => {
    const inner = memoryHashStorage()
    treeOf(600, inner)
    const storage: HashStorage = {
      read(level, index, count) {
        const hashes = inner.read(level, index, count)
        if (level === 0 && index === 0) hashes[100] = (hashes[100] ?? 0) ^ 1
        return hashes
      },
      write: () => assert.fail('nothing is written here'),
    }
    const tree = Tree.open(treeHasher, storage, 600)
    assert.deepEqual(tree.root(), naive.root(0, 600))
    assert.throws(() => tree.inclusionProof(7), hasCode('damaged-tile'))
    assert.deepEqual(tree.inclusionProof(300), naive.path(300, 0, 600))
  })

  test('proofs for the newest batch hash and read nothing once its root is known', () => {
    let hashes = 0
    let reads = 0
    const counting: TreeHasher = {
      leaf: (data) => treeHasher.leaf(data),
      node(left, right) {
        hashes++
        return treeHasher.node(left, right)
      },
      pairs(source, count, target, offset) {
        hashes += count
        treeHasher.pairs(source, count, target, offset)
      },
    }
    const inner = memoryHashStorage()
    treeOf(1300, inner)
    const storage: HashStorage = {
      read(...args) {
        reads++
        return inner.read(...args)
      },
      write: (...args) => inner.write(...args),
    }
    const tree = Tree.open(counting, storage, 1300)
    tree.append(range(1300, 1400))
    tree.root()
    hashes = 0
    reads = 0
    for (let index = 1300; index < 1400; index++) tree.inclusionProof(index)
    assert.deepEqual({ hashes, reads }, { hashes: 0, reads: 0 })
  })

  test('with room for one tile in its cache it still proves everything', () => {
    const storage = memoryHashStorage()
    treeOf(1600, storage)
    const tree = Tree.open(treeHasher, storage, 1600, { cachedTiles: 1 })
    for (const index of [0, 1599, 300, 5, 1000, 299]) {
      assert.deepEqual(tree.inclusionProof(index), naive.path(index, 0, 1600))
    }
  })

  test('the tiles between two sizes are enough to follow a log', () => {
    fc.assert(
      fc.property(ordered(1600), ([first, second, third]) => {
        const tree = treeOf(third)
        const followed = memoryHashStorage()
        for (const [from, to] of [
          [0, first],
          [first, second],
          [second, third],
        ] as const) {
          for (const { level, index, width } of tilesBetween(from, to)) {
            assert.ok(level !== 'entries')
            assert.equal(width, widthOfTile(level, index, to))
            followed.write(level, index * 256, tree.tile(level, index, width))
          }
        }
        assert.deepEqual(Tree.open(treeHasher, followed, third).root(), tree.root())
        assert.deepEqual(tilesBetween(third, third), [])
      }),
      { numRuns: 40 },
    )
  })

  test('indexes, sizes and tiles that do not exist are refused', () => {
    const tree = treeOf(300)
    const refused: (() => unknown)[] = [
      () => tree.root(301),
      () => tree.root(-1),
      () => tree.root(1.5),
      () => tree.inclusionProof(300),
      () => tree.inclusionProof(-1),
      () => tree.inclusionProof(0, 301),
      () => tree.consistencyProof(2, 1),
      () => tree.consistencyProof(0, 301),
      () => tree.subtreeRoot(1, 3),
      () => tree.subtreeInclusionProof(9, 4, 8),
      () => tree.tile(0, 0, 257),
      () => tree.tile(0, 0, 0),
      () => tree.tile(0, 1, 45),
      () => tree.tile(0, 2),
      () => tree.tile(1, 0, 2),
      () => tree.tile(2, 0),
      () => Tree.open(treeHasher, memoryHashStorage(), -1),
      () => Tree.open(treeHasher, memoryHashStorage(), 1),
    ]
    for (const act of refused) assert.throws(act, hasCode('out-of-range'), String(act))
    assert.throws(() => tree.append(new Uint8Array(31)), hasCode('malformed-hash'))
    assert.equal(tree.tile(0, 1).length, 44 * 32)
    assert.deepEqual(tree.tile(1, 0), naive.root(0, 256))
  })

  test('a million entries in one batch keep no more tiles than the cache holds', () => {
    // Hashing is not the point here, so the hasher only copies.
    const copying: TreeHasher = {
      leaf: (data) => data,
      node: (left) => left,
      pairs(source, count, target, offset) {
        for (let i = 0; i < count; i++) target.set(source.subarray(i * 64, i * 64 + 32), offset + i * 32)
      },
    }
    const nowhere: HashStorage = { read: () => new Uint8Array(), write: () => {} }
    const tree = Tree.open(copying, nowhere, 0, { cachedTiles: 8 })
    const before = process.memoryUsage().arrayBuffers
    tree.append(new Uint8Array(2 ** 18 * 32))
    assert.equal(tree.size, 2 ** 18)
    assert.ok(process.memoryUsage().arrayBuffers - before < 64 * 2 ** 20)
  })
})

test('a hasher made from a plain SHA-256 agrees with the fast one', () => {
  const plain = treeHasherOf(sha256)
  const tree = Tree.open(plain, memoryHashStorage(), 0)
  tree.append(range(0, 600))
  assert.deepEqual(tree.root(), naive.root(0, 600))
  assert.deepEqual(plain.leaf(Uint8Array.of(0, 7)), leaves[7])
  assert.deepEqual(emptyRoot(), sha256(new Uint8Array()))
})
