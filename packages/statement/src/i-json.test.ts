import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { parseIJson } from './i-json.ts'
import { StatementError } from './statement-error.ts'

const utf8 = (text: string) => new TextEncoder().encode(text)
const parse = (text: string) => parseIJson(utf8(text))

/** Value or refused pointer. */
function refusal(bytes: Uint8Array): { pointer: string | undefined; message: string } {
  try {
    parseIJson(bytes)
  } catch (error) {
    assert.ok(error instanceof StatementError)
    assert.equal(error.code, 'not-i-json')
    return { pointer: error.pointer, message: error.message }
  }
  assert.fail(`${new TextDecoder().decode(bytes)} was accepted`)
}

test('ordinary JSON is parsed as JSON.parse parses it', () => {
  for (const text of [
    '{}',
    '[]',
    '"a:b,{"',
    '{"a":{"b":[1,2.5,-0.1e-3,true,null]}}',
    '{"a":1,"b":{"a":1}}',
    ' {"x": "y"} ',
  ]) {
    assert.deepEqual(parse(text), JSON.parse(text))
  }
})

test('a member name that stands twice is refused, with its pointer', () => {
  assert.equal(refusal(utf8('{"a":1,"a":1}')).pointer, '/a')
  assert.equal(refusal(utf8('{"x":[0,{"b":[],"b":2}]}')).pointer, '/x/1/b')
  assert.equal(refusal(utf8('{"k":{"a~/b":1,"a~/b":1}}')).pointer, '/k/a~0~1b')
})

test('a name that is only written differently is the same name', () => {
  assert.equal(refusal(utf8('{"a":1,"\\u0061":2}')).pointer, '/a')
})

test('__proto__ is a name like any other', () => {
  const value = parse('{"__proto__":{"x":1}}')
  assert.ok(typeof value === 'object' && value !== null)
  assert.deepEqual(Object.keys(value), ['__proto__'])
  assert.equal(refusal(utf8('{"__proto__":1,"__proto__":2}')).pointer, '/__proto__')
})

test('colons, braces and quotes inside strings are not structure', () => {
  const text = '{"a\\"b:c":"{:\\\\","d":["\\"::"]}'
  assert.deepEqual(parse(text), JSON.parse(text))
})

test('integers beyond 2^53 - 1 are refused, with their pointer, and so is what overflows', () => {
  assert.equal(parse('9007199254740991'), Number.MAX_SAFE_INTEGER)
  assert.equal(refusal(utf8('{"a":[9007199254740992]}')).pointer, '/a/0')
  assert.equal(refusal(utf8('{"a":-9007199254740993}')).pointer, '/a')
  assert.equal(refusal(utf8('{"a":1e400}')).pointer, '/a')
  assert.equal(refusal(utf8('{"a":1e300}')).pointer, '/a')
})

test('lone surrogates and noncharacters are refused, written out or escaped, in names too', () => {
  assert.equal(refusal(utf8('{"a":["\\ud800"]}')).pointer, '/a/0')
  assert.equal(refusal(utf8('{"a":"\\uffff"}')).pointer, '/a')
  assert.equal(refusal(utf8('{"a":"\ufdd0"}')).pointer, '/a')
  assert.equal(refusal(utf8('{"a":"\u{1fffe}"}')).pointer, '/a')
  refusal(utf8('{"\\udfff":1}'))
  assert.deepEqual(parse('{"a":"\\ud83d\\ude00 \u{1f600}"}'), { a: '😀 😀' })
})

test('a byte order mark is refused', () => {
  assert.match(refusal(Uint8Array.of(0xef, 0xbb, 0xbf, 0x7b, 0x7d)).message, /byte order mark/)
})

test('what is not UTF-8 is refused', () => {
  for (const bytes of [[0xff], [0x22, 0xc0, 0xaf, 0x22], [0x22, 0xed, 0xa0, 0x80, 0x22], [0x22, 0xe2, 0x82, 0x22]]) {
    refusal(Uint8Array.from(bytes))
  }
})

test('what is not JSON is refused', () => {
  for (const text of ['', ' ', '{', '{"a"}', "{'a':1}", '[1,]', 'NaN', '01', '1 2', '{"a":1}x', '"\n"'])
    refusal(utf8(text))
})

test('64 levels are read and 65 are not, and a megabyte of brackets costs nothing', () => {
  parse('['.repeat(64) + ']'.repeat(64))
  refusal(utf8('['.repeat(65) + ']'.repeat(65)))
  refusal(utf8('['.repeat(1_000_000)))
})

test('parse-agrees-with-json: every I-JSON value survives', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5, noUnicodeString: false }), (value) => {
      const text = JSON.stringify(value)
      const expected: unknown = JSON.parse(text)
      let parsed: unknown
      try {
        parsed = parse(text)
      } catch (error) {
        assert.ok(error instanceof StatementError && /2\^53|surrogate|noncharacter/.test(error.message))
        return
      }
      assert.deepEqual(parsed, expected)
    }),
    { numRuns: 500 },
  )
})

test('no-name-twice: a repeated member is found wherever it stands', () => {
  const name = fc.string({ maxLength: 6 })
  fc.assert(
    fc.property(name, fc.array(name, { maxLength: 5 }), fc.nat(5), (repeated, path, extra) => {
      const members = [
        ...Array.from({ length: extra }, (_, i) => `"${'#'.repeat(i + 7)}":${i}`),
        JSON.stringify(repeated) + ':0',
      ]
      let text = `{${members.join(',')},${JSON.stringify(repeated)}:{"deep":[]}}`
      for (const step of path) text = `{${JSON.stringify(step)}:[${text}]}`
      refusal(utf8(text))
    }),
    { numRuns: 300 },
  )
})

test('any-bytes: parseIJson returns or throws StatementError, for any bytes', () => {
  const soup = fc.array(fc.constantFrom('{', '}', '[', ']', ':', ',', '"', '\\', 'u', '1', 'e9', 'a', ' ', 'null'), {
    maxLength: 40,
  })
  const check = (bytes: Uint8Array) => {
    try {
      parseIJson(bytes)
    } catch (error) {
      assert.ok(error instanceof StatementError, String(error))
    }
  }
  fc.assert(
    fc.property(soup, (parts) => check(utf8(parts.join('')))),
    { numRuns: 2000 },
  )
  fc.assert(fc.property(fc.uint8Array({ maxLength: 80 }), check), { numRuns: 1000 })
})
