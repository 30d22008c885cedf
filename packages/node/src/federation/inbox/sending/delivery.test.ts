/** Messages over a network that loses, doubles, delays and changes what it carries: in effect exactly once. */
import assert from 'node:assert/strict'
import { createPublicKey } from 'node:crypto'
import { test } from 'node:test'
import { keysDigest } from '@comity/statement'
import { keyFor, keeper, signerOf } from '@comity/testkit'
import fc from 'fast-check'
import { crypto } from '../../../crypto-port.ts'
import type { Fetch } from '../../peers/peer.ts'
import { type House, idOf, jwkFor, neighbours, restart, uploaded, written } from '../inbox.fixture.ts'
import { sealPair } from '../inbox-keys.fixture.ts'
import { encodeEnvelope } from '../message/envelope.ts'
import { seal } from '../message/seal.ts'
import { sealKeyTerm } from '../seal-key-book.ts'
import { waitAfter } from './backoff.ts'

/** What happens to one call. */
type Fate = 'pass' | 'lost' | 'answer lost' | 'doubled' | 'late' | 'garbled answer' | 'busy'

/** A network that treats calls as it is told, in order; once nothing is told any more it is perfect. */
function unreliable(): { network: (fetch: Fetch) => Fetch; fates: Fate[]; late: (() => Promise<unknown>)[] } {
  const fates: Fate[] = []
  const late: (() => Promise<unknown>)[] = []
  const network =
    (fetch: Fetch): Fetch =>
    async (url, init) => {
      switch (fates.shift() ?? 'pass') {
        case 'pass':
          return fetch(url, init)
        case 'lost':
          throw new TypeError('fetch failed')
        case 'answer lost':
          await (await fetch(url, init)).arrayBuffer()
          throw new TypeError('fetch failed')
        case 'doubled': {
          await (await fetch(url, init)).arrayBuffer()
          return fetch(url, init)
        }
        case 'late':
          late.push(async () => (await fetch(url, init)).arrayBuffer())
          throw new TypeError('fetch failed')
        case 'garbled answer':
          await (await fetch(url, init)).arrayBuffer()
          return new Response('{"receipt":"AAAA","attachments":[]}')
        case 'busy':
          return new Response('{"code":"too-many-requests"}', { status: 429, headers: { 'retry-after': '7' } })
      }
    }
  return { network, fates, late }
}

const plans = fc.array(
  fc.constantFrom<Fate>('pass', 'lost', 'answer lost', 'doubled', 'late', 'garbled answer', 'busy'),
  { maxLength: 12 },
)

test('exactly-once: over random loss, doubling, delay and reordering each message takes effect once', async (context) => {
  const { network, fates, late } = unreliable()
  const { houses, clock, settle } = await neighbours(context, ['ministry', 'authority'], { network })
  const [a, b] = houses
  assert.ok(a && b)
  let correspondences = 0
  await fc.assert(
    fc.asyncProperty(plans, fc.integer({ min: 1, max: 4 }), async (plan, count) => {
      fates.splice(0, Infinity, ...plan)
      const correspondence = String(correspondences++).padStart(64, '0')
      const ids: string[] = []
      for (let n = 0; n < count; n++) {
        clock.advance(1)
        const previous = ids.at(-1)
        const rest = previous === undefined ? {} : { previous }
        const message = written(a, { to: [b.home.urn], text: `message ${n}`, ...rest }, correspondence)
        ids.push(idOf(message))
        await a.client.inbox.send(message)
      }
      const sent = async () => (await a.client.inbox.messages({ correspondence })).items
      for (let rounds = 0; rounds < 40; rounds++) {
        await settle()
        const there = (await sent()).every(({ deliveries }) => deliveries[0]?.state === 'delivered')
        for (const bring of late.splice(0)) await bring()
        if (there) break
        clock.advance(60 * 2 ** Math.min(rounds, 6))
      }
      const received = (await b.client.inbox.messages({ correspondence })).items
      assert.deepEqual(received.map(({ id }) => id).toSorted(), ids.toSorted(), 'each arrived, none twice')
      assert.ok(received.every(({ gap }) => !gap))
      for (const { id, deliveries } of await sent()) {
        assert.equal(deliveries[0]?.state, 'delivered')
        const { receipt } = await b.client.inbox.message(id)
        assert.equal(deliveries[0]?.receipt, receipt, 'the receipt that is kept is the one that was given')
      }
    }),
    { numRuns: 25 },
  )
})

