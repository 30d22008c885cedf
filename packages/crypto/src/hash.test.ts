import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import * as fc from 'fast-check'
import * as inBrowser from './browser.ts'
import * as onNode from './index.ts'
import { fourAtATime, lanePairs } from './lanes/lane-pairs.ts'
import { pairsOneAtATime } from './tree-hasher.ts'

const digest = (...parts: readonly Uint8Array[]): Uint8Array => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return new Uint8Array(hash.digest())
}
const hash32 = fc.uint8Array({ minLength: 32, maxLength: 32 })

for (const [where, { sha256, sha256Hex, treeHasher }] of [
  ['Node', onNode],
  ['the browser', inBrowser],
] as const) {
  test(`SHA-256 in ${where} is that of createHash`, () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (data) => {
        assert.deepEqual(sha256(data), digest(data))
        assert.equal(sha256Hex(data), Buffer.from(digest(data)).toString('hex'))
      }),
    )
    assert.equal(sha256(new Uint8Array()).constructor, Uint8Array)
  })

  test(`tree hashes in ${where} are those of RFC 9162 §2.1.1`, () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), hash32, hash32, (data, left, right) => {
        assert.deepEqual(treeHasher.leaf(data), digest(Uint8Array.of(0), data))
        assert.deepEqual(treeHasher.node(left, right), digest(Uint8Array.of(1), left, right))
      }),
    )
    for (const length of [65_535, 65_536, 100_000]) {
      const data = new Uint8Array(length).fill(7)
      assert.deepEqual(treeHasher.leaf(data), digest(Uint8Array.of(0), data))
    }
    assert.throws(
      () => treeHasher.node(new Uint8Array(31), new Uint8Array(33)),
      (error) => error instanceof onNode.CryptoError && error.code === 'bad-hash',
    )
  })

  test(`pairs in ${where} are nodes, wherever they lie and also within one buffer`, () => {
    fc.assert(
      fc.property(fc.array(hash32, { minLength: 2, maxLength: 40 }), fc.nat(70), (hashes, before) => {
        const count = hashes.length >> 1
        const bytes = new Uint8Array(before + hashes.length * 32 + count * 32)
        for (const [i, hash] of hashes.entries()) bytes.set(hash, before + i * 32)
        const source = bytes.subarray(before, before + count * 64)
        treeHasher.pairs(source, count, bytes, before + hashes.length * 32)
        for (let i = 0; i < count; i++) {
          const offset = before + (hashes.length + i) * 32
          const [left, right] = [hashes[2 * i] ?? source, hashes[2 * i + 1] ?? source]
          assert.deepEqual(bytes.slice(offset, offset + 32), treeHasher.node(left, right))
        }
        // Nothing beside the target was touched.
        for (const [i, hash] of hashes.entries()) {
          assert.deepEqual(bytes.slice(before + i * 32, before + i * 32 + 32), hash)
        }
      }),
    )
  })
}

test('constantTimeEqual compares, also different lengths', () => {
  const { constantTimeEqual, randomBytes } = onNode
  const secret = randomBytes(32)
  assert.equal(secret.length, 32)
  assert.ok(constantTimeEqual(secret, secret.slice()))
  assert.ok(!constantTimeEqual(secret, secret.subarray(1)))
  assert.ok(!constantTimeEqual(secret, randomBytes(32)))
})

test('four lanes give the hashes of one, at every count around a group and around a page', () => {
  const lanes = lanePairs() ?? assert.fail('no WebAssembly here')
  const source = new Uint8Array(1030 * 64).map((_, i) => (i * 197 + (i >> 8)) & 0xff)
  const expected = new Uint8Array(1030 * 32)
  pairsOneAtATime(source, 1030, expected, 0)
  for (const count of [0, 1, 2, 3, 4, 5, 7, 8, 9, 511, 512, 513, 1024, 1030]) {
    const target = new Uint8Array(1030 * 32 + 3)
    lanes(source, count, target, 3)
    assert.deepEqual(target.subarray(3, 3 + count * 32), expected.subarray(0, count * 32), `${count} pairs`)
    assert.ok(
      target.subarray(3 + count * 32).every((byte) => byte === 0),
      `beyond ${count} pairs`,
    )
  }
})

test('fewer than four pairs go the other way', () => {
  const counts: number[] = []
  const pairs = fourAtATime((_source, count) => void counts.push(count))
  for (const count of [0, 3, 4, 100]) pairs(new Uint8Array(6400), count, new Uint8Array(3200), 0)
  assert.deepEqual(counts, [0, 3])
})
