import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { ExposureError } from '../exposure-error.ts'
import type { CsafLimits } from './csaf-limits.ts'
import { parseCsaf, readCsaf, type CsafDocument } from './read-csaf.ts'

type Json = Readonly<Record<string, unknown>>

const head = {
  category: 'csaf_security_advisory',
  csaf_version: '2.0',
  title: 'A fault in Relay',
  publisher: { category: 'vendor', name: 'Example', namespace: 'https://example.org' },
  distribution: { tlp: { label: 'WHITE' } },
  tracking: {
    id: 'EX-2026-1',
    version: '2',
    status: 'final',
    initial_release_date: '2026-10-01T00:00:00Z',
    current_release_date: '2026-11-01T00:00:00Z',
    aliases: ['VU#1'],
    revision_history: [{ number: '1', date: '2026-10-01T00:00:00Z', summary: 'Initial' }],
  },
}

function branch(category: string, name: string, ...below: readonly Json[]): Json {
  return { category, name, branches: below }
}

function leaf(category: string, name: string, id: string, helper?: Json): Json {
  const product = { product_id: id, name: `Relay ${name}`, ...(helper && { product_identification_helper: helper }) }
  return { category, name, product }
}

const relay = branch(
  'vendor',
  'Example',
  branch(
    'product_family',
    'Grid',
    branch(
      'product_name',
      'Relay',
      leaf('product_version_range', '< V4.5 HF1', 'OLD'),
      leaf('product_version', '4.5.1', 'NEW', { purl: 'pkg:generic/relay@4.5.1', cpe: 'cpe:/h:example:relay:4.5.1' }),
    ),
  ),
)

const tree = {
  branches: [relay],
  full_product_names: [{ product_id: 'OTHER', name: 'Meter' }],
  product_groups: [{ group_id: 'ALL', product_ids: ['OLD', 'NEW'] }],
}

function read(more: Json, document: Json = {}, limits: Partial<CsafLimits> = {}): CsafDocument {
  return readCsaf({ document: { ...head, ...document }, product_tree: tree, ...more }, limits)
}

function withStatus(status: Json, more: Json = {}, document: Json = {}): CsafDocument {
  return read({ vulnerabilities: [{ cve: 'CVE-2026-0001', product_status: status, ...more }] }, document)
}

function found({ problems }: CsafDocument): readonly string[] {
  return problems.map(({ code, pointer }) => `${code} ${pointer}`)
}

