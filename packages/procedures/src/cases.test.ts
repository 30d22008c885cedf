/** What happens in single cases: clocks that are kept, late, agreed on, suspended; refusals that say what is possible. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Case } from './case.ts'
import { moveBy, partyOf, seat, start, utc } from './play.fixture.ts'
import { possibleMoves } from './possible.ts'
import { ProcedureError } from './procedure-error.ts'
import { dispute } from './procedures/dispute.ts'
import { exercise } from './procedures/exercise.ts'
import { openCase, reduce } from './reduce.ts'
import { clocksOf, dueBy, timelineOf } from './timeline.ts'

const day = 86_400

function notified({ urgency = 'normal', respondents = ['respondent'] } = {}): Case {
  const body = { respondents: respondents.map(partyOf), subject: 'Updates', urgency, basis: 'Two builds differ.' }
  return openCase(dispute, moveBy('claimant', 'notify', body), { seat, place: { zone: 'Africa/Nairobi' } })
}

const clock = (of: Case, name: string, at: number) => clocksOf(dispute, of, at).find((each) => each.name === name)

function refusalOf(work: () => unknown): ProcedureError {
  try {
    work()
  } catch (error) {
    assert.ok(error instanceof ProcedureError)
    return error
  }
  return assert.fail('it was taken')
}

test('an opening binds the parties it names, starts the clocks, and shows them with hour and zone', () => {
  const of = notified()
  assert.deepEqual(of.roles, { claimant: [partyOf('claimant')], respondent: [partyOf('respondent')] })
  const first = clock(of, 'acknowledgement', start)
  assert.equal(first?.deadline, '2026-12-01T23:59:59+03:00[Africa/Nairobi]')
  assert.deepEqual([first?.standing, first?.length, first?.binds], ['running', '10 days', 'respondent'])
  assert.equal(clock(notified({ urgency: 'urgent' }), 'settlement', start)?.length, '20 days')
  assert.deepEqual(
    dueBy(dispute, of, start + 31 * day).map(({ clock: name }) => name),
    ['joining', 'acknowledgement', 'consultations'],
  )
})

test('what counts for a deadline is when the home log of its author had it', () => {
  const of = notified()
  const end = of.clocks['acknowledgement']?.endsAt ?? 0
  const kept = reduce(dispute, of, { ...moveBy('respondent', 'acknowledge', {}, end + 3 * day), filedAt: end })
  assert.equal(clock(kept, 'acknowledgement', end + 4 * day)?.standing, 'kept')
  const late = reduce(dispute, of, moveBy('respondent', 'acknowledge', {}, end + 1))
  assert.equal(clock(late, 'acknowledgement', end + 4 * day)?.standing, 'late')
  assert.equal(late.state, 'acknowledged', 'late is on record, and decides nothing')
})

test('a lapse opens what the definition says, and a refusal before it says what is possible and for whom', () => {
  const of = notified()
  const end = of.clocks['settlement']?.endsAt ?? 0
  const early = refusalOf(() => reduce(dispute, of, moveBy('claimant', 'refer', { to: 'a court' }, end)))
  assert.equal(early.code, 'not-possible-now')
  assert.match(early.message, /the clock settlement has not lapsed; possible now: .*acknowledge \(respondent\)/)
  assert.ok(early.possible.some(({ move, parties }) => move === 'acknowledge' && parties[0] === partyOf('respondent')))
  const referred = reduce(dispute, of, moveBy('claimant', 'refer', { to: 'a court' }, end + 1))
  assert.equal(referred.state, 'referred')
  const lapses = timelineOf(dispute, referred, [], end + 1).filter(({ what }) => what === 'lapse')
  assert.equal(lapses.length, 4)
})

test('a move by a stranger, out of turn, twice, of no name or with a body that is none is refused', () => {
  const of = notified({ respondents: ['respondent', 'respondent 2'] })
  const once = reduce(dispute, of, moveBy('respondent', 'acknowledge'))
  assert.equal(once.state, 'notified', 'it waits for the other respondent')
  const cases: [() => unknown, string, RegExp][] = [
    [() => reduce(dispute, of, moveBy('stranger', 'acknowledge')), 'not-your-move', /has no part in this case/],
    [() => reduce(dispute, of, moveBy('claimant', 'acknowledge')), 'not-your-move', /is claimant in this case/],
    [() => reduce(dispute, once, moveBy('respondent', 'acknowledge')), 'already-made', /already/],
    [
      () => reduce(dispute, of, moveBy('claimant', 'implement', { text: 'Done.' })),
      'not-possible-now',
      /in state notified/,
    ],
    [() => reduce(dispute, of, moveBy('claimant', 'invade')), 'unknown-move', /has no move "invade": notify, /],
    [() => reduce(dispute, of, moveBy('claimant', 'toString')), 'unknown-move', /no move "toString"/],
    [() => reduce(dispute, of, moveBy('newcomer', 'join', { interest: 1 })), 'bad-body', /join: \/interest /],
    [() => reduce(dispute, of, moveBy('claimant', 'notify', {})), 'case-exists', /open already/],
    [() => openCase(dispute, moveBy('claimant', 'consult'), { seat, place: utc }), 'no-case', /notify does/],
    [() => openCase(exercise, moveBy('x', 'announce', {}), { seat, place: utc }), 'bad-body', /announce/],
  ]
  for (const [work, code, message] of cases) {
    const refused = refusalOf(work)
    assert.equal(refused.code, code)
    assert.match(refused.message, message)
  }
  assert.equal(reduce(dispute, once, moveBy('respondent 2', 'acknowledge')).state, 'acknowledged')
})

test('both sides choose the same means; who chooses another begins the round anew with it', () => {
  let of = reduce(dispute, notified(), moveBy('respondent', 'acknowledge'))
  const choose = (role: string, means: string, assistant?: string): Case =>
    (of = reduce(dispute, of, moveBy(role, 'choose', { means, ...(assistant === undefined ? {} : { assistant }) })))
  choose('claimant', 'mediation', partyOf('hers'))
  assert.equal(refusalOf(() => choose('claimant', 'mediation', partyOf('hers'))).code, 'already-made')
  choose('respondent', 'mediation', partyOf('his'))
  assert.deepEqual([of.state, of.roles['assistant']], ['acknowledged', undefined], 'nobody is chosen by one side alone')
  choose('claimant', 'mediation', partyOf('his'))
  assert.deepEqual([of.state, of.roles['assistant']], ['assisted', [partyOf('his')]])
})

test('means follow each other in any order, by consent; who was chosen before has no say any more', () => {
  let of = reduce(dispute, notified(), moveBy('respondent', 'acknowledge'))
  const both = (move: string, body: object): void => {
    for (const role of ['claimant', 'respondent']) of = reduce(dispute, of, moveBy(role, move, { ...body }))
  }
  both('choose', { means: 'mediation', assistant: partyOf('mediator') })
  of = reduce(dispute, of, moveBy('mediator', 'leave-means', { text: 'They are too far apart.' }, start + 90 * day))
  assert.deepEqual(
    [of.state, clock(of, 'settlement', start + 90 * day)?.standing],
    ['consultations', 'running'],
    'the time for a settlement runs anew',
  )
  both('choose', { means: 'conciliation' })
  assert.equal(of.roles['assistant'], undefined)
  assert.equal(
    refusalOf(() => reduce(dispute, of, moveBy('mediator', 'report', { text: 'I find.' }))).code,
    'not-your-move',
  )
  both('choose', { means: 'arbitration', assistant: partyOf('panel') })
  const stays = refusalOf(() => reduce(dispute, of, moveBy('respondent', 'leave-means')))
  assert.match(stays.message, /arbitration ends with its report/)
  of = reduce(dispute, of, moveBy('panel', 'report', { text: 'The award.' }))
  assert.equal(of.state, 'outcome')
  assert.equal(refusalOf(() => reduce(dispute, of, moveBy('claimant', 'withdraw'))).code, 'not-possible-now')
})

test('a third party joins within ten days, later when both sides let it; good offices are offered at every stage', () => {
  let of = notified()
  const end = of.clocks['joining']?.endsAt ?? 0
  const join = (role: string, at: number) => reduce(dispute, of, moveBy(role, 'join', { interest: 'Ours.' }, at))
  assert.deepEqual(join('third', end).roles['third-party'], [partyOf('third')])
  const late = refusalOf(() => join('third', end + 1))
  assert.match(late.message, /join is not possible: the time for it, joining, is over; possible now: .*admit/)
  assert.ok(!late.possible.some(({ move }) => move === 'join'))
  const admitted = { party: partyOf('third') }
  of = reduce(dispute, of, moveBy('claimant', 'admit', admitted, end + 1))
  assert.equal(of.roles['third-party'], undefined)
  of = reduce(dispute, of, moveBy('respondent', 'admit', admitted, end + 2))
  assert.deepEqual(of.roles['third-party'], [partyOf('third')])
  for (const state of Object.keys(dispute.states).filter((name) => dispute.states[name]?.isEnd !== true)) {
    const offered = reduce(dispute, { ...of, state }, moveBy('friend', 'offer', { means: 'mediation' }, end + 3))
    assert.deepEqual(offered.roles['offerer'], [partyOf('friend')], state)
  }
})

test('what the parties agree on needs no word of who came by itself, and cannot be filled up by it', () => {
  let of = reduce(dispute, notified(), moveBy('third', 'join', { interest: 'Ours.' }))
  const what = { kind: 'suspend' }
  assert.equal(refusalOf(() => reduce(dispute, of, moveBy('third', 'propose', { what }))).code, 'not-possible-now')
  const proposal = moveBy('claimant', 'propose', { what })
  of = reduce(dispute, of, proposal)
  const suspended = reduce(dispute, of, moveBy('respondent', 'accept', { proposal: proposal.statement }))
  assert.equal(suspended.suspendedAt, start)
  for (let i = 0; i < 3; i++) of = reduce(dispute, of, moveBy('claimant', 'propose', { what }))
  assert.equal(refusalOf(() => reduce(dispute, of, moveBy('claimant', 'propose', { what }))).code, 'too-many')
  assert.equal(reduce(dispute, of, moveBy('respondent', 'propose', { what })).proposals.length, 5)
})

test('the parties agree to another end of a clock, and both ends are shown', () => {
  let of = notified()
  const at = (of.clocks['consultations']?.endsAt ?? 0) + 30 * day
  const proposal = moveBy('respondent', 'propose', { what: { kind: 'end-clock-at', clock: 'consultations', at } })
  of = reduce(dispute, of, proposal)
  assert.equal(clock(of, 'consultations', start)?.agreedAt, undefined, 'one side alone agrees on nothing')
  of = reduce(dispute, of, moveBy('claimant', 'accept', { proposal: proposal.statement }))
  const shown = clock(of, 'consultations', at)
  assert.deepEqual([shown?.agreedAt, shown?.standing], [at, 'running'])
  assert.ok((shown?.endsAt ?? 0) < at)
  assert.deepEqual(of.proposals, [])
  const none = refusalOf(() => reduce(dispute, of, moveBy('claimant', 'accept', { proposal: proposal.statement })))
  assert.equal(none.code, 'not-possible-now')
  const unknown = { what: { kind: 'end-clock-at', clock: 'peace', at } }
  assert.match(
    refusalOf(() => reduce(dispute, of, moveBy('claimant', 'propose', unknown))).message,
    /no clock "peace" runs/,
  )
})

test('while a case is suspended by agreement its clocks stand, and what was left of them runs on', () => {
  let of = notified()
  const before = of.clocks['acknowledgement']?.endsAt ?? 0
  const agree = (what: object, at: number): void => {
    const proposal = moveBy('claimant', 'propose', { what }, at)
    of = reduce(
      dispute,
      reduce(dispute, of, proposal),
      moveBy('respondent', 'accept', { proposal: proposal.statement }, at),
    )
  }
  agree({ kind: 'suspend' }, start + day)
  assert.equal(clock(of, 'acknowledgement', before + day)?.standing, 'suspended')
  assert.deepEqual(dueBy(dispute, of, before + day), [])
  assert.equal(
    refusalOf(() => reduce(dispute, of, moveBy('respondent', 'acknowledge', {}, start + 2 * day))).code,
    'not-possible-now',
  )
  agree({ kind: 'resume' }, start + 101 * day)
  assert.equal(of.clocks['acknowledgement']?.endsAt, before + 100 * day)
  assert.equal(clock(of, 'acknowledgement', start + 101 * day)?.standing, 'running')
})

test('who opened a case withdraws it, nobody else does, and a reply is possible even then', () => {
  const of = notified()
  assert.equal(refusalOf(() => reduce(dispute, of, moveBy('respondent', 'withdraw'))).code, 'not-possible-now')
  const ended = reduce(dispute, of, moveBy('claimant', 'withdraw', { reason: 'Settled elsewhere.' }))
  assert.deepEqual(
    possibleMoves(dispute, ended, start).map(({ move }) => move),
    ['reply'],
  )
  assert.equal(reduce(dispute, ended, moveBy('respondent', 'reply', { text: 'Good.' })).moves, 3)
  assert.equal(refusalOf(() => reduce(dispute, ended, moveBy('respondent', 'acknowledge'))).code, 'not-possible-now')
})

test('a role takes as many parties as the definition says', () => {
  let of = notified()
  for (let i = 0; i < 32; i++)
    of = reduce(dispute, of, moveBy(`third ${i}`, 'join', { interest: 'We buy the same product.' }))
  const more = refusalOf(() => reduce(dispute, of, moveBy('third 32', 'join', { interest: 'So do we.' })))
  assert.deepEqual([more.code, /32 third-party at the most/.test(more.message)], ['too-many', true])
})
