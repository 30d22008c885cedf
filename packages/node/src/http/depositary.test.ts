/** Depositary notifications over a real server: as JSON, as Atom, as JSON Feed; in pages; with what time brings about. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { api, type NotificationsResponse } from '@comity/contract'
import { adherenceCase } from '@comity/procedures'
import { instrumentUrn } from '@comity/statement'
import { type Actor, actor } from '@comity/testkit'
import { Value } from 'typebox/value'
import { stage } from '../federation/seat/seat.fixture.ts'
import { home, served, startAt } from './server.fixture.ts'

const day = 86_400
const state = actor('northland', home.origin, { type: 'state' })
const other = actor('south works', home.origin)
const gids = instrumentUrn('gids')
const urn = adherenceCase(state.urn, 'gids')
const reservation = { provision: 'gids-4', text: 'Except <where> our "law" demands & a copy\u0007.' }

/** A node with an adherence, an objection to its reservation, and what followed. */
async function told(context: TestContext) {
  const on = await served(context)
  const { client, clock } = on
  const say = async (who: Actor, kind: 'adherence' | 'support', payload: object): Promise<string> => {
    clock.advance(60)
    const { id } = await client.submit(who.sign(kind, gids, payload, clock.now()))
    return id
  }
  const move = async (who: Actor, name: string, body: object): Promise<string> => {
    clock.advance(60)
    const payload = { procedure: 'adherence/1', move: name, seat: home.origin, body: { ...body } }
    const { id } = await client.submit(who.sign('move', urn, payload, clock.now()))
    return id
  }
  for (const each of [state, other]) await client.submit(each.founding(startAt))
  const ids = {
    adherence: await say(state, 'adherence', {
      version: 'S/2020/1',
      declarations: [{ provision: 'gids-3', text: 'Our law is the measure.' }],
      reservations: [reservation],
    }),
    support: await say(other, 'support', {}),
    objection: await move(other, 'object', { provisions: ['gids-4'], precludes: false, text: 'It empties it.' }),
    anew: await say(state, 'adherence', {}),
    notice: await say(state, 'adherence', { withdrawal: { after: '2026-12-31T00:00:00Z' } }),
  }
  return { ...on, ids, say }
}

test('everything that was said about adherence is told, the newest first, with what it says and where it stands', async (context) => {
  const { client, ids, url } = await told(context)
  const page = await client.notifications('gids')
  const [first] = Value.Errors(api.notificationsResponse, page)
  assert.equal(first, undefined, JSON.stringify(first))
  assert.deepEqual(
    page.items.map(({ id }) => id.slice('urn:comity:statement:'.length)),
    [ids.notice, ids.anew, ids.objection, ids.support, ids.adherence],
  )
  assert.deepEqual(
    page.items.map(({ acts }) => acts.map(({ act }) => act)),
    [
      ['declared-anew', 'notice-of-withdrawal'],
      ['declared-anew', 'reservation-withdrawn'],
      ['objection'],
      ['support'],
      ['adherence', 'declaration', 'reservation'],
    ],
  )
  const [notice, , objection, , adherence] = page.items
  assert.equal(notice?.acts[1]?.at, Date.parse('2026-12-31T00:00:00Z') / 1000)
  assert.deepEqual([objection?.by.party, objection?.of.party], [other.urn, state.urn])
  assert.deepEqual(objection?.acts, [{ act: 'objection', provision: 'gids-4', text: 'It empties it.' }])
  assert.match(
    objection?.title ?? '',
    /^south works \(fictitious\): objection \(northland \(fictitious\)\), the Initiative$/,
  )
  assert.deepEqual([adherence?.version, adherence?.case, adherence?.acts[2]?.text], ['S/2020/1', urn, reservation.text])
  const statement = await fetch(`${url}${adherence?.links.statement}`)
  assert.equal(((await statement.json()) as { id: string }).id, ids.adherence)
  assert.equal((await fetch(`${url}${adherence?.links.case}`)).status, 200)
  assert.deepEqual((await client.notifications('code')).items, [])
})

