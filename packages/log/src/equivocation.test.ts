import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ed25519FromSeed, sha256, treeHasher, verify } from '@comity/crypto'
import fc from 'fast-check'
import {
  type EquivocationProof,
  LogError,
  Tree,
  ed25519Signer,
  ed25519Verifier,
  equivocationProof,
  isEquivocationProof,
  memoryHashStorage,
  noteType,
  parseEquivocationProof,
  signCheckpoint,
  verifierKey,
  verifyEquivocation,
} from './index.ts'

const origin = 'log.example.org/a'
const key = ed25519FromSeed(new Uint8Array(32).fill(7))
const stranger = ed25519FromSeed(new Uint8Array(32).fill(8))
const verifiers = [ed25519Verifier(verifierKey(origin, noteType.ed25519, key.publicKey, sha256), verify)]

function treeOf(entries: readonly string[]): Tree {
  const tree = Tree.open(treeHasher, memoryHashStorage(), 0)
  for (const entry of entries) tree.append(treeHasher.leaf(new TextEncoder().encode(entry)))
  return tree
}

function noteOf(tree: Tree, size = tree.size, by = key): string {
  return signCheckpoint({ origin, size, root: tree.root(size) }, [ed25519Signer(origin, by, sha256)])
}

const same = Array.from({ length: 40 }, (_, i) => `entry ${i}`)
const one = treeOf(same)
const forked = treeOf([...same.slice(0, 20), 'another word', ...same.slice(21), 'and more', 'and more still'])

function codeOf(proof: EquivocationProof): string {
  try {
    verifyEquivocation(treeHasher, proof, verifiers)
    return 'proven'
  } catch (error) {
    assert.ok(error instanceof LogError, String(error))
    return error.code
  }
}

/** What the tree of `second` has at `size`. */
function prefix(second: Tree, size: number) {
  return { root: second.root(size), proof: second.consistencyProof(size) }
}

test('two roots at one size are a proof', () => {
  const proof = equivocationProof([noteOf(one, 30), noteOf(forked, 30)], undefined)
  assert.equal(codeOf(proof), 'proven')
  assert.equal(proof.prefix, undefined)
})

test('a larger checkpoint that does not continue a smaller one is proven in its own tree, in either order', () => {
  const notes = [noteOf(one, 30), noteOf(forked)] as const
  for (const given of [notes, [notes[1], notes[0]] as const]) {
    const proof = equivocationProof(given, prefix(forked, 30))
    const { first, second } = verifyEquivocation(treeHasher, proof, verifiers)
    assert.deepEqual([first.size, second.size], [30, 42])
  }
})

test('an honest log cannot be accused, whatever prefix is shown', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 40 }), fc.nat(41), (a, b, shown) => {
      const notes = [noteOf(one, Math.min(a, b)), noteOf(one, Math.max(a, b))] as const
      assert.equal(codeOf(equivocationProof(notes, prefix(one, Math.min(a, b)))) === 'proven', false)
      const other = { root: forked.root(shown), proof: forked.consistencyProof(Math.min(shown, a)) }
      assert.equal(codeOf(equivocationProof(notes, other)) === 'proven', false)
    }),
  )
})

test('up to the entry where two histories part they do not contradict each other', () => {
  assert.equal(codeOf(equivocationProof([noteOf(one, 20), noteOf(forked, 20)], undefined)), 'proof-invalid')
  assert.equal(codeOf(equivocationProof([noteOf(one, 20), noteOf(forked)], prefix(forked, 20))), 'proof-invalid')
  assert.equal(codeOf(equivocationProof([noteOf(one, 21), noteOf(forked)], prefix(forked, 21))), 'proven')
})

test('what is missing, foreign, or said of another log proves nothing', () => {
  const proof = equivocationProof([noteOf(one, 30), noteOf(forked)], prefix(forked, 30))
  const { prefix: shown, ...bare } = proof
  assert.equal(codeOf(bare), 'proof-invalid')
  assert.ok(shown !== undefined)
  assert.equal(codeOf({ ...proof, prefix: { ...shown, proof: shown.proof.slice(1) } }), 'proof-invalid')
  assert.equal(codeOf({ ...proof, prefix: { ...shown, root: 'AAAA' } }), 'malformed-proof')
  assert.equal(codeOf({ ...proof, second: noteOf(forked, 42, stranger) }), 'signature-missing')
  assert.equal(codeOf({ ...proof, origin: 'log.example.org/b' }), 'wrong-origin')
  assert.equal(codeOf({ ...proof, first: proof.second, second: proof.first }), 'malformed-proof')
})

test('an empty log with a root of its own contradicts every other', () => {
  const empty = signCheckpoint({ origin, size: 0, root: one.root(1) }, [ed25519Signer(origin, key, sha256)])
  assert.equal(codeOf(equivocationProof([empty, noteOf(one)], undefined)), 'proven')
  assert.equal(codeOf(equivocationProof([noteOf(treeOf([])), noteOf(one)], undefined)), 'proof-invalid')
})

test('a proof is read as it was written, and nothing else is', () => {
  const proof = equivocationProof([noteOf(one, 30), noteOf(forked)], prefix(forked, 30), { keys: ['k'], keeper: 'p' })
  const bytes = Buffer.from(JSON.stringify(proof))
  assert.ok(isEquivocationProof(bytes))
  assert.deepEqual(parseEquivocationProof(bytes), proof)
  const others: Record<string, unknown>[] = [
    { ...proof, format: 'comity equivocation 2' },
    { ...proof, more: 1 },
    { ...proof, first: 1 },
    { ...proof, keys: [1] },
    { ...proof, keeper: null },
    { ...proof, prefix: { root: 'x' } },
    { ...proof, prefix: { root: 'x', proof: Array.from({ length: 65 }, () => 'x') } },
    { ...proof, prefix: [] },
  ]
  for (const other of others) {
    assert.throws(() => parseEquivocationProof(Buffer.from(JSON.stringify(other))), { code: 'malformed-proof' })
  }
  for (const text of ['', '[]', '{', 'null', '{"format":1}']) {
    assert.equal(isEquivocationProof(Buffer.from(text)), false)
    assert.throws(() => parseEquivocationProof(Buffer.from(text)), { code: 'malformed-proof' })
  }
})
