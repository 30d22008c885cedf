/** Objections to a reservation, from States of other nodes: the log of who reserved it is the seat. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { api } from '@comity/contract'
import { adherenceCase, adherenceVersion } from '@comity/procedures'
import { instrumentUrn } from '@comity/statement'
import { actor } from '@comity/testkit'
import { Value } from 'typebox/value'
import { caseDetails } from '../../http/queries/one-case.ts'
import { stage } from './seat.fixture.ts'

test('a State objects at home to the reservation of another, whose log takes it as a move of its adherence', async (context) => {
  const { seat, south, clock, round } = await stage(context)
  const [reserving, objecting] = [
    actor('reserving State', seat.origin, { type: 'state' }),
    actor('objecting State', south.origin, { type: 'state', party: { state: 'XB' } }),
  ]
  const at = clock.now()
  await seat.node.submit(reserving.founding(at))
  await south.node.submit(objecting.founding(at))
  const reservations = [{ provision: 'code-c', text: 'Not applied to broadcasts.' }]
  await seat.node.submit(reserving.sign('adherence', instrumentUrn('code'), { reservations }, at))
  await round()
  const urn = adherenceCase(reserving.urn, 'code')
  const move = (name: string, body: Readonly<Record<string, unknown>>) =>
    south.node.submit(
      objecting.sign('move', urn, { procedure: adherenceVersion, move: name, seat: seat.origin, body }, clock.now()),
    )
  await move('object', { provisions: ['code-c'], precludes: false, text: 'It takes the provision away.' })
  await move('object', { provisions: ['code-a'], precludes: false, text: 'Nothing was reserved there.' })
  await round()
  await round()
  for (const post of [seat, south]) {
    const shown = caseDetails(post.node, urn)
    assert.deepEqual([...Value.Errors(api.caseResponse, shown)], [])
    assert.deepEqual(
      shown?.timeline.flatMap(({ what, by }) => (what === 'move' ? [by?.party] : [])),
      [reserving.urn, objecting.urn],
    )
    assert.deepEqual(Object.keys(Object(shown?.facts['objections'])), [objecting.urn])
    assert.equal(shown?.seat, seat.origin)
  }
  assert.deepEqual(
    seat.node.seat.refusalsOf(urn).map(({ code }) => code),
    ['guarded'],
  )
})