test('messages out of order are taken, and the gap is shown until it closes', async (context) => {
  const { houses } = await neighbours(context, ['ministry', 'authority'])
  const [a, b] = houses
  assert.ok(a && b)
  const key = { kid: b.seal.kid, publicKey: createPublicKey({ key: { ...b.seal.publicJwk }, format: 'jwk' }) }
  const first = written(a, { to: [b.home.urn], text: 'first' })
  const second = written(a, { to: [b.home.urn], text: 'second', previous: idOf(first) })
  const bring = async (message: Uint8Array) =>
    b.inbox.reception.take(b.home.urn, await seal(encodeEnvelope({ message, keys: [] }), [key]))
  await bring(second)
  assert.deepEqual(
    (await b.client.inbox.messages()).items.map(({ gap }) => gap),
    [true],
  )
  await bring(first)
  assert.deepEqual(
    (await b.client.inbox.messages()).items.map(({ gap }) => gap),
    [false, false],
  )
})

test('several get one message, each at its own pace; one that is away gets it when it is back', async (context) => {
  let isDown = true
  const network =
    (fetch: Fetch): Fetch =>
    async (url, init) => {
      if (isDown && url.startsWith(down.url)) throw new TypeError('fetch failed')
      return fetch(url, init)
    }
  const { houses, clock, settle } = await neighbours(context, ['ministry', 'authority', 'agency'], { network })
  const [a, b, c] = houses
  assert.ok(a && b && c)
  const down: House = c
  const { id } = await a.client.inbox.send(written(a, { to: [b.home.urn, c.home.urn], text: 'to both' }))
  await settle()
  const states = async () => (await a.client.inbox.message(id)).deliveries.map(({ state }) => state)
  assert.deepEqual(await states(), ['delivered', 'waiting'])
  isDown = false
  await settle()
  assert.deepEqual(await states(), ['delivered', 'waiting'], 'not before its time')
  clock.advance(10)
  await settle()
  assert.deepEqual(await states(), ['delivered', 'delivered'])
  assert.equal((await c.client.inbox.message(id)).text, 'to both')
})

test('what nobody takes within fourteen days has failed, and says so', async (context) => {
  const { houses, clock, settle } = await neighbours(context, ['ministry', 'authority'], {
    network: () => () => Promise.reject(new TypeError('fetch failed')),
  })
  const [a, b] = houses
  assert.ok(a && b)
  const { id } = await a.client.inbox.send(written(a, { to: [b.home.urn], text: 'x' }))
  for (let days = 0; days < 15; days += 5) {
    await settle()
    clock.advance(5 * 86_400)
  }
  await settle()
  const [delivery] = (await a.client.inbox.message(id)).deliveries
  assert.deepEqual([delivery?.state, delivery?.code], ['failed', 'not-delivered'])
})

test('a message between two parties of one node goes no further than that', async (context) => {
  const { houses, settle } = await neighbours(context, ['ministry', 'host'], {
    network: () => () => assert.fail('nothing is sent anywhere'),
  })
  const [, host] = houses
  assert.ok(host)
  const seal = sealPair('X25519')
  const guest = keeper('guest', {
    party: {
      home: host.home.origin,
      keys: [
        { jwk: jwkFor('guest'), roles: ['sign'] },
        { jwk: seal.publicJwk, roles: ['seal'] },
      ],
    },
  })
  await host.node.submit(guest.founding(host.clock.now()))
  await host.inbox.sealKeys.add(guest.urn, seal.privateJwk)
  const message = written(host, { to: [guest.urn], text: 'next door' })
  await host.client.inbox.send(message)
  await settle()
  assert.equal(host.inbox.messages.read(guest.urn, idOf(message)).text, 'next door')
  assert.equal((await host.client.inbox.message(idOf(message))).deliveries[0]?.state, 'delivered')
})

