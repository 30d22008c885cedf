/** A disclosure among several vendors, played at random with moves that make sense, so that it comes far. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { atTime } from '../at-time.ts'
import type { Case, Move } from '../case.ts'
import { standingsOf } from '../party-standings.ts'
import { moveBy, partyOf, seat, start, utc } from '../play.fixture.ts'
import { ProcedureError } from '../procedure-error.ts'
import { openCase, reduce } from '../reduce.ts'
import { partOf, seesMove } from '../sight.ts'
import { disclosure } from './disclosure.ts'

const dates = ['2026-12-15T15:00:00Z', '2027-01-12T09:30:00Z'] as const
const vendors = ['north', 'south', 'east'] as const
const everyone = ['reporter', 'coordinator', ...vendors] as const

const date = fc.constantFrom(...dates)
const moment = date.map((endsAt) => ({ endsAt, zone: 'Africa/Nairobi' }))
const named = fc.constantFrom(...vendors).map(partyOf)
const status = fc.constantFrom(
  { state: 'affected' },
  { state: 'fixed' },
  { state: 'under_investigation' },
  { state: 'not_affected', justification: 'component_not_present' },
)

/** What somebody may try next; whether it is possible is the procedure's to say. */
const tries = fc.oneof(
  by(['coordinator'], 'validate', fc.constant({})),
  by(['coordinator'], 'develop', fc.constant({})),
  by(['coordinator'], 'invite', fc.record({ vendor: named })),
  by(['coordinator'], 'tell', fc.record({ to: named, text: fc.constant('x') })),
  by(['coordinator'], 'propose-date', fc.record({ proposed: moment })),
  by(['coordinator'], 'set-embargo', moment),
  by(['coordinator'], 'set-embargo-without-all', moment),
  by(['coordinator'], 'lift', fc.constant({ reason: 'x' })),
  by(['coordinator'], 'publish', fc.constantFrom({ title: 'x' }, { title: 'x', early: 'leaked' })),
  by(['reporter'], 'consent', fc.record({ consents: date })),
  by(vendors, 'agree', fc.record({ agreedTo: date })),
  by(vendors, 'state-status', fc.record({ status })),
  by(vendors, 'step-back', fc.constant({ steppedBack: 'x' })),
  by(vendors, 'wish-date', fc.record({ wish: date })),
  by(everyone, 'reply', fc.constant({ text: 'x' })),
  by(['reporter', ...vendors], 'answer', fc.constant({ text: 'x' })),
)

function by(who: readonly string[], name: string, body: fc.Arbitrary<Move['body']>) {
  return fc.record({ by: fc.constantFrom(...who), name: fc.constant(name), body, later: fc.nat(3 * 86_400) })
}

const report = { coordinator: partyOf('coordinator'), title: 'Two length headers', description: 'Read differently.' }

/** What leads to an embargo of two vendors where nobody leaves anything out. */
const usual = [
  ['coordinator', 'propose-date', { proposed: { endsAt: dates[0], zone: 'Africa/Nairobi' } }],
  ['reporter', 'consent', { consents: dates[0] }],
  ['north', 'agree', { agreedTo: dates[0] }],
  ['south', 'agree', { agreedTo: dates[0] }],
  ['coordinator', 'set-embargo', { endsAt: dates[0], zone: 'Africa/Nairobi' }],
] as const

/** The usual way with some of it left out, then whatever they try. */
const plays = fc
  .record({
    done: fc.array(fc.nat(9), { minLength: usual.length, maxLength: usual.length }),
    tried: fc.array(tries, { maxLength: 40 }),
  })
  .map(({ done, tried }) => [
    ...usual.flatMap(([author, name, body], i) => (done[i] === 0 ? [] : [{ by: author, name, body, later: 60 }])),
    ...tried,
  ])

function play(tried: readonly { by: string; name: string; body: Move['body']; later: number }[]) {
  const opening = moveBy('reporter', 'report', report)
  let of = openCase(disclosure, opening, { seat, place: utc })
  const moves = [opening]
  let at = start
  const first = vendors.slice(0, 2).map((vendor) => ['invite', { vendor: partyOf(vendor) }] as const)
  for (const [name, body] of [['acknowledge', {}], ['validate', {}], ...first] as const) {
    const move = moveBy('coordinator', name, body, at)
    of = reduce(disclosure, of, move)
    moves.push(move)
  }
  for (const { by: author, name, body, later } of tried) {
    at += later
    const move = moveBy(author, name, body, at)
    try {
      of = reduce(disclosure, of, move)
      moves.push(move)
    } catch (error) {
      assert.ok(error instanceof ProcedureError, String(error))
    }
  }
  return { of, moves }
}

test('what-is-seen-is-a-part-of-what-is: no vendor refuses what the seat took, and all are in the same state', () => {
  const reached = new Set<string>()
  fc.assert(
    fc.property(plays, (tried) => {
      const { of, moves } = play(tried)
      reached.add(of.state)
      for (const party of new Set(Object.values(of.roles).flat())) {
        const [first, ...seen] = moves.filter((move) => seesMove(disclosure, of, move, party))
        let own: Case = openCase(disclosure, first ?? assert.fail(), { seat, place: utc })
        for (const move of seen) own = reduce(disclosure, own, move)
        const uncounted = { moves: 0, movedAt: 0 }
        const part = partOf(disclosure, atTime(disclosure, of, of.movedAt), party)
        assert.deepEqual({ ...atTime(disclosure, own, of.movedAt), ...uncounted }, { ...part, ...uncounted })
      }
    }),
    { numRuns: 150 },
  )
  assert.ok(reached.has('embargo') && reached.has('published'), [...reached].join(', '))
})

test('silence is never a status, and nobody but a vendor itself says how its products stand', () => {
  fc.assert(
    fc.property(plays, (tried) => {
      const { of, moves } = play(tried)
      for (const { party, said, isSilent } of standingsOf(disclosure, of, 'vendor', of.movedAt)) {
        const own = moves.filter(({ by: author, name }) => author === party && name === 'state-status')
        assert.deepEqual(said['status'], own.at(-1)?.body['status'])
        if (isSilent) assert.deepEqual(said, {})
      }
    }),
    { numRuns: 100 },
  )
})
