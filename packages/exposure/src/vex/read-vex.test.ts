import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { ExposureError } from '../exposure-error.ts'
import { readVex } from './read-vex.ts'
import type { VexLimits } from './vex-limits.ts'
import type { VexDocument } from './vex-statement.ts'

type Json = Readonly<Record<string, unknown>>

function read(document: Json, limits: Partial<VexLimits> = {}): Promise<VexDocument> {
  return readVex(new TextEncoder().encode(JSON.stringify(document)), limits)
}

const openVexHead = {
  '@context': 'https://openvex.dev/ns/v0.2.0',
  '@id': 'https://example.org/vex/1',
  author: 'Example',
  role: 'Document Creator',
  timestamp: '2026-11-01T00:00:00Z',
  version: 2,
}

function openVex(...statements: readonly unknown[]): Promise<VexDocument> {
  return read({ ...openVexHead, statements })
}

function cycloneDx(vulnerability: unknown, more: Json = {}): Promise<VexDocument> {
  return read({ bomFormat: 'CycloneDX', specVersion: '1.6', vulnerabilities: [vulnerability], ...more })
}

function found({ problems }: VexDocument): readonly string[] {
  return problems.map(({ code, pointer }) => `${code} ${pointer}`)
}

const bare = { purls: [], cpes: [], hashes: [] }

describe('an OpenVEX document', () => {
  it('becomes statements with products, subcomponents, reasons and times', async () => {
    const document = await openVex(
      {
        vulnerability: { name: 'CVE-2026-0001', aliases: ['GHSA-1'] },
        status: 'not_affected',
        justification: 'vulnerable_code_not_in_execute_path',
        timestamp: '2026-11-02T00:00:00Z',
        products: [
          {
            '@id': 'pkg:npm/a@1.0.0',
            identifiers: { purl: 'pkg:npm/a@1.0.0', cpe23: 'cpe:2.3:a:example:a:1.0.0:*:*:*:*:*:*:*' },
            hashes: { 'sha-256': 'ABC' },
            subcomponents: [{ '@id': 'pkg:npm/b@2.0.0' }],
          },
        ],
      },
      {
        vulnerability: { name: 'CVE-2026-0002' },
        status: 'affected',
        action_statement: 'Update to 2',
        status_notes: 'seen in the field',
        products: [{ '@id': 'https://example.org/product' }],
      },
    )
    assert.equal(document.total, 0)
    const { statements, problems: _, counts: __, total: ___, ...head } = document
    assert.deepEqual(head, {
      format: 'OpenVEX',
      id: 'https://example.org/vex/1',
      author: 'Example',
      role: 'Document Creator',
      issuedAt: '2026-11-01T00:00:00Z',
      version: 2,
    })
    assert.deepEqual(statements, [
      {
        vulnerability: 'CVE-2026-0001',
        aliases: ['GHSA-1'],
        state: 'not_affected',
        justification: 'vulnerable_code_not_in_execute_path',
        products: [
          {
            id: 'pkg:npm/a@1.0.0',
            purls: ['pkg:npm/a@1.0.0'],
            cpes: ['cpe:2.3:a:example:a:1.0.0:*:*:*:*:*:*:*'],
            hashes: [{ algorithm: 'sha-256', value: 'abc' }],
            subcomponents: [{ ...bare, id: 'pkg:npm/b@2.0.0', purls: ['pkg:npm/b@2.0.0'] }],
            versions: [],
          },
        ],
        issuedAt: '2026-11-02T00:00:00Z',
        pointer: '/statements/0',
      },
      {
        vulnerability: 'CVE-2026-0002',
        aliases: [],
        state: 'affected',
        action: 'Update to 2',
        notes: 'seen in the field',
        products: [{ ...bare, id: 'https://example.org/product', subcomponents: [], versions: [] }],
        issuedAt: '2026-11-01T00:00:00Z',
        pointer: '/statements/1',
      },
    ])
  })

  it('of the first versions is read too, where vulnerabilities and products are texts', async () => {
    const statement = {
      vulnerability: 'CVE-2026-0001',
      status: 'fixed',
      products: ['pkg:npm/a@1.0.0'],
      subcomponents: ['pkg:npm/b@1.0.0'],
    }
    const { statements, total, version } = await read({
      ...openVexHead,
      '@context': 'https://openvex.dev/ns',
      version: '3',
      statements: [statement],
    })
    assert.equal(total, 0)
    assert.equal(version, 3)
    assert.deepEqual(statements[0]?.products[0]?.purls, ['pkg:npm/a@1.0.0'])
    assert.deepEqual(statements[0]?.products[0]?.subcomponents[0]?.purls, ['pkg:npm/b@1.0.0'])
  })

  it('does not make anything not affected without a reason, and reports what is no statement', async () => {
    const vulnerability = { name: 'CVE-2026-0001' }
    const products = [{ '@id': 'https://example.org/p' }]
    const document = await openVex(
      { vulnerability, status: 'not_affected', products },
      { vulnerability, status: 'not_affected', products, impact_statement: 'no network' },
      { vulnerability, status: 'affected', products },
      { vulnerability, status: 'safe', products },
      { vulnerability, products },
      { status: 'fixed', products },
      { vulnerability, status: 'fixed' },
      7,
    )
    assert.deepEqual(
      document.statements.map(({ state, pointer }) => `${state} ${pointer}`),
      ['not_affected /statements/1', 'affected /statements/2', 'fixed /statements/6'],
    )
    assert.deepEqual(found(document), [
      'justification-missing /statements/0/justification',
      'missing-field /statements/2/action_statement',
      'bad-field /statements/3/status',
      'missing-field /statements/4/status',
      'missing-field /statements/5/vulnerability',
      'missing-field /statements/6/products',
      'bad-field /statements/7',
    ])
  })

  it('says when a package URL and a CPE, or two package URLs, name another version', async () => {
    const identifiers = { purl: 'pkg:npm/a@2.0.0', cpe22: 'cpe:/a:example:a:1.0.0' }
    const document = await openVex({
      vulnerability: { name: 'CVE-2026-0001' },
      status: 'fixed',
      products: [{ '@id': 'pkg:npm/a@1.0.0', identifiers }, { identifiers: { purl: 'nonsense', cpe23: 'nonsense' } }],
    })
    assert.deepEqual(found(document), [
      'purl-mismatch /statements/0/products/0/@id',
      'cpe-mismatch /statements/0/products/0/identifiers',
      'bad-purl /statements/0/products/1/identifiers',
      'bad-cpe /statements/0/products/1/identifiers',
    ])
  })
})

