/** The directory of functional contacts: which offices it has, who finds what, and that no person is in it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { api, eachItem } from '@comity/contract'
import { keyThumbprint, type PartyPayload, toHex } from '@comity/statement'
import { actor, keyFor } from '@comity/testkit'
import { Value } from 'typebox/value'
import { crypto } from '../crypto-port.ts'
import { home, served, startAt } from './server.fixture.ts'

type Contacts = NonNullable<PartyPayload['contacts']>

const of = (label: string, type: PartyPayload['type'], contacts: Contacts) =>
  actor(label, home.origin, { type, party: { contacts } })

const key = toHex(keyThumbprint({ alg: 'EdDSA', bytes: keyFor('north').publicKey }, crypto))
const north = of('north', 'state', [
  { function: 'judicial', phone: '+49 30 1234567', hours: 'Mon–Fri 08:00–17:00 UTC', languages: ['en', 'fr-CH'], key },
  { function: 'technical', email: 'soc@north.invalid', hours: '24/7', languages: ['en'] },
  { function: 'inbox', url: 'https://north.invalid' },
])
const harbour = of('harbour', 'operator', [{ function: 'technical', email: 'noc@harbour.invalid' }])
const silent = of('silent', 'provider', [])
const person = of('a person', 'person', [{ function: 'general', email: 'me@person.invalid' }])

test('offices are found by function, State, type and language, as their parties list them', async (context) => {
  const { client } = await served(context)
  for (const party of [north, silent, person, harbour]) await client.submit(party.founding(startAt))
  const found = async (query: Parameters<typeof client.contacts>[0] = {}) => {
    const page = await client.contacts(query)
    assert.equal([...Value.Errors(api.contactsResponse, page)][0], undefined)
    return page.items.map(({ party, contact }) => [party.urn, contact.function])
  }
  assert.deepEqual(await found(), [
    [home.urn, 'security'],
    [north.urn, 'judicial'],
    [north.urn, 'technical'],
    [harbour.urn, 'technical'],
  ])
  assert.deepEqual(await found({ function: 'technical' }), [
    [north.urn, 'technical'],
    [harbour.urn, 'technical'],
  ])
  assert.deepEqual(await found({ function: 'technical', state: 'XA' }), [[north.urn, 'technical']])
  assert.deepEqual(await found({ type: 'operator' }), [[harbour.urn, 'technical']])
  assert.deepEqual(await found({ language: 'fr', type: 'state' }), [[north.urn, 'judicial']])
  assert.deepEqual(await found({ language: 'de' }), [])
  assert.deepEqual(await found({ function: 'inbox' }), [[north.urn, 'inbox']])
  const [judicial] = (await client.contacts({ function: 'judicial' })).items
  assert.ok(judicial)
  assert.deepEqual(judicial.contact, north.payload.contacts?.[0])
  assert.equal(judicial.contact.key, key)
  assert.deepEqual([judicial.party.type, judicial.party.state], ['state', 'XA'])
  assert.deepEqual(judicial.statement, {
    id: (await client.party(north.urn)).statement,
    origin: home.origin,
    index: (await client.party(north.urn)).founded,
    at: startAt,
  })
})

test('a page ends between two offices as well, and the pages together are the list', async (context) => {
  const { client, url } = await served(context)
  for (const party of [north, harbour, person]) await client.submit(party.founding(startAt))
  const whole = (await client.contacts()).items
  for (const limit of [1, 2, 3, 4]) {
    const pages: unknown[] = []
    for await (const each of eachItem(client.contacts, { limit })) pages.push(each)
    assert.deepEqual(pages, whole, `${limit} a page`)
  }
  await assert.rejects(client.contacts({ cursor: '1' }), { code: 'bad-cursor' })
  for (const wrong of ['function=press', 'type=person', 'state=xa', 'language=English', 'funktion=judicial'])
    assert.equal((await fetch(`${url}/api/v1/contacts?${wrong}`)).status, 400, wrong)

  const first = await fetch(`${url}/api/v1/contacts`)
  const tag = first.headers.get('etag') ?? ''
  const ask = () => fetch(`${url}/api/v1/contacts`, { headers: { 'if-none-match': tag } })
  assert.equal((await ask()).status, 304)
  await client.submit(silent.founding(startAt))
  assert.equal((await ask()).status, 200)
})

test('a key that an office names and its party does not have is refused where it stands', async (context) => {
  const { client } = await served(context)
  const wrong = of('wrong', 'provider', [{ function: 'general' }, { function: 'technical', key: '77'.repeat(32) }])
  await assert.rejects(
    client.submit(wrong.founding(startAt)),
    (error: { readonly code?: string; readonly message: string }) =>
      error.code === 'schema-violation' &&
      /contacts\/1\/key: 7777.* is none of the keys of this statement/.test(error.message),
  )
})
