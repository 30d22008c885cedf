import { type Case, deadlineOf, hasLapsed, partiesOf } from './case.ts'
import { commonMovesOf, commonTitles, isCommonMove } from './common-moves.ts'
import type { MoveDefinition, Procedure } from './definition.ts'
import type { PossibleMove } from './procedure-error.ts'

/**
 * The case as it is at a moment: a term that has run out by then took effect when it did. Nothing else that time does
 * changes a case.
 */
export function atTime(procedure: Procedure, of: Case, at: number): Case {
  if (isEnded(procedure, of) || of.suspendedAt !== undefined) return of
  const due = Object.entries(of.clocks)
    .filter(([, running]) => running.stoppedAt === undefined && deadlineOf(running) < at)
    .flatMap(([name, running]) => {
      const state = procedure.clocks[name]?.term
      return state === undefined ? [] : [{ name, running, state, endedAt: deadlineOf(running) }]
    })
    .sort((one, other) => one.endedAt - other.endedAt)
  let now = of
  for (const { name, running, state, endedAt } of due) {
    const clocks = { ...now.clocks, [name]: { ...running, stoppedAt: endedAt } }
    now = Object.assign({}, now, { state, clocks, movedAt: Math.max(now.movedAt, endedAt) })
  }
  return now
}

/** Nothing follows in it but replies. */
export function isEnded(procedure: Procedure, of: Case): boolean {
  return of.withdrawnAt !== undefined || procedure.states[of.state]?.isEnd === true
}

/**
 * What is possible in a case at a moment, and for whom. A move whose clock has not lapsed is not among it; what its guard
 * demands is left to whoever makes it.
 */
export function possibleMoves(procedure: Procedure, then: Case, at: number): readonly PossibleMove[] {
  const of = atTime(procedure, then, at)
  const own = Object.entries(procedure.moves)
    .filter(([, move]) => isOpenIn(procedure, move, of, at))
    .map(([name, move]) => ({ move: name, title: move.title, ...whoMay(move, name, of) }))
    .filter(({ by, parties }) => by.length === 0 || parties.length > 0)
  const isEnd = isEnded(procedure, of)
  const parties = partiesOf(of)
  const common = Object.entries(commonTitles).flatMap(([name, title]) => {
    const able = parties.filter((party) => isCommonMove(name) && commonMovesOf(of, party, isEnd).includes(name))
    return able.length === 0 ? [] : [{ move: name, title, by: [], parties: able }]
  })
  return [...own, ...common]
}

/** Whether the state of the case and its clocks allow a move, whoever makes it. */
export function isOpenIn(procedure: Procedure, move: MoveDefinition, of: Case, at: number): boolean {
  if (move.from === 'opening' || isEnded(procedure, of) || of.suspendedAt !== undefined) return false
  if (!move.from.includes(of.state)) return false
  return move.after === undefined || hasLapsed(of.clocks[move.after], at)
}

/** The roles that a move is for, and those of their parties that have not made it where each makes it once. */
function whoMay(move: MoveDefinition, name: string, { roles, made }: Case): Pick<PossibleMove, 'by' | 'parties'> {
  const { by } = move
  if (by === 'anyone') return { by: [], parties: [] }
  const done = move.each === true || move.once === true ? (made[name] ?? []) : []
  const parties = [...new Set(by.flatMap((role) => roles[role] ?? []))].filter((party) => !done.includes(party))
  return { by, parties }
}

/** What is possible, in words: for a refusal. */
export function possibleText(possible: readonly PossibleMove[]): string {
  if (possible.length === 0) return 'nothing is possible any more'
  const each = possible.map(({ move, by }) => (by.length === 0 ? move : `${move} (${by.join(', ')})`))
  return `possible now: ${each.join(', ')}`
}
