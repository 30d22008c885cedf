/** Deadlines that were met at home: what the seat does not show is read from the home logs of who answered. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Case } from './case.ts'
import { moveBy, partyOf, seat, start, utc } from './play.fixture.ts'
import { adherence } from './procedures/adherence.ts'
import { dispute } from './procedures/dispute.ts'
import { openCase, reduce } from './reduce.ts'
import { type Filing, standingWith } from './standing-with.ts'

const day = 86_400

function notified(...respondents: string[]): Case {
  const body = {
    respondents: respondents.map(partyOf),
    subject: 'Updates',
    urgency: 'normal',
    basis: 'Two builds differ.',
  }
  return openCase(dispute, moveBy('claimant', 'notify', body), { seat, place: utc })
}

const filed = (role: string, name: string, filedAt: number): Filing => ({ ...moveBy(role, name), filedAt })
const standing = (of: Case, filings: readonly Filing[], at = start + 20 * day) =>
  standingWith(dispute, of, 'acknowledgement', filings, at)

test('a clock notes which statement stopped it', () => {
  const of = notified('respondent')
  const move = moveBy('respondent', 'acknowledge', {}, start + day)
  const stopped = reduce(dispute, of, move)
  assert.equal(stopped.clocks['acknowledgement']?.stoppedBy, move.statement)
  assert.equal(stopped.clocks['consultations']?.stoppedBy, undefined)
  assert.deepEqual(standing(stopped, []), { standing: 'kept', keptBy: move.statement })
})

test('an answer that a home log had in time keeps the clock, also one that the seat took late, refused or has not taken', () => {
  const of = notified('respondent')
  const answer = filed('respondent', 'acknowledge', start + 3 * day)
  const late = reduce(dispute, of, moveBy('respondent', 'acknowledge', {}, start + 20 * day))
  assert.deepEqual(standing(of, []), { standing: 'lapsed' })
  assert.deepEqual(standing(late, []), { standing: 'late' })
  for (const each of [of, late])
    assert.deepEqual(standing(each, [answer]), { standing: 'kept', keptBy: answer.statement })
  assert.equal(of.state, 'notified', 'the state is as the seat has it')
})

test('no other move, no other party, nothing after the deadline, before the start or later than the reading keeps it', () => {
  const of = notified('respondent')
  const end = of.clocks['acknowledgement']?.endsAt ?? 0
  const at = start + 20 * day
  for (const filing of [
    filed('respondent', 'settle', start + day),
    filed('claimant', 'acknowledge', start + day),
    filed('stranger', 'acknowledge', start + day),
    filed('respondent', 'acknowledge', end + 1),
    filed('respondent', 'acknowledge', start - 1),
  ])
    assert.deepEqual(standing(of, [filing], at), { standing: 'lapsed' })
  const later = filed('respondent', 'acknowledge', start + 3 * day)
  assert.deepEqual(standing(of, [later], start + 2 * day), { standing: 'running' })
  assert.equal(standing(of, [filed('respondent', 'acknowledge', end)], at)?.standing, 'kept')
  assert.equal(standingWith(dispute, of, 'peace', [], at), undefined)
})

test('where each has to answer, all have to have answered in time', () => {
  const of = notified('respondent', 'respondent 2')
  const one = filed('respondent', 'acknowledge', start + 3 * day)
  const other = filed('respondent 2', 'acknowledge', start + 5 * day)
  assert.deepEqual(standing(of, [one]), { standing: 'lapsed' })
  assert.deepEqual(standing(of, [other, one]), { standing: 'kept', keptBy: other.statement })
})

test('a term is no deadline: no filing elsewhere keeps it from ending', () => {
  const body = { instrument: 'gids', form: 'adherence', until: '2026-12-01T00:00:00Z' }
  const of = openCase(adherence, { ...moveBy('state', 'declare-until', body), kind: 'adherence' }, { seat, place: utc })
  const back = filed('state', 'take-back-notice', start + day)
  assert.deepEqual(standingWith(adherence, of, 'notice', [back], start + 20 * day), { standing: 'lapsed' })
})
