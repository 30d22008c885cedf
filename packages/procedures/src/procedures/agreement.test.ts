import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Case } from '../case.ts'
import { moveBy, partyOf, seat, start, utc } from '../play.fixture.ts'
import { atTime, departuresOf } from '../at-time.ts'
import { openCase, reduce } from '../reduce.ts'
import { dueBy } from '../timeline.ts'
import { agreement } from './agreement.ts'

const terms = `sha256:${'7e'.repeat(32)}`
const other = `sha256:${'8f'.repeat(32)}`
const day = 86_400

function inForce(others: readonly string[] = ['b', 'c'], more: object = {}): Case {
  const body = { parties: others.map(partyOf), subject: 'Requests', terms, ...more }
  let of = openCase(agreement, moveBy('a', 'propose-terms', body), { seat, place: utc })
  for (const party of ['a', ...others]) {
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

test('the amended terms are the terms once the last has signed them', () => {
  let of = reduce(agreement, inForce(['b']), moveBy('b', 'propose-amendment', { amended: other }))
  of = reduce(agreement, of, moveBy('a', 'sign-amendment', { amended: other }))
  assert.equal(of.facts['terms'], terms)
  assert.equal(reduce(agreement, of, moveBy('b', 'sign-amendment', { amended: other })).facts['terms'], other)
})

test('notice between two ends the agreement after twelve months by itself, at that moment, unless it is taken back', () => {
  const of = reduce(agreement, inForce(['b']), moveBy('b', 'give-notice'))
  const end = of.clocks['notice']?.endsAt ?? 0
  assert.equal(new Date(end * 1000).toISOString(), '2027-11-21T23:59:59.000Z')
  assert.equal(of.state, 'ending')
  assert.equal(atTime(agreement, of, end).state, 'ending')
  const ended = atTime(agreement, of, end + 30 * day)
  assert.deepEqual([ended.state, ended.movedAt], ['ended', end])
  assert.throws(() => reduce(agreement, of, moveBy('a', 'take-back-notice')), { code: 'guarded', message: /no notice/ })
  assert.throws(() => reduce(agreement, of, moveBy('b', 'take-back-notice', {}, end + 1)), { code: 'not-possible-now' })
  const back = reduce(agreement, of, moveBy('b', 'take-back-notice', {}, start + 100 * day))
  assert.deepEqual([back.state, atTime(agreement, back, end + day).state], ['in-force', 'in-force'])
})

test('among several, who gave notice leaves, and the agreement goes on between the others while two are left', () => {
  let of = reduce(agreement, inForce(), moveBy('c', 'give-notice'))
  assert.equal(of.state, 'in-force')
  of = reduce(agreement, of, moveBy('b', 'give-notice', {}, start + 60 * day))
  assert.equal(of.state, 'ending', 'fewer than two stay')
  const first = start + 366 * day
  const left = atTime(agreement, of, first)
  assert.deepEqual([left.state, left.roles['party']], ['ending', [partyOf('a'), partyOf('b')]])
  assert.throws(() => reduce(agreement, of, moveBy('c', 'suspend', { ground: 'x' }, first)), { code: 'not-your-move' })
  assert.equal(atTime(agreement, of, start + 430 * day).state, 'ended')
})

test('a second notice leaves the first one due, and whoever takes back the one stops nothing of the other', () => {
  const [first, second] = [start + 366 * day - 1, start + 426 * day - 1]
  let of = reduce(agreement, inForce(), moveBy('c', 'give-notice'))
  of = reduce(agreement, of, moveBy('b', 'give-notice', {}, start + 60 * day))
  const due = (each: Case): readonly number[] => dueBy(agreement, each, Number.MAX_SAFE_INTEGER).map(({ at }) => at)
  assert.deepEqual(due(of), [first, second])
  assert.deepEqual(
    departuresOf(agreement, of).map(({ party, at }) => [party, at]),
    [
      [partyOf('c'), first],
      [partyOf('b'), second],
    ],
  )
  const earlierBack = reduce(agreement, of, moveBy('c', 'take-back-notice', {}, start + 61 * day))
  assert.deepEqual(due(earlierBack), [second])
  assert.equal(earlierBack.clocks['notice']?.stoppedAt, undefined, 'the latest notice is not the one taken back')
  const laterBack = reduce(agreement, of, moveBy('b', 'take-back-notice', {}, start + 61 * day))
  assert.deepEqual(due(laterBack), [first])
  assert.notEqual(laterBack.clocks['notice']?.stoppedAt, undefined)
  assert.deepEqual(due(reduce(agreement, of, moveBy('a', 'end', {}, start + 61 * day))), [first, second])
})

test('it is suspended once one leaves and fewer than two of the others apply it', () => {
  let of = reduce(agreement, inForce(), moveBy('c', 'suspend', { ground: 'Requests went around the authority.' }))
  of = reduce(agreement, of, moveBy('b', 'give-notice'))
  assert.equal(of.state, 'in-force')
  const left = atTime(agreement, of, start + 366 * day)
  assert.deepEqual([left.state, left.roles['party']?.length], ['suspended', 2])
})

test('who has left may come back, and has then given no notice', () => {
  const given = reduce(agreement, inForce(['b', 'c'], { open: true }), moveBy('c', 'give-notice'))
  const back = reduce(agreement, given, moveBy('c', 'accede', { terms }, start + 400 * day))
  const then = atTime(agreement, back, start + 500 * day)
  assert.deepEqual(then.roles['party'], ['a', 'b', 'c'].map(partyOf))
  assert.equal(reduce(agreement, back, moveBy('c', 'give-notice', {}, start + 401 * day)).state, 'in-force')
})

test('the parties agree that a notice ends earlier, and while the case is suspended it stands still', () => {
  const given = reduce(agreement, inForce(['b']), moveBy('b', 'give-notice'))
  const agreed = (of: Case, what: object, at: number): Case => {
    const proposal = moveBy('a', 'propose', { what }, at)
    return reduce(
      agreement,
      reduce(agreement, of, proposal),
      moveBy('b', 'accept', { proposal: proposal.statement }, at),
    )
  }
  const earlier = agreed(given, { kind: 'end-clock-at', clock: 'notice', at: start + 30 * day }, start + day)
  assert.equal(atTime(agreement, earlier, start + 31 * day).state, 'ended')
  const end = given.clocks['notice']?.endsAt ?? 0
  const stood = agreed(agreed(given, { kind: 'suspend' }, start + day), { kind: 'resume' }, start + 101 * day)
  assert.equal(atTime(agreement, stood, end + 100 * day).state, 'ending')
  assert.equal(atTime(agreement, stood, end + 100 * day + 1).state, 'ended')
})

test('a notice that is not the latest is moved by agreement as well, and no other one with it', () => {
  const [first, second] = [start + 366 * day - 1, start + 426 * day - 1]
  let of = reduce(agreement, inForce(), moveBy('c', 'give-notice'))
  of = reduce(agreement, of, moveBy('b', 'give-notice', {}, start + 60 * day))
  const agreed = (before: Case, what: object, at = start + 61 * day): Case => {
    const proposal = moveBy('a', 'propose', { what }, at)
    let after = reduce(agreement, before, proposal)
    for (const party of ['b', 'c']) {
      after = reduce(agreement, after, moveBy(party, 'accept', { proposal: proposal.statement }, at))
    }
    return after
  }
  const end = (party: string, at: number) => ({ kind: 'end-clock-at', clock: 'notice', at, party: partyOf(party) })
  const leaves = (each: Case) => departuresOf(agreement, each).map(({ party, at }) => [party, at])

  const sooner = agreed(of, end('c', start + 100 * day))
  assert.deepEqual(leaves(sooner), [
    [partyOf('c'), start + 100 * day],
    [partyOf('b'), second],
  ])
  assert.equal(sooner.clocks['notice']?.agreedAt, undefined, 'the clock shows the latest notice, which stays')
  assert.deepEqual(atTime(agreement, sooner, start + 101 * day).roles['party'], [partyOf('a'), partyOf('b')])
  const named = agreed(of, end('b', start + 500 * day))
  assert.deepEqual(named.clocks['notice']?.agreedAt, start + 500 * day)
  assert.deepEqual(leaves(named)[0], [partyOf('c'), first])
  assert.deepEqual(leaves(agreed(of, { kind: 'end-clock-at', clock: 'notice', at: start + 500 * day })), leaves(named))

  // Also once the latest was taken back, so that the clock stands.
  const back = reduce(agreement, of, moveBy('b', 'take-back-notice', {}, start + 61 * day))
  assert.deepEqual(leaves(agreed(back, end('c', start + 90 * day))), [[partyOf('c'), start + 90 * day]])
  const unnamed = { what: { kind: 'end-clock-at', clock: 'notice', at: start + 90 * day } }
  assert.throws(() => reduce(agreement, back, moveBy('a', 'propose', unnamed, start + 62 * day)), {
    code: 'not-possible-now',
    message: new RegExp(`no clock "notice" runs .*a notice of ${partyOf('c')} runs: name the party too`),
  })
  for (const [what, message] of [
    [end('a', start + 90 * day), new RegExp(`no notice of ${partyOf('a')} runs in this case: one of .* does`)],
    [{ ...end('c', start), clock: 'peace' }, /the clock "peace" is one for all its parties: leave the party out/],
  ] as const)
    assert.throws(() => reduce(agreement, of, moveBy('a', 'propose', { what }, start + 62 * day)), {
      code: 'not-possible-now',
      message,
    })
  // What was taken back before all had agreed is not moved.
  const proposal = moveBy('a', 'propose', { what: end('b', start + 90 * day) }, start + 61 * day)
  let late = reduce(agreement, of, proposal)
  late = reduce(agreement, late, moveBy('b', 'take-back-notice', {}, start + 62 * day))
  for (const party of ['b', 'c'])
    late = reduce(agreement, late, moveBy(party, 'accept', { proposal: proposal.statement }, start + 63 * day))
  assert.deepEqual([leaves(late), late.proposals], [[[partyOf('c'), first]], []])
})

test('two notices that run out together are two: the one that is moved leaves the other, which the clock shows', () => {
  let of = reduce(agreement, inForce(), moveBy('c', 'give-notice'))
  of = reduce(agreement, of, moveBy('b', 'give-notice'))
  const what = { kind: 'end-clock-at', clock: 'notice', at: start + 90 * day, party: partyOf('b') }
  const proposal = moveBy('a', 'propose', { what })
  of = reduce(agreement, of, proposal)
  for (const party of ['b', 'c']) of = reduce(agreement, of, moveBy(party, 'accept', { proposal: proposal.statement }))
  assert.deepEqual(
    departuresOf(agreement, of).map(({ party }) => party),
    ['b', 'c'].map(partyOf),
  )
  assert.equal(of.clocks['notice']?.agreedAt, undefined)
})

test('a party suspends it for itself; it is suspended once fewer than two apply it', () => {
  const ground = { ground: 'Requests went around the central authority.' }
  let of = reduce(agreement, inForce(), moveBy('a', 'suspend', ground))
  assert.equal(of.state, 'in-force')
  assert.throws(() => reduce(agreement, of, moveBy('a', 'suspend', ground)), { code: 'guarded' })
  of = reduce(agreement, of, moveBy('b', 'suspend', ground))
  assert.equal(of.state, 'suspended')
  assert.throws(() => reduce(agreement, of, moveBy('c', 'resume-terms')), { code: 'guarded' })
  assert.equal(reduce(agreement, of, moveBy('a', 'resume-terms')).state, 'in-force')
})

test('what binds others is not taken back by who proposed it', () => {
  const body = { parties: [partyOf('b')], subject: 'Requests', terms }
  const proposal = openCase(agreement, moveBy('a', 'propose-terms', body), { seat, place: utc })
  assert.notEqual(reduce(agreement, proposal, moveBy('a', 'withdraw')).withdrawnAt, undefined)
  assert.throws(() => reduce(agreement, inForce(), moveBy('a', 'withdraw')), { code: 'not-possible-now' })
})

test('others accede where the agreement is open, to the terms in force', () => {
  const open = inForce(['b'], { open: true })
  const joined = reduce(agreement, open, moveBy('d', 'accede', { terms }))
  assert.deepEqual(joined.roles['party'], ['a', 'b', 'd'].map(partyOf))
  assert.throws(() => reduce(agreement, open, moveBy('d', 'accede', { terms: other })), { code: 'guarded' })
  assert.throws(() => reduce(agreement, inForce(['b']), moveBy('d', 'accede', { terms })), {
    code: 'guarded',
    message: /not open/,
  })
})

test('an agreement binds many', () => {
  const others = Array.from({ length: 40 }, (_, i) => `state ${i}`)
  const of = inForce(others)
  assert.equal(of.roles['party']?.length, 41)
  assert.equal(of.made['sign'], undefined, 'a round that is complete leaves nothing behind')
})

test('terms that concern data come as rules, which are held to be well formed and of one mind', () => {
  const rule = {
    name: 'one',
    effect: 'permit',
    act: 'access',
    data: ['traffic'],
    from: ['XA'],
    to: ['XB'],
    article: '4',
  }
  const propose = (...rules: object[]): Case =>
    openCase(agreement, moveBy('a', 'propose-terms', { parties: [partyOf('b')], subject: 'Requests', terms, rules }), {
      seat,
      place: utc,
    })
  assert.equal(propose(rule).state, 'proposed')
  const cases: readonly (readonly [readonly object[], string, RegExp])[] = [
    [[rule, rule], 'guarded', /two rules have the name one/],
    [[{ ...rule, to: ['XA'] }], 'guarded', /does not leave the State/],
    [[rule, { ...rule, name: 'two', effect: 'forbid', data: ['any'] }], 'guarded', /two forbids all that one permits/],
    [[{ ...rule, effect: 'maybe' }], 'bad-body', /effect/],
    [[{ ...rule, article: undefined }], 'bad-body', /rules/],
    [[{ ...rule, answer: { days: 0 } }], 'bad-body', /answer/],
    [[], 'bad-body', /rules/],
  ]
  for (const [rules, code, message] of cases) assert.throws(() => propose(...rules), { code, message })
  const narrower = { ...rule, name: 'two', effect: 'forbid', data: ['any'], purpose: ['administrative'] }
  assert.equal(propose(rule, narrower).state, 'proposed')
})
