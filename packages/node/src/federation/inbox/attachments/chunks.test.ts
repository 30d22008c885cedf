import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { sha256Hex } from '@comity/crypto'
import fc from 'fast-check'
import {
  ChunkCipher,
  chunkBytes,
  chunkCount,
  chunkSize,
  contentPlace,
  maxAttachmentBytes,
  sealedOverhead,
} from './chunk-cipher.ts'
import { decodeChunkList, encodeChunkList, keyCommitmentOf, readAnnouncedList } from './chunk-list.ts'

const key = new Uint8Array(32).fill(9)

test('a file is cut into chunks that are all full but the last, and an empty one has one too', () => {
  assert.deepEqual([0, 1, chunkBytes, chunkBytes + 1].map(chunkCount), [1, 1, 1, 2])
  fc.assert(
    fc.property(fc.nat(40 * chunkBytes), (size) => {
      const sizes = Array.from({ length: chunkCount(size) }, (_, i) => chunkSize(size, i))
      assert.equal(
        sizes.reduce((sum, each) => sum + each, 0),
        size,
      )
      assert.ok(sizes.slice(0, -1).every((each) => each === chunkBytes))
    }),
  )
})

test('a chunk opens at its own place in its own file, and nowhere else', () => {
  const size = 2 * chunkBytes + 5
  const cipher = new ChunkCipher(key, size)
  const first = randomBytes(chunkBytes)
  const last = randomBytes(5)
  const sealed = cipher.seal(0, first)
  assert.equal(sealed.length, chunkBytes + sealedOverhead)
  assert.ok(first.equals(cipher.open(0, sealed)))
  assert.ok(last.equals(cipher.open(2, cipher.seal(2, last))))
  const broken = { code: 'attachment-broken' }
  assert.throws(() => cipher.open(1, sealed), broken, 'moved')
  assert.throws(() => new ChunkCipher(key, size + chunkBytes).open(0, sealed), broken, 'of a longer file')
  assert.throws(() => new ChunkCipher(key, chunkBytes).open(0, sealed), broken, 'cut short: it would be the last')
  assert.throws(() => new ChunkCipher(new Uint8Array(32), size).open(0, sealed), broken, 'another key')
  for (const at of [0, 20, sealed.length - 1]) {
    assert.throws(() => cipher.open(0, Uint8Array.from(sealed).with(at, (sealed[at] ?? 0) ^ 1)), broken)
  }
  for (const cut of [0, 11, 28, sealed.length - 1]) assert.throws(() => cipher.open(0, sealed.subarray(0, cut)), broken)
  for (const index of [-1, 3, 0.5, Number.NaN]) assert.throws(() => cipher.open(index, sealed), broken)
  assert.throws(() => cipher.seal(0, last), broken)
  assert.throws(() => cipher.seal(3, last), broken)
})

test('a chunk is sealed where it lies as well as elsewhere, and what lay elsewhere is left as it was', () => {
  const size = chunkBytes + 70_001
  const cipher = new ChunkCipher(key, size)
  for (const index of [0, 1]) {
    const content = randomBytes(chunkSize(size, index))
    const before = Buffer.from(content)
    const room = new Uint8Array(chunkBytes + sealedOverhead).fill(7)
    const place = contentPlace(room).subarray(0, content.length)
    place.set(content)
    const inPlace = cipher.seal(index, place, room)
    assert.equal(inPlace.buffer, room.buffer)
    assert.equal(inPlace.length, content.length + sealedOverhead)
    assert.ok(before.equals(cipher.open(index, inPlace)))
    assert.ok(before.equals(cipher.open(index, cipher.seal(index, content))))
    assert.ok(before.equals(cipher.open(index, cipher.seal(index, content, room))))
    assert.ok(before.equals(content))
  }
})

test('sealing a chunk again gives another ciphertext: an interrupted upload reuses no nonce', () => {
  const cipher = new ChunkCipher(key, 5)
  const [one, two] = [cipher.seal(0, Buffer.from('hello')), cipher.seal(0, Buffer.from('hello'))]
  assert.notDeepEqual(one.subarray(0, 12), two.subarray(0, 12))
  assert.notDeepEqual(one, two)
})

test('a list of chunks is read back, and anything else is refused', () => {
  const list = { size: chunkBytes + 1, chunks: ['ab'.repeat(32), 'cd'.repeat(32)], keyCommitment: keyCommitmentOf(key) }
  const bytes = encodeChunkList(list)
  assert.deepEqual(decodeChunkList(bytes), list)
  const said = { size: list.size, sealed: `sha256:${sha256Hex(bytes)}`, key }
  assert.deepEqual(readAnnouncedList(bytes, said), list)
  assert.throws(() => readAnnouncedList(bytes.with(80, 1), said), { code: 'digest-mismatch' })
  assert.throws(() => readAnnouncedList(bytes, { ...said, size: 1 }), { code: 'attachment-broken' })
  assert.throws(() => readAnnouncedList(bytes, { ...said, key: new Uint8Array(32) }), { code: 'attachment-broken' })
  const tooLarge = encodeChunkList({ ...list, size: maxAttachmentBytes + 1 })
  for (const wrong of [bytes.subarray(0, -1), Buffer.concat([bytes, bytes]), bytes.with(0, 0), tooLarge]) {
    assert.throws(() => decodeChunkList(wrong), { code: 'attachment-broken' })
  }
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
      assert.throws(() => decodeChunkList(noise), { code: 'attachment-broken' })
    }),
  )
})
