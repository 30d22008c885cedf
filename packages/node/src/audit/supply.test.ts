/** Findings on provenance replay: an audit that has the log and the documents recomputes them, and sees a lie about them. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { instrumentUrn, productUrn, releaseUrn, type SupplyPayload, supplyUrn } from '@comity/statement'
import { actor, keeper } from '@comity/testkit'
import {
  issuer,
  json,
  provenanceOf,
  SigstoreWorld,
  workflow,
} from '../../../exposure/src/sigstore/sigstore-world.fixture.ts'
import { foundedNode } from '../founded.fixture.ts'

const start = 1_795_219_200
const home = keeper('supply audit')
const updatePolicy = { mechanism: 'download', consent: 'required', security: 'separate', rollback: true } as const

test('findings on provenance are a function of the log and its documents: with them one gets the same, without them less or nothing', async (context) => {
  const { node } = await foundedNode(context, home, start)
  const acme = actor('acme', home.origin)
  await node.submit(acme.founding(start))
  await node.submit(acme.sign('support', instrumentUrn('gids'), {}, start))
  const product = productUrn(acme.urn, 'gateway')
  await node.submit(acme.sign('product', product, { name: 'Gateway', updatePolicy }, start))
  const world = new SigstoreWorld()
  const shipped = 'ab'.repeat(32)
  const documents = await Promise.all(
    [
      json({ bomFormat: 'CycloneDX', specVersion: '1.6', components: [] }),
      json(world.bundle(provenanceOf([{ name: 'gateway.tgz', sha256: shipped }]))),
      world.trustedRoot(),
    ].map(async (bytes) => {
      const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`
      await node.documents.put(digest, bytes)
      return { digest, size: bytes.length, type: 'application/json' }
    }),
  )
  const [sbom, document, trustedRoot] = documents.map(({ digest }) => digest)
  assert.ok(sbom !== undefined && document !== undefined && trustedRoot !== undefined)
  const release = {
    version: '1.0.0',
    released: '2026-11-20T12:00:00Z',
    sbom,
    artifacts: [{ name: 'gateway.tgz', digest: `sha256:${shipped}` }],
    provenance: [{ document, trustedRoot, signer: { issuer, subject: workflow } }],
    documents,
  }
  await node.submit(acme.sign('release', releaseUrn(product, '1.0.0'), release, start))
  const notice: SupplyPayload = {
    action: 'limited',
    products: [product],
    affects: { everybody: true },
    from: '2027-01-01T00:00:00Z',
    reasons: [{ ground: 'shortage', text: 'There is not enough.' }],
  }
  const said = await node.submit(acme.sign('supply', supplyUrn(acme.urn, 'short'), notice, start))
  const unfounded = acme.sign('supply', supplyUrn(acme.urn, 'other'), { ...notice, replaces: said.id }, start)
  await assert.rejects(node.submit(unfounded), /is no effective notice about/)

  const shown = () => {
    const finding = node.findings.current(acme.urn)?.findings.find(({ provision }) => provision === 'gids-1')
    assert.deepEqual(
      finding?.cites.filter(({ as }) => as === 'notice').map(({ id }) => id),
      [said.id],
    )
    return finding?.supply?.flatMap(({ word, shown: some }) => (some.length > 0 ? [word] : []))
  }
  assert.deepEqual(shown(), ['sbom', 'artifacts', 'provenance', 'provenance-signed'])
  // Withheld, the trust root is no more to be had: the signature is not known to hold, and the rest stands.
  await node.submit(
    acme.sign('withholding', `urn:comity:document:${trustedRoot}`, { ground: 'data-protection' }, start),
  )
  assert.deepEqual(shown(), ['sbom', 'artifacts', 'provenance'])
})
