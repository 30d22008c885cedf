import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Case } from '../case.ts'
import { moveBy, partyOf, seat, start, utc } from '../play.fixture.ts'
import { openCase, reduce } from '../reduce.ts'
import { decision } from './decision.ts'

const hour = 3600
const text = `sha256:${'1a'.repeat(32)}`
const memberOf = (i: number): string => `member ${i}`

function proposed(members: number, importance: string): Case {
  const named = Array.from({ length: members }, (_, i) => partyOf(memberOf(i)))
  const body = { chair: partyOf('chair'), members: named, subject: 'Tests', text, importance }
  return openCase(decision, moveBy('proposer', 'propose-text', body), { seat, place: utc })
}

/** The roll-call on a proposal, closed when all have voted, else when its time is over. */
function decided(votes: readonly ('yes' | 'no' | 'abstain' | 'none')[], importance = 'ordinary'): Case {
  let of = reduce(decision, proposed(votes.length, importance), moveBy('chair', 'call-vote'))
  for (const [i, vote] of votes.entries()) {
    if (vote !== 'none') of = reduce(decision, of, moveBy(memberOf(i), 'cast', { vote }, start + hour))
  }
  const close = votes.includes('none') ? 'close-vote-in-time' : 'close-vote'
  return reduce(decision, of, moveBy('chair', close, {}, start + 8 * 24 * hour))
}

test('a majority of those voting decides, abstention is not voting, and a tie rejects', () => {
  assert.equal(decided(['yes', 'yes', 'no']).state, 'adopted')
  assert.equal(decided(['yes', 'abstain', 'abstain']).state, 'adopted')
  assert.equal(decided(['yes', 'no', 'abstain', 'abstain']).state, 'rejected')
  assert.equal(decided(['abstain', 'abstain', 'abstain']).state, 'rejected')
})

test('an important question takes two thirds of those voting', () => {
  assert.equal(decided(['yes', 'yes', 'no'], 'important').state, 'adopted')
  assert.equal(decided(['yes', 'yes', 'yes', 'no', 'no'], 'important').state, 'rejected')
  assert.equal(decided(['abstain', 'abstain', 'abstain'], 'important').state, 'rejected')
})

test('without a quorum nothing is decided, and the next roll-call begins anew', () => {
  const of = decided(['yes', 'yes', 'none', 'none'])
  assert.equal(of.state, 'discussion')
  const at = start + 9 * 24 * hour
  const again = reduce(decision, of, moveBy('chair', 'call-vote', {}, at))
  assert.equal(again.facts['vote'], undefined)
  assert.equal(reduce(decision, again, moveBy(memberOf(0), 'cast', { vote: 'no' }, at)).state, 'voting')
})

test('one member has one vote, and a roll-call closes early only when all have voted', () => {
  let of = reduce(decision, proposed(2, 'ordinary'), moveBy('chair', 'call-vote'))
  of = reduce(decision, of, moveBy(memberOf(0), 'cast', { vote: 'yes' }))
  assert.throws(() => reduce(decision, of, moveBy(memberOf(0), 'cast', { vote: 'yes' })), { code: 'already-made' })
  assert.throws(() => reduce(decision, of, moveBy('chair', 'cast', { vote: 'yes' })), { code: 'not-your-move' })
  assert.throws(() => reduce(decision, of, moveBy('chair', 'close-vote')), {
    code: 'guarded',
    message: /1 members have not voted/,
  })
  of = reduce(decision, of, moveBy(memberOf(1), 'cast', { vote: 'yes' }))
  assert.equal(reduce(decision, of, moveBy('chair', 'close-vote')).state, 'adopted')
})

test('consensus is what the chair states once the time for objections has passed without one', () => {
  const called = reduce(decision, proposed(3, 'ordinary'), moveBy('chair', 'call-consensus'))
  assert.throws(() => reduce(decision, called, moveBy('chair', 'declare-consensus', {}, start + 72 * hour)), {
    code: 'not-possible-now',
  })
  assert.equal(
    reduce(decision, called, moveBy('chair', 'declare-consensus', {}, start + 72 * hour + 1)).state,
    'adopted',
  )
  const objected = reduce(decision, called, moveBy(memberOf(2), 'object', { reason: 'Not so.' }, start + hour))
  assert.throws(() => reduce(decision, objected, moveBy('chair', 'declare-consensus', {}, start + 100 * hour)), {
    code: 'not-possible-now',
  })
})

test('the order in which members vote changes nothing', () => {
  const vote = fc.constantFrom<'yes' | 'no' | 'abstain'>('yes', 'no', 'abstain')
  fc.assert(
    fc.property(
      fc.array(vote, { minLength: 1, maxLength: 9 }),
      fc.constantFrom('ordinary', 'important'),
      (votes, importance) => {
        assert.equal(decided(votes, importance).state, decided(votes.toReversed(), importance).state)
      },
    ),
    { numRuns: 50 },
  )
})

test('who abstains is present: abstentions make a quorum, silence does not', () => {
  assert.equal(decided(['yes', 'abstain', 'none']).state, 'adopted')
  assert.equal(decided(['yes', 'none', 'none']).state, 'discussion')
  assert.equal(decided(['yes', 'no', 'none', 'none']).state, 'discussion', 'half of the members is no majority')
})

test('a vote may be explained, and what was decided is linked to what was done about it', () => {
  let of = reduce(decision, proposed(1, 'ordinary'), moveBy('chair', 'call-vote'))
  assert.throws(() => reduce(decision, of, moveBy('proposer', 'withdraw')), { code: 'not-possible-now' })
  of = reduce(decision, of, moveBy(memberOf(0), 'cast', { vote: 'no', explanation: 'The text came late.' }))
  assert.deepEqual(of.facts['vote'], { [partyOf(memberOf(0))]: 'no' })
  assert.throws(() => reduce(decision, of, moveBy(memberOf(0), 'cast', { vote: 'maybe' })), { code: 'bad-body' })
  const adopted = decided(['yes'])
  const reported = reduce(decision, adopted, moveBy(memberOf(0), 'report-implementation', { text: 'Done.' }))
  assert.equal(reduce(decision, reported, moveBy('chair', 'conclude')).state, 'implemented')
  assert.throws(() => reduce(decision, adopted, moveBy('proposer', 'withdraw')), { code: 'not-possible-now' })
})
