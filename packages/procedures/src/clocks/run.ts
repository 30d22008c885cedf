/** How the moves of a case start and stop its clocks. */
import { secondsOf } from '@comity/statement'
import { departuresOf } from '../at-time.ts'
import { type Case, deadlineOf, type Move, type RunningClock } from '../case.ts'
import type { ChosenLength, ClockDefinition, Procedure } from '../definition.ts'
import { ProcedureError } from '../procedure-error.ts'
import { concernedBy, isThread } from '../sight.ts'
import { endOf } from './end.ts'
import type { Length } from './length.ts'

/** The clocks after a move. With a move that each makes, they start and stop when the last has made it. */
export function clocksAfter(procedure: Procedure, of: Case, move: Move, isLast: boolean): Case['clocks'] {
  const clocks: Record<string, RunningClock> = { ...of.clocks }
  for (const [name, clock] of Object.entries(procedure.clocks)) {
    if (clock.isEach === true) continue
    const running = clocks[name]
    const stops =
      clock.stops.includes(move.name) &&
      isLast &&
      running !== undefined &&
      running.stoppedAt === undefined &&
      !isOfAnother(procedure, name, running, of, move)
    if (stops) clocks[name] = { ...running, stoppedAt: move.filedAt, stoppedBy: move.statement }
    const begun = clock.starts.includes(move.name) && isLast ? started(clock, of, move) : undefined
    if (begun !== undefined) clocks[name] = begun
  }
  return clocks
}

/** The clocks of which each party of a role has its own, after a move; undefined where the case has none. */
export function eachClocksAfter(procedure: Procedure, of: Case, move: Move): Case['eachClocks'] {
  const all: Record<string, Readonly<Record<string, RunningClock>>> = { ...of.eachClocks }
  for (const [name, clock] of Object.entries(procedure.clocks)) {
    const isStart = clock.starts.includes(move.name)
    const isStop = clock.stops.includes(move.name)
    if (clock.isEach !== true || !(isStart || isStop)) continue
    const own: Record<string, RunningClock> = { ...all[name] }
    for (const party of whoseClock(procedure, clock, of, move)) {
      const running = own[party]
      if (isStop && running !== undefined && running.stoppedAt === undefined)
        own[party] = { ...running, stoppedAt: move.filedAt, stoppedBy: move.statement }
      const begun = isStart ? started(clock, of, move) : undefined
      if (begun !== undefined) own[party] = begun
    }
    if (Object.keys(own).length > 0) all[name] = own
  }
  return Object.keys(all).length === 0 ? undefined : all
}

/** Whose own clock a move is about: those that it names, else its author, else all that have one and see it. */
function whoseClock(procedure: Procedure, { binds }: ClockDefinition, of: Case, move: Move): readonly string[] {
  const parties = of.roles[binds] ?? []
  const named = concernedBy(procedure, move)
  if (named.length > 0) return named.filter((party) => parties.includes(party))
  if (parties.includes(move.by)) return [move.by]
  return isThread(procedure, of, move) ? [] : parties
}

/** Whether a clock of notices goes on: the notice that is taken back is not the one it shows. */
function isOfAnother(procedure: Procedure, clock: string, running: RunningClock, of: Case, { name }: Move): boolean {
  const derived = procedure.moves[name]?.derives?.facts ?? []
  const takesBack = Object.values(procedure.roles).some(
    ({ leaves }) => leaves?.clock === clock && derived.includes(leaves.fact),
  )
  if (!takesBack) return false
  return departuresOf(procedure, of).some((each) => each.clock === clock && each.at === deadlineOf(running))
}

function started(clock: ClockDefinition, of: Case, move: Move): RunningClock | undefined {
  if (clock.when !== undefined && !Object.hasOwn(move.body, clock.when)) return undefined
  if (clock.where !== undefined && of.facts[clock.where.fact] !== clock.where.is) return undefined
  if ('until' in clock.length) {
    const said = move.body[clock.length.until]
    return typeof said === 'string' ? { startedAt: move.at, endsAt: secondsOf(said) } : undefined
  }
  const from = clock.from === undefined ? undefined : move.body[clock.from]
  const startedAt = typeof from === 'number' ? from : move.at
  return { startedAt, endsAt: endOf(startedAt, lengthOf(clock.length, of), of.place) }
}

/** How long a clock is in this case. */
export function lengthOf(length: Length | ChosenLength, { facts }: Pick<Case, 'facts'>): Length {
  if (!('by' in length)) return length
  const chosen = length.lengths[String(facts[length.by])]
  if (chosen !== undefined) return chosen
  const known = Object.keys(length.lengths).join(', ')
  throw new ProcedureError('guarded', `the length of a clock depends on "${length.by}": ${known}`)
}
