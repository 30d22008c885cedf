import { type PartyPayload, type PartyState, foundParty, partyUrn, updateParty } from '@comity/statement'
import { crypto } from '../crypto-port.ts'
import { NodeError } from '../node-error.ts'
import { type Entry, payloadOf } from '../register/entry.ts'
import { indexOf } from '../register/position.ts'
import type { Register } from '../register/register.ts'
import { requireArrived } from './arrival.ts'
import type { Bench } from './judge.ts'

/**
 * The party as a `party` statement leaves it in this log.
 *
 * Of a party that is at home elsewhere the statement is a **copy**. It is judged by the same rules, so that this log
 * knows the party's keys when it moves here: the copy of the statement that names this log is the one from which on the
 * party is at home in it. A copy has no other effect.
 */
export function judgeParty(entry: Entry, register: Register, bench: Bench): PartyState {
  const { statement } = entry
  const index = indexOf(entry.position)
  const payload = payloadOf<PartyPayload>(entry)
  const before = register.book.stateOf(statement.iss)
  if (before === undefined) {
    const state = foundParty(statement, payload, index, crypto)
    if (index === 0 && state.home !== bench.origin) {
      throw new NodeError(
        'not-home',
        `the keeper of a log is at home in it: this party names ${state.home}, and the log is ${bench.origin}`,
      )
    }
    return state
  }
  if (partyUrn(statement.payload, crypto) === statement.iss) {
    throw new NodeError('duplicate-party', `${statement.iss} was founded by another statement with this very payload`)
  }
  if (before.home === bench.origin) requireArrived(statement, register)
  const approvals = register.approvals(statement.id, statement.iss)
  const after = updateParty(before, statement, payload, index, { approvals }, crypto)
  if (statement.iss === register.keeper && after.home !== bench.origin) {
    throw new NodeError(
      'not-home',
      `the keeper of ${bench.origin} is at home there, for without its time leaves the log ends: found a successor by a continuation, not by moving to ${after.home}`,
    )
  }
  return after
}
