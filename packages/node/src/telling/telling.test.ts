import assert from 'node:assert/strict'
import { test } from 'node:test'
import { left, osv, publish, sbom } from '../vault/vault.fixture.ts'
import { tellingTerm } from './teller.ts'
import { genuine, receiver, tellingHouse } from './telling.fixture.ts'

test('who subscribed is told once of what is new, signed, with the words that it chose', async (context) => {
  const house = await tellingHouse(context)
  const { telling, operatorUrn, settle, clock } = house
  const [full, none] = [await receiver(context), await receiver(context)]
  const { secret } = await telling.subscribe(operatorUrn, {
    channel: { kind: 'webhook', url: full.url },
    detail: 'full',
  })
  await telling.subscribe(operatorUrn, { channel: { kind: 'webhook', url: none.url } })
  await settle()
  assert.equal(full.got.length, 0, 'what was there before is no news')
  await publish(house, left({ introduced: '0', fixed: '1.2.0' }), { id: 'ADV-1', title: 'Left falls over' })
  await settle()
  await settle()
  const [message, ...others] = full.got
  assert.ok(message !== undefined && others.length === 0)
  assert.ok(genuine(secret, message, clock.now()))
  const { type, data } = JSON.parse(message.body)
  assert.equal(type, 'comity.alerts')
  assert.equal(data.total, 1)
  assert.equal(data.alerts[0].component.name, 'left')
  assert.equal(data.alerts[0].advisory.id, 'ADV-1')
  assert.match(data.alerts[0].why, /1\.0\.0/)
  assert.equal(none.got.length, 1)
  assert.doesNotMatch(none.got[0]?.body ?? '', /left|ADV-1|falls|Plant|npm|total/)
  assert.deepEqual(
    telling.subscriptions(operatorUrn).map(({ state, toldAt, missed }) => [state, toldAt, missed]),
    [
      ['idle', clock.now(), 0],
      ['idle', clock.now(), 0],
    ],
  )
})

test('what arises together is one message, and an hour has no more than was asked for', async (context) => {
  const house = await tellingHouse(context)
  const { telling, operatorUrn, settle, clock } = house
  const { url, got } = await receiver(context)
  await telling.subscribe(operatorUrn, { channel: { kind: 'webhook', url }, detail: 'full', perHour: 2 })
  const totals = () => got.map(({ body }) => JSON.parse(body).data.total)
  await publish(house, left({ fixed: '1.2.0' }), { id: 'ADV-1' })
  await publish(house, osv('OSV-2', 'right', { fixed: '3.0.0' }), { id: 'ADV-2' })
  await settle()
  assert.deepEqual(totals(), [2])
  clock.advance(60)
  await publish(house, osv('OSV-3', 'left', {}), { id: 'ADV-3' })
  await settle()
  assert.deepEqual(totals(), [2, 1])
  clock.advance(60)
  for (const id of ['ADV-4', 'ADV-5', 'ADV-6']) await publish(house, osv(id, 'right', {}), { id })
  await settle()
  assert.deepEqual(totals(), [2, 1], 'two messages were this hour’s')
  clock.advance(3600)
  await settle()
  assert.deepEqual(totals(), [2, 1, 3])
})

test('a receiver that fails is asked again with the same message, later and later, until it says yes', async (context) => {
  const house = await tellingHouse(context)
  const { telling, operatorUrn, settle, clock } = house
  const to = await receiver(context)
  const { id, secret } = await telling.subscribe(operatorUrn, { channel: { kind: 'webhook', url: to.url } })
  to.answer = { status: 500 }
  await publish(house, left({}), { id: 'ADV-1' })
  const waits: number[] = []
  for (let last = clock.now(); to.got.length < 6; clock.advance(1)) {
    const before = to.got.length
    await settle()
    if (to.got.length > before) waits.push(clock.now() - last)
    if (to.got.length > before) last = clock.now()
    const [info] = telling.subscriptions(operatorUrn)
    assert.equal(info?.state, 'waiting')
    assert.deepEqual([info.lastAttempt?.code, info.lastAttempt?.status], ['refused', 500])
  }
  assert.deepEqual(waits, [0, 5, 10, 20, 40, 80])
  to.answer = { status: 200 }
  clock.advance(3600)
  await settle()
  await settle()
  assert.equal(to.got.length, 7)
  assert.equal(new Set(to.got.map((each) => each.id)).size, 1, 'it is one message')
  assert.equal(new Set(to.got.map((each) => each.body)).size, 1, 'which says the same each time')
  assert.ok(genuine(secret, to.got.at(-1) ?? assert.fail(), clock.now()), 'signed for its own time')
  assert.equal(telling.subscriptions(operatorUrn)[0]?.state, 'idle')
  await telling.unsubscribe(operatorUrn, id)
  await publish(house, osv('OSV-2', 'right', {}), { id: 'ADV-2' })
  await settle()
  assert.equal(to.got.length, 7, 'who is subscribed no more is told no more')
})

