/** A ping as its case shows it: each answer beside the directory of contacts as it was when the round was started. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { api } from '@comity/contract'
import { caseUrn, decodeStatement, type PartyPayload } from '@comity/statement'
import { type Actor, actor } from '@comity/testkit'
import { Value } from 'typebox/value'
import { crypto } from '../crypto-port.ts'
import { home, served, startAt } from './server.fixture.ts'

const hour = 3600
const of = (label: string, contacts?: PartyPayload['contacts']) =>
  actor(label, home.origin, { type: 'state', ...(contacts === undefined ? {} : { party: { contacts } }) })

const organiser = of('organiser')
const listed = of('listed', [
  { function: 'technical', hours: '24/7', languages: ['en'] },
  { function: 'judicial', hours: 'never' },
])
const bare = of('bare', [{ function: 'technical' }])
const judicial = of('judicial', [{ function: 'judicial', hours: '24/7' }])
const unknown = of('unknown')
const urn = caseUrn(organiser.urn, 'technical-desks')

test('an answer stands beside what was listed when it was asked, whatever is listed since', async (context) => {
  const { client, clock } = await served(context)
  const move = (by: Actor, name: string, body: Record<string, unknown>, iat: number) =>
    client.submit(by.sign('move', urn, { procedure: 'exercise/1', move: name, seat: home.origin, body }, iat))
  for (const party of [organiser, listed, bare, judicial]) await client.submit(party.founding(startAt))
  const participants = [listed, bare, judicial, unknown].map((each) => each.urn)
  const subject = 'Half-yearly test'
  await move(organiser, 'announce', { type: 'ping', function: 'technical', participants, subject }, startAt)
  const ping = async () => {
    const shown = await client.case(urn)
    assert.equal([...Value.Errors(api.caseResponse, shown)][0], undefined)
    return shown.ping
  }
  assert.equal(await ping(), undefined, 'nobody has been asked yet')
  clock.advance(hour)
  await move(organiser, 'start', {}, startAt + hour)
  const table = async () => (await ping())?.answers.map(({ standing, directory }) => [standing, directory])
  assert.deepEqual(await table(), [
    ['awaited', 'listed'],
    ['awaited', 'listed'],
    ['awaited', 'none'],
    ['awaited', 'unseen'],
  ])

  clock.advance(hour)
  const previous = decodeStatement(listed.founding(startAt), crypto).id
  const contacts = [{ function: 'technical' as const, hours: 'on request', languages: ['fr'] }]
  await client.submit(listed.sign('party', listed.urn, { ...listed.payload, contacts, previous }, startAt + 2 * hour))
  assert.equal((await client.contacts({ function: 'technical', language: 'fr' })).items.length, 1)
  const said = { hours: '24 / 7', language: 'fr', key: '5e'.repeat(32) }
  await move(listed, 'answer', said, startAt + 2 * hour)
  await move(bare, 'answer', { ...said, text: 'Here.' }, startAt + 2 * hour)
  clock.advance(26 * hour)
  await move(judicial, 'answer', {}, startAt + 28 * hour)

  const shown = await ping()
  assert.deepEqual([shown?.function, shown?.askedAt], ['technical', startAt + hour])
  const [first, second, third, fourth] = shown?.answers ?? []
  assert.equal(first?.standing, 'in-time')
  assert.deepEqual(first.compared, { hours: 'as-listed', language: 'differs', key: 'not-listed' })
  assert.deepEqual(first.contacts, [{ function: 'technical', hours: '24/7', languages: ['en'] }])
  assert.deepEqual([first.listedBy?.id, first.listedBy?.at], [previous, startAt])
  assert.deepEqual(
    [first.answer?.hours, first.answer?.statement.at, first.answer?.statement.origin],
    ['24 / 7', startAt + 2 * hour, home.origin],
  )
  assert.deepEqual(second?.compared, { hours: 'not-listed', language: 'not-listed', key: 'not-listed' })
  assert.deepEqual(
    [third?.standing, third?.directory, third?.contacts, third?.compared],
    ['late', 'none', [], undefined],
  )
  assert.equal(third?.listedBy?.origin, home.origin, 'its own statement says that it lists none')
  assert.deepEqual([fourth?.standing, fourth?.directory, fourth?.listedBy], ['none', 'unseen', undefined])
})

test('other exercises are held against no directory', async (context) => {
  const { client } = await served(context)
  await client.submit(organiser.founding(startAt))
  const body = { type: 'table-top', participants: [organiser.urn], subject: 'A cable is cut' }
  const opening = { procedure: 'exercise/1', move: 'announce', seat: home.origin, body }
  await client.submit(organiser.sign('move', urn, opening, startAt))
  await client.submit(organiser.sign('move', urn, { ...opening, move: 'start', body: {} }, startAt))
  assert.equal((await client.case(urn)).ping, undefined)
})
