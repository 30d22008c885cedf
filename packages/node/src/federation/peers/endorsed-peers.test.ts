import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { PartyPayload } from '@comity/statement'
import { actor } from '@comity/testkit'
import { EndorsedPeers, addressesOf } from './endorsed-peers.ts'
import { type Neighbour, neighbour, network, startAt } from './neighbours.fixture.ts'

const url = 'https://b.example'

/** What follows whom this node's keeper endorses. `parties`: what is known of parties of other logs. */
function following(a: Neighbour, parties: Readonly<Record<string, PartyPayload>>): EndorsedPeers {
  const { peers, reader, keeper, now } = a.node
  return new EndorsedPeers({
    peers,
    reader,
    keeper,
    now,
    findParty: (urn) => {
      const payload = parties[urn]
      if (payload === undefined) return undefined
      const { home, contacts = [] } = payload
      const base = { urn, statement: '', index: 0, type: payload.type, names: payload.names, domains: [], keys: [] }
      return { ...base, home, contacts, keysDigest: '', thresholds: {}, compromised: [] }
    },
  })
}

async function endorse(a: Neighbour, urn: string): Promise<void> {
  await a.node.submit(a.keeper.sign('endorsement', urn, { claims: ['name'] }, startAt))
}

async function endorsedPair(context: TestContext) {
  const net = network()
  const a = await neighbour(context, 'a', { net })
  const contacts = [{ function: 'technical' as const, url }]
  const b = await neighbour(context, 'b', { net, url, party: { contacts } })
  return { net, a, b, endorsed: following(a, { [b.keeper.urn]: b.keeper.payload }) }
}

test('whom the keeper endorses is followed at the address it published', async (context) => {
  const { a, b, endorsed } = await endorsedPair(context)
  await endorsed.step()
  assert.deepEqual(a.node.peers.list(), [])
  await endorse(a, b.keeper.urn)
  await endorsed.step()
  assert.deepEqual(
    a.node.peers.list().map(({ keeper, url: at, mirror, allowPrivate }) => ({ keeper, at, mirror, allowPrivate })),
    [{ keeper: b.keeper.urn, at: url, mirror: true, allowPrivate: false }],
  )
})

test('an endorsement by somebody else follows nobody', async (context) => {
  const { a, b, endorsed } = await endorsedPair(context)
  const other = actor('other', a.node.origin)
  await a.node.submit(other.founding(startAt))
  await a.node.submit(other.sign('endorsement', b.keeper.urn, { claims: ['name'] }, startAt))
  await endorsed.step()
  assert.deepEqual(a.node.peers.list(), [])
})

test('a node that was removed stays away, until it is added by hand', async (context) => {
  const { a, b, endorsed } = await endorsedPair(context)
  await endorse(a, b.keeper.urn)
  await endorsed.step()
  await a.node.peers.remove(b.node.origin)
  await endorsed.step()
  assert.deepEqual(a.node.peers.list(), [])
  await a.node.peers.add({ url })
  assert.equal(a.node.peers.hasDeclined(b.keeper.urn), false)
})

test('the log of somebody who only hosts the endorsed party is not followed', async (context) => {
  const net = network()
  const a = await neighbour(context, 'a', { net })
  const b = await neighbour(context, 'b', { net, url })
  const hosted = actor('hosted', b.node.origin, { party: { contacts: [{ function: 'general', url }] } })
  await endorse(a, hosted.urn)
  await following(a, { [hosted.urn]: hosted.payload }).step()
  assert.deepEqual(a.node.peers.list(), [])
})

test('a node that cannot be met is tried again after longer and longer pauses', async (context) => {
  const { net, a, b, endorsed } = await endorsedPair(context)
  await endorse(a, b.keeper.urn)
  net.put(url, () => new Response('down', { status: 500 }))
  const tried = async () => {
    const before = net.asked.length
    const nextAt = await endorsed.step()
    assert.ok(nextAt > a.node.now())
    return net.asked.length > before
  }
  assert.equal(await tried(), true)
  const pauses: number[] = []
  for (let i = 0, waited = 0; pauses.length < 4; i++) {
    a.clock.advance(30)
    waited += 30
    if (!(await tried())) continue
    pauses.push(waited)
    waited = 0
  }
  assert.deepEqual(pauses, [60, 120, 240, 480])
  net.put(url, b.app)
  a.clock.advance(86_400)
  await endorsed.step()
  assert.equal(a.node.peers.list().length, 1)
})

test('published addresses are web addresses: of the log where its name is a host, and of offices', () => {
  const contacts = [
    { function: 'security' as const, url: 'https://psirt.example' },
    { function: 'general' as const, url: 'https://www.example/node' },
    { function: 'technical' as const, url: 'https://node.example' },
    { function: 'technical' as const, url: 'http://plain.example' },
    { function: 'technical' as const, email: 'noc@example' },
  ]
  const offices = ['https://node.example', 'https://www.example/node']
  assert.deepEqual(addressesOf({ home: 'log.example.org/a', contacts }), ['https://log.example.org/a', ...offices])
  for (const home of [`${'ab'.repeat(32)}.comity.invalid`, 'name', '127.0.0.1', 'localhost:8480', '10.0.0.1/a'])
    assert.deepEqual(addressesOf({ home, contacts }), offices, home)
})
