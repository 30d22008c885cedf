import { atTime, isEnded } from './at-time.ts'
import { type Case, deadlineOf, hasLapsed, partiesOf } from './case.ts'
import { commonMovesOf, commonTitles } from './common-moves.ts'
import type { MoveDefinition, Procedure } from './definition.ts'
import type { PossibleMove } from './procedure-error.ts'

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
  const able = new Map<string, string[]>(Object.keys(commonTitles).map((name) => [name, []]))
  for (const party of partiesOf(of)) for (const name of commonMovesOf(procedure, of, party)) able.get(name)?.push(party)
  const common = Object.entries(commonTitles).flatMap(([name, title]) => {
    const parties = able.get(name) ?? []
    return parties.length === 0 ? [] : [{ move: name, title, by: [], parties }]
  })
  return [...own, ...common]
}

/** What one party of a case may do now. */
export function possibleFor(procedure: Procedure, of: Case, party: string, at: number): readonly PossibleMove[] {
  return possibleMoves(procedure, of, at).flatMap((each) => {
    if (each.by.length === 0 && each.parties.length === 0) return [each]
    return each.parties.includes(party) ? [{ ...each, parties: [party] }] : []
  })
}

/** Whether the state of the case and its clocks allow a move, whoever makes it. */
export function isOpenIn(procedure: Procedure, move: MoveDefinition, of: Case, at: number): boolean {
  if (move.from === 'opening' || isEnded(procedure, of) || of.suspendedAt !== undefined) return false
  if (!move.from.includes(of.state)) return false
  if (move.after !== undefined && !hasLapsed(of.clocks[move.after], at)) return false
  const within = move.within === undefined ? undefined : of.clocks[move.within]
  return within === undefined || at <= deadlineOf(within)
}

/** The roles that a move is for, and those of their parties that have not made it where each makes it once. */
function whoMay(move: MoveDefinition, name: string, { roles, made }: Case): Pick<PossibleMove, 'by' | 'parties'> {
  const { by } = move
  if (by === 'anyone') return { by: [], parties: [] }
  const isOnce = (move.each === true && move.agreeOn === undefined) || move.once === true
  const done = new Set(isOnce ? made[name] : [])
  const parties = [...new Set(by.flatMap((role) => roles[role] ?? []))].filter((party) => !done.has(party))
  return { by, parties }
}

/** What is possible, in words: for a refusal. */
export function possibleText(possible: readonly PossibleMove[]): string {
  if (possible.length === 0) return 'nothing is possible any more'
  const each = possible.map(({ move, by }) => (by.length === 0 ? move : `${move} (${by.join(', ')})`))
  return `possible now: ${each.join(', ')}`
}
