import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Case } from '../case.ts'
import { moveBy, partyOf, seat, start, utc } from '../play.fixture.ts'
import { atTime } from '../at-time.ts'
import { possibleMoves } from '../possible.ts'
import { openCase, reduce } from '../reduce.ts'
import { agreement } from './agreement.ts'

const terms = `sha256:${'7e'.repeat(32)}`
const other = `sha256:${'8f'.repeat(32)}`
const day = 86_400

function inForce(): Case {
  const body = { parties: [partyOf('b'), partyOf('c')], subject: 'Requests', terms }
  let of = openCase(agreement, moveBy('a', 'propose-terms', body), { seat, place: utc })
  for (const party of ['a', 'b', 'c']) {
    assert.equal(of.state, 'proposed')
    of = reduce(agreement, of, moveBy(party, 'sign', { terms }))
  }
  return of
}

test('an agreement is in force once each party has signed the same terms', () => {
  assert.equal(inForce().state, 'in-force')
  const body = { parties: [partyOf('b')], subject: 'Requests', terms }
  const of = openCase(agreement, moveBy('a', 'propose-terms', body), { seat, place: utc })
  assert.throws(() => reduce(agreement, of, moveBy('b', 'sign', { terms: other })), {
    code: 'guarded',
    message: /7e7e/,
  })
  assert.throws(() => reduce(agreement, of, moveBy('c', 'sign', { terms })), { code: 'not-your-move' })
})

test('each amendment has signatures of its own, and the agreement is in force meanwhile', () => {
  let of = inForce()
  for (const amended of [other, terms]) {
    of = reduce(agreement, of, moveBy('b', 'propose-amendment', { amended }))
    for (const party of ['a', 'b', 'c']) {
      assert.equal(of.state, 'amending')
      of = reduce(agreement, of, moveBy(party, 'sign-amendment', { amended }))
    }
    assert.equal(of.state, 'in-force')
  }
})

test('notice ends an agreement after twelve months by itself, at that moment, unless it is taken back', () => {
  const of = reduce(agreement, inForce(), moveBy('c', 'give-notice'))
  const end = of.clocks['notice']?.endsAt ?? 0
  assert.equal(new Date(end * 1000).toISOString(), '2027-11-21T23:59:59.000Z')
  assert.equal(atTime(agreement, of, end).state, 'ending')
  const ended = atTime(agreement, of, end + 30 * day)
  assert.deepEqual([ended.state, ended.movedAt], ['ended', end])
  assert.deepEqual(
    possibleMoves(agreement, of, end + day).map(({ move }) => move),
    ['reply'],
  )
  assert.throws(() => reduce(agreement, of, moveBy('c', 'take-back-notice', {}, end + 1)), { code: 'not-possible-now' })
  const back = reduce(agreement, of, moveBy('c', 'take-back-notice', {}, start + 100 * day))
  assert.equal(atTime(agreement, back, end + day).state, 'in-force')
})
