import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Case, Move } from '../case.ts'
import { standingsOf } from '../party-standings.ts'
import { moveBy, partyOf, seat, start, utc } from '../play.fixture.ts'
import { possibleFor, possibleMoves } from '../possible.ts'
import { openCase, reduce } from '../reduce.ts'
import { partOf, seersOf, seesMove, visibilityIn } from '../sight.ts'
import { clocksOf, dueBy, timelineOf } from '../timeline.ts'
import { disclosure } from './disclosure.ts'

const day = 86_400
const minute = '2026-12-15T15:00:00Z'
const proposed = { endsAt: minute, zone: 'Africa/Nairobi' }
const ends = Date.parse(minute) / 1000

const report = {
  coordinator: partyOf('coordinator'),
  title: 'Two length headers',
  description: 'They are read differently.',
}

/** Plays moves of who and what, a minute after each other. */
function played(
  of: Case,
  ...moves: readonly (readonly [by: string, name: string, body?: Move['body'], at?: number])[]
) {
  let now = of
  for (const [by, name, body = {}, at = now.movedAt + 60] of moves)
    now = reduce(disclosure, now, moveBy(by, name, body, at))
  return now
}

function validated(...vendors: readonly string[]): Case {
  const of = openCase(disclosure, moveBy('reporter', 'report', report), { seat, place: utc })
  return played(
    of,
    ['coordinator', 'acknowledge'],
    ['coordinator', 'validate'],
    ...vendors.map((vendor) => ['coordinator', 'invite', { vendor: partyOf(vendor) }] as const),
  )
}

const affected = { status: { state: 'affected' } }
const spared = { status: { state: 'not_affected', justification: 'component_not_present' } }

test('the embargo is set once all who are asked have agreed to the date, with hour and zone', () => {
  const asked = played(
    validated('north', 'south', 'east', 'west'),
    ['north', 'state-status', affected],
    ['south', 'state-status', spared],
    ['west', 'step-back', { steppedBack: 'Sold to another company.' }],
    ['coordinator', 'propose-date', { proposed }],
    ['north', 'agree', { agreedTo: minute }],
  )
  const set = ['coordinator', 'set-embargo', proposed] as const
  assert.throws(() => played(asked, set), { code: 'guarded', message: new RegExp(partyOf('reporter')) })
  const most = played(asked, ['reporter', 'consent', { consents: minute }])
  // East has said nothing: that is neither agreement nor that it is not affected.
  assert.throws(() => played(most, set), { code: 'guarded', message: new RegExp(partyOf('east')) })
  const all = played(most, ['east', 'agree', { agreedTo: minute }], set)
  assert.equal(all.state, 'embargo')
  const clock = clocksOf(disclosure, all, all.movedAt).find(({ name }) => name === 'embargo')
  assert.deepEqual([clock?.endsAt, clock?.standing], [ends, 'running'])
})

test('another date asks for everybody’s agreement anew, and none may lie in the past', () => {
  const agreed = played(
    validated('north'),
    ['coordinator', 'propose-date', { proposed }],
    ['north', 'agree', { agreedTo: minute }],
    ['reporter', 'consent', { consents: minute }],
  )
  const later = { endsAt: '2026-12-20T15:00:00Z', zone: 'UTC' }
  const moved = played(agreed, ['coordinator', 'propose-date', { proposed: later }])
  assert.throws(() => played(moved, ['coordinator', 'set-embargo', later]), { code: 'guarded' })
  assert.throws(() => played(moved, ['coordinator', 'set-embargo', proposed]), { message: /2026-12-20/ })
  assert.throws(() => played(moved, ['north', 'agree', { agreedTo: minute }]), { message: /2026-12-20/ })
  const past = { proposed: { endsAt: '2026-11-01T00:00:00Z', zone: 'UTC' } }
  assert.throws(() => played(agreed, ['coordinator', 'propose-date', past]), { message: /has passed already/ })
})