describe('the VEX of a CycloneDX document', () => {
  const components = [
    { 'bom-ref': 'a', group: '@s', name: 'a', version: '1.0.0', purl: 'pkg:npm/%40s/a@1.0.0' },
    { 'bom-ref': 'out', name: 'out', components: [{ 'bom-ref': 'in', name: 'in', cpe: 'cpe:/a:example:in:1' }] },
  ]

  it('becomes statements about components of this document and of others, in any order of members', async () => {
    const vulnerability = {
      id: 'CVE-2026-0001',
      references: [{ id: 'GHSA-1', source: { name: 'GitHub' } }],
      recommendation: 'Update to 2',
      analysis: {
        state: 'exploitable',
        response: ['update', 'workaround_available'],
        detail: 'reachable',
        firstIssued: '2026-11-02T00:00:00Z',
      },
      affects: [
        { ref: 'a', versions: [{ range: 'vers:npm/<2.0.0' }, { version: '1.5.0', status: 'unaffected' }] },
        { ref: 'in' },
        { ref: 'urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/1#x' },
      ],
    }
    const document = await cycloneDx(vulnerability, { components, metadata: { timestamp: '2026-11-01T00:00:00Z' } })
    assert.equal(document.total, 0)
    assert.deepEqual(document.statements, [
      {
        vulnerability: 'CVE-2026-0001',
        aliases: ['GHSA-1'],
        state: 'affected',
        written: { state: 'exploitable' },
        action: 'update, workaround_available: Update to 2',
        notes: 'reachable',
        issuedAt: '2026-11-02T00:00:00Z',
        pointer: '/vulnerabilities/0',
        products: [
          {
            ...bare,
            id: 'a',
            name: '@s/a',
            version: '1.0.0',
            purls: ['pkg:npm/%40s/a@1.0.0'],
            subcomponents: [],
            versions: [
              { state: 'affected', range: 'vers:npm/<2.0.0' },
              { state: 'not_affected', version: '1.5.0' },
            ],
          },
          { ...bare, id: 'in', name: 'in', cpes: ['cpe:/a:example:in:1'], subcomponents: [], versions: [] },
          { ...bare, id: 'urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/1#x', subcomponents: [], versions: [] },
        ],
      },
    ])
  })

  const states: readonly (readonly [state: string, reason: string | undefined, read: string])[] = [
    ['resolved', undefined, 'fixed '],
    ['resolved_with_pedigree', undefined, 'fixed '],
    ['in_triage', undefined, 'under_investigation '],
    ['false_positive', undefined, 'not_affected '],
    ['not_affected', 'code_not_reachable', 'not_affected vulnerable_code_not_in_execute_path'],
    ['not_affected', 'protected_at_perimeter', 'not_affected inline_mitigations_already_exist'],
    ['not_affected', 'requires_environment', 'not_affected requires_environment'],
  ]
  for (const [state, justification, expected] of states) {
    it(`reads ${state}${justification === undefined ? '' : `, ${justification}`} as ${expected}`, async () => {
      const analysis = { state, ...(justification !== undefined && { justification }) }
      const { statements } = await cycloneDx({ id: 'CVE-2026-0001', analysis, affects: [{ ref: 'a' }] }, { components })
      assert.equal(`${statements[0]?.state} ${statements[0]?.justification ?? ''}`, expected)
    })
  }

  it('reports vulnerabilities without an analysis, unknown and duplicated references, and two states of one version', async () => {
    const versions = [
      { version: '1' },
      { version: '1', status: 'unaffected' },
      {},
      { version: '2', status: 'x' },
      { range: '>1' },
    ]
    const document = await read({
      bomFormat: 'CycloneDX',
      specVersion: '1.5',
      components: [
        { 'bom-ref': 'a', name: 'a' },
        { 'bom-ref': 'a', name: 'b' },
      ],
      vulnerabilities: [
        { id: 'CVE-2026-0001', affects: [{ ref: 'a' }] },
        { id: 'CVE-2026-0002', analysis: { state: 'x' } },
        { id: 'CVE-2026-0003', analysis: { state: 'resolved' }, affects: [{ ref: 'gone', versions }] },
        { analysis: { state: 'resolved' } },
      ],
    })
    assert.deepEqual(found(document), [
      'duplicate-ref /components/1/bom-ref',
      'missing-field /vulnerabilities/0/analysis',
      'bad-field /vulnerabilities/1/analysis/state',
      'contradicting-range /vulnerabilities/2/affects/0/versions/1/status',
      'bad-field /vulnerabilities/2/affects/0/versions/2/version',
      'bad-field /vulnerabilities/2/affects/0/versions/3/status',
      'bad-range /vulnerabilities/2/affects/0/versions/4/range',
      'missing-field /vulnerabilities/3/id',
      'unknown-ref /vulnerabilities/2/affects/0/ref',
    ])
    assert.equal(document.statements.length, 1)
  })
})

