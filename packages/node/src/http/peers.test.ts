/** Peers over HTTP: what everybody sees of them, and what only the keeper sees and does. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { api, createClient } from '@comity/contract'
import { actor } from '@comity/testkit'
import fastify from 'fastify'
import { Value } from 'typebox/value'
import { neighbour, network, startAt } from '../federation/peers/neighbours.fixture.ts'
import { RateLimits } from '../federation/peers/rate-limits.ts'
import { failureOf } from './failures.ts'
import { lagText } from './pages/words.ts'
import { limitedByAddress } from './rate-limited.ts'
import { sendProblem } from './replies.ts'

/** Served on a real port; `b` is reached through the network that the node under test was given. */
async function pair(context: Parameters<typeof neighbour>[0]) {
  const net = network()
  const a = await neighbour(context, 'a', { net })
  const b = await neighbour(context, 'b', { net, url: 'https://b.example' })
  const baseUrl = await a.app.listen({ host: '127.0.0.1', port: 0 })
  const { secret } = await a.vault.issueToken({ party: null, admin: true, label: 'admin' })
  const plain = await a.vault.issueToken({ party: null, admin: false, label: 'plain' })
  const as = (token?: string) => createClient({ baseUrl, token })
  return { net, a, b, baseUrl, admin: as(secret), plain: as(plain.secret), anybody: as() }
}

test('the keeper looks at a node, adds it, and takes it off the list', async (context) => {
  const { a, b, admin } = await pair(context)
  const looked = await admin.addPeer({ url: 'https://b.example/', look: true })
  assert.ok(Value.Check(api.addPeerResponse, looked), JSON.stringify(looked))
  assert.equal(looked.outcome, 'found')
  assert.equal(looked.keeper?.urn, b.keeper.urn)
  assert.deepEqual(a.node.peers.list(), [])
  const body = { url: 'https://b.example', keeper: b.keeper.urn, logKey: looked.logKeys[0] ?? '', mirror: true }
  assert.equal((await admin.addPeer(body)).outcome, 'added')
  assert.equal((await admin.addPeer(body)).outcome, 'unchanged')
  assert.equal((await admin.addPeer({ ...body, mirror: false })).outcome, 'changed')
  const { peers } = await admin.peers()
  assert.ok(Value.Check(api.peersResponse, { peers }), JSON.stringify(peers))
  assert.deepEqual(peers[0]?.pinned, {
    keeper: b.keeper.urn,
    logKeys: looked.logKeys,
    witnessKeys: [],
    mirror: false,
    allowPrivate: false,
    nextTryAt: 0,
  })
  await admin.removePeer('https://b.example')
  assert.deepEqual((await admin.peers()).peers, [])
  await assert.rejects(admin.removePeer(b.node.origin), { code: 'unknown-peer', status: 404 })
})

test('everybody sees how peers are doing, and nobody else what is pinned, said or inside a network', async (context) => {
  const { net, a, b, admin, anybody, plain } = await pair(context)
  await admin.addPeer({ url: 'https://b.example' })
  net.put('https://b.example', () => new Response('down', { status: 500 }))
  await a.node.peers.fetch('https://b.example/checkpoint')
  const { peers } = await anybody.peers()
  assert.ok(Value.Check(api.peersResponse, { peers }), JSON.stringify(peers))
  assert.deepEqual(peers, [
    {
      origin: b.node.origin,
      url: 'https://b.example',
      role: 'mirror',
      state: 'unreachable',
      size: 0,
      entriesBehind: 0,
      secondsBehind: 0,
      lastSuccessAt: 0,
      lastError: { code: 'peer-answers-otherwise', at: startAt },
    },
  ])
  assert.equal((await admin.peers()).peers[0]?.lastError?.message, 'it answered that it cannot')
  await assert.rejects(plain.peers(), { code: 'not-permitted', status: 403 })
  await assert.rejects(plain.addPeer({ url: 'https://b.example' }), { code: 'not-permitted' })
  await assert.rejects(anybody.addPeer({ url: 'https://b.example' }), { code: 'not-authorised' })
  await assert.rejects(anybody.removePeer(b.node.origin), { code: 'not-authorised' })

  net.put('https://b.example', b.app)
  await admin.addPeer({ url: 'https://b.example', allowPrivate: true })
  const [inside] = (await anybody.peers()).peers
  assert.equal(inside?.url, undefined)
  assert.equal((await admin.peers()).peers[0]?.url, 'https://b.example')
})

