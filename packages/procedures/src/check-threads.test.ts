import assert from 'node:assert/strict'
import { test } from 'node:test'
import { faultsOf } from './check-definition.ts'
import type { ClockDefinition, MoveDefinition, Procedure } from './definition.ts'
import { disclosure } from './procedures/disclosure.ts'

function withMove(name: string, more: Partial<MoveDefinition>): Procedure {
  const move = disclosure.moves[name] ?? assert.fail(name)
  return { ...disclosure, moves: { ...disclosure.moves, [name]: { ...move, ...more } } }
}

function withClock(name: string, more: Partial<ClockDefinition>): Procedure {
  const clock = disclosure.clocks[name] ?? assert.fail(name)
  return { ...disclosure, clocks: { ...disclosure.clocks, [name]: { ...clock, ...more } } }
}

function withVendor(more: object): Procedure {
  const vendor = disclosure.roles['vendor'] ?? assert.fail()
  return { ...disclosure, roles: { ...disclosure.roles, vendor: { ...vendor, ...more } } }
}

const broken: readonly (readonly [what: string, procedure: Procedure, says: RegExp])[] = [
  ['a thread leads to another state', withMove('step-back', { to: 'closed' }), /step-back .* leads to another state/],
  ['a thread keeps a fact', withMove('agree', { keeps: ['agreedTo'] }), /agree .* keeps a fact of the case/],
  ['a thread is public', withMove('agree', { visibility: 'public' }), /agree .* is public/],
  ['a thread becomes public', withMove('agree', { publicWith: ['published'] }), /agree .* is public/],
  ['a thread starts others anew', withMove('agree', { resets: ['proposed'] }), /agree .* begin anew/],
  ['each has to make a thread', withMove('agree', { each: true }), /agree .* is made by each/],
  ['a thread names others and is noted', withMove('tell', { once: true }), /tell .* is noted for its author/],
  ['a thread is seen by no role', withMove('agree', { seenBy: ['nobody'] }), /seen by nobody, which is no role/],
  ['a thread is shown to others', withMove('agree', { seenBy: ['coordinator', 'reporter'] }), /tells reporter who has/],
  ['a vendor writes to a vendor', withMove('agree', { names: ['agreedTo'] }), /tells whom it names who has the role/],
  ['all see what a vendor does', withMove('validate', { by: ['vendor'] }), /validate is seen by all .* role vendor/],
  ['all see who is asked in', withMove('propose-date', { binds: { text: 'vendor' } }), /propose-date is seen by all/],
  ['nobody knows who was asked in', withMove('invite', { seenBy: ['reporter'] }), /not seen by all who are to know/],
  ['a field that is none', withMove('tell', { names: ['whom'] }), /tell has no field whom/],
  ['a clock of all by a thread', withClock('agreement', { stops: ['agree'] }), /agreement runs for all, and agree/],
  ['a clock of each opens a move', withClock('vendor-answer', { opens: ['lift'] }), /its lapse opens a move/],
  ['a clock of each is a term', withClock('vendor-answer', { term: 'closed' }), /no term of the case/],
  ['a role known to none there is', withVendor({ knownTo: ['nobody'] }), /known to nobody, which is no role/],
  ['all wait for those nobody knows', withVendor({ isBystander: false }), /asks for its word/],
]

for (const [what, procedure, says] of broken) {
  test(`a definition is unsound where ${what}`, () => {
    assert.ok(
      faultsOf(procedure).some((fault) => says.test(fault)),
      faultsOf(procedure).join('\n'),
    )
  })
}

test('a fact that becomes public with the state to which a move leads may be looked at by that move', () => {
  assert.deepEqual(faultsOf(disclosure), [])
  const never = withMove('set-embargo', { publicWith: [] })
  assert.ok(faultsOf(never).some((fault) => /publish looks at endsAt, which fewer people see/.test(fault)))
})