test('a seal key rotated in flight: the old one opens for a term, then the sender is told the new one and seals again', async (context) => {
  const label = 'authority'
  const next = sealPair()
  const nextKeys = (seal: { publicJwk: object }) => [
    ...keeper(label).payload.keys.map((key, i) => (i === 0 ? { ...key, jwk: jwkFor(`${label} next`) } : key)),
    { jwk: seal.publicJwk as never, roles: ['seal' as const] },
  ]
  let hidesRotation = false
  const answers: number[] = []
  const network =
    (fetch: Fetch): Fetch =>
    async (url, init) => {
      const answer = await fetch(url, init)
      answers.push(answer.status)
      hidesRotation = false
      return answer
    }
  const { houses, clock, settle } = await neighbours(context, ['ministry', label], {
    network,
    party: { next: keysDigest(nextKeys(next) as never, crypto) },
    behind: () => hidesRotation,
  })
  const [a, b] = houses
  assert.ok(a && b)
  const old = { kid: b.seal.kid, publicKey: createPublicKey({ key: { ...b.seal.publicJwk }, format: 'jwk' }) }
  const inFlight = written(a, { to: [b.home.urn], text: 'in flight' })
  const sealedBefore = await seal(encodeEnvelope({ message: inFlight, keys: [] }), [old])

  await b.client.inbox.addSealKey(next.privateJwk)
  const { statement: previous } = b.node.findParty(b.home.urn) ?? assert.fail()
  const signer = signerOf(keyFor(`${label} next`))
  const rotation = { ...b.home.payload, previous, keys: nextKeys(next) }
  const { next: _, ...payload } = rotation
  await b.node.submit(b.home.sign('party', b.home.urn, payload as never, clock.now(), signer))
  const { keys } = await b.client.inbox.sealKeys()
  assert.deepEqual(
    keys.map(({ state }) => state),
    ['ended', 'current'],
  )

  await b.inbox.reception.take(b.home.urn, sealedBefore)
  assert.equal((await b.client.inbox.message(idOf(inFlight))).text, 'in flight')

  clock.advance(sealKeyTerm + 1)
  await b.inbox.step(clock.now())
  assert.deepEqual(
    (await b.client.inbox.sealKeys()).keys.map(({ state }) => state),
    ['expired', 'current'],
  )

  // The sender has not heard of the rotation when it seals for the first time.
  hidesRotation = true
  answers.length = 0
  const late = written(a, { to: [b.home.urn], text: 'sealed twice' })
  await a.client.inbox.send(late)
  await settle()
  assert.deepEqual(answers, [409, 200])
  assert.equal((await b.client.inbox.message(idOf(late))).text, 'sealed twice')
  await restart(b, { houses, clock, settle })
  assert.equal((await b.client.inbox.message(idOf(inFlight))).text, 'in flight', 'what was opened stays open')
})

test('chunks that are lost, changed, doubled or cut on their way arrive in the end, and those that came are not sent again', async (context) => {
  const sent = new Map<string, number>()
  let calls = 0
  const network =
    (fetch: Fetch): Fetch =>
    async (url, init) => {
      const chunk = /\/chunks\/(\d+)$/.exec(url)?.[1]
      if (chunk === undefined) return fetch(url, init)
      sent.set(chunk, (sent.get(chunk) ?? 0) + 1)
      const body = Buffer.from(init?.body as Uint8Array)
      switch (calls++ % 6) {
        case 0:
          throw new TypeError('fetch failed')
        case 1:
          return fetch(url, { ...init, body: body.subarray(0, 1000) })
        case 2:
          return fetch(url, { ...init, body: Buffer.concat([Buffer.of((body[0] ?? 0) ^ 1), body.subarray(1)]) })
        case 3:
          return fetch(url.replace(/\d+$/, String((Number(chunk) + 1) % 3)), init)
        default:
          return fetch(url, init)
      }
    }
  const neighbourhood = await neighbours(context, ['ministry', 'authority'], { network })
  const { houses, clock, settle } = neighbourhood
  const [a, b] = houses
  assert.ok(a && b)
  const content = Buffer.alloc(10_000_000)
  for (let i = 0; i < content.length; i += 8) content.writeDoubleLE(i, i)
  const { upload, attachment } = await uploaded(a, 'records.bin', content)
  const { id } = await a.client.inbox.send(written(a, { to: [b.home.urn], text: 'x', attachments: [attachment] }), [
    upload,
  ])
  const state = async () => (await a.client.inbox.message(id)).deliveries[0]?.state
  for (let rounds = 0; rounds < 30 && (await state()) !== 'delivered'; rounds++) {
    await settle()
    clock.advance(1800)
    if (rounds === 1) await restart(b, neighbourhood, { network })
  }
  assert.deepEqual((await b.client.inbox.message(id)).whole, [true])
  const read = Buffer.from(await (await b.client.inbox.attachment(id, 0)).arrayBuffer())
  assert.ok(content.equals(read))
  assert.equal(sent.size, 3)
  const before = [...sent.values()].reduce((sum, n) => sum + n, 0)
  await settle()
  assert.equal(
    [...sent.values()].reduce((sum, n) => sum + n, 0),
    before,
    'nothing is sent once it is there',
  )
})

test('waits grow from seconds to an hour, with chance in them', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 100 }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (attempts, random) => {
        const wait = waitAfter(attempts, random)
        assert.ok(Number.isSafeInteger(wait) && wait >= 1 && wait <= 5400)
        assert.ok(wait <= waitAfter(attempts + 2, random) || wait > 1800)
      },
    ),
  )
  assert.deepEqual(
    [1, 2, 3, 11, 50].map((n) => waitAfter(n, 0.5)),
    [5, 10, 20, 3600, 3600],
  )
})
