import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decode } from 'cborg'
import * as fc from 'fast-check'
import { CborReader, MAJOR_BYTES, MAJOR_MAP } from './cbor-read.ts'
import { decodeCanonicalCbor, decodeCbor, encodeCbor } from './cbor-value.ts'
import { CborWriter, headBytes } from './cbor-write.ts'
import { codeOf } from './signers.fixture.ts'

/** Any value a header may hold, as cborg decodes it. */
const value = fc.letrec((tie) => ({
  item: fc.oneof(
    { maxDepth: 4 },
    fc.maxSafeInteger(),
    fc.string(),
    fc.uint8Array({ maxLength: 300 }),
    fc.boolean(),
    fc.constant(null),
    fc.double({ noNaN: true }),
    fc.array(tie('item'), { maxLength: 30 }),
    fc
      .uniqueArray(fc.tuple(fc.integer(), tie('item')), { selector: ([key]) => key, maxLength: 30 })
      .map((all) => new Map(all)),
  ),
})).item

test('reader-agrees-with-cborg: the hand-written reader ends every item where cborg does', () => {
  fc.assert(
    fc.property(value, fc.uint8Array({ maxLength: 5 }), (item, tail) => {
      const encoded = encodeCbor(item)
      const reader = new CborReader(Uint8Array.from([...encoded, ...tail]))
      reader.skip()
      assert.equal(reader.at, encoded.length)
    }),
    { numRuns: 500 },
  )
})

test('reader-accepts-no-more: what cborg reads to the end, the reader reads to the end or refuses by a stated limit', () => {
  const options = { useMaps: true, rejectDuplicateMapKeys: true } as const
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 24 }), (bytes) => {
      let ours = 'none'
      let end = -1
      ours = codeOf(() => {
        const reader = new CborReader(bytes)
        reader.skip()
        end = reader.at
      })
      let theirs = true
      try {
        decode(bytes, options)
      } catch {
        theirs = false
      }
      // cborg additionally refuses tags, odd indefinite maps, bad UTF-8: so only one direction holds
      if (theirs)
        assert.ok((ours === 'none' && end === bytes.length) || ours === 'non-canonical' || ours === 'not-cbor')
      if (ours === 'none' && end !== bytes.length) assert.equal(theirs, false)
    }),
    { numRuns: 3000 },
  )
})

test('heads are read in every width, and only the shortest counts as shortest', () => {
  for (const argument of [0, 23, 24, 255, 256, 65_535, 65_536, 2 ** 32 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER]) {
    const writer = new CborWriter(headBytes(argument))
    writer.head(MAJOR_BYTES, argument)
    assert.equal(writer.at, writer.bytes.length)
    const reader = new CborReader(writer.bytes)
    assert.ok(reader.headIs(MAJOR_BYTES, argument) && reader.shortest)
    const wide = new CborReader(Uint8Array.from([(MAJOR_BYTES << 5) | 27, ...eightBytes(argument)]))
    assert.ok(wide.headIs(MAJOR_BYTES, argument))
    assert.equal(wide.shortest, argument >= 2 ** 32)
  }
})

test('hostile nesting is refused at depth 16, in constant stack', () => {
  const nested = Uint8Array.from([...Array.from({ length: 100_000 }, () => 0x81), 0])
  assert.equal(
    codeOf(() => new CborReader(nested).skip()),
    'not-cbor',
  )
  assert.equal(
    codeOf(() => decodeCbor(nested, 'this')),
    'not-cbor',
  )
  const maps = Uint8Array.from(Array.from({ length: 100_000 }, (_, i) => (i % 2 === 0 ? 0xbf : 0x00)))
  assert.equal(
    codeOf(() => new CborReader(maps).skip()),
    'not-cbor',
  )
})

test('a count of 2^53 items is refused when the bytes end, without waiting', () => {
  const bytes = Uint8Array.of((MAJOR_MAP << 5) | 27, 0, 0x0f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1)
  assert.equal(
    codeOf(() => new CborReader(bytes).skip()),
    'not-cbor',
  )
})

test('unsorted keys, long lengths and duplicate keys are not canonical', () => {
  const refused = (...bytes: number[]) => codeOf(() => decodeCanonicalCbor(Uint8Array.from(bytes), 'this'))
  assert.equal(refused(0xa2, 0x01, 0, 0x04, 0), 'none')
  assert.equal(refused(0xa2, 0x04, 0, 0x01, 0), 'non-canonical')
  assert.equal(refused(0xa1, 0x18, 0x01, 0), 'non-canonical')
  assert.equal(refused(0xa1, 0x01, 0x58, 0x01, 0), 'non-canonical')
  assert.equal(refused(0xbf, 0x01, 0, 0xff), 'non-canonical')
  assert.equal(refused(0xa1, 0x01, 0xfb, 0, 0, 0, 0, 0, 0, 0, 0), 'non-canonical')
  assert.equal(refused(0xa2, 0x01, 0, 0x01, 0), 'not-cbor')
})

function eightBytes(value: number): number[] {
  return Array.from({ length: 8 }, (_, i) => Number((BigInt(value) >> BigInt(8 * (7 - i))) & 255n))
}