test('a withdrawal is told of again when it takes effect, with no entry of any log, unless it was taken back', async (context) => {
  const { client, clock, ids, say, url } = await told(context)
  const tag = (await fetch(`${url}/api/v1/instruments/gids/notifications`)).headers.get('etag')
  clock.advance(60 * day)
  const [effect, notice] = (await client.notifications('gids')).items
  assert.equal(effect?.id, `urn:comity:statement:${ids.notice}#effect`)
  assert.equal(effect?.at, Date.parse('2026-12-31T00:00:00Z') / 1000)
  assert.deepEqual(effect?.acts, [{ act: 'withdrawal-in-effect' }])
  assert.equal(notice?.statement.id, ids.notice)
  const changed = await fetch(`${url}/api/v1/instruments/gids/notifications`, {
    headers: { 'if-none-match': tag ?? '' },
  })
  assert.equal(changed.status, 200, 'who had the answer before learns of it')
  await say(state, 'adherence', {})
  const again = (await client.notifications('gids')).items.map(({ acts }) => acts[0]?.act)
  assert.deepEqual(again.slice(0, 2), ['declared-anew', 'withdrawal-in-effect'])
  await say(other, 'support', { withdrawal: { after: '2027-06-01T00:00:00Z' } })
  await say(other, 'support', {})
  clock.advance(300 * day)
  const later = (await client.notifications('gids')).items
  assert.equal(later[0]?.acts[0]?.act, 'notice-taken-back')
  assert.equal(later.filter(({ acts }) => acts[0]?.act === 'withdrawal-in-effect').length, 1)
})

test('pages follow each other without a gap, an effect of time among them', async (context) => {
  const { client, clock } = await told(context)
  clock.advance(60 * day)
  const whole = (await client.notifications('gids')).items.map(({ id }) => id)
  const paged: string[] = []
  let cursor: string | undefined
  do {
    const page = await client.notifications('gids', { limit: 1, ...(cursor === undefined ? {} : { cursor }) })
    paged.push(...page.items.map(({ id }) => id))
    cursor = page.next
  } while (cursor !== undefined)
  assert.deepEqual(paged, whole)
  assert.equal(whole.length, 6)
  await assert.rejects(client.notifications('gids', { cursor: 'yesterday' }), { code: 'bad-cursor' })
})

test('a page stays short where other cases have many moves, and the next one goes on', async (context) => {
  const { client, clock, ids } = await told(context)
  const subject = `urn:comity:case:${other.urn.slice(-64)}:need`
  const move = (name: string, body: object) =>
    client.submit(
      other.sign(
        'move',
        subject,
        { procedure: 'capacity/1', move: name, seat: home.origin, body: { ...body } },
        clock.now(),
      ),
    )
  await move('need', { theme: 'skills', means: ['training'], text: 'Two weeks.' })
  for (let i = 0; i < 3; i++) await move('reply', { text: `Note ${i}.` })
  assert.equal((await client.notifications('gids')).items[0]?.statement.id, ids.notice)
})

test('the Atom feed is well formed, whatever strangers wrote, and leads on', async (context) => {
  const { url, ids } = await told(context)
  const answer = await fetch(`${url}/api/v1/instruments/gids/notifications.atom?limit=2`)
  assert.equal(answer.headers.get('content-type'), 'application/atom+xml; charset=utf-8')
  const text = await answer.text()
  assert.equal(text.match(/<entry>/g)?.length, 2)
  assert.match(
    text,
    /<link rel="next" type="application\/atom\+xml" href="\/api\/v1\/instruments\/gids\/notifications\.atom\?limit=2&amp;cursor=[0-9.m]+"\/>/,
  )
  const whole = await (await fetch(`${url}/api/v1/instruments/gids/notifications.atom`)).text()
  assert.ok(whole.includes(`<id>urn:comity:statement:${ids.adherence}</id>`))
  assert.ok(whole.includes('Except &lt;where&gt; our &quot;law&quot; demands &amp; a copy\ufffd.'))
  assert.ok(!whole.includes('\u0007') && !whole.includes('<where>'))
  assert.doesNotMatch(whole, /rel="next"/)
  // Every element that is opened is closed, in order.
  const open: string[] = []
  for (const [, end, name = '', self] of whole.matchAll(/<(\/?)([a-z]+)(?:\s[^<>]*?)?(\/?)>/g)) {
    if (end === '/') assert.equal(open.pop(), name)
    else if (self !== '/') open.push(name)
  }
  assert.deepEqual(open, [])
})

