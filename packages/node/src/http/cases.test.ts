/** What a node answers about cases: its own, and those whose seat it follows. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { api, createClient } from '@comity/contract'
import type { TSchema } from 'typebox'
import { Value } from 'typebox/value'
import { type Post, stage } from '../federation/seat/seat.fixture.ts'

function fits<T>(schema: TSchema, value: T): T {
  const [first] = Value.Errors(schema, value)
  assert.equal(first, undefined, `${JSON.stringify(first)} in ${JSON.stringify(value)?.slice(0, 500)}`)
  return value
}

/** A client of a post, without a network; what it was answered with last. */
function asking({ app, url }: Post) {
  const last: { status: number; etag: string | undefined } = { status: 0, etag: undefined }
  const client = createClient({
    baseUrl: url,
    fetch: async (input, init) => {
      const { pathname, search } = new URL(String(input))
      const headers = Object.fromEntries(new Headers(init?.headers))
      const answer = await app.inject({ method: 'GET', url: `${pathname}${search}`, headers })
      last.status = answer.statusCode
      last.etag = answer.headers['etag']?.toString()
      return new Response(new Uint8Array(answer.rawPayload), {
        status: answer.statusCode,
        headers: { 'content-type': String(answer.headers['content-type']) },
      })
    },
  })
  return { client, last }
}

async function played(context: TestContext) {
  const on = await stage(context)
  return { ...on, atSeat: asking(on.seat), atSouth: asking(on.south) }
}

test('a case is shown whole by its seat and by who follows it: parties, state, clocks, what is possible for whom', async (context) => {
  const { seat, south, claimant, southern, eastern, move, round, urn, atSeat, atSouth } = await played(context)
  await south.node.submit(move(southern, 'acknowledge', { text: 'We look into it.' }))
  await round()
  await round()
  const shown = fits(api.caseResponse, await atSeat.client.case(urn))
  assert.deepEqual(
    [shown.procedure, shown.seat, shown.standing, shown.state.name, shown.subject],
    ['dispute/1', seat.origin, 'open', 'notified', 'Updates that differ by place'],
  )
  assert.equal(shown.opener.names[0]?.text, 'claimant (fictitious)')
  const respondents = shown.roles.find(({ role }) => role === 'respondent')?.parties ?? []
  assert.deepEqual(
    respondents.map(({ party }) => party),
    [southern.urn, eastern.urn],
  )
  assert.equal(respondents[0]?.names[0]?.text, 'southern (fictitious)')
  assert.deepEqual(
    shown.clocks.flatMap(({ name, standing, binds }) => (binds === 'respondent' ? [[name, standing, binds]] : [])),
    [
      ['acknowledgement', 'running', 'respondent'],
      ['consultations', 'running', 'respondent'],
      ['settlement', 'running', 'respondent'],
    ],
  )
  assert.ok(shown.clocks.every(({ deadline }) => deadline.endsWith('T23:59:59+00:00[UTC]')))
  assert.equal(shown.next?.name, shown.clocks[0]?.name)
  const acknowledge = shown.possible.find((each) => each.move === 'acknowledge')
  assert.deepEqual(
    acknowledge?.parties.map(({ party }) => party),
    [eastern.urn],
  )
  assert.equal(acknowledge?.body['type'], 'object')
  assert.deepEqual(
    shown.timeline.map(({ title }) => title),
    ['Notify a dispute', 'Acknowledge the notification'],
  )
  assert.deepEqual(shown.records, [{ provision: 'code-k', text: 'A dispute is on record.' }])

  const elsewhere = fits(api.caseResponse, await atSouth.client.case(urn))
  assert.deepEqual({ ...elsewhere, at: 0 }, { ...shown, at: 0 })
  const { items } = fits(api.caseMovesResponse, await atSouth.client.caseMoves(urn))
  assert.deepEqual(
    items.map(({ name, by, body, statement }) => [name, by.party, body['text'], statement.origin]),
    [
      ['notify', claimant.urn, undefined, seat.origin],
      ['acknowledge', southern.urn, 'We look into it.', seat.origin],
    ],
  )
  const first = await atSeat.client.caseMoves(urn, { limit: 1 })
  const second = await atSeat.client.caseMoves(urn, { limit: 1, cursor: first.next ?? '' })
  assert.deepEqual([first.items[0]?.name, second.items[0]?.name, second.next], ['notify', 'acknowledge', undefined])
})

test('cases are listed by procedure, party, role, state, provision and whether they go on', async (context) => {
  const { southern, claimant, urn, atSouth, seat } = await played(context)
  const { client } = atSouth
  const found = async (query: Parameters<typeof client.cases>[0]) =>
    fits(api.casesResponse, await client.cases(query)).items.map((each) => each.urn)
  assert.deepEqual(await found({}), [urn])
  for (const query of [
    { procedure: 'dispute' },
    { procedure: 'dispute/1', state: 'notified' },
    { party: southern.urn, role: 'respondent' },
    { party: claimant.urn, open: true },
    { provision: 'code-k' },
  ])
    assert.deepEqual(await found(query), [urn], JSON.stringify(query))
  for (const query of [
    { procedure: 'exercise' },
    { procedure: 'dispute/2' },
    { party: seat.keeper.urn },
    { party: southern.urn, role: 'claimant' },
    { state: 'closed' },
    { open: false },
    { provision: 'code-i' },
  ])
    assert.deepEqual(await found(query), [], JSON.stringify(query))
})

