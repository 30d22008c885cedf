/** Meeting other nodes, and keeping the list of them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sha256 } from '@comity/crypto'
import { ed25519Signer, formatCheckpoint, formatVerifierKey, noteType, signNote, verifierKey } from '@comity/log'
import { type PartyPayload, jwkOf, keysDigest } from '@comity/statement'
import { actor, keeper, keyFor } from '@comity/testkit'
import { crypto } from '../../crypto-port.ts'
import { changeableKeys, neighbour, network, startAt } from './neighbours.fixture.ts'
import { peersCell } from './peer-list.ts'

const url = 'https://b.example'

/** The verifier key of a log as its keeper would tell it on the telephone. */
function vkeyOf(origin: string, label: string): string {
  return formatVerifierKey(verifierKey(origin, noteType.ed25519, keyFor(label).publicKey, sha256))
}

function witnessKeyOf(name: string, label: string): string {
  return formatVerifierKey(verifierKey(name, noteType.cosignature, keyFor(label).publicKey, sha256))
}

test('a node is met at its address, and becomes a peer with its keeper and log keys pinned', async (context) => {
  const net = network()
  const a = await neighbour(context, 'a', { net })
  const b = await neighbour(context, 'b', { net, url })
  const heard: number[] = []
  a.node.peers.onChange(() => heard.push(a.node.peers.list().length))

  const met = await a.node.peers.meet({ url: `${url}/` })
  assert.equal(met.keeper, b.keeper.urn)
  assert.equal(met.size, 3)
  assert.deepEqual(a.node.peers.list(), [])

  const { peer, outcome } = await a.node.peers.add({ url, keeper: b.keeper.urn })
  assert.equal(outcome, 'added')
  assert.deepEqual(peer, {
    origin: b.node.origin,
    url,
    keeper: b.keeper.urn,
    logKeys: [vkeyOf(b.node.origin, 'b log')],
    mirror: true,
    witnessKeys: [],
    allowPrivate: false,
  })
  assert.deepEqual(a.node.peers.list(), [peer])
  // What others read: the cell is the list itself.
  assert.deepEqual(JSON.parse(Buffer.from(a.node.truth.cells.get(peersCell)?.value ?? '').toString()), [peer])
  assert.equal((await a.node.peers.add({ url })).outcome, 'unchanged')
  const witnessKeys = [witnessKeyOf('witness.b.example', 'b witness')]
  const changed = await a.node.peers.add({ url, mirror: false, witnessKeys, allowPrivate: true })
  assert.equal(changed.outcome, 'changed')
  assert.deepEqual(a.node.peers.find(b.node.origin), { ...peer, mirror: false, witnessKeys, allowPrivate: true })
  assert.deepEqual(a.node.peers.keptBy(b.keeper.urn).length, 1)
  await a.node.peers.remove(`${url}/`)
  assert.deepEqual(a.node.peers.list(), [])
  assert.equal(a.node.peers.hasDeclined(b.keeper.urn), true)
  assert.deepEqual(heard, [1, 1, 0])
  await assert.rejects(a.node.peers.remove(b.node.origin), { code: 'unknown-peer' })
})

test('another keeper, another log key, the own log and an address of nobody are told apart', async (context) => {
  const net = network()
  const a = await neighbour(context, 'a', { net, url: 'https://a.example' })
  const b = await neighbour(context, 'b', { net, url })
  const { peers } = a.node
  await assert.rejects(peers.add({ url, keeper: a.keeper.urn }), { code: 'wrong-keeper', message: /is kept by/ })
  await assert.rejects(peers.add({ url, logKey: vkeyOf(b.node.origin, 'other') }), { code: 'wrong-log-key' })
  await assert.rejects(peers.add({ url, logKey: vkeyOf('elsewhere.example', 'b log') }), { code: 'wrong-log-key' })
  await assert.rejects(peers.add({ url, logKey: witnessKeyOf(b.node.origin, 'b log') }), { code: 'bad-verifier-key' })
  await assert.rejects(peers.add({ url, logKey: 'no key' }), { code: 'bad-verifier-key' })
  await assert.rejects(peers.add({ url, witnessKeys: [vkeyOf('w', 'b witness')] }), { code: 'bad-verifier-key' })
  await assert.rejects(peers.add({ url: 'https://a.example' }), { code: 'own-log' })
  await assert.rejects(peers.add({ url: 'https://nobody.example' }), { code: 'peer-unreachable' })
  await assert.rejects(peers.add({ url: 'ftp://b.example' }), { code: 'bad-peer-url' })
  await assert.rejects(peers.add({ url: `${url}/?x=1` }), { code: 'bad-peer-url', message: /query/ })
  assert.deepEqual(peers.list(), [])
  const pinned = await peers.add({ url, logKey: vkeyOf(b.node.origin, 'b log'), keeper: b.keeper.urn })
  assert.equal(pinned.outcome, 'added')
})

