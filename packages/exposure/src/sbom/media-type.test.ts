import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sbomMediaType } from './media-type.ts'
import { readSbom } from './read-sbom.ts'

test('a document is labelled with the media type that its format has registered', async () => {
  const context = 'https://spdx.org/rdf/3.0.1/spdx-context.jsonld'
  const created = { type: 'CreationInfo', '@id': '_:c', specVersion: '3.0.1', created: '2026-11-01T00:00:00Z' }
  const spdx3 = { type: 'SpdxDocument', spdxId: 'urn:d', creationInfo: '_:c' }
  for (const [document, type] of [
    [{ bomFormat: 'CycloneDX', specVersion: '1.6' }, 'application/vnd.cyclonedx+json'],
    [{ spdxVersion: 'SPDX-2.3', SPDXID: 'SPDXRef-DOCUMENT' }, 'application/spdx+json'],
    [{ '@context': context, '@graph': [created, spdx3] }, 'application/spdx3+json'],
  ] as const) {
    const { metadata } = await readSbom(Buffer.from(JSON.stringify(document)))
    assert.equal(sbomMediaType(metadata), type)
  }
})
