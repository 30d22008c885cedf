import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { ExposureError } from '../exposure-error.ts'
import { knownOfOsv } from '../match/known-advisories.ts'
import { match } from '../match/match.ts'
import { parseOsv, readOsv, type OsvDocument } from './read-osv.ts'

const least = { schema_version: '1.7.5', id: 'TEST-1', modified: '2026-11-01T00:00:00Z' }

function read(more: Readonly<Record<string, unknown>>): OsvDocument {
  return readOsv({ ...least, ...more })
}

function affecting(...events: readonly Readonly<Record<string, string>>[]): Readonly<Record<string, unknown>> {
  return { affected: [{ package: { ecosystem: 'npm', name: 'a' }, ranges: [{ type: 'SEMVER', events }] }] }
}

function found(document: OsvDocument): readonly string[] {
  return document.problems.map(({ code, pointer }) => `${code} ${pointer}`)
}

describe('readOsv', () => {
  it('reads what matching needs', () => {
    const { advisory, total } = read({
      published: '2026-10-01T00:00:00Z',
      aliases: ['CVE-2026-0001'],
      upstream: ['CVE-2026-0002'],
      related: ['CVE-2026-0003'],
      references: [{ type: 'FIX', url: 'https://example.org/1' }],
      summary: 'A fault.',
      severity: [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:N' }],
      affected: [
        {
          package: { ecosystem: 'Go', name: 'example.org/m', purl: 'pkg:golang/example.org/m' },
          ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }, { fixed: '1.2.3' }] }],
          versions: ['1.0.0'],
          severity: [{ type: 'CVSS_V4', score: 'CVSS:4.0/AV:N' }],
        },
      ],
    })
    assert.equal(total, 0)
    assert.deepEqual(advisory, {
      id: 'TEST-1',
      modified: '2026-11-01T00:00:00Z',
      published: '2026-10-01T00:00:00Z',
      aliases: ['CVE-2026-0001'],
      upstream: ['CVE-2026-0002'],
      related: ['CVE-2026-0003'],
      summary: 'A fault.',
      affected: [
        {
          ecosystem: 'Go',
          name: 'example.org/m',
          purl: 'pkg:golang/example.org/m',
          ranges: [
            {
              type: 'SEMVER',
              events: [
                { kind: 'introduced', version: '0' },
                { kind: 'fixed', version: '1.2.3' },
              ],
            },
          ],
          versions: ['1.0.0'],
          severity: [{ type: 'CVSS_V4', score: 'CVSS:4.0/AV:N' }],
          pointer: '/affected/0',
        },
      ],
      severity: [
        { type: 'CVSS_V3', score: 'CVSS:3.1/AV:N' },
        { type: 'CVSS_V4', score: 'CVSS:4.0/AV:N' },
      ],
      references: [{ type: 'FIX', url: 'https://example.org/1' }],
    })
  })

  it('keeps a GIT range where it stands, and it hides no range after it', () => {
    const { advisory, total } = read({
      affected: [
        {
          package: { ecosystem: 'npm', name: 'a' },
          ranges: [
            { type: 'GIT', repo: 'https://example.org/a', events: [{ introduced: '0' }, { fixed: 'c0ffee' }] },
            { type: 'ECOSYSTEM', events: [{ introduced: '1.0.0' }, { fixed: '1.2.0' }] },
          ],
        },
      ],
    })
    assert.equal(total, 0)
    assert.deepEqual(
      advisory.affected[0]?.ranges.map(({ type, repo }) => `${type} ${repo}`),
      ['GIT https://example.org/a', 'ECOSYSTEM undefined'],
    )
    const purl = { type: 'npm', name: 'a', qualifiers: {} }
    assert.equal(match({ purl, version: '1.1.0' }, knownOfOsv(advisory)).state, 'affected')
    assert.equal(match({ purl, version: '1.2.0' }, knownOfOsv(advisory)).state, 'not_affected')
  })

  it('reports ranges that contradict themselves, and evaluates them as they stand', () => {
    const contradicting = [
      affecting({ introduced: '2.0.0' }, { fixed: '1.0.0' }),
      affecting({ introduced: '1.0.0' }, { fixed: '1.0.0' }),
      affecting({ introduced: '0' }, { last_affected: '1.0.0' }, { fixed: '2.0.0' }),
    ]
    for (const more of contradicting)
      assert.deepEqual(found(read(more)), ['contradicting-range /affected/0/ranges/0/events'])
    const purl = { type: 'npm', name: 'a', qualifiers: {} }
    const [backwards = {}] = contradicting
    assert.equal(match({ purl, version: '3.0.0' }, knownOfOsv(read(backwards).advisory)).state, 'affected')
    assert.equal(match({ purl, version: '1.5.0' }, knownOfOsv(read(backwards).advisory)).state, 'not_affected')
  })

  it('puts events in order and leaves those at one version as they stand', () => {
    const { advisory, total } = read(
      affecting(
        { fixed: '2.0.0' },
        { introduced: '1.10.0' },
        { fixed: '1.9.0' },
        { limit: '*' },
        { introduced: '0' },
        { introduced: '2.0.0' },
      ),
    )
    assert.deepEqual(
      advisory.affected[0]?.ranges[0]?.events.map(({ kind, version }) => `${kind} ${version}`),
      ['introduced 0', 'fixed 1.9.0', 'introduced 1.10.0', 'fixed 2.0.0', 'introduced 2.0.0', 'limit *'],
    )
    assert.equal(total, 0)
  })

  it('says what cannot be used, and where', () => {
    const document = read({
      schema_version: '2.0.0',
      severity: [{ type: 'CVSS_V3' }],
      affected: [
        { ranges: [{ type: 'GIT', repo: 'https://example.org/r', events: [{ introduced: '0' }] }] },
        { package: { ecosystem: 'npm' } },
        { package: { ecosystem: 'npm', name: 'a', purl: 'pkg:npm/b' }, versions: ['1.0.0'] },
        { package: { ecosystem: 'npm', name: 'a', purl: 'nonsense' } },
        {
          package: { ecosystem: 'npm', name: 'a' },
          ranges: [{ type: 'SEMVER', events: [{ introduced: 'x' }, { fixed: '1.0.0' }] }],
        },
        {
          package: { ecosystem: 'npm', name: 'a' },
          ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }, { mended: '1.0.0' }] }],
        },
        {
          package: { ecosystem: 'npm', name: 'a' },
          ranges: [{ type: 'SEMVER', events: [{ introduced: '0', fixed: '1.0.0' }] }],
        },
      ],
    })
    assert.deepEqual(found(document), [
      'unknown-schema-version /schema_version',
      'package-missing /affected/0',
      'bad-package /affected/1/package',
      'purl-mismatch /affected/2/package/purl',
      'bad-purl /affected/3/package/purl',
      'no-ranges /affected/3',
      'bad-version /affected/4/ranges/0/events/0/introduced',
      'bad-event /affected/5/ranges/0/events/1',
      'bad-range /affected/5/ranges/0/events',
      'bad-event /affected/6/ranges/0/events/0',
      'bad-severity /severity/0',
    ])
    assert.equal(document.advisory.affected.length, 5)
  })

  const refused: readonly (readonly [what: string, code: string, pointer: string, value: unknown])[] = [
    ['no object', 'not-osv', '', 'x'],
    ['no id', 'not-osv', '/id', { modified: '2026-11-01T00:00:00Z' }],
    ['no modified', 'not-osv', '/modified', { id: 'A' }],
    ['a summary that is no text', 'bad-osv', '/summary', { ...least, summary: 1 }],
    ['affected that is no array', 'bad-osv', '/affected', { ...least, affected: {} }],
    ['an affected that is no object', 'bad-osv', '/affected/0', { ...least, affected: [1] }],
    [
      'a version that is no text',
      'bad-osv',
      '/affected/0/versions/1',
      { ...least, affected: [{ package: { ecosystem: 'npm', name: 'a' }, versions: ['1.0.0', 2] }] },
    ],
    [
      'a range of another type',
      'bad-osv',
      '/affected/0/ranges/0/type',
      { ...least, affected: [{ package: { ecosystem: 'npm', name: 'a' }, ranges: [{ type: 'X', events: [] }] }] },
    ],
    [
      'a range without events',
      'bad-osv',
      '/affected/0/ranges/0',
      { ...least, affected: [{ package: { ecosystem: 'npm', name: 'a' }, ranges: [{ type: 'SEMVER' }] }] },
    ],
  ]
  for (const [what, code, pointer, value] of refused) {
    it(`refuses ${what}`, () => {
      assert.throws(
        () => readOsv(value),
        (error) => error instanceof ExposureError && error.code === code && error.pointer === pointer,
      )
    })
  }

  it('refuses what exceeds a limit', () => {
    const versions = Array.from({ length: 11 }, (_, i) => `1.0.${i}`)
    const document = { ...least, affected: [{ package: { ecosystem: 'npm', name: 'a' }, versions }] }
    assert.throws(() => readOsv(document, { versions: 10 }), { code: 'too-many', pointer: '/affected/0/versions' })
    assert.throws(() => parseOsv(new TextEncoder().encode(JSON.stringify(document)), { bytes: 20 }), {
      code: 'too-large',
    })
  })
})

