import { type Case, type ClockStanding, deadlineOf, type Move, rolesOf, standingOf } from './case.ts'
import type { MoveDefinition, Procedure } from './definition.ts'

/** A move of a case as a log has it: its author's home log, whether or not the seat took it, or the seat itself. */
export type Filing = Pick<Move, 'statement' | 'name' | 'by' | 'filedAt'>

/** How a clock stands, and which filing kept it where the seat alone does not show that it was kept. */
export interface StandingWith {
  readonly standing: ClockStanding
  /** Id of the statement that was filed in time: the last of them where each has to make the move. */
  readonly keptBy?: string
}

/**
 * How a clock stands for a reader who sees what was filed in the authors' home logs, also what the seat refused or has not
 * taken yet: who filed there before the deadline is in time. It changes how a clock is shown, never the state of the case.
 *
 * @param filings moves of this case as their authors' home logs have them, with those that the seat took; any order
 * @param at seconds since the epoch; what was filed later counts for nothing
 */
export function standingWith(
  procedure: Procedure,
  of: Case,
  name: string,
  filings: readonly Filing[],
  at: number,
): StandingWith | undefined {
  const running = Object.hasOwn(of.clocks, name) ? of.clocks[name] : undefined
  const clock = procedure.clocks[name]
  if (running === undefined || clock === undefined) return undefined
  const standing = standingOf(running, at, of.suspendedAt)
  // A term is nobody's deadline: it ends when it was said to.
  if (standing === 'kept' || clock.term !== undefined)
    return { standing, ...(running.stoppedBy === undefined ? {} : { keptBy: running.stoppedBy }) }
  const until = Math.min(deadlineOf(running), at)
  const inTime = filings.filter(({ filedAt }) => filedAt >= running.startedAt && filedAt <= until)
  for (const stop of clock.stops) {
    const move = procedure.moves[stop]
    const keptBy = move === undefined ? undefined : keeperOf(move, stop, of, inTime)
    if (keptBy !== undefined) return { standing: 'kept', keptBy }
  }
  return { standing }
}

/** The filing with which a clock that a move stops was kept: for a move that each makes, the last of all. */
function keeperOf(move: MoveDefinition, name: string, of: Case, inTime: readonly Filing[]): string | undefined {
  const { by, each } = move
  const filed = inTime
    .filter((filing) => filing.name === name)
    .filter((filing) => by === 'anyone' || rolesOf(of, filing.by).some((role) => by.includes(role)))
    .toSorted((one, other) => one.filedAt - other.filedAt || (one.statement < other.statement ? -1 : 1))
  if (each !== true || by === 'anyone') return filed[0]?.statement
  const waitedFor = by.flatMap((role) => of.roles[role] ?? [])
  const firsts = new Set(waitedFor.map((party) => filed.find((filing) => filing.by === party)))
  if (firsts.has(undefined)) return undefined
  return filed.findLast((filing) => firsts.has(filing))?.statement
}