describe('readVex', () => {
  const refused: readonly (readonly [what: string, code: string, document: Json])[] = [
    ['an object that is none', 'not-vex', { hello: 1 }],
    ['another context', 'not-vex', { '@context': 'https://example.org' }],
    ['a document without a context', 'not-vex', { author: 'x', statements: [] }],
    ['statements that are no array', 'not-vex', { ...openVexHead, statements: {} }],
    ['a later OpenVEX', 'unsupported-advisory-version', { '@context': 'https://openvex.dev/ns/v1.0.0' }],
    ['an earlier CycloneDX', 'unsupported-advisory-version', { bomFormat: 'CycloneDX', specVersion: '1.3' }],
    ['a CycloneDX document without its version', 'not-vex', { bomFormat: 'CycloneDX' }],
    ['two formats in one', 'not-vex', { ...openVexHead, bomFormat: 'CycloneDX' }],
  ]
  for (const [what, code, document] of refused) {
    it(`refuses ${what}`, () => assert.rejects(read(document), { code }))
  }

  it('refuses what exceeds a limit', async () => {
    const products = [{ '@id': 'a:b' }, { '@id': 'a:c' }]
    const statements = [{ vulnerability: { name: 'C' }, status: 'fixed', products }, {}]
    const document = { ...openVexHead, statements }
    await assert.rejects(read(document, { bytes: 20 }), { code: 'too-large' })
    await assert.rejects(read(document, { elementBytes: 40 }), { code: 'too-large' })
    await assert.rejects(read(document, { statements: 1 }), { code: 'too-many', pointer: '/statements/1' })
    await assert.rejects(read(document, { products: 1 }), { code: 'too-many', pointer: '/statements/0/products/1' })
    await assert.rejects(read(document, { depth: 2 }), { code: 'too-deep' })
  })
})