describe('parseOsv', () => {
  it('refuses octets that are no UTF-8 and text that is no JSON', () => {
    assert.throws(() => parseOsv(new Uint8Array([0xff])), { code: 'not-utf-8' })
    assert.throws(() => parseOsv(new TextEncoder().encode('{')), { code: 'not-json' })
  })

  it('refuses what nests deeper, or holds more values, than any advisory, before it is parsed', () => {
    const parse = (text: string, limits = {}) => parseOsv(new TextEncoder().encode(text), limits)
    assert.throws(() => parse('['.repeat(16_000_000)), { code: 'too-deep', message: /64 levels.* octet 64$/ })
    assert.throws(() => parse(`[${'0,'.repeat(2_000_000)}`), { code: 'too-many', message: /1000000 values/ })
    const document = { ...least, database_specific: [{}, [], 'no [[[ or ,,, count in "texts" \\', 7] }
    const text = JSON.stringify(document)
    assert.equal(parse(text, { depth: 3, values: 11 }).advisory.id, 'TEST-1')
    assert.throws(() => parse(text, { depth: 2 }), { code: 'too-deep' })
    assert.throws(() => parse(text, { values: 10 }), { code: 'too-many' })
  })
})

describe('OSV, by property', () => {
  const version = fc.constantFrom('0', '1.0.0', '2.0.0', '*', 'x', '')
  const event = fc.dictionary(fc.constantFrom('introduced', 'fixed', 'last_affected', 'limit', 'other'), version, {
    maxKeys: 2,
  })
  const range = fc.record({
    type: fc.constantFrom('SEMVER', 'ECOSYSTEM', 'GIT'),
    events: fc.array(event, { maxLength: 5 }),
  })
  const entry = fc.record(
    {
      package: fc.record({
        ecosystem: fc.constantFrom('npm', 'Debian:12', 'Nowhere', ''),
        name: fc.constantFrom('a', '@s/a', ''),
      }),
      ranges: fc.array(
        fc.oneof({ weight: 9, arbitrary: range }, { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 1 }) }),
        { maxLength: 3 },
      ),
      versions: fc.array(version, { maxLength: 3 }),
    },
    { requiredKeys: ['package'] },
  )
  const document = fc.oneof(
    { weight: 9, arbitrary: fc.record({ affected: fc.array(entry, { maxLength: 3 }) }) },
    {
      weight: 1,
      arbitrary: fc.dictionary(
        fc.constantFrom('affected', 'severity', 'aliases', 'withdrawn', 'id'),
        fc.jsonValue({ maxDepth: 2 }),
      ),
    },
  )

  it('any-document-is-read-or-refused, and what was read can be matched', () => {
    fc.assert(
      fc.property(document, version, (more, at) => {
        try {
          const { advisory } = read(more)
          const outcome = match({ purl: { type: 'npm', name: 'a', qualifiers: {} }, version: at }, knownOfOsv(advisory))
          assert.ok(outcome.why.text.length > 0)
        } catch (error) {
          assert.ok(error instanceof ExposureError, String(error))
        }
      }),
      { numRuns: 3000 },
    )
  })

  it('any-octets-are-read-or-refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        assert.throws(() => parseOsv(bytes), ExposureError)
      }),
    )
  })
})
