import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { orRefused } from '../or-refused.fixture.ts'
import { maxVersConstraints, maxVersLength, parseVers, readVers } from './parse-vers.ts'
import { formatVers } from './vers-range.ts'

/** In canonical form. The first four are examples of the VERS specification. */
const canonical = [
  'vers:npm/1.2.3|>=2.0.0|<5.0.0',
  'vers:gem/>=2.2.0|!=2.2.1|<2.3.0',
  'vers:pypi/0.0.0|0.0.1|0.0.2|0.0.3|1.0|2.0pre1',
  'vers:maven/>=1.0.0-beta1|<=1.7.5|>=7.0.0-M1|<=7.0.7|>=7.1.0|<=7.1.2|>=8.0.0-M1|<=8.0.1',
  'vers:deb/*',
  'vers:all/*',
  'vers:none/*',
  'vers:deb/<1:2.0~rc1-1+deb12u1',
  'vers:npm/!=1.0.0',
  'vers:npm/!=1.0.0|<2.0.0',
  'vers:datetime/>=2024-01-01T00:00:00Z|<2024-02-01T00:00:00+01:00',
  'vers:lexicographic/>=a%7Cb|<%C3%A9',
  'vers:unheard-of/1.0',
]

const refused: readonly (readonly [text: string, code: string, reason: RegExp])[] = [
  ['1.0', 'bad-vers', /does not begin with "vers:"/],
  ['vers:npm', 'bad-vers', /does not begin with "vers:"/],
  ['vers:NPM/1.0.0', 'bad-vers', /its type is not lower-case/],
  ['vers:1pm/1.0.0', 'bad-vers', /its type is not lower-case/],
  ['vers:npm/', 'bad-vers', /not joined by single/],
  ['vers:npm/1.0.0|', 'bad-vers', /not joined by single/],
  ['vers:npm/|1.0.0', 'bad-vers', /not joined by single/],
  ['vers:npm/1.0.0||2.0.0', 'bad-vers', /not joined by single/],
  ['vers:npm/>= 1.0.0', 'bad-vers', /white space/],
  ['vers:npm/é', 'bad-vers', /not ASCII/],
  ['vers:npm/>=', 'bad-vers', /has no version/],
  ['vers:npm/=1.0.0', 'bad-vers', /where a version goes on/],
  ['vers:npm/>=*', 'bad-vers', /where a version goes on/],
  ['vers:npm/*|1.0.0', 'bad-vers', /where a version goes on/],
  ['vers:npm/1.0.0%2Bbuild', 'bad-vers', /is to be written "1.0.0\+build"/],
  ['vers:lexicographic/%c3%a9', 'bad-vers', /is to be written "%C3%A9"/],
  ['vers:npm/%FF', 'bad-vers', /not one of UTF-8/],
  ['vers:npm/100%', 'bad-vers', /not one of UTF-8/],
  ['vers:npm/2.0.0|1.0.0', 'bad-vers', /ascending order/],
  ['vers:npm/1.0.0|1.0.0', 'bad-vers', /are one version/],
  ['vers:pypi/>=1.0|<1.0.0', 'bad-vers', /are one version/],
  ['vers:npm/>=1.0.0|>=2.0.0', 'bad-vers', /is ended by "<"/],
  ['vers:npm/>=1.0.0|2.0.0|<3.0.0', 'bad-vers', /is ended by "<"/],
  ['vers:npm/<1.0.0|<2.0.0', 'bad-vers', /ends no stretch/],
  ['vers:npm/1.0.0|<2.0.0', 'bad-vers', /ends no stretch/],
  ['vers:none/1.0', 'bad-vers', /only range of type none/],
  ['vers:datetime/2024-01-01t00:00:00z', 'bad-vers', /upper-case T and Z/],
  ['vers:datetime/2024-01-01T00%3A00%3A00Z', 'bad-vers', /is to be written "2024-01-01T00:00:00Z"/],
  ['vers:pypi/>=1.0|<trunk', 'bad-version', /"trunk" is not a PyPI version/],
  ['vers:unheard-of/>=1.0|<2.0', 'unsupported-ecosystem', /"unheard-of" cannot be ordered/],
  [`vers:npm/${'1'.repeat(maxVersLength)}`, 'too-large', /at most 65536/],
  [`vers:npm/1${'|1'.repeat(maxVersConstraints)}`, 'too-many', /at most 4096 constraints/],
]

