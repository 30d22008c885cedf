/** Believed suppliers over HTTP: for the party of the token alone, and every answer as the contract has it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { api } from '@comity/contract'
import { Value } from 'typebox/value'
import { operator, provider, served, tellStory } from './server.fixture.ts'

test('a party keeps its list of believed suppliers, and nobody else sees it', async (context) => {
  const served_ = await served(context)
  const { client, as, vault, url } = served_
  await tellStory(served_)
  const own = as((await vault.issueToken({ party: operator.urn, admin: false, label: '' })).secret).vault
  const other = as((await vault.issueToken({ party: provider.urn, admin: false, label: '' })).secret).vault
  const packages = ['pkg:golang/GitHub.com/Acme/', 'product:Acme Works/Relay']
  const believed = await own.believeSupplier({ supplier: provider.urn, packages })
  assert.ok(Value.Check(api.believedSupplierSchema, believed), JSON.stringify(believed))
  assert.deepEqual(believed.packages, ['pkg:golang/github.com/acme/', 'product:acme_works/relay'])
  const all = await own.believeSupplier({ supplier: 'cert.acme.example' })
  assert.deepEqual(all.packages, [])
  const listed = await own.suppliers()
  assert.ok(Value.Check(api.suppliersResponse, listed), JSON.stringify(listed))
  assert.deepEqual(listed.suppliers, [believed, all])

  assert.deepEqual((await other.suppliers()).suppliers, [])
  await assert.rejects(other.dropSupplier(believed.id), { code: 'unknown-supplier', status: 404 })
  await assert.rejects(client.vault.suppliers(), { code: 'not-authorised' })
  await assert.rejects(own.believeSupplier({ supplier: provider.urn, packages: ['left'] }), {
    code: 'bad-name',
    status: 400,
    message: /\/packages\/0 is no package.*pkg:npm\/left/,
  })
  const answer = await fetch(`${url}/api/v1/vault/suppliers`, { headers: { authorization: 'Bearer x' } })
  assert.equal(answer.headers.get('cache-control') ?? 'no-store', 'no-store')
  await own.dropSupplier(believed.id)
  assert.deepEqual((await own.suppliers()).suppliers, [all])
})
