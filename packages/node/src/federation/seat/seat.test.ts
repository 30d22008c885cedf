/** What is filed in the logs of others for a case, and what its seat makes of it. Nodes as they are; no network. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeStatement, readPayloadAs, statementUrn } from '@comity/statement'
import { crypto } from '../../crypto-port.ts'
import { idOf, stage, startAt } from './seat.fixture.ts'

const terms = `sha256:${'5e'.repeat(32)}`

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
  await everyone('consult')
  await everyone('settle', { terms })
  assert.equal(stateAt(seat), 'outcome')
  await everyone('close')
  await everyone('reply', { text: 'Thank you.' }, all.slice(1))
  assert.equal(
    movesAt(seat).join(),
    'notify,acknowledge,acknowledge,consult,consult,consult,settle,settle,settle,close,close,close,reply,reply',
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
  const { seat, south, east, southern, eastern, claimant, move, round, urn } = await stage(context)
  for (const [post, author] of [
    [south, southern],
    [east, eastern],
  ] as const)
    await post.node.submit(move(author, 'acknowledge'))
  await round()
  await south.node.submit(move(southern, 'choose', { means: 'mediation' }))
  const second = move(eastern, 'choose', { means: 'arbitration' })
  const { index } = await east.node.submit(second)
  await round()
  const [refused, ...others] = seat.node.seat.refusalsOf(urn)
  assert.deepEqual(others, [])
  assert.deepEqual(
    [refused?.id, refused?.code, refused?.by, refused?.origin, refused?.index],
    [idOf(second), 'guarded', eastern.urn, east.origin, index],
  )
  assert.match(refused?.detail ?? '', /the other side has chosen mediation/)
  const signed = decodeStatement(Buffer.from(refused?.refusal ?? '', 'base64url'), crypto)
  assert.deepEqual([signed.iss, signed.sub], [seat.keeper.urn, statementUrn(idOf(second))])
  assert.equal(readPayloadAs(signed, 'refusal').code, 'guarded')

  // It is not tried again, also by a node that was started anew, and what is possible instead is.
  await seat.reopen()
  await round()
  assert.equal(seat.node.seat.refusalsOf(urn).length, 1)
  await east.node.submit(move(eastern, 'choose', { means: 'mediation' }))
  await seat.node.submit(move(claimant, 'choose', { means: 'mediation' }))
  await round()
  const [row] = seat.node.reader.prepare('SELECT state FROM case_now').all()
  assert.equal(row?.['state'], 'assisted')
})

test('a move that is not possible brings nothing of its author into the log of the seat', async (context) => {
  const { seat, south, southern, move, round, urn } = await stage(context)
  const { size } = seat.node.head
  await south.node.submit(move(southern, 'consult'))
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