test('what is no log, and one that does not fit together, is no peer', async (context) => {
  const net = network()
  const { node } = await neighbour(context, 'a', { net })
  const b = await neighbour(context, 'b', { net, url: 'https://real.example' })
  const { note } = b.node.head
  const bundle = new Uint8Array((await b.app.inject({ url: '/tile/entries/000.p/3' })).rawPayload)
  const other = ed25519Signer(
    b.node.origin,
    { publicKey: keyFor('x').publicKey, sign: (m) => keyFor('x').sign(m) },
    sha256,
  )
  const log = ed25519Signer(
    b.node.origin,
    { publicKey: keyFor('b log').publicKey, sign: (m) => keyFor('b log').sign(m) },
    sha256,
  )
  const head = { origin: b.node.origin, size: 3, root: b.node.head.root }
  const signedBy = (signer: typeof log, change: Partial<typeof head> = {}) =>
    signNote(formatCheckpoint({ ...head, ...change }), [signer])
  const flipped = Uint8Array.from(bundle)
  flipped[flipped.length - 40] = (flipped[flipped.length - 40] ?? 0) ^ 1
  const cases: readonly (readonly [string, string | undefined, Uint8Array | undefined, string])[] = [
    ['nothing', undefined, undefined, 'no-log'],
    ['a page', '<html>', undefined, 'head-malformed'],
    ['no entries', note, undefined, 'entries-missing'],
    ['no bundle', note, Buffer.from('xx'), 'entries-malformed'],
    ['another key', signedBy(other), bundle, 'peer-answers-otherwise'],
    ['another root', signedBy(log, { root: sha256(Buffer.from('x')) }), bundle, 'peer-unverified'],
    ['another entry', note, flipped, 'peer-unverified'],
    ['an empty log', signedBy(log, { size: 0 }), undefined, 'peer-unverified'],
    [
      'another name',
      signNote(formatCheckpoint({ ...head, origin: 'other.example' }), [log]),
      bundle,
      'peer-unverified',
    ],
  ]
  for (const [what, checkpoint, entries, code] of cases) {
    net.put('https://odd.example', (path) => {
      const body = path === '/checkpoint' ? checkpoint : path.startsWith('/tile/entries/') ? entries : undefined
      return body === undefined ? new Response('no', { status: 404 }) : new Response(body)
    })
    await assert.rejects(node.peers.add({ url: 'https://odd.example' }), { code }, what)
  }
  assert.deepEqual(node.peers.list(), [])
})

test('a keeper that changed its log key, in the beginning or far on, is met with the key it has now', async (context) => {
  for (const before of [0, 300]) {
    const net = network()
    const label = `rotated ${before}`
    const plain = keeper(label)
    const nextLog = keyFor(`${label} next log`)
    const keys: PartyPayload['keys'] = plain.payload.keys.map((key) =>
      key.roles.includes('log') ? { ...key, jwk: jwkOf({ alg: 'EdDSA', bytes: nextLog.publicKey }) } : key,
    )
    const own = keeper(label, { party: { next: keysDigest(keys, crypto) } })
    const { keys: nodeKeys, use } = changeableKeys(own.keys)
    const b = await neighbour(context, label, { net, url, own, keys: nodeKeys })
    const first = b.node.find('')?.id ?? b.node.findParty(own.urn)?.statement ?? ''
    const fillers = Array.from({ length: before }, (_, i) => actor(`filler ${i}`, own.origin).founding(startAt))
    await Promise.all(fillers.map((bytes) => b.node.submit(bytes)))
    const signer = ed25519Signer(own.origin, { publicKey: nextLog.publicKey, sign: (m) => nextLog.sign(m) }, sha256)
    use({ log: { publicKey: nextLog.publicKey, signNote: (text) => signNote(text, [signer]) } })
    const { next: _, ...payload } = own.payload
    await b.node.submit(own.sign('party', own.urn, { ...payload, keys, previous: first }, startAt))
    await b.node.submit(actor('after', own.origin).founding(startAt))

    const a = await neighbour(context, `a ${before}`, { net })
    const { peer } = await a.node.peers.add({ url, keeper: own.urn })
    assert.deepEqual(peer.logKeys, [vkeyOf(own.origin, `${label} next log`)])
    const old = a.node.peers.add({ url, logKey: vkeyOf(own.origin, `${label} log`) })
    await assert.rejects(old, { code: 'wrong-log-key' })
  }
})