describe('readCsaf', () => {
  it('reads products without package URLs by what stands above them', () => {
    const { advisory, total } = read({})
    assert.equal(total, 0)
    const [, old, fixed] = advisory.products
    assert.deepEqual(old, {
      id: 'OLD',
      name: 'Relay < V4.5 HF1',
      vendor: 'Example',
      product: 'Relay',
      version: { kind: 'constraints', constraints: [{ comparator: '<', version: 'V4.5 HF1' }], text: '< V4.5 HF1' },
      traits: [{ category: 'product_family', name: 'Grid' }],
      identifiers: { purls: [], hashes: [], modelNumbers: [], serialNumbers: [], skus: [], uris: [] },
      pointer: '/product_tree/branches/0/branches/0/branches/0/branches/0/product',
    })
    assert.deepEqual(fixed?.version, { kind: 'version', version: '4.5.1', text: '4.5.1' })
    assert.deepEqual(fixed?.identifiers.purls, ['pkg:generic/relay@4.5.1'])
    assert.equal(fixed?.identifiers.cpe, 'cpe:/h:example:relay:4.5.1')
  })

  it('reads who says it, which revision it is, and to whom it may be shown', () => {
    const { vulnerabilities: _, products, groups, ...rest } = read({}).advisory
    assert.equal(products.length, 3)
    assert.deepEqual(groups, [{ id: 'ALL', products: ['OLD', 'NEW'] }])
    assert.deepEqual(rest, {
      csafVersion: '2.0',
      category: 'csaf_security_advisory',
      title: 'A fault in Relay',
      publisher: { name: 'Example', category: 'vendor', namespace: 'https://example.org' },
      tlp: 'WHITE',
      tracking: {
        id: 'EX-2026-1',
        version: '2',
        status: 'final',
        initialReleaseDate: '2026-10-01T00:00:00Z',
        currentReleaseDate: '2026-11-01T00:00:00Z',
        aliases: ['VU#1'],
        revisions: [{ number: '1', date: '2026-10-01T00:00:00Z', summary: 'Initial' }],
      },
      references: [],
    })
  })

  it('gives every product one state, with its remedies and reasons', () => {
    const { advisory, total } = withStatus(
      { known_affected: ['OLD'], fixed: ['NEW'], recommended: ['NEW'], known_not_affected: ['OTHER'] },
      {
        remediations: [
          { category: 'mitigation', details: 'Unplug it', group_ids: ['ALL'] },
          {
            category: 'vendor_fix',
            details: 'Update',
            url: 'https://example.org/4.5.1',
            date: '2026-11-01T00:00:00Z',
            product_ids: ['OLD'],
            restart_required: { category: 'system' },
          },
        ],
        flags: [{ label: 'vulnerable_code_not_present', product_ids: ['OTHER'] }],
        threats: [{ category: 'exploit_status', details: 'None known' }],
        scores: [{ products: ['OLD'], cvss_v3: { vectorString: 'CVSS:3.1/AV:N' } }],
        ids: [{ system_name: 'Example tracker', text: '17' }],
        cwe: { id: 'CWE-78', name: 'OS Command Injection' },
        release_date: '2026-10-01T00:00:00Z',
      },
    )
    assert.equal(total, 0)
    const [vulnerability] = advisory.vulnerabilities
    assert.deepEqual(
      vulnerability?.states.map(({ product, state, statuses, justifications, remediations }) =>
        [product, state, statuses.join('+'), justifications.join('+'), remediations.join('+')].join(' '),
      ),
      [
        'NEW fixed fixed+recommended  0',
        'OLD affected known_affected  0+1',
        'OTHER not_affected known_not_affected vulnerable_code_not_present ',
      ],
    )
    assert.deepEqual(vulnerability?.remediations[1], {
      category: 'vendor_fix',
      details: 'Update',
      date: '2026-11-01T00:00:00Z',
      url: 'https://example.org/4.5.1',
      restart: 'system',
      products: ['OLD'],
    })
    assert.deepEqual(vulnerability?.scores, [{ type: 'CVSS_V3', vector: 'CVSS:3.1/AV:N', products: ['OLD'] }])
    assert.deepEqual(vulnerability?.ids, [{ system: 'Example tracker', text: '17' }])
    assert.deepEqual(vulnerability?.cwes, ['CWE-78'])
    assert.equal(vulnerability?.disclosureDate, '2026-10-01T00:00:00Z')
  })

  it('reads what 2.1 writes in another way', () => {
    const vector = 'CVSS:4.0/AV:N'
    const purls = ['pkg:npm/a@1', 'pkg:npm/b@1', 'nonsense']
    const document = readCsaf({
      document: { ...head, csaf_version: '2.1', distribution: { tlp: { label: 'CLEAR' } } },
      product_tree: { full_product_names: [leaf('', 'A', 'A', { purls }).product] },
      vulnerabilities: [
        {
          cve: 'CVE-2026-0001',
          cwes: [{ id: 'CWE-78', name: 'x', version: '4.15' }],
          disclosure_date: '2026-11-01T00:00:00Z',
          first_known_exploitation_dates: [
            { date: '2026-11-03T00:00:00Z', exploitation_date: '2026-11-02T00:00:00Z' },
            { date: '2026-11-03T00:00:00Z', exploitation_date: '2026-10-30T00:00:00Z' },
          ],
          metrics: [{ products: ['A'], content: { cvss_v4: { vectorString: vector } } }],
          product_status: { unknown: ['A'] },
        },
      ],
    })
    const [vulnerability] = document.advisory.vulnerabilities
    assert.deepEqual(document.advisory.products[0]?.identifiers.purls, purls.slice(0, 2))
    assert.deepEqual(vulnerability?.scores, [{ type: 'CVSS_V4', vector, products: ['A'] }])
    assert.deepEqual(vulnerability?.cwes, ['CWE-78'])
    assert.equal(vulnerability?.states[0]?.state, 'unknown')
    assert.equal(vulnerability?.disclosureDate, '2026-11-01T00:00:00Z')
    assert.equal(vulnerability?.exploitedSince, '2026-10-30T00:00:00Z')
    assert.equal(document.advisory.tlp, 'CLEAR')
    assert.deepEqual(found(document), [
      'bad-purl /product_tree/full_product_names/0/product_identification_helper/purls',
    ])
  })

  it('keeps a product that consists of two others, and reports ends that are missing or circular', () => {
    const relationship = (component: string, platform: string, id: string): Json => ({
      category: 'installed_on',
      product_reference: component,
      relates_to_product_reference: platform,
      full_product_name: { product_id: id, name: id },
    })
    const relationships = [
      relationship('OLD', 'NEW', 'BOTH'),
      relationship('OLD', 'GONE', 'HALF'),
      relationship('LOOP-2', 'OLD', 'LOOP-1'),
      relationship('LOOP-1', 'OLD', 'LOOP-2'),
      { category: 'installed_on' },
    ]
    const document = read({ product_tree: { branches: [relay], relationships } })
    assert.deepEqual(document.advisory.products[2]?.relationship, {
      component: 'OLD',
      steps: [{ category: 'installed_on', product: 'NEW' }],
    })
    assert.deepEqual(found(document), [
      'missing-field /product_tree/relationships/4/product_reference',
      'missing-field /product_tree/relationships/4/relates_to_product_reference',
      'missing-field /product_tree/relationships/4/full_product_name',
      'unknown-product /product_tree/relationships/1/full_product_name',
      'product-cycle /product_tree/relationships/2/full_product_name',
    ])
    assert.equal(document.advisory.products.length, 6)
  })

  it('takes a recommended version for fixed, unless another status says more', () => {
    const states = withStatus({ recommended: ['NEW', 'OLD'], known_affected: ['OLD'] }).advisory.vulnerabilities[0]
      ?.states
    assert.deepEqual(
      states?.map(({ product, state }) => `${product} ${state}`),
      ['OLD affected', 'NEW fixed'],
    )
  })

  it('contradicts itself in the open: a product that is affected and not affected is neither', () => {
    const document = withStatus({ known_affected: ['OLD'], known_not_affected: ['OLD'], fixed: ['GONE'] })
    assert.equal(document.advisory.vulnerabilities[0]?.states[0]?.state, 'contradicted')
    assert.deepEqual(found(document), [
      'unknown-product /vulnerabilities/0/product_status/fixed',
      'contradicting-status /vulnerabilities/0/product_status',
    ])
  })

  it('asks a VEX document for the reason why a product is not affected', () => {
    const isVex = { category: 'csaf_vex' }
    const status = { known_not_affected: ['OLD'] }
    assert.deepEqual(found(withStatus(status, {}, isVex)), ['justification-missing /vulnerabilities/0/product_status'])
    const threats = [{ category: 'impact', details: 'The port is not wired', product_ids: ['OLD'] }]
    const document = withStatus(status, { threats }, isVex)
    assert.equal(document.total, 0)
    assert.equal(document.advisory.vulnerabilities[0]?.states[0]?.impact, 'The port is not wired')
  })

  it('says and counts what cannot be used', () => {
    const document = read({
      product_tree: {
        branches: [relay, { name: 'x' }, 7],
        full_product_names: [{ name: 'no id' }, { product_id: 'OLD', name: 'again' }],
        product_groups: [
          { group_id: 'G', product_ids: ['OLD', 'GONE'] },
          { group_id: 'G', product_ids: [] },
        ],
      },
      vulnerabilities: [
        { remediations: [{ details: 'x' }, { category: 'workaround', details: 'y', group_ids: ['NONE'] }] },
        { cve: 'CVE-1', flags: [{ label: 'other' }], product_status: [] },
      ],
    })
    assert.deepEqual(found(document), [
      'missing-field /product_tree/full_product_names/0/product_id',
      'bad-field /product_tree/branches/2',
      'duplicate-product /product_tree/branches/0/branches/0/branches/0/branches/0/product/product_id',
      'missing-field /product_tree/branches/1/category',
      'unknown-product /product_tree/product_groups/0/product_ids',
      'duplicate-product /product_tree/product_groups/1/group_id',
      'missing-field /vulnerabilities/0',
      'missing-field /vulnerabilities/0/remediations/0/category',
      'unknown-product /vulnerabilities/0/remediations/1/group_ids',
      'bad-field /vulnerabilities/1/cve',
      'bad-field /vulnerabilities/1/product_status',
      'bad-field /vulnerabilities/1/flags/0/label',
    ])
    assert.equal(document.total, 12)
  })

  const refused: readonly (readonly [what: string, code: string, pointer: string, value: unknown])[] = [
    ['no object', 'not-csaf', '', []],
    ['another object', 'not-csaf', '/document', { id: 'OSV-1' }],
    ['no version', 'not-csaf', '/document/csaf_version', { document: {} }],
    [
      'another version',
      'unsupported-advisory-version',
      '/document/csaf_version',
      { document: { ...head, csaf_version: '3.0' } },
    ],
    ['no tracking', 'bad-advisory', '/document/tracking', { document: { ...head, tracking: undefined } }],
    [
      'another status',
      'bad-advisory',
      '/document/tracking',
      { document: { ...head, tracking: { ...head.tracking, status: 'x' } } },
    ],
  ]
  for (const [what, code, pointer, value] of refused) {
    it(`refuses ${what}`, () => assert.throws(() => readCsaf(value), { code, pointer }))
  }

  it('refuses more branches, products or uses of products than a document may have', () => {
    let deep = leaf('product_name', 'x', 'DEEP')
    for (let i = 0; i < 10; i += 1) deep = branch('product_family', 'f', deep)
    assert.throws(() => read({ product_tree: { branches: [deep] } }, {}, { branches: 9 }), { code: 'too-deep' })
    assert.throws(() => read({}, {}, { products: 1 }), { code: 'too-many' })
    // A few octets each, and every one stands for the whole group.
    const remediations = Array.from({ length: 100 }, () => ({
      category: 'mitigation',
      details: 'x',
      group_ids: ['ALL'],
    }))
    assert.throws(() => read({ vulnerabilities: [{ cve: 'CVE-2026-0001', remediations }] }, {}, { uses: 150 }), {
      code: 'too-many',
      pointer: '/vulnerabilities/0/remediations/37',
    })
  })
})

