import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { ExposureError } from '../exposure-error.ts'
import { parseCve, readCve, type CveDocument } from './read-cve.ts'

type Json = Readonly<Record<string, unknown>>

const head = {
  dataType: 'CVE_RECORD',
  dataVersion: '5.1',
  cveMetadata: {
    cveId: 'CVE-2026-0001',
    state: 'PUBLISHED',
    assignerShortName: 'example',
    datePublished: '2026-10-01T00:00:00Z',
    dateUpdated: '2026-11-01T00:00:00Z',
  },
}

function read(cna: Json, adp: readonly unknown[] = []): CveDocument {
  return readCve({ ...head, containers: { cna, adp } })
}

function affecting(...affected: readonly unknown[]): CveDocument {
  return read({ affected })
}

function found({ problems }: CveDocument): readonly string[] {
  return problems.map(({ code, pointer }) => `${code} ${pointer}`)
}

const versions = [
  { version: '1.0.0', status: 'affected', lessThan: '1.0.6', versionType: 'semver' },
  { version: '2.1', status: 'unaffected', lessThan: '2.1.*', changes: [{ at: '2.1.6', status: 'affected' }] },
]

describe('readCve', () => {
  it('reads what the authority says, and what others add to it', () => {
    const { record, total } = read(
      {
        providerMetadata: { shortName: 'example', dateUpdated: '2026-11-01T00:00:00Z' },
        title: 'A fault in Relay',
        descriptions: [
          { lang: 'fr', value: 'Une faute' },
          { lang: 'en-GB', value: 'A fault' },
        ],
        affected: [
          {
            vendor: 'Example',
            product: 'Relay',
            collectionURL: 'https://packages.example.org',
            packageName: 'relay',
            packageURL: 'pkg:npm/relay',
            cpes: ['cpe:2.3:a:example:relay:*:*:*:*:*:*:*:*'],
            platforms: ['Windows'],
            defaultStatus: 'unaffected',
            versions,
          },
        ],
        metrics: [
          { format: 'CVSS', cvssV3_1: { vectorString: 'CVSS:3.1/AV:N' }, cvssV4_0: { vectorString: 'CVSS:4.0/AV:N' } },
        ],
        problemTypes: [{ descriptions: [{ lang: 'en', cweId: 'CWE-78', description: 'OS Command Injection' }] }],
        references: [{ url: 'https://example.org/1', tags: ['vendor-advisory'] }],
      },
      [
        {
          providerMetadata: { shortName: 'CISA-ADP' },
          metrics: [{ other: { type: 'kev', content: { dateAdded: '2026-11-02' } } }],
        },
      ],
    )
    assert.equal(total, 0)
    assert.deepEqual(record, {
      id: 'CVE-2026-0001',
      state: 'PUBLISHED',
      assigner: 'example',
      publishedAt: '2026-10-01T00:00:00Z',
      updatedAt: '2026-11-01T00:00:00Z',
      containers: [
        {
          kind: 'cna',
          provider: 'example',
          updatedAt: '2026-11-01T00:00:00Z',
          title: 'A fault in Relay',
          description: 'A fault',
          affected: [
            {
              vendor: 'Example',
              product: 'Relay',
              collectionUrl: 'https://packages.example.org',
              packageName: 'relay',
              purl: 'pkg:npm/relay',
              cpes: ['cpe:2.3:a:example:relay:*:*:*:*:*:*:*:*'],
              modules: [],
              platforms: ['Windows'],
              defaultStatus: 'unaffected',
              versions: [{ ...versions[0], changes: [] }, versions[1]],
              pointer: '/containers/cna/affected/0',
            },
          ],
          metrics: [
            { type: 'CVSS_V3', vector: 'CVSS:3.1/AV:N' },
            { type: 'CVSS_V4', vector: 'CVSS:4.0/AV:N' },
          ],
          cwes: ['CWE-78'],
          references: [{ url: 'https://example.org/1', tags: ['vendor-advisory'] }],
          replacedBy: [],
        },
        {
          kind: 'adp',
          provider: 'CISA-ADP',
          affected: [],
          metrics: [],
          cwes: [],
          references: [],
          replacedBy: [],
          exploitedSince: '2026-11-02',
        },
      ],
    })
  })

  it('reads a rejected record: its reason, and what takes its place', () => {
    const { record, total } = readCve({
      ...head,
      cveMetadata: { cveId: 'CVE-2026-0001', state: 'REJECTED' },
      containers: { cna: { rejectedReasons: [{ lang: 'en', value: 'A duplicate' }], replacedBy: ['CVE-2026-0002'] } },
    })
    assert.equal(total, 0)
    assert.equal(record.containers[0]?.description, 'A duplicate')
    assert.deepEqual(record.containers[0]?.replacedBy, ['CVE-2026-0002'])
  })

  it('calls versions unknown that nobody said anything of', () => {
    const { record } = affecting({ vendor: 'v', product: 'p', versions: [{ version: '1', status: 'affected' }] })
    assert.equal(record.containers[0]?.affected[0]?.defaultStatus, 'unknown')
  })

  it('says what cannot be used, and where', () => {
    const document = affecting(
      { vendor: 'v' },
      { product: 'p' },
      { product: 'p', defaultStatus: 'x', versions: [{ status: 'affected' }, { version: '1' }, 7] },
      { product: 'p', versions: [{ version: '1', status: 'affected', lessThan: '2', lessThanOrEqual: '3' }] },
      {
        product: 'p',
        packageURL: 'pkg:npm/p@2.0.0',
        cpes: ['nonsense', 'cpe:/a:v:p:1.0.0'],
        versions: [
          { version: '1', status: 'affected', lessThan: '2' },
          { version: '1', status: 'unaffected', lessThan: '2' },
        ],
      },
      { product: 'p', packageURL: 'nonsense', defaultStatus: 'affected' },
    )
    const at = '/containers/cna/affected'
    assert.deepEqual(found(document), [
      `missing-field ${at}/0`,
      `no-ranges ${at}/1/versions`,
      `bad-field ${at}/2/versions/2`,
      `missing-field ${at}/2/versions/0/version`,
      `missing-field ${at}/2/versions/1/status`,
      `bad-field ${at}/2/defaultStatus`,
      `bad-range ${at}/3/versions/0/lessThanOrEqual`,
      `no-ranges ${at}/3/versions`,
      `contradicting-range ${at}/4/versions`,
      `bad-cpe ${at}/4/cpes`,
      `cpe-mismatch ${at}/4/cpes`,
      `bad-purl ${at}/5/packageURL`,
    ])
    assert.equal(document.record.containers[0]?.affected.length, 5)
    assert.deepEqual(found(read({})), ['missing-field /containers/cna/affected'])
  })

  const refused: readonly (readonly [what: string, code: string, pointer: string, value: unknown])[] = [
    ['no object', 'not-cve', '', 7],
    ['another object', 'not-cve', '/dataType', { id: 'x' }],
    ['another version', 'unsupported-advisory-version', '/dataVersion', { ...head, dataVersion: '4.0' }],
    ['no state', 'bad-advisory', '/cveMetadata', { ...head, cveMetadata: { cveId: 'CVE-2026-0001' } }],
    ['no container', 'bad-advisory', '/containers/cna', { ...head, containers: {} }],
  ]
  for (const [what, code, pointer, value] of refused) {
    it(`refuses ${what}`, () => assert.throws(() => readCve(value), { code, pointer }))
  }

  it('refuses octets that are no record', () => {
    assert.throws(() => parseCve(new Uint8Array([0xff])), { code: 'not-utf-8' })
    assert.throws(() => parseCve(new TextEncoder().encode('[')), { code: 'not-json' })
    assert.throws(() => parseCve(new TextEncoder().encode('['.repeat(100))), { code: 'too-deep' })
    assert.throws(() => parseCve(new Uint8Array(10), { bytes: 9 }), { code: 'too-large' })
  })
})

