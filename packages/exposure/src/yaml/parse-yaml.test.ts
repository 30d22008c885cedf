import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { ExposureError } from '../exposure-error.ts'
import { maxYamlPieces, parseYaml } from './parse-yaml.ts'

const bounds = { bytes: 1_000_000, depth: 8, values: 10_000 }

function parse(text: string, more: Partial<typeof bounds> = {}): Promise<unknown> {
  return parseYaml(new TextEncoder().encode(text), { ...bounds, ...more }, 'an advisory')
}

describe('parseYaml', () => {
  it('keeps every scalar as it is written', async () => {
    const text = 'version: 1.10\nat: 2024-01-02T03:04:05Z\nno: no\nhex: 0x10\nyes: "yes"\ntext: |\n  *a* &b\n  c\n'
    assert.deepEqual(await parse(text), {
      version: '1.10',
      at: '2024-01-02T03:04:05Z',
      no: 'no',
      hex: '0x10',
      yes: 'yes',
      text: '*a* &b\nc\n',
    })
  })

  it('reads what is empty as null', async () => {
    assert.deepEqual(await parse('a:\nb: ~\nc: null\nd: ""\n'), { a: null, b: null, c: null, d: '' })
  })

  it('resolves aliases', async () => {
    assert.deepEqual(await parse('a: &x [1, 2]\nb: *x\n'), { a: ['1', '2'], b: ['1', '2'] })
  })

  const nested = (n: number) => Array.from({ length: n }, (_, i) => `${' '.repeat(i)}a:`).join('\n')
  const tens = (of: string) => `[${Array.from({ length: 10 }, () => of).join(',')}]`
  const laughs = ['a: &a [x]', ...'bcdefgh'.split('').map((name, i) => `${name}: &${name} ${tens(`*${'abcdefg'[i]}`)}`)]
  const refused: readonly (readonly [what: string, text: string, code: string, message: RegExp])[] = [
    ['a key twice', 'id: a\nid: b\n', 'not-yaml', /line 2, column 1.*a key stands there twice/],
    ['a key twice, inside', 'x:\n  - {a: 1, "a": 2}\n', 'not-yaml', /line 2, column 12/],
    ['a key that is a list', '? [a]\n: 1\n', 'not-yaml', /a key of this map is no text/],
    ['a tag', 'id: !!js/function x\n', 'not-yaml', /a tag, which is not read/],
    ['two documents', 'id: a\n---\nid: b\n', 'not-yaml', /several/],
    ['no document', '', 'not-yaml', /none/],
    ['what does not parse', 'a: [1\nb: 2\n', 'not-yaml', /at line/],
    ['an alias of nothing', 'a: *b\n', 'not-yaml', /at line 1/],
    ['an alias of itself', '&a [*a]', 'too-deep', /8 levels/],
    ['aliases of aliases', laughs.join('\n'), 'too-many', /aliases/],
    ['many anchors', Array.from({ length: 101 }, (_, i) => `- &a${i} x`).join('\n'), 'too-many', /100 anchors/],
    ['blocks in blocks', nested(100), 'too-deep', /8 levels/],
    ['lists in lists', '- '.repeat(100_000), 'too-deep', /8 levels/],
    ['brackets in brackets', '['.repeat(100_000), 'too-deep', /8 levels/],
    ['too many pieces', `[${','.repeat(maxYamlPieces)}`, 'too-many', /pieces/],
    ['too many values', '- a\n'.repeat(10_000), 'too-many', /10000 values/],
    ['too many octets', ' '.repeat(1_000_001), 'too-large', /1000000 octets/],
  ]
  for (const [what, text, code, message] of refused) {
    it(`refuses ${what}`, async () => {
      await assert.rejects(parse(text), { name: 'ExposureError', code, message })
    })
  }

  it('refuses what is not UTF-8, and quotes nothing of a document', async () => {
    await assert.rejects(parseYaml(Uint8Array.of(0x61, 0xff), bounds, 'it'), { code: 'not-utf-8' })
    await assert.rejects(parse('secret: [word\n'), (error: unknown) => {
      return error instanceof ExposureError && !/secret|word/.test(error.message)
    })
  })

  it('takes time by the length of a text, and not by its square', async () => {
    const keys = Array.from({ length: 40_000 }, (_, i) => `k${i}: 1`).join('\n')
    const value = await parse(keys, { values: 100_000 })
    assert.equal(Object.keys(Object(value)).length, 40_000)
  })

  it('gives a member called __proto__ like any other', async () => {
    const value = await parse('__proto__: {a: 1}\n')
    assert.ok(Object.hasOwn(Object(value), '__proto__'))
  })

  it('any-text-is-read-or-refused', async () => {
    const piece = fc.constantFrom(
      'a',
      ':',
      ': ',
      '- ',
      '\n',
      '  ',
      '[',
      ']',
      '{',
      '}',
      '&a ',
      '*a',
      '|',
      '>',
      '? ',
      '#',
      '"',
      "'",
      '---\n',
      '!',
      '%',
      ',',
      '\t',
      '<<: ',
      '1',
    )
    const text = fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(''))
    await fc.assert(
      fc.asyncProperty(fc.oneof(text, fc.string({ unit: 'binary' })), async (given) => {
        try {
          await parse(given)
        } catch (error) {
          assert.ok(error instanceof ExposureError, String(error))
        }
      }),
      { numRuns: 2000 },
    )
  })

  it('json-is-yaml: what JSON gives, with its scalars as texts', async () => {
    const json = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        fc.string(),
        fc.constant(null),
        fc.array(tie('value'), { maxLength: 3 }),
        tie('object'),
      ),
      object: fc.dictionary(fc.string(), tie('value'), { maxKeys: 3, noNullPrototype: true }),
    })).object
    await fc.assert(
      fc.asyncProperty(json, async (value) => {
        assert.deepEqual(await parse(JSON.stringify(value)), JSON.parse(JSON.stringify(value)))
      }),
      { numRuns: 300 },
    )
  })
})
