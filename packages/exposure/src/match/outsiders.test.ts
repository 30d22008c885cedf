import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { parseCsaf } from '../csaf/read-csaf.ts'
import { parseCve } from '../cve/read-cve.ts'
import { ExposureError } from '../exposure-error.ts'
import { parseOsv } from '../osv/read-osv.ts'
import { parsePurl } from '../purl/purl.ts'
import { readVex } from '../vex/read-vex.ts'
import { knownOfCsaf, knownOfCve, knownOfOsv, knownOfVex } from './known-advisories.ts'
import type { KnownAdvisory } from './known-advisory.ts'
import { match } from './match.ts'

describe('documents of outsiders, by property', () => {
  const text = fc.oneof(
    fc.constantFrom(
      '1.0',
      '<2',
      '>=1|<2',
      'vers:npm/<2',
      'pkg:npm/a@1',
      'cpe:2.3:a:b:c:1:*:*:*:*:*:*:*',
      '*',
      'p',
      '0',
    ),
    fc.string({ maxLength: 6 }),
  )
  const tree = fc.record(
    {
      branches: fc.array(
        fc.record({
          category: fc.constantFrom(
            'vendor',
            'product_name',
            'product_version',
            'product_version_range',
            'architecture',
          ),
          name: text,
          product: fc.record({
            product_id: fc.constantFrom('p', 'q'),
            name: text,
            product_identification_helper: fc.record({ purl: text, cpe: text }),
          }),
        }),
        { maxLength: 3 },
      ),
      relationships: fc.array(
        fc.record({
          category: fc.constantFrom('default_component_of', 'installed_on'),
          product_reference: fc.constantFrom('p', 'q', 'r'),
          relates_to_product_reference: fc.constantFrom('p', 'q', 'r'),
          full_product_name: fc.record({ product_id: fc.constantFrom('r', 's'), name: text }),
        }),
        { maxLength: 2 },
      ),
    },
    { requiredKeys: [] },
  )
  const ids = fc.array(fc.constantFrom('p', 'q', 'r', 's'), { maxLength: 4 })
  const status = fc.dictionary(
    fc.constantFrom('known_affected', 'known_not_affected', 'fixed', 'under_investigation'),
    ids,
    { noNullPrototype: true },
  )
  const csaf = fc.tuple(tree, status).map(([product_tree, product_status]) => ({
    document: { csaf_version: '2.0', tracking: { id: 'A', version: '1', status: 'final' } },
    product_tree,
    vulnerabilities: [{ cve: 'CVE-2026-0001', product_status }],
  }))
  const version = fc.record(
    {
      version: text,
      status: fc.constantFrom('affected', 'unaffected', 'unknown', 'x'),
      versionType: fc.constantFrom('semver', 'custom', 'git', 'rpm', 'x'),
      lessThan: text,
      lessThanOrEqual: text,
      changes: fc.array(fc.record({ at: text, status: fc.constantFrom('affected', 'unaffected') }), { maxLength: 2 }),
    },
    { requiredKeys: [] },
  )
  const product = fc.record(
    {
      vendor: text,
      product: text,
      packageName: text,
      collectionURL: fc.constantFrom('https://pypi.org/x', 'x', 'http://'),
      packageURL: text,
      cpes: fc.array(text, { maxLength: 2 }),
      platforms: fc.array(text, { maxLength: 2 }),
      versions: fc.array(version, { maxLength: 3 }),
      defaultStatus: fc.constantFrom('affected', 'unaffected', 'unknown', 'x'),
    },
    { requiredKeys: [] },
  )
  const cve = fc.array(product, { maxLength: 3 }).map((affected) => ({
    dataType: 'CVE_RECORD',
    dataVersion: '5.1',
    cveMetadata: { cveId: 'CVE-2026-0001', state: 'PUBLISHED' },
    containers: { cna: { affected } },
  }))
  const vexProduct = fc.record(
    {
      '@id': text,
      identifiers: fc.record({ purl: text, cpe23: text }),
      subcomponents: fc.array(fc.record({ '@id': text }), { maxLength: 2 }),
    },
    { requiredKeys: [] },
  )
  const openVex = fc
    .array(
      fc.record({
        status: fc.constantFrom('affected', 'not_affected', 'fixed'),
        justification: fc.constant('component_not_present'),
        products: fc.array(vexProduct, { maxLength: 2 }),
        timestamp: text,
      }),
      { maxLength: 3 },
    )
    .map((statements) => ({
      '@context': 'https://openvex.dev/ns/v0.2.0',
      author: 'a',
      statements: statements.map((each) => ({ vulnerability: { name: 'CVE-2026-0001' }, ...each })),
    }))
  const components = fc.array(
    fc.record(
      { vendor: text, name: text, version: text, cpes: fc.array(text, { maxLength: 2 }) },
      { requiredKeys: ['name'] },
    ),
    { maxLength: 3 },
  )

  it('any-document-makes-rules-or-is-refused, and no rule throws', async () => {
    const document = fc.oneof(csaf, cve, openVex)
    await fc.assert(
      fc.asyncProperty(document, components, async (json, given) => {
        const bytes = new TextEncoder().encode(JSON.stringify(json))
        const known = await knownOf(bytes)
        for (const advisory of known) {
          assert.deepEqual(JSON.parse(JSON.stringify(advisory.rules)), advisory.rules)
          for (const component of [...given, { purl: parsePurl('pkg:npm/a@1'), name: 'a' }]) {
            assert.ok(match(component, advisory, new Map([['product:b/c', [undefined, '1']]])).why.text.length > 0)
          }
        }
      }),
      { numRuns: 1500 },
    )
  })

  async function knownOf(bytes: Uint8Array): Promise<readonly KnownAdvisory[]> {
    const readers = [
      () => [knownOfOsv(parseOsv(bytes).advisory)],
      () => knownOfCsaf(parseCsaf(bytes).advisory),
      () => [knownOfCve(parseCve(bytes).record)],
      async () => knownOfVex(await readVex(bytes)),
    ]
    const found: KnownAdvisory[] = []
    for (const read of readers) {
      try {
        found.push(...(await read()))
      } catch (error) {
        if (!(error instanceof ExposureError)) throw error
      }
    }
    return found
  }
})
