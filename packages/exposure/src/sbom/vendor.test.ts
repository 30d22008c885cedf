import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readSbom } from './read-sbom.ts'

type Json = Readonly<Record<string, unknown>>

async function vendors(document: Json): Promise<readonly (string | undefined)[]> {
  const { components } = await readSbom(new TextEncoder().encode(JSON.stringify(document)))
  return components.map(({ vendor }) => vendor)
}

describe('the vendor of a component', () => {
  it('is who supplies it in CycloneDX, else who makes it, else who publishes it', async () => {
    const [supplier, manufacturer] = ['Siemens', 'Maker'].map((name) => ({ name }))
    const components = [
      { supplier, manufacturer, publisher: 'Shop' },
      { manufacturer, publisher: 'Shop' },
      { publisher: 'Shop' },
      { supplier: { url: ['https://example.org'] } },
      {},
    ].map((each) => ({ type: 'firmware', name: 'relay', ...each }))
    const found = await vendors({ bomFormat: 'CycloneDX', specVersion: '1.6', components })
    assert.deepEqual(found, ['Siemens', 'Maker', 'Shop', undefined, undefined])
  })

  it('is the organization that supplies it in SPDX 2, without its mail address; a person is none', async () => {
    const packages = [
      { supplier: 'Organization: Siemens (productcert@example.com)' },
      { supplier: 'Organization: Acme (Europe) GmbH' },
      { supplier: 'Person: Somebody', originator: 'Organization: Maker' },
      { supplier: 'NOASSERTION' },
      { supplier: 'Organization:' },
    ].map((each, n) => ({ SPDXID: `SPDXRef-${n}`, name: 'relay', ...each }))
    const found = await vendors({ spdxVersion: 'SPDX-2.3', SPDXID: 'SPDXRef-DOCUMENT', packages })
    assert.deepEqual(found, ['Siemens', 'Acme (Europe) GmbH', 'Maker', undefined, undefined])
  })
})