test('what is wrong with a peer is told to the keeper in words, by a stable code', async (context) => {
  const { admin } = await pair(context)
  const url = 'https://b.example'
  for (const [body, code, status, says] of [
    [{ url: 'ftp://b.example' }, 'bad-peer-url', 400, /https:\/\/log\.example\.org/],
    [{ url, keeper: `urn:comity:party:${'0'.repeat(64)}` }, 'wrong-keeper', 409, /is kept by/],
    [{ url, witnessKeys: ['x'] }, 'bad-verifier-key', 400, /name\+keyid\+base64/],
    [{ url: 'https://nobody.example' }, 'peer-unreachable', 502, /nobody answers/],
    [{ url, keeper: 'somebody' }, 'bad-request', 400, /keeper/],
    [{ url, mirrors: true }, 'bad-request', 400, /mirrors/],
  ] as const) {
    // Wrong bodies are part of the list: the types of the client would not let them pass.
    const sent = admin.addPeer(body as unknown as Parameters<typeof admin.addPeer>[0])
    await assert.rejects(sent, { code, status, message: says }, code)
  }
})

test('the home page shows each peer once there are some', async (context) => {
  const { a, baseUrl, admin, b } = await pair(context)
  const page = async () => (await fetch(baseUrl)).text()
  assert.doesNotMatch(await page(), /id="peers"/)
  await admin.addPeer({ url: 'https://b.example' })
  a.node.peers.reportFrom(() => ({ state: 'behind', size: 1234, entriesBehind: 5, secondsBehind: 300 }))
  // The page is rendered anew with the log.
  await a.node.submit(actor('somebody', a.node.origin).founding(startAt))
  const shown = (await page()).replaceAll(/\s+/g, ' ')
  assert.match(shown, /<h2 id="peers">Peers<\/h2>/)
  assert.match(shown, /catching up<\/td> <td>1,234<\/td> <td>5 entries, 5 min<\/td> <td>never<\/td>/)
  assert.match(shown, new RegExp(`<code>${b.node.origin.slice(0, 8)}…\\.comity\\.invalid</code>`))
})

test('how far a copy is behind is told in the largest unit that says something', () => {
  const told = (entriesBehind: number, secondsBehind: number) => lagText({ entriesBehind, secondsBehind })
  assert.equal(told(0, 0), 'nothing')
  assert.equal(told(1, 0), '1 entry')
  assert.equal(told(1200, 119), '1,200 entries, 119 s')
  assert.equal(told(0, 3600), '60 min')
  assert.equal(told(0, 7200), '2 h')
  assert.equal(told(0, 500_000), '5 days')
})

test('who asks too often is told when to come back, by the address that the proxy names', async (context) => {
  const limits = new RateLimits({ hints: { perSecond: 0.1, burst: 2 } }, () => 0)
  const limited = fastify({ trustProxy: 'loopback' })
  context.after(() => limited.close())
  limited.setErrorHandler((error, _request, reply) => sendProblem(reply, failureOf(error)))
  limited.get('/limited', { onRequest: limitedByAddress(limits, 'hints') }, async () => 'fine')
  const ask = async (from?: string) => {
    const headers = from === undefined ? {} : { 'x-forwarded-for': from }
    return limited.inject({ url: '/limited', headers })
  }
  for (const from of ['9.9.9.9', '9.9.9.9', '8.8.8.8', undefined, undefined, undefined])
    assert.equal((await ask(from)).statusCode, 200)
  const refused = await ask('9.9.9.9')
  assert.equal(refused.statusCode, 429)
  assert.equal(refused.headers['retry-after'], '10')
  assert.equal(refused.json().code, 'too-many-requests')
})
