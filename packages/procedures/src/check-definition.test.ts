import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fields } from '@comity/statement'
import { faultsOf, requireSound } from './check-definition.ts'
import type { Procedure } from './definition.ts'
import { dispute } from './procedures/dispute.ts'

const { closed, text } = fields

/** The dispute with one thing changed. */
function but(change: (of: Procedure) => object): Procedure {
  return { ...dispute, ...change(dispute) }
}

function moveWith(of: Procedure, name: string, change: object): object {
  return { moves: { ...of.moves, [name]: { ...of.moves[name], ...change } } }
}

function clockWith(of: Procedure, name: string, change: object): object {
  return { clocks: { ...of.clocks, [name]: { ...of.clocks[name], ...change } } }
}

const faulty: readonly (readonly [string, Procedure, RegExp])[] = [
  [
    'a state that nothing leads to',
    but((of) => ({ states: { ...of.states, limbo: { title: 'Limbo' } } })),
    /no moves lead to the state limbo/,
  ],
  [
    'a state without a way out',
    but((of) => moveWith(of, 'acknowledge', { to: 'outcome', from: ['notified'] })),
    /no moves lead to the state acknowledged/,
  ],
  [
    'an end that goes on',
    but((of) => moveWith(of, 'implement', { from: ['closed'] })),
    /closed is an end, and moves start there/,
  ],
  [
    'a dead end',
    but((of) => ({ states: { ...of.states, closed: { title: 'Closed' } } })),
    /nothing leads out of the state closed/,
  ],
  ['a move to no state', but((of) => moveWith(of, 'consult', { to: 'peace' })), /"peace", which is no state/],
  [
    'several states and no choice',
    but((of) => moveWith(of, 'consult', { to: ['consultations', 'closed'] })),
    /say which/,
  ],
  [
    'a role that nobody has',
    but((of) => ({ roles: { ...of.roles, judge: { title: 'Judge' } } })),
    /nobody ever has the role judge/,
  ],
  ['a seat that is not named', but(() => ({ seat: 'assistant' })), /the seat is that of assistant/],
  [
    'a guard that looks at nothing',
    but((of) => moveWith(of, 'settle', { keeps: [] })),
    /settle looks at terms, which no move keeps/,
  ],
  [
    'a guard that looks at what is hidden',
    but((of) => moveWith(of, 'settle', { fields: { terms: 'sealed' } })),
    /settle looks at terms, which fewer people see/,
  ],
  [
    'a field that is none',
    but((of) => moveWith(of, 'notify', { keeps: ['urgency', 'subject', 'mood'] })),
    /notify has no field mood/,
  ],
  [
    'a lapse that leads nowhere',
    but((of) => clockWith(of, 'settlement', { opens: ['close'] })),
    /opens close, which does not wait for it/,
  ],
  [
    'a move whose clock does not know it',
    but((of) => clockWith(of, 'settlement', { opens: [] })),
    /refer waits for settlement, which does not name it/,
  ],
  [
    'a lapse that opens what is impossible then',
    but((of) => clockWith(of, 'implementation', { starts: ['close'] })),
    /possible in no state where the clock runs/,
  ],
  [
    'a clock without a source',
    but((of) => clockWith(of, 'settlement', { source: { text: ' ', verified: true } })),
    /names no source/,
  ],
  [
    'a length by what nobody says',
    but((of) => clockWith(of, 'settlement', { length: { by: 'mood', lengths: {} } })),
    /depends on mood/,
  ],
  [
    'a clock that counts from nowhere',
    but((of) => clockWith(of, 'settlement', { from: 'awareAt' })),
    /counts from awareAt/,
  ],
  [
    'a time that is no clock',
    but((of) => moveWith(of, 'join', { within: 'summer' })),
    /join is possible within summer, which is no clock/,
  ],
  [
    'one who has to say the same as nobody',
    but((of) => moveWith(of, 'submit', { agreeOn: ['text'] })),
    /submit has to say the same text, and is not one that each makes/,
  ],
  ['a role that is freed and that is none', but((of) => moveWith(of, 'choose', { frees: ['judge'] })), /frees judge/],
  [
    'a clock that starts when nothing is said',
    but((of) => clockWith(of, 'settlement', { when: 'mood' })),
    /starts when mood is said/,
  ],
  [
    'a clock that depends on what nobody keeps',
    but((of) => clockWith(of, 'settlement', { where: { fact: 'mood', is: 'good' } })),
    /depends on mood, which no move keeps/,
  ],
  [
    'a deadline that spares a state as if it were a term',
    but((of) => clockWith(of, 'settlement', { spares: ['outcome'] })),
    /spares outcome, and is no term/,
  ],
  [
    'a role that is left for no state',
    but((of) => ({
      roles: { ...of.roles, claimant: { title: 'x', leaves: { fact: 'gone', least: 1, state: 'void' } } },
    })),
    /leads to void, which is no state\n.*left by gone, which no move derives/,
  ],
  [
    'a common name',
    but((of) => ({ moves: { ...of.moves, reply: { ...of.moves['submit'], body: closed({ text: text(9) }) } } })),
    /every procedure has/,
  ],
]

for (const [what, procedure, fault] of faulty) {
  test(`a definition is refused with ${what}`, () => {
    assert.match(faultsOf(procedure).join('\n'), fault)
    assert.throws(() => requireSound(procedure), { code: 'bad-definition', message: fault })
  })
}
