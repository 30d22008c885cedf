/** The OpenPGP keys with which a node signs CSAF documents. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readSignature } from 'openpgp'
import { bytesOf, csafDocument, publish } from '../csaf/csaf.fixture.ts'
import { CsafProvider } from '../csaf/csaf-provider.ts'
import { jsonOf, type Metadata, retrieve, treeOf, world } from './csaf-world.fixture.ts'
import { provider, startAt } from './server.fixture.ts'

test('a new key signs what comes, the old one stays listed, and a rebuilt view is signed by the new one', async (context) => {
  const there = await world(context)
  const { node, csaf, ask, view } = there
  await publish(node, provider, { id: 'a', bytes: bytesOf(csafDocument()), at: startAt })
  await csaf.settled()
  const [old] = csaf.keys.listed
  const { fingerprint } = await csaf.keys.rotate()
  await publish(node, provider, { id: 'b', bytes: bytesOf(csafDocument({ id: 'b' })), at: startAt })
  await csaf.settled()
  const metadata = await jsonOf<Metadata>(ask(`${treeOf(provider.urn)}/provider-metadata.json`))
  assert.deepEqual(
    metadata.public_openpgp_keys.map((key) => key.fingerprint),
    [fingerprint, old?.fingerprint],
  )
  const signers: string[] = []
  for (const name of ['north-2026_001', 'b']) {
    const document = `${treeOf(provider.urn)}/white/2026/${name}.json`
    const links = ['sha256', 'sha512', 'asc'].map((each) => `${document}.${each}`)
    await retrieve(there, document, links, metadata)
    const signature = await readSignature({ armoredSignature: await (await ask(`${document}.asc`)).text() })
    signers.push(signature.getSigningKeyIDs()[0]?.toHex().toUpperCase() ?? '')
  }
  assert.deepEqual(signers, [old?.fingerprint.slice(-16), fingerprint.slice(-16)])
  assert.doesNotMatch(JSON.stringify(there.node.truth.cells.get('csaf-keys')?.value), /PRIVATE/)

  // The secret part of the old one is gone: only its public part is left anywhere.
  const reopened = CsafProvider.open({ node, view: `${view}.again` })
  context.after(() => reopened.close())
  await reopened.settled()
  const [document] = reopened.trees.of(provider.urn)?.listed ?? []
  const again = await readSignature({ armoredSignature: document?.signature ?? '' })
  assert.equal(again.getSigningKeyIDs()[0]?.toHex().toUpperCase(), fingerprint.slice(-16))
})

test('whoever holds an admin token has a new key made, and a keyring that was lost costs the old one', async (context) => {
  const { node, csaf, vault, url } = await world(context)
  const first = await csaf.keys.current()
  assert.equal((await csaf.keys.current()).fingerprint, first.fingerprint, 'one is enough')
  const post = (secret: string) =>
    fetch(`${url}/api/v1/admin/csaf-key`, { method: 'POST', headers: { authorization: `Bearer ${secret}` } })
  const token = (admin: boolean) => vault.issueToken({ party: provider.urn, admin, label: 'a test' })
  assert.equal((await post('nobody')).status, 401)
  assert.equal((await post((await token(false)).secret)).status, 403)
  const made = await post((await token(true)).secret)
  assert.equal(made.status, 201)
  const { fingerprint, listed } = (await made.json()) as { fingerprint: string; listed: string[] }
  assert.deepEqual(listed, [first.fingerprint, fingerprint])

  const { keys } = JSON.parse(Buffer.from(node.truth.cells.get('csaf-keys')?.value ?? []).toString())
  assert.equal(keys[0].secret, undefined)
  await node.truth.keyring.destroy(keys[1].secret.keyId)
  const next = await csaf.keys.current()
  assert.deepEqual(
    csaf.keys.listed.map((key) => key.fingerprint),
    [first.fingerprint, fingerprint, next.fingerprint],
  )
})
