/** What is filed in the logs of others for a case, and what its seat makes of it. Nodes as they are; no network. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sha256Hex } from '@comity/crypto'
import { decodeStatement, readPayloadAs, statementUrn } from '@comity/statement'
import { crypto } from '../../crypto-port.ts'
import { idOf, stage, startAt } from './seat.fixture.ts'

const agreed = new TextEncoder().encode('What both sides settle on.')
const terms = `sha256:${sha256Hex(agreed)}`
const documents = [{ digest: terms, size: agreed.length, type: 'text/plain' }]

test('a dispute between parties of three nodes runs from the first move to the last, each filing at home', async (context) => {
  const { seat, south, east, claimant, southern, eastern, move, round, stateAt, movesAt } = await stage(context)
  const all = [
    { author: claimant, home: seat },
    { author: southern, home: south },
    { author: eastern, home: east },
  ]
  const everyone = async (name: string, body = {}, who = all): Promise<void> => {
    for (const { author, home } of who) await home.node.submit(move(author, name, body))
    await round()
    await round()
  }
  await everyone('acknowledge', {}, all.slice(1))
  assert.equal(stateAt(seat), 'acknowledged')
  await everyone('consult', {}, all.slice(1))
  for (const { home } of all) await home.node.documents.put(terms, agreed)
  await everyone('settle', { terms, documents })
  assert.equal(stateAt(seat), 'outcome')
  await everyone('close')
  await everyone('reply', { text: 'Thank you.' }, all.slice(1))
  assert.equal(
    movesAt(seat).join(),
    'notify,acknowledge,acknowledge,consult,consult,settle,settle,settle,close,close,close,reply,reply',
  )
  // Whoever follows the seat comes to the same.
  for (const post of [south, east]) {
    assert.equal(stateAt(post), 'closed')
    assert.deepEqual(movesAt(post), movesAt(seat))
  }
  // Nothing is taken a second time, and the log stands still while nobody says anything.
  const { size } = seat.node.head
  await round()
  await seat.reopen()
  await round()
  assert.equal(seat.node.head.size, size)
})

test('of two moves that exclude each other one takes effect, and the other is refused with what is possible', async (context) => {
  const { seat, south, east, southern, eastern, claimant, clock, move, round, urn, stateAt } = await stage(context)
  const file = async (name: string, body = {}): Promise<readonly [Uint8Array, Uint8Array, number]> => {
    const [first, second] = [move(southern, name, body), move(eastern, name, body)]
    await south.node.submit(first)
    clock.advance(1)
    return [first, second, (await east.node.submit(second)).index]
  }
  await file('acknowledge')
  await round()
  await file('choose', { means: 'mediation' })
  await seat.node.submit(move(claimant, 'choose', { means: 'mediation' }))
  await round()
  assert.equal(stateAt(seat), 'assisted')
  // Each alone leads back to consultations; neither node knows of the other's yet.
  const [, second, index] = await file('leave-means')
  await round()
  assert.equal(stateAt(seat), 'consultations')
  const [refused, ...others] = seat.node.seat.refusalsOf(urn)
  assert.deepEqual(others, [])
  assert.deepEqual(
    [refused?.id, refused?.code, refused?.by, refused?.origin, refused?.index],
    [idOf(second), 'not-possible-now', eastern.urn, east.origin, index],
  )
  assert.match(refused?.detail ?? '', /possible now: .*submit \(claimant, respondent/)
  const signed = decodeStatement(Buffer.from(refused?.refusal ?? '', 'base64url'), crypto)
  assert.deepEqual([signed.iss, signed.sub], [seat.keeper.urn, statementUrn(idOf(second))])
  assert.equal(readPayloadAs(signed, 'refusal').code, 'not-possible-now')

  // It is not tried again when it would be possible, also by a node that was started anew; what is possible is taken.
  await file('choose', { means: 'enquiry' })
  await seat.node.submit(move(claimant, 'choose', { means: 'enquiry' }))
  await round()
  await seat.reopen()
  await east.node.submit(move(eastern, 'submit', { text: 'Our view.' }))
  await round()
  assert.equal(stateAt(seat), 'assisted')
  assert.equal(seat.node.seat.refusalsOf(urn).length, 1)
})

test('a move that is not possible brings nothing of its author into the log of the seat', async (context) => {
  const { seat, south, southern, move, round, urn } = await stage(context)
  const { size } = seat.node.head
  await south.node.submit(move(southern, 'close'))
  await round()
  assert.equal(seat.node.head.size, size)
  const [refused] = seat.node.seat.refusalsOf(urn)
  assert.equal(refused?.code, 'not-possible-now')
  assert.match(refused?.detail ?? '', /possible now: acknowledge/)
  assert.equal(refused?.at, startAt + 10)
})

test('whom the policy of the seat does not admit is told so', async (context) => {
  const { seat, south, southern, move, round, urn, claimant } = await stage(context)
  const admits = { parties: [claimant.urn] }
  await seat.node.submit(seat.keeper.policy(startAt + 10, { filing: 'listed', admits }))
  await south.node.submit(move(southern, 'acknowledge'))
  await round()
  assert.equal(seat.node.seat.refusalsOf(urn)[0]?.code, 'party-not-admitted')
})

test('what two logs have filed while the seat was away is taken in the order in which they filed it', async (context) => {
  const { seat, south, east, southern, eastern, clock, move, round, urn, movesAt } = await stage(context)
  // Eastern answers what southern filed, which the seat has not seen either; the log of eastern is followed last.
  await east.node.submit(move(eastern, 'acknowledge'))
  clock.advance(60)
  await south.node.submit(move(southern, 'acknowledge'))
  clock.advance(60)
  await east.node.submit(move(eastern, 'consult'))
  clock.advance(60)
  await south.node.submit(move(southern, 'consult'))
  await round()
  assert.equal(movesAt(seat).join(), 'notify,acknowledge,acknowledge,consult,consult')
  const authors = seat.node.reader
    .prepare('SELECT urn FROM move JOIN party ON party.party = move.party ORDER BY effective')
    .all()
  assert.deepEqual(
    authors.slice(1).map((row) => row['urn']),
    [eastern.urn, southern.urn, eastern.urn, southern.urn],
  )
  assert.deepEqual(seat.node.seat.refusalsOf(urn), [])
})

test('a seat that was away while hundreds of moves were filed takes all of them, in their order', async (context) => {
  const { seat, south, east, southern, eastern, clock, move, round, urn } = await stage(context)
  await Promise.all([south.node.submit(move(southern, 'acknowledge')), east.node.submit(move(eastern, 'acknowledge'))])
  const texts = Array.from({ length: 300 }, (_, i) => `reply ${String(i).padStart(3, '0')}`)
  for (let from = 0; from < texts.length; from += 60) {
    clock.advance(10)
    const some = texts.slice(from, from + 60)
    await Promise.all(some.map((text) => south.node.submit(move(southern, 'reply', { text }))))
    clock.advance(1)
    await east.node.submit(move(eastern, 'reply', { text: `after ${some.at(-1)}` }))
  }
  await round()
  const rows = seat.node.reader.prepare("SELECT payload FROM move WHERE name = 'reply' ORDER BY effective").all()
  const said = rows.map((row) => String(JSON.parse(String(row['payload'])).body.text))
  assert.equal(said.length, 305)
  const batches = [60, 121, 182, 243, 304].map((at) => said[at])
  assert.deepEqual(
    batches,
    [59, 119, 179, 239, 299].map((at) => `after ${texts[at]}`),
  )
  assert.deepEqual(seat.node.seat.refusalsOf(urn), [])
})
