import assert from 'node:assert/strict'
import { test } from 'node:test'
import { instrumentUrn, jwkOf } from '@comity/statement'
import { actor, keyFor, signerOf } from '@comity/testkit'
import { home, provider, served, startAt } from './server.fixture.ts'

test('what waits for further signatures is listed, by party too, until they are there', async (context) => {
  const { client } = await served(context)
  const second = keyFor('careful second')
  const author = actor('careful', home.origin, {
    party: {
      keys: [
        { jwk: jwkOf({ alg: 'EdDSA', bytes: keyFor('careful').publicKey }), roles: ['sign'] },
        { jwk: jwkOf({ alg: 'EdDSA', bytes: second.publicKey }), roles: ['approve'] },
      ],
      thresholds: { support: 2 },
    },
  })
  await client.submit(author.founding(startAt))
  await client.submit(provider.founding(startAt))
  const { id } = await client.submit(author.sign('support', instrumentUrn('gids'), {}, startAt))
  await client.submit(provider.sign('support', instrumentUrn('gids'), {}, startAt))
  const listed = async (query: Parameters<typeof client.statements>[0]) =>
    (await client.statements(query)).items.map((each) => each.id)
  assert.deepEqual(await listed({ pending: true }), [id])
  assert.deepEqual(await listed({ pending: true, from: 0 }), [id])
  assert.deepEqual(await listed({ pending: true, party: author.urn }), [id])
  assert.deepEqual(await listed({ pending: true, kind: 'product' }), [])
  assert.deepEqual(await listed({ pending: true, party: provider.urn }), [])
  assert.deepEqual((await listed({ pending: false, kind: 'support' })).length, 1)
  const approval = author.sign('approval', `urn:comity:statement:${id}`, {}, startAt, signerOf(second))
  await client.submit(approval)
  assert.deepEqual(await listed({ pending: true }), [])
})