describe('parseCsaf', () => {
  it('refuses octets that are no UTF-8, no JSON, or too deep to be any advisory', () => {
    const parse = (text: string) => parseCsaf(new TextEncoder().encode(text))
    assert.throws(() => parseCsaf(new Uint8Array([0xff])), { code: 'not-utf-8' })
    assert.throws(() => parse('{'), { code: 'not-json' })
    assert.throws(() => parse('['.repeat(1_000_000)), { code: 'too-deep' })
  })
})

describe('CSAF, by property', () => {
  const id = fc.constantFrom('OLD', 'NEW', 'GONE', '')
  const ids = fc.array(id, { maxLength: 3 })
  const odd = <T>(usual: fc.Arbitrary<T>): fc.Arbitrary<unknown> =>
    fc.oneof({ weight: 14, arbitrary: usual }, { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) })
  const status = fc.dictionary(
    fc.constantFrom('known_affected', 'known_not_affected', 'fixed', 'recommended'),
    odd(ids),
  )
  const vulnerability = fc.record(
    {
      cve: odd(fc.constant('CVE-2026-0001')),
      product_status: odd(status),
      remediations: odd(fc.array(odd(fc.record({ category: odd(id), product_ids: odd(ids), group_ids: odd(ids) })))),
      flags: odd(fc.array(odd(fc.record({ label: fc.constant('component_not_present'), product_ids: odd(ids) })))),
      scores: odd(fc.array(odd(fc.record({ products: odd(ids), cvss_v3: odd(fc.record({ vectorString: odd(id) })) })))),
    },
    { requiredKeys: [] },
  )
  const { branches } = fc.letrec<{ readonly branches: unknown }>((tie) => ({
    branches: odd(
      fc.array(
        fc.record(
          {
            category: odd(fc.constantFrom('vendor', 'product_name', 'product_version', 'product_version_range')),
            name: odd(fc.constantFrom('1.0', '<2', 'vers:npm/<2', 'words here')),
            product: odd(fc.record({ product_id: odd(id), name: odd(id) })),
            branches: fc.option(tie('branches'), { nil: [], depthSize: 'small' }),
          },
          { requiredKeys: [] },
        ),
        { maxLength: 2 },
      ),
    ),
  }))
  const document = fc.record(
    {
      product_tree: odd(fc.record({ branches })),
      vulnerabilities: odd(fc.array(odd(vulnerability), { maxLength: 3 })),
    },
    { requiredKeys: [] },
  )

  it('any-document-is-read-or-refused, every problem is counted, and no contradiction is a "no"', () => {
    fc.assert(
      fc.property(document, (more) => {
        try {
          const { advisory, counts, total } = read(more)
          assert.equal(
            Object.values(counts).reduce((sum, count) => sum + count, 0),
            total,
          )
          const known = new Set(advisory.products.map((product) => product.id))
          for (const { state, statuses, product } of advisory.vulnerabilities.flatMap(({ states }) => states)) {
            assert.ok(known.has(product))
            if (state === 'not_affected') assert.ok(!statuses.includes('known_affected') && !statuses.includes('fixed'))
          }
        } catch (error) {
          assert.ok(error instanceof ExposureError, String(error))
        }
      }),
      { numRuns: 1000 },
    )
  })
})