test('a vendor that does not answer holds nobody up, and stays silent: after five days the others go on without it', () => {
  const waiting = played(
    validated('north', 'south'),
    ['north', 'state-status', affected],
    ['coordinator', 'propose-date', { proposed }],
    ['north', 'agree', { agreedTo: minute }],
    ['reporter', 'consent', { consents: minute }],
  )
  const set = ['coordinator', 'set-embargo-without-all', proposed] as const
  assert.throws(() => played(waiting, set), { code: 'not-possible-now', message: /agreement has not lapsed/ })
  const of = played(waiting, [...set, waiting.movedAt + 121 * 3600])
  assert.equal(of.state, 'embargo')
  const [north, south] = standingsOf(disclosure, of, 'vendor', of.movedAt + 9 * day)
  assert.deepEqual(
    [north?.isSilent, north?.said['status'], north?.clocks[0]?.standing],
    [false, { state: 'affected' }, 'kept'],
  )
  assert.deepEqual([south?.isSilent, south?.said, south?.clocks[0]?.standing], [true, {}, 'lapsed'])
  assert.ok(
    dueBy(disclosure, of, Infinity).some(({ clock, party }) => clock === 'vendor-answer' && party === partyOf('south')),
  )
  assert.doesNotMatch(JSON.stringify(south), /not_affected/)
})

test('what the reporter writes in its own thread answers for no vendor', () => {
  const of = played(
    validated('north', 'south'),
    ['reporter', 'answer', { text: 'Any news?' }],
    ['north', 'answer', { text: 'Yes.' }],
  )
  const standings = standingsOf(disclosure, of, 'vendor', of.movedAt).map(({ clocks }) => clocks[0]?.standing)
  assert.deepEqual(standings, ['kept', 'running'])
})

test('what is published before the agreed minute says why; at the minute nothing has to be said', () => {
  const of = played(
    validated('north'),
    ['coordinator', 'propose-date', { proposed }],
    ['north', 'agree', { agreedTo: minute }],
    ['reporter', 'consent', { consents: minute }],
    ['coordinator', 'set-embargo', proposed],
  )
  const publish = (body: Move['body'], at: number): Case => played(of, ['coordinator', 'publish', body, at])
  assert.throws(() => publish({ title: 'x' }, ends - 1), { code: 'guarded', message: /say in \/early why/ })
  assert.equal(publish({ title: 'x', early: 'leaked' }, ends - 1).state, 'published')
  assert.equal(publish({ title: 'x' }, ends).state, 'published')
  const lifted = played(of, ['coordinator', 'lift', { reason: 'The remedy was wrong.' }])
  assert.deepEqual(
    [lifted.state, lifted.facts['endsAt'], lifted.facts['proposed']],
    ['developing', undefined, undefined],
  )
})

test('a vendor sees its own thread and what is common, and learns of no other vendor', () => {
  const [north, south, reporter, coordinator] = ['north', 'south', 'reporter', 'coordinator'].map(partyOf)
  const of = played(
    validated('north', 'south'),
    ['north', 'state-status', affected],
    ['south', 'reply', { text: 'We look.' }],
    ['coordinator', 'propose-date', { proposed }],
  )
  const seen = (name: string, by: string, body: Move['body'], party = ''): boolean =>
    seesMove(disclosure, of, { ...moveBy(by, name, body) }, party)
  assert.ok(seen('state-status', 'north', affected, north) && seen('state-status', 'north', affected, coordinator))
  assert.ok(!seen('state-status', 'north', affected, south) && !seen('state-status', 'north', affected, reporter))
  assert.ok(
    seen('invite', 'coordinator', { vendor: south }, south) && !seen('invite', 'coordinator', { vendor: south }, north),
  )
  assert.ok(
    seen('tell', 'coordinator', { to: south, text: 'x' }, south) &&
      !seen('tell', 'coordinator', { to: south, text: 'x' }, north),
  )
  assert.ok(!seen('reply', 'south', { text: 'x' }, north), 'a reply of a vendor is one of its thread')
  assert.ok(seen('reply', 'reporter', { text: 'x' }, north))
  assert.deepEqual(seersOf(disclosure, of, moveBy('coordinator', 'propose-date')).length, 4)
  const own = JSON.stringify(partOf(disclosure, of, south ?? ''))
  assert.ok(!own.includes(String(north)) && own.includes(String(south)))
  assert.ok(!JSON.stringify(partOf(disclosure, of, reporter ?? '')).includes(String(south)))
  assert.equal(seesMove(disclosure, of, moveBy('reporter', 'report', report), partyOf('stranger')), false)
})

