import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { ExposureError } from '../exposure-error.ts'
import { parseJson, type DocumentBounds } from './parse-json.ts'

const wide: DocumentBounds = { bytes: 100_000, depth: 10, values: 1_000 }

function parse(text: string, bounds: Partial<DocumentBounds> = {}): unknown {
  return parseJson(new TextEncoder().encode(text), { ...wide, ...bounds }, 'a document')
}

describe('parseJson', () => {
  it('parses what keeps within the bounds', () => {
    assert.deepEqual(parse('{"a":["[[[,,,\\\\",1e2]}', { depth: 2, values: 4 }), { a: ['[[[,,,\\', 100] })
  })

  it('refuses the rest before it becomes anything, and says what the bound is', () => {
    assert.throws(() => parse('[1,2,3]', { bytes: 5 }), { code: 'too-large', message: 'a document may have 5 octets' })
    assert.throws(() => parse('[[[]]]', { depth: 2 }), { code: 'too-deep' })
    assert.throws(() => parse('[1,2,3]', { values: 3 }), { code: 'too-many' })
    assert.throws(() => parse('[1,'), { code: 'not-json', message: 'a document is JSON, and this does not parse' })
    assert.throws(() => parseJson(new Uint8Array([0x22, 0xff, 0x22]), wide, 'a document'), { code: 'not-utf-8' })
  })

  it('does not quote a document in what it says of it', () => {
    assert.throws(
      () => parse('{"secret-name": secret}'),
      (error) => error instanceof ExposureError && !error.message.includes('secret'),
    )
  })

  it('gives what JSON.parse gives', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), (text) => {
        try {
          assert.deepEqual(parse(text), JSON.parse(text))
        } catch (error) {
          assert.ok(error instanceof ExposureError && error.code.startsWith('too-'), String(error))
        }
      }),
    )
  })
})
