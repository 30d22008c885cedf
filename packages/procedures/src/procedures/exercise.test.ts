/** Tests of points of contact: one function each, 24 hours, every six months. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { recordsOf } from '../at-time.ts'
import type { Case } from '../case.ts'
import { moveBy, partyOf, seat, start, utc } from '../play.fixture.ts'
import { openCase, reduce } from '../reduce.ts'
import { clocksOf } from '../timeline.ts'
import { exercise } from './exercise.ts'
import { pingResults } from './ping.ts'

const hour = 3600
const participants = ['one', 'two', 'three'].map(partyOf)
const announcement = { type: 'ping', function: 'technical', participants, subject: 'Contacts' }
const open = (body: object): Case =>
  openCase(exercise, moveBy('organiser', 'announce', { ...body }), { seat, place: utc })
const started = (body: object = announcement): Case => reduce(exercise, open(body), moveBy('organiser', 'start'))
const clock = (of: Case, name: string, at: number) => clocksOf(exercise, of, at).find((each) => each.name === name)

test('a ping tests one function of the directory, and says which', () => {
  const { function: _, ...unsaid } = announcement
  assert.throws(() => open(unsaid), { code: 'guarded', message: /say which in function/ })
  assert.throws(() => open({ ...announcement, function: 'press' }), { code: 'bad-body' })
  for (const name of ['diplomatic', 'technical', 'judicial'])
    assert.equal(open({ ...announcement, function: name }).facts['function'], name)
})

test('who answers within 24 hours is in time; the clock is kept once all have', () => {
  let of = started()
  assert.equal(clock(of, 'answers', start)?.endsAt, start + 24 * hour)
  const one = moveBy('one', 'answer', { hours: 'all day', language: 'fr', key: 'a'.repeat(64) }, start + hour)
  const two = moveBy('two', 'answer', {}, start + 24 * hour)
  of = reduce(exercise, reduce(exercise, of, one), two)
  assert.throws(() => reduce(exercise, of, moveBy('organiser', 'end', {}, start + 24 * hour)), {
    code: 'guarded',
    message: /their 24 hours are not over/,
  })
  assert.throws(() => reduce(exercise, of, moveBy('one', 'answer', {}, start + 2 * hour)), { code: 'already-made' })
  const results = pingResults(of, [one, two], start + 25 * hour)
  assert.deepEqual(
    results.map(({ standing }) => standing),
    ['in-time', 'in-time', 'none'],
  )
  assert.deepEqual(
    results.map(({ statement }) => statement),
    [one.statement, two.statement, undefined],
  )
  assert.equal(pingResults(of, [one, two], start + 2 * hour)[1]?.standing, 'awaited')
  const three = moveBy('three', 'answer', {}, start + 30 * hour)
  const late = reduce(exercise, of, three)
  assert.equal(clock(late, 'answers', start + 31 * hour)?.standing, 'late')
  assert.equal(pingResults(late, [one, two, three], start + 31 * hour)[2]?.standing, 'late')
  const all = reduce(exercise, of, { ...three, at: start + 3 * hour, filedAt: start + 3 * hour })
  assert.equal(clock(all, 'answers', start + 4 * hour)?.standing, 'kept')
  assert.equal(reduce(exercise, all, moveBy('organiser', 'end', {}, start + 4 * hour)).state, 'done')
})

test('a round ends with the time for it; the next is due six months later, in the same case', () => {
  let of = reduce(exercise, started(), moveBy('one', 'answer', {}, start + hour))
  of = reduce(exercise, of, moveBy('organiser', 'end', {}, start + 24 * hour + 1))
  assert.equal(clock(of, 'next', start)?.deadline, '2027-05-22T23:59:59+00:00[UTC]')
  assert.deepEqual(
    recordsOf(exercise, of).map(({ provision }) => provision),
    ['code-h', 'code-e', 'code-j'],
  )
  const next = start + 180 * 86_400
  of = reduce(exercise, of, moveBy('organiser', 'start', {}, next))
  assert.equal(clock(of, 'next', next)?.standing, 'kept')
  assert.equal(pingResults(of, [], next)[0]?.standing, 'awaited')
  assert.equal(reduce(exercise, of, moveBy('one', 'answer', {}, next + hour)).state, 'running')
})

test('other exercises have no such clock, and end when their organiser says', () => {
  const of = started({ type: 'table-top', participants, subject: 'A cable is cut' })
  assert.deepEqual(of.clocks, {})
  const done = reduce(exercise, of, moveBy('organiser', 'end', {}, start + hour))
  assert.ok(!recordsOf(exercise, done).some(({ provision }) => provision === 'code-j'))
})
