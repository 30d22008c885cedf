import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseCsaf } from '../csaf/read-csaf.ts'
import { parseCve } from '../cve/read-cve.ts'
import { readVex } from '../vex/read-vex.ts'
import { knownOfCsaf, knownOfCve, knownOfVex } from './known-advisories.ts'

function encode(json: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(json))
}

function many<T>(count: number, make: (n: number) => T): readonly T[] {
  return Array.from({ length: count }, (_, n) => make(n))
}

/** Small documents that say more than half a million things. */
describe('a document that multiplies what it says is refused', () => {
  it('by products and vulnerabilities (CSAF)', () => {
    const ids = many(2000, (n) => `p${n}`)
    const products = ids.map((id) => {
      return { product_id: id, name: id, product_identification_helper: { purl: `pkg:npm/${id}@1` } }
    })
    const { advisory } = parseCsaf(
      encode({
        document: { csaf_version: '2.0', tracking: { id: 'A', version: '1', status: 'final' } },
        product_tree: { full_product_names: products, product_groups: [{ group_id: 'g', product_ids: ids }] },
        vulnerabilities: many(300, (n) => ({ cve: `CVE-2026-${1000 + n}`, product_status: { known_affected: ids } })),
      }),
    )
    assert.throws(() => knownOfCsaf(advisory), { name: 'ExposureError', code: 'too-many' })
  })

  it('by names and versions (CVE)', () => {
    const cpes = many(600, (n) => `cpe:2.3:a:acme:relay${n}:*:*:*:*:*:*:*:*`)
    const versions = many(1000, (n) => ({ version: `${n}`, status: 'affected' }))
    const { record } = parseCve(
      encode({
        dataType: 'CVE_RECORD',
        dataVersion: '5.1',
        cveMetadata: { cveId: 'CVE-2026-0001', state: 'PUBLISHED' },
        containers: { cna: { affected: [{ product: 'relay', cpes, versions }] } },
      }),
    )
    assert.throws(() => knownOfCve(record), { name: 'ExposureError', code: 'too-many' })
  })

  it('by products and parts that are the same for all of them (OpenVEX 0.0)', async () => {
    const named = (what: string) => many(800, (n) => `pkg:npm/${what}${n}@1`)
    const statement = { vulnerability: 'CVE-2026-0001', status: 'fixed' }
    const vex = await readVex(
      encode({
        '@context': 'https://openvex.dev/ns',
        author: 'a',
        timestamp: '2026-11-01T00:00:00Z',
        version: '1',
        statements: [{ ...statement, products: named('whole'), subcomponents: named('part') }],
      }),
    )
    assert.throws(() => knownOfVex(vex), { name: 'ExposureError', code: 'too-many' })
  })
})