test('the JSON feed has the same items under its own media type', async (context) => {
  const { url, ids } = await told(context)
  const answer = await fetch(`${url}/api/v1/instruments/gids/notifications.json`)
  assert.equal(answer.headers.get('content-type'), 'application/feed+json; charset=utf-8')
  const feed = await answer.json()
  const [first] = Value.Errors(api.jsonFeed, feed)
  assert.equal(first, undefined, JSON.stringify(first))
  const { items } = feed as { items: readonly { id: string; content_text: string; tags: readonly string[] }[] }
  assert.equal(items.length, 5)
  assert.equal(items.at(-1)?.id, `urn:comity:statement:${ids.adherence}`)
  assert.match(
    items.at(-1)?.content_text ?? '',
    /^adherence\ndeclaration gids-3 “Our law is the measure\.”\nreservation gids-4/,
  )
  assert.deepEqual(items[2]?.tags, ['objection'])
  const tag = answer.headers.get('etag') ?? ''
  const same = await fetch(`${url}/api/v1/instruments/gids/notifications.json`, { headers: { 'if-none-match': tag } })
  assert.equal(same.status, 304)
})

test('an instrument that there is not is told from those there are, and no feed speaks of a ratification', async (context) => {
  const { url } = await told(context)
  for (const form of ['', '.json', '.atom']) {
    const none = await fetch(`${url}/api/v1/instruments/treaty/notifications${form}`)
    assert.equal(none.status, 404)
    assert.match(((await none.json()) as { detail: string }).detail, /there are code, gids/)
    const some = await (await fetch(`${url}/api/v1/instruments/gids/notifications${form}`)).text()
    assert.doesNotMatch(some, /ratif/i)
  }
})

test('later texts of an instrument are served with their mapping', async (context) => {
  const { client, url } = await served(context)
  const answer = await client.laterVersions('code')
  const [first] = Value.Errors(api.laterVersionsResponse, answer)
  assert.equal(first, undefined, JSON.stringify(first))
  assert.deepEqual(
    answer.versions.map(({ symbol, paragraphs }) => [symbol, paragraphs.length]),
    [['A/69/723', 13]],
  )
  assert.deepEqual((await client.laterVersions('gids')).versions, [])
  assert.equal((await fetch(`${url}/api/v1/instruments/treaty/versions`)).status, 404)
  const wrong = state.sign('adherence', instrumentUrn('code'), { version: 'A/1/1' }, startAt)
  await client.submit(state.founding(startAt))
  await assert.rejects(client.submit(wrong), { code: 'schema-violation' })
  await client.submit(state.sign('adherence', instrumentUrn('code'), { version: 'A/69/723' }, startAt))
  assert.equal((await client.notifications('code')).items[0]?.version, 'A/69/723')
})

test('every node tells the same of logs that it follows: an adherence at one, an objection from another', async (context) => {
  const { seat, south, east, southern, eastern, clock, round } = await stage(context, { southern: { type: 'state' } })
  const own = adherenceCase(southern.urn, 'gids')
  const says = southern.sign('adherence', gids, { reservations: [reservation] }, clock.now())
  await south.node.submit(says)
  await round()
  const objection = {
    procedure: 'adherence/1',
    move: 'object',
    seat: south.origin,
    body: { provisions: ['gids-4'], precludes: true },
  }
  await east.node.submit(eastern.sign('move', own, objection, clock.now()))
  for (let i = 0; i < 3; i++) await round()
  const told = await Promise.all(
    [seat, south, east].map(async ({ app }) => {
      const { body } = await app.inject({ method: 'GET', url: '/api/v1/instruments/gids/notifications' })
      return (JSON.parse(body) as NotificationsResponse).items
    }),
  )
  const [first] = told
  assert.deepEqual(
    first?.map(({ acts, by, statement }) => [acts[0]?.act, by.party, statement.origin]),
    [
      ['objection', eastern.urn, south.origin],
      ['adherence', southern.urn, south.origin],
    ],
  )
  for (const items of told) assert.deepEqual(items, first)
})
