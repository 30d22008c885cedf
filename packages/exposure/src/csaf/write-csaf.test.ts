import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { test } from 'node:test'
import fc from 'fast-check'
import { ExposureError } from '../exposure-error.ts'
import { parseOsv } from '../osv/read-osv.ts'
import { versContains } from '../vers/vers-contains.ts'
import type { CsafDraft } from './csaf-draft.ts'
import { draftFromOsv } from './draft-from-osv.ts'
import { readCsaf } from './read-csaf.ts'
import { writeCsaf } from './write-csaf.ts'

const samples = fileURLToPath(new URL('../../../../samples/', import.meta.url))

const publisher = { category: 'vendor', name: 'North', namespace: 'https://north.example' }
const generator = { name: 'Comity', version: '0.1.0' }

const gateway: CsafDraft['products'][number] = {
  under: { category: 'vendor', name: 'North' },
  name: 'Gateway',
  ranges: ['vers:semver/<2.1.1'],
  versions: [],
  fixed: ['2.1.1'],
}

function drafted(record: object, more: Partial<CsafDraft> = {}): CsafDraft {
  const { products, vulnerability, id, title } = draftFromOsv(
    parseOsv(Buffer.from(JSON.stringify(record))).advisory,
    'Long text',
  )
  const date = '2026-11-20T12:00:00Z'
  return {
    id,
    title,
    publisher,
    generator,
    language: 'en',
    date,
    products: [gateway, ...products],
    vulnerability,
    ...more,
  }
}

const record = {
  schema_version: '1.7.0',
  id: 'NORTH-1',
  modified: '2026-11-20T12:00:00Z',
  summary: 'left pads to the right',
  aliases: ['CVE-2026-0001', 'GHSA-aaaa-bbbb-cccc'],
  affected: [
    {
      package: { ecosystem: 'npm', name: '@north/left' },
      ranges: [
        {
          type: 'SEMVER',
          events: [{ introduced: '0' }, { fixed: '1.3.0' }, { introduced: '2.0.0' }, { fixed: '2.0.4' }],
        },
      ],
    },
    {
      package: { ecosystem: 'Some place', name: 'thing' },
      ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { last_affected: '7' }] }],
    },
  ],
  references: [{ type: 'ADVISORY', url: 'https://north.example/é 1' }],
}

test('what is read of a written document is what the draft said', () => {
  const self = 'https://log.example.org/csaf/x/white/2026/north-1.json'
  const vector = 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N'
  const draft = drafted(record, { self })
  const { advisory, problems } = readCsaf(
    writeCsaf({ ...draft, vulnerability: { ...draft.vulnerability, score: { version: '3.1', vector, base: 7.5 } } }),
  )
  assert.deepEqual(problems, [])
  assert.deepEqual([advisory.csafVersion, advisory.tlp, advisory.title], ['2.0', 'WHITE', 'left pads to the right'])
  assert.deepEqual(advisory.references, [
    { category: 'self', summary: 'This document, where it is published', url: self },
  ])
  assert.deepEqual(
    advisory.products.map(({ vendor, product, version, identifiers }) => [
      vendor,
      product,
      version?.text,
      ...identifiers.purls,
    ]),
    [
      ['North', 'Gateway', 'vers:semver/<2.1.1'],
      ['North', 'Gateway', '2.1.1'],
      [undefined, '@north/left', 'vers:npm/<1.3.0|>=2.0.0|<2.0.4', 'pkg:npm/%40north/left'],
      [undefined, '@north/left', '1.3.0', 'pkg:npm/%40north/left@1.3.0'],
      [undefined, '@north/left', '2.0.4', 'pkg:npm/%40north/left@2.0.4'],
      [undefined, 'thing', 'vers:generic/<=7'],
    ],
  )
  const [vulnerability] = advisory.vulnerabilities
  assert.deepEqual(
    [vulnerability?.cve, vulnerability?.ids],
    [
      'CVE-2026-0001',
      [
        { system: 'OSV', text: 'NORTH-1' },
        { system: 'GHSA', text: 'GHSA-aaaa-bbbb-cccc' },
      ],
    ],
  )
  assert.deepEqual(
    vulnerability?.states.map(({ state, remediations }) => [state, remediations.length]),
    [
      ['fixed', 0],
      ['fixed', 0],
      ['fixed', 0],
      ['affected', 1],
      ['affected', 2],
      ['affected', 1],
    ],
  )
  assert.deepEqual(
    vulnerability?.remediations.map(({ category, details }) => `${category} ${details}`),
    [
      'vendor_fix Update to Gateway 2.1.1 or later.',
      'vendor_fix Update to @north/left 1.3.0 or later.',
      'vendor_fix Update to @north/left 2.0.4 or later.',
      'none_available No remedy is known yet.',
    ],
  )
  assert.deepEqual(vulnerability?.references, [
    { category: 'external', summary: 'ADVISORY', url: 'https://north.example/%C3%A9%201' },
  ])
  assert.deepEqual(vulnerability?.scores[0]?.vector, vector)
})

