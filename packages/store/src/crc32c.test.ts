import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { crc32c, crc32cOfWord } from './crc32c.ts'

test('agrees with the examples of RFC 3720 B.4', () => {
  assert.equal(crc32c(new Uint8Array(32)), 0x8a9136aa)
  assert.equal(crc32c(new Uint8Array(32).fill(0xff)), 0x62a8ab43)
  assert.equal(crc32c(Uint8Array.from({ length: 32 }, (_, index) => index)), 0x46dd794e)
  assert.equal(crc32c(Uint8Array.from({ length: 32 }, (_, index) => 31 - index)), 0x113fdb5c)
})

test('agrees with the check value of the CRC catalogue', () => {
  assert.equal(crc32c(Buffer.from('123456789')), 0xe3069283)
})

test('the checksum of two parts in a row is that of the whole', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 99 }), fc.nat(99), (bytes, cut) => {
      const at = Math.min(cut, bytes.length)
      assert.equal(crc32c(bytes.subarray(at), crc32c(bytes.subarray(0, at))), crc32c(bytes))
      assert.equal(crc32c(bytes, crc32c(bytes, 0, 0, at), at), crc32c(bytes))
    }),
  )
})

test('a word counts as four little-endian bytes', () => {
  fc.assert(
    fc.property(fc.nat(0xffffffff), fc.nat(0xffffffff), (word, before) => {
      const bytes = Buffer.alloc(4)
      bytes.writeUInt32LE(word)
      assert.equal(crc32cOfWord(word, before), crc32c(bytes, before))
    }),
  )
})
