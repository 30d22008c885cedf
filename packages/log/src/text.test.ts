import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { fromBase64, toBase64 } from './base64.ts'
import { parseDecimal } from './decimal.ts'

test('base64 is that of Node, both ways', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      const text = Buffer.from(bytes).toString('base64')
      assert.equal(toBase64(bytes), text)
      assert.deepEqual(fromBase64(text), bytes)
    }),
  )
})

test('each byte string has one base64: what is accepted is what would be written', () => {
  const almost = fc.string({ unit: fc.constantFrom('A', 'B', '/', '+', '=', 'w', '-', '\n', 'é'), maxLength: 12 })
  fc.assert(
    fc.property(almost, (text) => {
      const bytes = fromBase64(text)
      if (bytes !== undefined) assert.equal(toBase64(bytes), text)
    }),
    { numRuns: 2000 },
  )
  for (const text of ['A', 'AA', 'AAA', 'AA=A', 'A===', '====', 'AB==', 'AAB=', 'AA==\n', ' AA=']) {
    assert.equal(fromBase64(text), undefined, text)
  }
})

test('decimals have one spelling and stay below 2^53', () => {
  fc.assert(fc.property(fc.maxSafeNat(), (n) => assert.equal(parseDecimal(String(n)), n)))
  for (const text of ['', '00', '01', '-0', '-1', '+1', '1.0', '1e3', '0x1', ' 1', '1 ', '9007199254740992', '١']) {
    assert.equal(parseDecimal(text), undefined, text)
  }
})
