import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { canonicalJson } from './canonical-json.ts'
import { parseIJson } from './i-json.ts'

test('the example of RFC 8785 §3.2.4 comes out as printed there', () => {
  const input: unknown = JSON.parse(
    '{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],' +
      '"string":"\\u20ac$\\u000F\\u000aA\'\\u0042\\u0022\\u005c\\\\\\"\\/","literals":[null,true,false]}',
  )
  assert.equal(
    canonicalJson(input),
    '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],' +
      '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
  )
})

test('members are sorted by UTF-16 code units, as in RFC 8785 §3.2.3', () => {
  const names = ['€', '\r', '\ufb33', '1', '😀', '\u0080', 'ö']
  const sorted: unknown = JSON.parse(canonicalJson(Object.fromEntries(names.map((name) => [name, 0]))))
  const text = canonicalJson(Object.fromEntries(names.map((name) => [name, 0])))
  const order = ['\r', '1', '\u0080', 'ö', '€', '😀', '\ufb33'].map((name) => text.indexOf(JSON.stringify(name)))
  assert.deepEqual(
    order,
    order.toSorted((a, b) => a - b),
  )
  assert.equal(Object.keys(sorted as object).length, names.length) // parsed from an object just written
})

test('what JSON cannot hold is refused', () => {
  const cycle: unknown[] = []
  cycle.push(cycle)
  for (const value of [
    undefined,
    { a: undefined },
    Number.NaN,
    Number.POSITIVE_INFINITY,
    1n,
    () => 1,
    '\ud800',
    { '\udc00': 1 },
    cycle,
  ]) {
    assert.throws(() => canonicalJson(value), TypeError)
  }
})

test('minus zero is written as zero', () => {
  assert.equal(canonicalJson([-0]), '[0]')
})

test('canonical-is-a-fixed-point: parsing and writing again changes nothing, whatever the order of members', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 })), (value) => {
      const text = canonicalJson(value)
      assert.equal(canonicalJson(JSON.parse(text)), text)
      assert.equal(canonicalJson(Object.fromEntries(Object.entries(value).toReversed())), text)
      assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(value)))
    }),
    { numRuns: 300 },
  )
})

test('canonical JSON of safe values is I-JSON', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: 'grapheme-ascii' }), fc.maxSafeInteger()), (value) => {
      assert.deepEqual(parseIJson(new TextEncoder().encode(canonicalJson(value))), JSON.parse(JSON.stringify(value)))
    }),
  )
})
