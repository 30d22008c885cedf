/** What other nodes may ask for, and how often. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { formatVerifierKey } from '@comity/log'
import { AskingLog, keeper, witnessCosigners } from '@comity/testkit'
import { type Neighbour, neighbour } from '../federation/peers/neighbours.fixture.ts'
import { peersCell } from '../federation/peers/peer-list.ts'

/** A node that witnesses logs of a hundred entries, each by its name. */
async function witnessOf(context: TestContext, ...origins: string[]) {
  const own = keeper('limited witness', { witness: true })
  const keys = { ...own.keys, witness: witnessCosigners('limited witness', own.origin).slice(0, 1) }
  const node = await neighbour(context, 'limited witness', { own, keys })
  const logs = origins.map((origin) => new AskingLog(origin, 1000))
  const peers = logs.map(({ origin, key }, i) => ({
    origin,
    url: `https://${i}.example`,
    keeper: own.urn,
    logKeys: [formatVerifierKey(key)],
    mirror: false,
    witnessKeys: [],
    allowPrivate: false,
  }))
  await node.node.truth.cells.compareAndSet(peersCell, 0, Buffer.from(JSON.stringify(peers)))
  return { node, logs }
}

async function ask({ app }: Neighbour, body: Buffer, from = '9.9.9.9') {
  const headers = { 'content-type': 'text/plain', 'x-forwarded-for': from }
  return app.inject({ method: 'POST', url: '/witness/add-checkpoint', headers, payload: body })
}

test('a log gets cosignatures as often as logs have news, and the others are not held back by it', async (context) => {
  const { node, logs } = await witnessOf(context, 'busy.example', 'quiet.example')
  const [busy = assert.fail(), quiet = assert.fail()] = logs
  for (let size = 1; size <= 200; size++) {
    const answer = await ask(node, busy.request(size - 1, size), `9.9.9.${size}`)
    assert.equal(answer.statusCode, 200, answer.body)
  }
  const refused = await ask(node, busy.request(200, 201))
  assert.equal(refused.statusCode, 429)
  assert.equal(refused.headers['retry-after'], '1')
  assert.equal(refused.json().code, 'too-many-requests')
  assert.equal((await ask(node, quiet.request(0, 1))).statusCode, 200)
  node.clock.advance(1)
  assert.equal((await ask(node, busy.request(200, 201))).statusCode, 200)
})

test('nobody uses up what a log may ask without having its key', async (context) => {
  const { node, logs } = await witnessOf(context, 'known.example')
  const [known = assert.fail()] = logs
  const forged = Buffer.from(
    known
      .request(0, 5)
      .toString('utf8')
      .replace(/.{12}\n$/, 'AAAAAAAAAAA=\n'),
  )
  for (let i = 0; i < 300; i++)
    assert.equal((await ask(node, forged, `8.8.${i >> 8}.${i & 255}`)).statusCode >= 400, true)
  assert.equal((await ask(node, known.request(0, 5))).statusCode, 200)
})

test('one address asks so often and no more, whatever it asks for', async (context) => {
  const { node } = await witnessOf(context)
  const nonsense = Buffer.from('nonsense')
  for (let i = 0; i < 500; i++) assert.equal((await ask(node, nonsense)).statusCode, 400)
  const refused = await ask(node, nonsense)
  assert.equal(refused.statusCode, 429)
  assert.equal((await ask(node, nonsense, '9.9.9.10')).statusCode, 400)
  node.clock.advance(1)
  for (let i = 0; i < 50; i++) assert.equal((await ask(node, nonsense)).statusCode, 400)
  assert.equal((await ask(node, nonsense)).statusCode, 429)
})

test('checkpoint, tiles and documents are free', async (context) => {
  const { node } = await witnessOf(context)
  const headers = { 'x-forwarded-for': '9.9.9.9' }
  for (let i = 0; i < 600; i++)
    assert.equal(
      (await node.app.inject({ url: i % 2 === 0 ? '/checkpoint' : '/tile/0/000.p/3', headers })).statusCode,
      200,
    )
})