describe('parseVers', () => {
  for (const text of canonical) {
    it(`reads ${text} and writes it again`, () => {
      assert.equal(formatVers(parseVers(text)), text)
    })
  }
  for (const [text, code, message] of refused) {
    it(`refuses ${text.slice(0, 50)}`, () => {
      assert.throws(() => parseVers(text), { code, message })
    })
  }

  it('decodes versions once', () => {
    assert.deepEqual(parseVers('vers:npm/>=1.0%252F0').constraints, [{ comparator: '>=', version: '1.0%2F0' }])
  })
})

/** What is forgiven, and the order that is made. */
const lenient: readonly (readonly [given: string, read: string])[] = [
  ['VERS:PyPI/ >= 1.0 | < 2.0 ', 'vers:pypi/>=1.0|<2.0'],
  ['vers:pypi/|3.0|2.0||=1.0|', 'vers:pypi/1.0|2.0|3.0'],
  ['vers:npm/1.10.0|1.9.0', 'vers:npm/1.9.0|1.10.0'],
  ['vers:npm/1.0.0%2Bbuild', 'vers:npm/1.0.0+build'],
  ['vers:nginx/>=1.5.0|<1.5.0|>=1.4.1', 'vers:nginx/>=1.4.1|<1.5.0|>=1.5.0'],
  ['vers:npm/<2.0.0|<2.0.0', 'vers:npm/<2.0.0|<2.0.0'],
]

describe('readVers', () => {
  for (const [given, read] of lenient) {
    it(`reads ${given} as ${read}`, () => assert.equal(formatVers(readVers(given)), read))
  }
  for (const text of canonical) {
    it(`reads ${text} as parseVers does`, () => assert.deepEqual(readVers(text), parseVers(text)))
  }
  for (const [text, code] of [
    ['npm/1.0.0', 'bad-vers'],
    ['vers:n pm!/1.0.0', 'bad-vers'],
    ['vers:npm/ | ', 'bad-vers'],
    ['vers:npm/>=|1.0.0', 'bad-vers'],
    ['vers:npm/1.0.0|*', 'bad-vers'],
    ['vers:npm/1.0.0|%zz', 'bad-vers'],
    ['vers:npm/1.0.0|latest', 'bad-version'],
    ['vers:maven/2.0-1|2.0.RC1', 'bad-version'],
    ['vers:unheard-of/1.0|2.0', 'unsupported-ecosystem'],
    ['vers:all/1.0', 'bad-vers'],
    [' '.repeat(maxVersLength + 1), 'too-large'],
    [`vers:npm/1${'|1'.repeat(maxVersConstraints)}`, 'too-many'],
  ] as const) {
    it(`refuses ${text.slice(0, 40)}`, () => assert.throws(() => readVers(text), { code }))
  }
})

describe('the readers of VERS, by property', () => {
  const pieces = [
    'vers:',
    'npm',
    'pypi',
    '/',
    '|',
    '>=',
    '<',
    '=',
    '!',
    '*',
    '1.0.0',
    '2',
    '%7C',
    '%',
    ' ',
    'é',
    '1.0.1',
  ]
  const text = fc.oneof(
    fc.string({ maxLength: 60 }),
    fc.array(fc.constantFrom(...pieces), { maxLength: 24 }).map((parts) => `vers:npm/${parts.join('')}`),
    fc.array(fc.constantFrom(...pieces), { maxLength: 24 }).map((parts) => parts.join('')),
  )

  it('any-text-is-read-or-refused, and what is strict enough reads the same leniently', () => {
    fc.assert(
      fc.property(text, (given) => {
        const strict = orRefused(() => parseVers(given))
        const loose = orRefused(() => readVers(given))
        if (strict === undefined) return
        assert.equal(formatVers(strict), given)
        assert.deepEqual(loose, strict)
      }),
      { numRuns: 1000 },
    )
  })

  it('what-is-written-is-read: any version survives being written and read', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }), (version) => {
        fc.pre(version.isWellFormed())
        const range = { type: 'lexicographic', constraints: [{ comparator: '>=', version }] } as const
        assert.deepEqual(parseVers(formatVers(range)), range)
      }),
      { numRuns: 1000 },
    )
  })
})