describe('CVE records, by property', () => {
  const text = fc.constantFrom('1.0', '2.0', 'affected', 'unaffected', '*', 'pkg:npm/a@1.0.0', 'cpe:/a:b:c:1', '')
  const odd = <T>(usual: fc.Arbitrary<T>): fc.Arbitrary<unknown> =>
    fc.oneof({ weight: 14, arbitrary: usual }, { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) })
  const version = fc.dictionary(
    fc.constantFrom('version', 'status', 'lessThan', 'lessThanOrEqual', 'changes'),
    odd(text),
  )
  const product = fc.record(
    { product: odd(text), packageURL: odd(text), cpes: odd(fc.array(text)), versions: odd(fc.array(odd(version))) },
    { requiredKeys: [] },
  )
  const container = fc.record({ affected: odd(fc.array(odd(product))), metrics: odd(fc.array(odd(version))) })

  it('any-document-is-read-or-refused, and every problem is counted', () => {
    fc.assert(
      fc.property(odd(container), odd(fc.array(odd(container), { maxLength: 2 })), (cna, adp) => {
        try {
          const { counts, total } = readCve({ ...head, containers: { cna, adp } })
          assert.equal(
            Object.values(counts).reduce((sum, count) => sum + count, 0),
            total,
          )
        } catch (error) {
          assert.ok(error instanceof ExposureError, String(error))
        }
      }),
      { numRuns: 1000 },
    )
  })
})
