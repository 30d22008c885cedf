/** How the moves of a case start and stop its clocks. */
import { secondsOf } from '@comity/statement'
import { departuresOf } from '../at-time.ts'
import { type Case, deadlineOf, type Move, type RunningClock } from '../case.ts'
import type { ChosenLength, ClockDefinition, Procedure } from '../definition.ts'
import { ProcedureError } from '../procedure-error.ts'
import { endOf } from './end.ts'
import type { Length } from './length.ts'

/** The clocks after a move. With a move that each makes, they start and stop when the last has made it. */
export function clocksAfter(procedure: Procedure, of: Case, move: Move, isLast: boolean): Case['clocks'] {
  const clocks: Record<string, RunningClock> = { ...of.clocks }
  for (const [name, clock] of Object.entries(procedure.clocks)) {
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
