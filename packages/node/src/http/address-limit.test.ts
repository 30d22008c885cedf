import assert from 'node:assert/strict'
import { test } from 'node:test'
import { instrumentUrn } from '@comity/statement'
import { AddressLimit } from './address-limit.ts'
import { digestOf, operator, osv, provider, served, type Served, startAt } from './server.fixture.ts'

const from = (address: string) => ({ 'x-forwarded-for': address })

const post = ({ url }: Served, statement: Uint8Array, headers: Record<string, string>) =>
  fetch(`${url}/entries`, {
    method: 'POST',
    headers: { 'content-type': 'application/cose', ...headers },
    body: new Uint8Array(statement),
  })

test('who posts without a token to an open log is held back by his address, and nobody else is', async (context) => {
  const served_ = await served(context, { postRate: { burst: 3, perSecond: 0.001 } })
  const statement = provider.founding(startAt)
  for (let i = 0; i < 3; i++) assert.equal((await post(served_, statement, from('203.0.113.7'))).status, 201)
  const refused = await post(served_, statement, from('203.0.113.7'))
  assert.equal(refused.status, 429)
  assert.equal(refused.headers.get('comity-code'), 'too-many-requests')
  assert.ok(Number(refused.headers.get('retry-after')) >= 1)
  assert.equal((await post(served_, statement, from('203.0.113.8'))).status, 201)
  const documents = await fetch(`${served_.url}/documents/${digestOf(osv)}`, {
    method: 'PUT',
    headers: from('203.0.113.7'),
    body: osv,
  })
  assert.equal(documents.status, 429, 'what is stored counts too')
  const batch = await fetch(`${served_.url}/api/v1/statements`, {
    method: 'POST',
    headers: { 'content-type': 'application/cbor-seq', ...from('203.0.113.7') },
    body: new Uint8Array(statement),
  })
  assert.equal(batch.status, 429, 'and so does a batch')

  const { secret } = await served_.vault.issueToken({ party: null, admin: false, label: 'a filer' })
  const known = { ...from('203.0.113.7'), authorization: `Bearer ${secret}` }
  for (let i = 0; i < 5; i++) assert.equal((await post(served_, statement, known)).status, 201)
  const unknown = { ...known, authorization: `Bearer ${secret}x` }
  assert.equal((await post(served_, statement, unknown)).status, 429, 'a token that is none helps nobody')
})

test('reading is never held back, nor is who speaks to the node from its own machine', async (context) => {
  const served_ = await served(context, { postRate: { burst: 1, perSecond: 0.001 } })
  const statement = provider.founding(startAt)
  await post(served_, statement, from('203.0.113.7'))
  assert.equal((await post(served_, statement, from('203.0.113.7'))).status, 429)
  const size = served_.node.head.size
  for (const path of ['checkpoint', `tile/0/000.p/${size}`, `tile/entries/000.p/${size}`, 'api/v1/status']) {
    for (let i = 0; i < 20; i++) {
      assert.equal((await fetch(`${served_.url}/${path}`, { headers: from('203.0.113.7') })).status, 200)
    }
  }
  for (let i = 0; i < 20; i++) assert.equal((await post(served_, operator.founding(startAt), {})).status, 201)
})

test('without anything said, hundreds of posts in one go pass, and a flood does not', async (context) => {
  const served_ = await served(context)
  await post(served_, provider.founding(startAt), {})
  const statement = provider.sign('support', instrumentUrn('gids'), {}, startAt)
  const flood: number[] = []
  // A few at a time: 1,500 connections at once are more than a busy machine opens in time.
  for (let i = 0; i < 30; i++) {
    const posted = Array.from({ length: 50 }, async () => {
      const response = await post(served_, statement, from('2001:db8::7'))
      await response.arrayBuffer()
      return response.status
    })
    flood.push(...(await Promise.all(posted)))
  }
  const taken = flood.filter((status) => status === 201).length
  assert.ok(taken >= 1000 && taken < 1500, `${taken} of 1500`)
  assert.ok(flood.every((status) => status === 201 || status === 429))
})

test('a bucket fills up again with time, and up to its brim', () => {
  let now = 0
  const limit = new AddressLimit({ burst: 2, perSecond: 1 }, () => now)
  const waits = (address: string) => limit.take(address)
  assert.deepEqual([waits('192.0.2.1'), waits('192.0.2.1')], [0, 0])
  assert.equal(waits('192.0.2.1'), 1)
  now = 1000
  assert.deepEqual([waits('192.0.2.1'), waits('192.0.2.1')], [0, 1])
  now = 60_000
  assert.deepEqual([waits('192.0.2.1'), waits('192.0.2.1'), waits('192.0.2.1')], [0, 0, 1])
})

test('one subscriber of IPv6 is one address, as is one of IPv4 however it is written', () => {
  const limit = new AddressLimit({ burst: 1, perSecond: 0.001 }, () => 0)
  assert.equal(limit.take('2001:db8:1:2:aaaa::1'), 0)
  assert.ok(limit.take('2001:db8:1:2::ffff') > 0)
  assert.equal(limit.take('2001:db8:1:3::1'), 0)
  assert.equal(limit.take('::ffff:192.0.2.1'), 0)
  assert.ok(limit.take('192.0.2.1') > 0)
  for (const own of ['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1']) {
    assert.deepEqual([limit.take(own), limit.take(own)], [0, 0], own)
  }
})

test('addresses that were heard of once do not fill the memory', () => {
  const limit = new AddressLimit({ burst: 1, perSecond: 0.001 }, () => 0)
  for (let i = 0; i < 30_000; i++) limit.take(`198.${51 + (i >> 16)}.${(i >> 8) & 255}.${i & 255}`)
  assert.ok(limit.size <= 10_000)
  assert.ok(limit.take('198.51.117.47') > 0, 'the newest are remembered')
})
