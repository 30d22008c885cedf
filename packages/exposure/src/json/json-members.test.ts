import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { ExposureError } from '../exposure-error.ts'
import { JsonMembers, type ValueLimits } from './json-members.ts'

const limits: ValueLimits = { elementBytes: 100_000, depth: 64 }

/** The object that the pieces make up, fed in chunks that end at the given places. */
function readBack(bytes: Uint8Array, cuts: readonly number[], within = limits): Record<string, unknown> {
  const members = new Map<string, unknown>()
  const reader = new JsonMembers(
    {
      member: (name, value) => void members.set(name, value),
      array: (name) => void members.set(name, []),
      element: (name, index, value) => {
        const array = members.get(name)
        assert.ok(Array.isArray(array) && array.length === index)
        array.push(value)
      },
    },
    within,
  )
  let from = 0
  for (const cut of [...new Set([...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].sort(
    (a, b) => a - b,
  )) {
    // The chunk is wiped afterwards: the reader may keep nothing of it.
    const chunk = bytes.slice(from, cut)
    reader.push(chunk)
    chunk.fill(0)
    from = cut
  }
  reader.end()
  return Object.fromEntries(members)
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

function refusal(action: () => unknown): ExposureError {
  try {
    action()
  } catch (error) {
    assert.ok(error instanceof ExposureError, String(error))
    return error
  }
  return assert.fail('it was accepted')
}

describe('JsonMembers', () => {
  it('reads an empty object, spaces and a byte order mark', () => {
    assert.deepEqual(readBack(encode('\ufeff \n{\t}\r\n '), []), {})
    assert.deepEqual(readBack(encode('\ufeff{"a":[]}'), [1, 2, 3, 4]), { a: [] })
  })

  const broken = [
    '',
    ' ',
    '[]',
    '"a"',
    '1',
    '{',
    '{"a"',
    '{"a":',
    '{"a":1',
    '{"a":1,',
    '{"a":1,}',
    '{"a":[1,]}',
    '{"a":[,1]}',
    '{"a":[1 2]}',
    '{"a" 1}',
    '{a:1}',
    "{'a':1}",
    '{"a":1}}',
    '{"a":1} x',
    '{"a":tru}',
    '{"a":01}',
    '{"a":{]}',
    '{"a":{"b":1]}',
    '{"a":[}',
    '{"a":]}',
    '{"a":"\u0001"}',
    '{"a":"\\x"}',
    '{"a":1,"a":2}',
    '\ufeff\ufeff{}x',
  ]
  for (const text of broken) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      assert.equal(refusal(() => readBack(encode(text), [])).code, 'not-json')
    })
  }

  it('says where the broken value stands', () => {
    const error = refusal(() => readBack(encode('{"x":1,"com/ponents":[1,2,{"a":nul}]}'), []))
    assert.equal(error.pointer, '/com~1ponents/2')
    assert.doesNotMatch(error.message, /nul/)
  })

  it('refuses octets that are no UTF-8', () => {
    const bytes = encode('{"a":"x"}')
    bytes[6] = 0xff
    assert.equal(refusal(() => readBack(bytes, [])).code, 'not-utf-8')
  })

  it('refuses an element that is larger than the limit, however it arrives', () => {
    const bytes = encode(`{"a":["${'x'.repeat(2000)}"]}`)
    const small = { elementBytes: 1000, depth: 10 }
    assert.equal(refusal(() => readBack(bytes, [], small)).code, 'too-large')
    assert.equal(refusal(() => readBack(bytes, [100, 600, 1500], small)).code, 'too-large')
  })

  it('refuses an element that nests deeper than the limit', () => {
    const deep = `{"a":[${'['.repeat(100)}${']'.repeat(100)}]}`
    assert.equal(refusal(() => readBack(encode(deep), [])).code, 'too-deep')
  })
})

const json = fc
  .dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 6 })
  .map((value) => JSON.stringify(value))

describe('JsonMembers, by property', () => {
  it('pieces-make-up-what-JSON.parse-reads, wherever chunks end', () => {
    fc.assert(
      fc.property(json, fc.array(fc.nat(500), { maxLength: 8 }), (text, cuts) => {
        assert.deepEqual(readBack(encode(text), cuts), Object.fromEntries(Object.entries(Object(JSON.parse(text)))))
      }),
      { numRuns: 1000 },
    )
  })

  it('what-JSON.parse-refuses-is-refused, and nothing else', () => {
    const damaged = fc.tuple(json, fc.nat(1000), fc.constantFrom(...'{}[]",:0x\\ ')).map(([text, at, character]) => {
      const place = at % (text.length + 1)
      return text.slice(0, place) + character + text.slice(place + (at % 2))
    })
    fc.assert(
      fc.property(damaged, fc.array(fc.nat(500), { maxLength: 4 }), (text, cuts) => {
        let expected: unknown
        try {
          expected = JSON.parse(text)
        } catch {
          expected = undefined
        }
        let got: unknown
        try {
          got = readBack(encode(text), cuts)
        } catch (error) {
          assert.ok(error instanceof ExposureError, String(error))
          // Stricter than JSON.parse in one point: a member stands there once.
          if (error.message.includes('stands there twice')) return
        }
        const isObject = typeof expected === 'object' && expected !== null && !Array.isArray(expected)
        assert.equal(got !== undefined, isObject, text)
      }),
      { numRuns: 3000 },
    )
  })

  it('any-octets-are-read-or-refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
        const bytes = new Uint8Array([...encode('{"a":['), ...noise])
        refusal(() => readBack(bytes, []).missing ?? refuseAnyway())
      }),
      { numRuns: 1000 },
    )
  })
})

function refuseAnyway(): never {
  throw new ExposureError('not-json', 'noise happened to be JSON')
}