describe('VEX, by property', () => {
  const text = fc.constantFrom('a', 'pkg:npm/a@1.0.0', 'pkg:npm/a@2.0.0', 'cpe:/a:b:c:1', 'not_affected', 'fixed', '')
  const odd = <T>(usual: fc.Arbitrary<T>): fc.Arbitrary<unknown> =>
    fc.oneof({ weight: 14, arbitrary: usual }, { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) })
  const component = fc.record(
    {
      '@id': odd(text),
      identifiers: odd(fc.record({ purl: odd(text), cpe22: odd(text) })),
      hashes: odd(fc.dictionary(text, text)),
    },
    { requiredKeys: [] },
  )
  const statement = fc.record(
    {
      vulnerability: odd(fc.record({ name: odd(text) })),
      status: odd(fc.constantFrom('not_affected', 'affected', 'fixed')),
      justification: odd(fc.constant('component_not_present')),
      products: odd(fc.array(odd(component), { maxLength: 3 })),
    },
    { requiredKeys: ['vulnerability', 'status'] },
  )
  const analysed = fc.record(
    {
      id: odd(text),
      analysis: odd(
        fc.record({ state: odd(fc.constantFrom('not_affected', 'resolved')), response: odd(fc.array(text)) }),
      ),
      affects: odd(
        fc.array(odd(fc.record({ ref: odd(text), versions: odd(fc.array(odd(fc.dictionary(text, text)))) }))),
      ),
    },
    { requiredKeys: [] },
  )
  const document = fc.oneof(
    odd(fc.array(odd(statement), { maxLength: 3 })).map((statements) => ({ ...openVexHead, statements })),
    fc
      .tuple(
        odd(fc.array(odd(analysed), { maxLength: 3 })),
        odd(fc.array(odd(fc.record({ 'bom-ref': odd(text), purl: odd(text) })))),
      )
      .map(([vulnerabilities, components]) => ({
        bomFormat: 'CycloneDX',
        specVersion: '1.6',
        vulnerabilities,
        components,
      })),
  )

  it('any-document-is-read-or-refused, and every problem is counted', async () => {
    await fc.assert(
      fc.asyncProperty(document, async (json) => {
        try {
          const { counts, total, statements } = await read(json)
          assert.equal(
            Object.values(counts).reduce((sum, count) => sum + count, 0),
            total,
          )
          for (const { vulnerability } of statements) assert.ok(vulnerability.length > 0)
        } catch (error) {
          assert.ok(error instanceof ExposureError, String(error))
        }
      }),
      { numRuns: 1000 },
    )
  })

  it('any-octets-are-read-or-refused', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 100 }), (bytes) => assert.rejects(readVex(bytes), ExposureError)),
    )
  })
})