test('with its publication the stages become public, not the words between the parties', () => {
  assert.equal(visibilityIn(disclosure, 'validate', 'identifier', ['embargo']), 'parties')
  assert.equal(visibilityIn(disclosure, 'validate', 'identifier', ['published']), 'public')
  assert.equal(visibilityIn(disclosure, 'validate', 'text', ['published']), 'parties')
  assert.equal(visibilityIn(disclosure, 'report', 'description', ['published']), 'parties')
  assert.equal(visibilityIn(disclosure, 'state-status', 'status', ['published', 'closed']), 'parties')
  assert.equal(visibilityIn(disclosure, 'publish', 'title', []), 'public')
})

test('who is not answered takes the report elsewhere, or says that it publishes itself', () => {
  const of = openCase(disclosure, moveBy('reporter', 'report', report), { seat, place: utc })
  assert.throws(() => played(of, ['reporter', 'turn-elsewhere']), { code: 'not-possible-now' })
  assert.equal(played(of, ['reporter', 'turn-elsewhere', {}, start + 9 * day]).state, 'elsewhere')
  const known = played(of, ['coordinator', 'acknowledge'])
  assert.throws(() => played(known, ['reporter', 'publish-alone']), { message: /publication has not lapsed/ })
  assert.equal(played(known, ['reporter', 'publish-alone', {}, start + 47 * day]).state, 'published')
})

test('a status without its justification is refused, and a justification without its status', () => {
  const of = validated('north')
  const status = (said: object) => () => played(of, ['north', 'state-status', { status: said }])
  assert.throws(status({ state: 'not_affected' }), { code: 'guarded', message: /say why not/ })
  assert.throws(status({ state: 'affected', justification: 'component_not_present' }), { code: 'guarded' })
  const twice = played(of, ['north', 'state-status', spared], ['north', 'state-status', affected])
  assert.deepEqual(twice.facts['status'], { [partyOf('north')]: { state: 'affected' } })
})

test('five hundred vendors: every vendor’s part stays as small as with one, and the coordinator’s page turns', () => {
  const names = Array.from({ length: 500 }, (_, i) => `vendor ${i}`)
  let of = validated(...names)
  of = played(of, ['coordinator', 'propose-date', { proposed }], ['reporter', 'consent', { consents: minute }])
  of = played(of, ...names.map((name) => [name, 'agree', { agreedTo: minute }] as const))
  of = played(of, ...names.map((name, i) => [name, 'state-status', i % 2 === 0 ? affected : spared] as const))
  of = played(of, ['coordinator', 'set-embargo', proposed])
  assert.equal(of.state, 'embargo')
  assert.ok(JSON.stringify(of).length < 500 * 800, `${JSON.stringify(of).length} bytes`)
  const own = partOf(disclosure, of, partyOf('vendor 7'))
  assert.ok(JSON.stringify(own).length < 4000, `${JSON.stringify(own).length} bytes`)
  assert.equal(standingsOf(disclosure, of, 'vendor', of.movedAt).length, 50)
  assert.equal(standingsOf(disclosure, of, 'vendor', of.movedAt, { after: 480 }).length, 20)
  const may = possibleFor(disclosure, of, partyOf('vendor 7'), of.movedAt)
  assert.ok(may.some(({ move }) => move === 'state-status') && !may.some(({ move }) => move === 'publish'))
  assert.ok(possibleMoves(disclosure, of, of.movedAt).length > 5)
  assert.ok(timelineOf(disclosure, of, [], of.movedAt).length < 20)
})
