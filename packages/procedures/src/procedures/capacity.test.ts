/** Needs and offers: filtered, never ranked; the requester chooses, and nobody else does. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { atTime } from '../at-time.ts'
import type { Case } from '../case.ts'
import { moveBy, partyOf, seat, start, utc } from '../play.fixture.ts'
import { openCase, reduce } from '../reduce.ts'
import { clocksOf } from '../timeline.ts'
import { capacity, isUnmet } from './capacity.ts'
import { type CapacityTerms, misfits, offersFor } from './capacity-terms.ts'

const day = 86_400
const need: CapacityTerms = {
  theme: 'incident-response',
  means: ['training', 'equipment'],
  places: ['XA'],
  languages: ['fr'],
  from: '2027-01-01T00:00:00Z',
  until: '2027-06-30T00:00:00Z',
  technology: 'Tools that we can keep.',
  text: 'Two weeks for a team of six.',
}
const offer: CapacityTerms = {
  theme: 'incident-response',
  means: ['training'],
  languages: ['en', 'fr'],
  technology: 'Free software.',
  text: 'We can come in March.',
}
const needed = (): Case => openCase(capacity, moveBy('requester', 'need', { ...need }), { seat, place: utc })
const offered = (...roles: string[]): Case => {
  let of = needed()
  for (const role of roles) of = reduce(capacity, of, moveBy(role, 'offer', { ...offer }))
  return of
}
const choose = (of: Case, by: string, partners: readonly string[], more: object = {}): Case =>
  reduce(capacity, of, moveBy(by, 'choose', { partners: partners.map(partyOf), ...more }))

test('an offer is for a need where theme, means, place, language, period and technology meet', () => {
  assert.deepEqual(misfits(need, offer), [])
  const cases: readonly (readonly [Partial<CapacityTerms>, string])[] = [
    [{ theme: 'policy' }, 'theme'],
    [{ means: ['funds'] }, 'means'],
    [{ places: ['XB'] }, 'places'],
    [{ languages: ['en'] }, 'languages'],
    [{ from: '2027-07-01T00:00:00Z' }, 'period'],
    [{ until: '2026-12-31T00:00:00Z' }, 'period'],
  ]
  for (const [change, misfit] of cases) assert.deepEqual(misfits(need, { ...offer, ...change }), [misfit])
  const { technology: _, ...plain } = offer
  assert.deepEqual(misfits(need, plain), ['technology'])
  const offers = [
    { terms: offer },
    { terms: { ...offer, theme: 'policy' as const } },
    { terms: { ...offer, text: 'b' } },
  ]
  assert.deepEqual(offersFor(need, offers), [offers[0], offers[2]], 'as they came, and no other order')
})

test('the requester chooses, and only who has offered', () => {
  const of = offered('one', 'two')
  assert.throws(() => choose(of, 'one', ['one']), { code: 'not-your-move' })
  assert.throws(() => choose(of, 'requester', ['three']), { code: 'guarded', message: /has offered nothing/ })
  const chosen = choose(of, 'requester', ['two'])
  assert.deepEqual(chosen.roles['partner'], [partyOf('two')])
  assert.throws(() => reduce(capacity, chosen, moveBy('one', 'agree')), { code: 'not-your-move' })
  assert.equal(reduce(capacity, chosen, moveBy('two', 'agree')).state, 'project')
})

test('who asks again is free of who was chosen before, and the time for offers runs anew', () => {
  let of = choose(offered('one', 'two'), 'requester', ['one'])
  of = reduce(capacity, of, moveBy('requester', 'ask-again', {}, start + 100 * day))
  assert.ok(!isUnmet(of, start + 101 * day))
  of = choose(of, 'requester', ['two'])
  assert.deepEqual(of.roles['partner'], [partyOf('two')])
})

test('an offer to all stands until its day, and is taken up for a need by the requester, with the consent of who made it', () => {
  const until = '2027-06-30T00:00:00Z'
  const standing = openCase(capacity, moveBy('three', 'offer-to-all', { ...offer, until }), { seat, place: utc })
  assert.equal(atTime(capacity, standing, Date.parse(until) / 1000 + 1).state, 'over')
  assert.equal(reduce(capacity, standing, moveBy('three', 'end-offer')).state, 'over')
  const hex = partyOf('three').slice(-64)
  const offers = [`urn:comity:case:${hex}:help`]
  const chosen = choose(needed(), 'requester', ['three'], { offers })
  assert.deepEqual([chosen.state, chosen.roles['partner']], ['chosen', [partyOf('three')]])
  assert.throws(() => choose(needed(), 'requester', ['four'], { offers }), { code: 'guarded' })
})

test('a project has milestones that were planned and reported, and a day for the next', () => {
  let of = choose(offered('one'), 'requester', ['one'])
  of = reduce(capacity, of, moveBy('one', 'agree', { milestones: [{ name: 'first' }, { name: 'second' }] }))
  assert.deepEqual(of.facts['plan'], { first: 'planned', second: 'planned' })
  const next = '2027-04-01T00:00:00Z'
  of = reduce(capacity, of, moveBy('one', 'milestone', { name: 'first', reached: true, next }))
  assert.deepEqual(of.facts['plan'], { first: 'reached', second: 'planned' })
  const late = clocksOf(capacity, of, Date.parse(next) / 1000 + 1).find(({ name }) => name === 'next-milestone')
  assert.deepEqual([late?.standing, late?.binds], ['lapsed', 'partner'])
  of = reduce(capacity, of, moveBy('requester', 'milestone', { name: 'second', reached: true }))
  assert.equal(of.state, 'project')
  assert.throws(() => reduce(capacity, of, moveBy('requester', 'withdraw')), { code: 'not-possible-now' })
  for (const role of ['requester', 'one']) of = reduce(capacity, of, moveBy(role, 'evaluate', { text: 'Done.' }))
  assert.equal(of.state, 'evaluated')
})

test('a need that nobody met is unmet once the time for offers is over, whether or not its requester says so', () => {
  const of = offered('one')
  const end = of.clocks['offers']?.endsAt ?? 0
  assert.ok(!isUnmet(of, end))
  assert.ok(isUnmet(of, end + 1))
  assert.throws(() => reduce(capacity, of, moveBy('requester', 'close-unmet', {}, end)), { code: 'not-possible-now' })
  assert.equal(choose(of, 'requester', ['one']).state, 'chosen', 'an offer can be chosen all the same')
  const closed = reduce(capacity, of, moveBy('requester', 'close-unmet', {}, end + 1))
  assert.ok(isUnmet(closed, end + 2))
  assert.ok(!isUnmet(reduce(capacity, of, moveBy('requester', 'withdraw')), end + 1))
})