test('a revision keeps the identifier and the first date, and has the next number', () => {
  const first = readCsaf(writeCsaf(drafted(record))).advisory.tracking
  const date = '2026-11-21T12:00:00Z'
  const second = readCsaf(writeCsaf(drafted(record, { earlier: first.revisions, date, change: 'A remedy' })))
  const { tracking } = second.advisory
  assert.deepEqual([tracking.id, tracking.version], ['NORTH-1', '2'])
  assert.deepEqual([tracking.initialReleaseDate, tracking.currentReleaseDate], [first.initialReleaseDate, date])
  assert.deepEqual(
    tracking.revisions.map(({ number, summary }) => `${number} ${summary}`),
    ['1 First version', '2 A remedy'],
  )
})

test('a range that contradicts itself is never left out in silence', () => {
  const events = [{ introduced: '1.0.0' }, { fixed: '1.0.0' }]
  const affected = { package: { ecosystem: 'npm', name: 'left' }, ranges: [{ type: 'SEMVER', events }] }
  const of = (more: object) => ({ ...record, affected: [{ ...affected, ...more }] })
  assert.throws(
    () => drafted(of({})),
    (error) => error instanceof ExposureError && error.code === 'bad-osv' && error.pointer === '/affected/0/ranges',
  )
  assert.deepEqual(drafted(of({ versions: ['1.0.0', '1.0.1'] })).products[1]?.versions, ['1.0.0', '1.0.1'])
})

test('the records of the sample are read back with their packages and ranges', () => {
  const files = globSync('GO-*.json', { cwd: samples })
  assert.ok(files.length >= 10)
  for (const file of files) {
    const raw = JSON.parse(readFileSync(samples + file, 'utf8'))
    const { advisory, problems } = readCsaf(writeCsaf(drafted(raw)))
    assert.deepEqual(problems, [], file)
    const named = raw.affected.map((each: { package: { name: string } }) => each.package.name)
    assert.deepEqual(new Set(advisory.products.slice(2).map(({ product }) => product)), new Set(named))
  }
})

test('written-ranges-say-what-osv-says', () => {
  const part = fc.integer({ min: 0, max: 9 })
  const version = fc.tuple(part, part, part).map((parts) => parts.join('.'))
  fc.assert(
    fc.property(fc.uniqueArray(version, { minLength: 1, maxLength: 6 }), version, (bounds, probe) => {
      const ascending = bounds.toSorted((a, b) => compare(a, b))
      const events = ascending.map((each, i) => (i % 2 === 0 ? { introduced: each } : { fixed: each }))
      const affected = [{ package: { ecosystem: 'npm', name: 'left' }, ranges: [{ type: 'SEMVER', events }] }]
      const [, product] = drafted({ ...record, affected }).products
      const range = readCsaf(writeCsaf(drafted({ ...record, affected }))).advisory.products[2]?.version
      assert.equal(range?.text, product?.ranges[0])
      const before = ascending.filter((each) => compare(each, probe) <= 0).length
      assert.ok(range?.kind === 'vers')
      assert.equal(versContains(range.range, probe), before % 2 === 1)
    }),
    { numRuns: 300 },
  )
})

function compare(a: string, b: string): number {
  const [left, right] = [a, b].map((each) => each.split('.').map(Number))
  return left?.map((each, i) => each - (right?.[i] ?? 0)).find((each) => each !== 0) ?? 0
}