test('only peers are asked, and what parties published; a peer that is gone is asked no more', async (context) => {
  const net = network()
  const a = await neighbour(context, 'a', { net })
  const b = await neighbour(context, 'b', { net, url })
  net.put('https://inbox.example/deliver', () => new Response('thanks'))
  const { peers } = a.node
  await assert.rejects(peers.fetch(`${url}/checkpoint`), { code: 'not-a-peer' })
  await peers.add({ url })
  assert.equal((await peers.fetch(`${url}/checkpoint`)).status, 200)
  for (const address of ['https://b.example.evil/', 'http://b.example/', 'https://b.example:8443/', 'https://b.examp/'])
    await assert.rejects(peers.fetch(address), { code: 'not-a-peer' }, address)

  const recipient = actor('recipient', a.node.origin, {
    party: { contacts: [{ function: 'technical', url: 'https://inbox.example/deliver' }] },
  })
  const publishedBy = recipient.urn
  const inbox = 'https://inbox.example/deliver/1'
  await assert.rejects(peers.fetch(inbox, { publishedBy }), { code: 'not-a-peer' })
  await a.node.submit(recipient.founding(startAt))
  assert.equal((await peers.fetch(inbox, { publishedBy })).status, 200)
  await assert.rejects(peers.fetch('https://inbox.example/', { publishedBy }), { code: 'not-a-peer' })
  await assert.rejects(peers.fetch('https://inbox.example/deliverance', { publishedBy }), { code: 'not-a-peer' })
  await assert.rejects(peers.fetch(inbox), { code: 'not-a-peer' })

  await peers.remove(b.node.origin)
  const asked = net.asked.length
  await assert.rejects(peers.fetch(`${url}/checkpoint`), { code: 'not-a-peer' })
  assert.equal(net.asked.length, asked)
})

test('a peer has a path of its own where several logs share a host', async (context) => {
  const net = network()
  const a = await neighbour(context, 'a', { net })
  const b = await neighbour(context, 'b', { net, url: 'https://logs.example/b' })
  await a.node.peers.add({ url: 'https://logs.example/b/' })
  assert.equal((await a.node.peers.fetch('https://logs.example/b/checkpoint')).status, 200)
  await assert.rejects(a.node.peers.fetch('https://logs.example/b/../c/checkpoint'), { code: 'not-a-peer' })
  await assert.rejects(a.node.peers.fetch('https://logs.example/bc/checkpoint'), { code: 'not-a-peer' })
  await assert.rejects(a.node.peers.fetch('https://logs.example/b%2f..%2fc'), { code: 'not-a-peer' })
  assert.equal(a.node.peers.find(b.node.origin)?.url, 'https://logs.example/b')
})

test('how a peer is doing is told by calls until somebody knows better', async (context) => {
  const net = network()
  const a = await neighbour(context, 'a', { net })
  await neighbour(context, 'b', { net, url })
  const { peers } = a.node
  const { peer } = await peers.add({ url })
  const state = () => peers.states()[0] ?? assert.fail('no peer')
  assert.equal(state().state, 'not-yet')
  assert.equal(state().role, 'mirror')
  net.put(url, () => new Response('down', { status: 500 }))
  await peers.fetch(`${url}/checkpoint`)
  assert.equal(state().state, 'unreachable')
  assert.equal(state().lastError?.code, 'peer-answers-otherwise')
  peers.reportFrom(() => ({ state: 'behind', size: 7, entriesBehind: 2 }))
  peers.reportFrom(({ origin }) => (origin === peer.origin ? { cosignedAt: 5 } : undefined))
  const { lastError, ...rest } = state()
  assert.equal(lastError?.at, startAt)
  assert.deepEqual(rest, {
    origin: peer.origin,
    url,
    role: 'mirror',
    state: 'behind',
    size: 7,
    entriesBehind: 2,
    secondsBehind: 0,
    lastSuccessAt: 0,
    nextTryAt: 0,
    cosignedAt: 5,
  })
  const metrics = await a.node.metrics.registry.metrics()
  assert.ok(metrics.includes(`comity_peer_entries_behind{peer="${peer.origin}"} 2`))
  assert.ok(metrics.includes(`comity_peer_state{peer="${peer.origin}",state="behind"} 1`))
  assert.ok(metrics.includes(`comity_peer_calls_total{peer="${peer.origin}",outcome="failed"} 1`))
  assert.ok(metrics.includes('comity_peer_calls_total{peer="(published)",outcome="answered"} 3'))
  await peers.remove(peer.origin)
  assert.ok(!(await a.node.metrics.registry.metrics()).includes(peer.origin))
})

test('the list holds as many peers as a node can deal with', async (context) => {
  const net = network()
  const a = await neighbour(context, 'a', { net })
  await neighbour(context, 'b', { net, url })
  const { peer } = await a.node.peers.add({ url, mirror: false })
  const full = Array.from({ length: 256 }, (_, i) => ({ ...peer, origin: `${i}.example`, url: `https://${i}.example` }))
  const { cells } = a.node.truth
  await cells.compareAndSet(peersCell, cells.get(peersCell)?.version ?? 0, Buffer.from(JSON.stringify(full)))
  assert.equal(a.node.peers.list().length, 256)
  await assert.rejects(a.node.peers.add({ url }), { code: 'too-many-peers', message: /remove one first/ })
  await a.node.peers.remove('7.example')
  assert.equal((await a.node.peers.add({ url })).outcome, 'added')
})
