import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { ExposureError } from '../exposure-error.ts'
import { orRefused } from '../or-refused.fixture.ts'
import { formatOf, formatOfJson } from './format-of.ts'

const encode = (json: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(json))

/** Each format by as little of a document as says what it is. */
const documents: readonly (readonly [
  name: string,
  version: string | undefined,
  json: Readonly<Record<string, unknown>>,
])[] = [
  ['OSV', undefined, { id: 'A', modified: '2026-01-01T00:00:00Z' }],
  ['OSV', '1.7.0', { schema_version: '1.7.0', affected: [], modified: '2026-01-01T00:00:00Z', id: 'A' }],
  ['CSAF', '2.0', { document: { csaf_version: '2.0' }, vulnerabilities: [] }],
  ['CSAF', '2.1', { product_tree: {}, document: { category: 'csaf_vex', csaf_version: '2.1' } }],
  ['OpenVEX', '0.2.0', { '@context': 'https://openvex.dev/ns/v0.2.0', '@id': 'x', statements: [] }],
  ['OpenVEX', undefined, { '@context': ['https://openvex.dev/ns'], statements: [] }],
  ['CycloneDX', '1.6', { bomFormat: 'CycloneDX', specVersion: '1.6', components: [] }],
  ['CycloneDX VEX', '1.6', { vulnerabilities: [], specVersion: '1.6', bomFormat: 'CycloneDX' }],
  ['CVE', '5.1', { dataType: 'CVE_RECORD', dataVersion: '5.1', cveMetadata: {} }],
  ['KEV', undefined, { title: 'x', catalogVersion: '2026.01.01', vulnerabilities: [] }],
  ['SPDX', 'SPDX-2.3', { spdxVersion: 'SPDX-2.3', packages: [] }],
  ['SPDX', '3.0.1', { '@context': 'https://spdx.org/rdf/3.0.1/spdx-context.jsonld', '@graph': [] }],
]

describe('formatOf', () => {
  for (const [name, version, json] of documents) {
    it(`knows ${name} ${version ?? 'of no version'} by what it says, in any order of its members`, () => {
      const wanted = { name, ...(version !== undefined && { version }), syntax: 'JSON' }
      assert.deepEqual(formatOf(encode(json)), wanted)
      assert.deepEqual(formatOf(encode(Object.fromEntries(Object.entries(json).toReversed()))), wanted)
      assert.deepEqual(formatOf(Buffer.concat([Buffer.from('\uFEFF \n'), encode(json)])), wanted)
      assert.deepEqual(formatOfJson(json), wanted)
    })
  }

  it('knows OSV as YAML, and takes no other text for it', () => {
    const yaml =
      'affected:\n- package:\n    name: a\nid: PYSEC-2021-1\nmodified: "2024-01-01T00:00:00Z"\nschema_version: 1.4.0\n'
    assert.deepEqual(formatOf(Buffer.from(yaml)), { name: 'OSV', version: '1.4.0', syntax: 'YAML' })
    for (const text of [
      '',
      'id: A',
      '-----BEGIN PGP SIGNATURE-----\n\nid: modified: ',
      ' id: A\n modified: B\n',
      '[{"id":"A","modified":"B"}]',
    ]) {
      assert.equal(formatOf(Buffer.from(text)), undefined, text)
    }
    assert.equal(formatOf(Uint8Array.of(0x69, 0x64, 0xff)), undefined)
  })

  it('knows nothing of a document that says nothing, and refuses one that is broken', () => {
    for (const json of [
      {},
      { id: 'A' },
      { vulnerabilities: [] },
      { document: {} },
      { bomFormat: 'Other' },
      { '@context': 7 },
    ]) {
      assert.equal(formatOf(encode(json)), undefined)
      assert.equal(formatOfJson(json), undefined)
    }
    assert.throws(
      () => formatOf(Buffer.from('\uFEFF{"id":"A"}', 'utf16le')),
      (error) => error instanceof ExposureError && error.code === 'not-utf-8',
    )
    for (const text of ['{"id":', '{"id":1}{"id":2}', '{"id":"A","id":"B"}']) {
      assert.throws(
        () => formatOf(Buffer.from(text)),
        (error) => error instanceof ExposureError && error.code === 'not-json',
      )
    }
  })

  it('never-throws-anything-else, whatever the octets', () => {
    const json = fc.json().map((text) => Buffer.from(text))
    const octets = fc.uint8Array({ maxLength: 300 })
    const object = fc.dictionary(fc.constantFrom('id', 'modified', '@context', 'document', '__proto__'), fc.jsonValue())
    fc.assert(
      fc.property(fc.oneof(json, octets, object.map(encode)), (bytes) => {
        const found = orRefused(() => formatOf(bytes))
        assert.ok(found === undefined || typeof found.name === 'string')
      }),
      { numRuns: 1000 },
    )
  })
})