test('what is due is listed by when it runs out, and an answer is not due any more', async (context) => {
  const { clock, southern, eastern, south, east, move, round, urn, atSeat, atSouth } = await played(context)
  const due = async (until?: number, query = {}) =>
    fits(api.dueCasesResponse, await atSeat.client.dueCases(until, query)).items.map((each) => [
      each.urn,
      each.clock.name,
      each.standing,
    ])
  assert.deepEqual(await due(), [])
  const month = clock.now() + 40 * 86_400
  const ofSouthern = { party: southern.urn }
  assert.deepEqual(await due(month, ofSouthern), [
    [urn, 'acknowledgement', 'running'],
    [urn, 'consultations', 'running'],
  ])
  assert.deepEqual(await due(month, { party: `urn:comity:party:${'0'.repeat(64)}` }), [])
  const page = await atSeat.client.dueCases(month, { ...ofSouthern, limit: 1 })
  const { items } = await atSeat.client.dueCases(month, { ...ofSouthern, limit: 1, cursor: page.next ?? '' })
  assert.deepEqual([page.items[0]?.clock.name, items[0]?.clock.name], ['acknowledgement', 'consultations'])
  await south.node.submit(move(southern, 'acknowledge'))
  await east.node.submit(move(eastern, 'acknowledge'))
  await round()
  assert.deepEqual(await due(month, ofSouthern), [[urn, 'consultations', 'running']])
  const { cases } = fits(api.statusResponse, await atSeat.client.status())
  const next = (await atSeat.client.dueCases(month)).items[0]
  assert.deepEqual(cases, { open: 1, due: { urn, clock: next?.clock.name, at: next?.at } })
  assert.deepEqual(fits(api.statusResponse, await atSouth.client.status()).cases, { open: 0 }, 'its seat is elsewhere')
})

test('who filed at home in time kept the clock, although the seat was away past the deadline', async (context) => {
  const { seat, south, east, clock, southern, eastern, move, round, urn, atSeat, atSouth } = await played(context)
  const before = await atSeat.client.case(urn)
  const etag = atSeat.last.etag
  await south.node.submit(move(southern, 'acknowledge'))
  const { index } = await east.node.submit(move(eastern, 'acknowledge'))
  // The seat reads nothing for twenty days.
  clock.advance(20 * 86_400)
  const lapsed = await atSeat.client.case(urn)
  const acknowledgement = ({ clocks }: typeof before) => clocks.find(({ name }) => name === 'acknowledgement')
  assert.deepEqual([acknowledgement(before)?.standing, acknowledgement(lapsed)?.standing], ['running', 'lapsed'])
  assert.notEqual(atSeat.last.etag, etag, 'what lapsed is told anew, although no log has grown')
  assert.ok(lapsed.timeline.some(({ what }) => what === 'lapse'))
  await round()
  await round()
  for (const { client } of [atSeat, atSouth]) {
    const shown = fits(api.caseResponse, await client.case(urn))
    assert.equal(shown.state.name, 'acknowledged')
    const kept = acknowledgement(shown)
    assert.deepEqual([kept?.standing, kept?.keptBy?.origin, kept?.keptBy?.index], ['kept', east.origin, index])
    assert.ok((kept?.stoppedAt ?? 0) > (kept?.deadlineAt ?? 0), 'the seat took it after the deadline')
    assert.ok(!shown.timeline.some(({ title }) => title.startsWith('Acknowledgement has lapsed')))
  }
  assert.equal(seat.node.seat.refusalsOf(urn).length, 0)
})

test('what the seat refused and what it has not taken yet stands with the case', async (context) => {
  const { south, seat, southern, move, round, urn, atSeat, atSouth } = await played(context)
  await south.node.submit(move(southern, 'close'))
  await south.node.mirrors.follow(south.node.peers.list())
  const waiting = fits(api.caseResponse, await atSouth.client.case(urn))
  assert.deepEqual(
    waiting.filed.map(({ name, by, statement }) => [name, by.party, statement.origin]),
    [['close', southern.urn, south.origin]],
  )
  const etag = atSeat.last.etag
  await round()
  const shown = fits(api.caseResponse, await atSeat.client.case(urn))
  assert.notEqual(atSeat.last.etag, etag)
  assert.deepEqual(shown.filed, [])
  const [refused] = shown.refused
  assert.deepEqual([refused?.code, refused?.name, refused?.by.party], ['not-possible-now', 'close', southern.urn])
  assert.match(refused?.detail ?? '', /possible now/)
  assert.ok(Buffer.from(refused?.refusal ?? '', 'base64url').length > 100)
  assert.equal(seat.node.seat.refused, 1)
})

test('what is none of these addresses is refused with the reason', async (context) => {
  const { atSeat, urn } = await played(context)
  const { client } = atSeat
  const unknown = urn.replace('builds', 'other')
  await assert.rejects(client.case(unknown), { code: 'not-found' })
  await assert.rejects(client.caseMoves(unknown), { code: 'not-found' })
  for (const bad of ['urn:comity:case:x', `${urn}:y`, `urn:comity:case:${'a'.repeat(64)}:-x`])
    await assert.rejects(client.case(bad), { code: 'bad-request' }, bad)
  await assert.rejects(client.cases({ role: 'respondent' }), { code: 'bad-request', message: /name the party/ })
  await assert.rejects(client.cases({ cursor: 'x' }), { code: 'bad-cursor' })
  await assert.rejects(client.cases({ limit: 1000 }), { code: 'bad-request' })
  await assert.rejects(client.caseMoves(urn, { cursor: 'x' }), { code: 'bad-cursor' })
  await assert.rejects(client.dueCases(1, { cursor: '1.2' }), { code: 'bad-cursor' })
})