test('what could not be brought in time is given up, stays listed, and the next message says so', async (context) => {
  const house = await tellingHouse(context)
  const { telling, operatorUrn, settle, clock } = house
  const to = await receiver(context)
  await telling.subscribe(operatorUrn, { channel: { kind: 'webhook', url: to.url } })
  to.answer = { status: 503 }
  await publish(house, left({}), { id: 'ADV-1' })
  await settle()
  clock.advance(tellingTerm + 7200)
  await settle()
  const [info] = telling.subscriptions(operatorUrn)
  assert.deepEqual([info?.state, info?.missed, info?.failed?.code], ['idle', 1, 'not-in-time'])
  to.answer = { status: 200 }
  await publish(house, osv('OSV-2', 'right', {}), { id: 'ADV-2' })
  await settle()
  assert.equal(JSON.parse(to.got.at(-1)?.body ?? '').data.missed, 1)
  assert.equal(telling.subscriptions(operatorUrn)[0]?.missed, 0)
  assert.equal((await telling.alerts(operatorUrn, { limit: 10 })).alerts.length, 2)
})

test('who answers that nobody is there any more is asked no more', async (context) => {
  const house = await tellingHouse(context)
  const { telling, operatorUrn, settle, clock } = house
  const to = await receiver(context)
  await telling.subscribe(operatorUrn, { channel: { kind: 'webhook', url: to.url } })
  to.answer = { status: 410 }
  for (const id of ['ADV-1', 'ADV-2']) {
    await publish(house, osv(id, 'left', {}), { id })
    await settle()
    clock.advance(4000)
  }
  assert.equal(to.got.length, 1)
  assert.equal(telling.subscriptions(operatorUrn)[0]?.state, 'stopped')
})

test('a waiting read is answered the moment that there is something, and with nothing when its time is over', async (context) => {
  const house = await tellingHouse(context)
  const { telling, operatorUrn } = house
  const empty = await telling.alerts(operatorUrn, { limit: 10 })
  assert.deepEqual([empty.alerts.length, empty.more], [0, false])
  const soon = await telling.alerts(operatorUrn, { limit: 10, cursor: empty.next, wait: 0.01 })
  assert.deepEqual(soon, empty)
  const waiting = telling.alerts(operatorUrn, { limit: 10, cursor: empty.next, wait: 60 })
  const others = Array.from({ length: 7 }, () =>
    telling.alerts(operatorUrn, { limit: 10, cursor: empty.next, wait: 60 }),
  )
  await assert.rejects(telling.alerts(operatorUrn, { limit: 10, cursor: empty.next, wait: 60 }), {
    code: 'too-many-requests',
  })
  await publish(house, left({}), { id: 'ADV-1' })
  const page = await waiting
  assert.deepEqual(
    page.alerts.map(({ match }) => match.component.name),
    ['left'],
  )
  await Promise.all(others)
  const controller = new AbortController()
  const given = telling.alerts(operatorUrn, { limit: 10, cursor: page.next, wait: 60, signal: controller.signal })
  controller.abort()
  assert.deepEqual((await given).alerts, [])
  const ended = telling.alerts(operatorUrn, { limit: 10, cursor: page.next, wait: 60 })
  telling.endWaits()
  assert.deepEqual((await ended).alerts, [])
})

test('a long list of alerts is read in pages, each alert once', async (context) => {
  const house = await tellingHouse(context)
  const { telling, operatorUrn, vault } = house
  const names = Array.from({ length: 25 }, (_, i) => `many-${i}`)
  await vault.addInventory(operatorUrn, 'Plant 2', sbom(...names.map((name) => `${name}@1.0.0`)))
  for (const [i, name] of names.entries()) await publish(house, osv(`OSV-${i}`, name, {}), { id: `ADV-${i}` })
  await vault.settled()
  const found: string[] = []
  for (let cursor: string | undefined, more = true; more;) {
    const page = await telling.alerts(operatorUrn, { cursor, limit: 7 })
    found.push(...page.alerts.map(({ match }) => match.component.name))
    ;({ more } = page)
    cursor = page.next
  }
  assert.deepEqual(found, names)
  await assert.rejects(telling.alerts(operatorUrn, { cursor: 'x', limit: 7 }), { code: 'bad-cursor' })
})

test('a feed is read by who has its address, and says what was chosen', async (context) => {
  const house = await tellingHouse(context)
  const { telling, operatorUrn, settle } = house
  const full = await telling.subscribe(operatorUrn, { channel: { kind: 'feed' }, detail: 'full' })
  const none = await telling.subscribe(operatorUrn, { channel: { kind: 'feed' } })
  await publish(house, left({}), { id: 'ADV-1', title: 'a <b> & "c"' })
  await settle()
  const atom = telling.feed(full.secret ?? '')
  assert.match(atom, /<title>OSV-1: left 1\.0\.0 affected<\/title>/)
  assert.match(atom, /a &lt;b&gt; &amp; &quot;c&quot;/)
  const plain = telling.feed(none.secret ?? '')
  assert.equal(plain.match(/<entry>/g)?.length, 1)
  assert.doesNotMatch(plain, /left|ADV-1|Plant/)
  await telling.unsubscribe(operatorUrn, none.id)
  assert.throws(() => telling.feed(none.secret ?? ''), { code: 'unknown-feed' })
  assert.throws(() => telling.feed('x'), { code: 'unknown-feed' })
})
