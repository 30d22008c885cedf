import { type Case, deadlineOf, type Move, type RunningClock, standingOf } from './case.ts'
import { departuresOf, isOfNotices } from './at-time.ts'
import { endOf, momentText } from './clocks/end.ts'
import { lengthText } from './clocks/length.ts'
import { commonTitles, isCommonMove } from './common-moves.ts'
import { type Citation, type ClockDefinition, moveOf, type Procedure } from './definition.ts'
import { lengthOf } from './clocks/run.ts'

/** One clock of a case as its page shows it: with hour, zone and source, and both ends where the parties agreed on one. */
export interface ClockView {
  readonly name: string
  readonly title: string
  readonly binds: string
  readonly standing: ReturnType<typeof standingOf>
  readonly length: string
  readonly startedAt: number
  /** By its source. */
  readonly endsAt: number
  readonly agreedAt?: number
  readonly stoppedAt?: number
  /** Id of the statement that stopped it. */
  readonly stoppedBy?: string
  /** When it runs out, for people. */
  readonly deadline: string
  readonly source: Citation
  readonly lapse: string
  /** Where a statement said when it ends: what the source asks for at least, and whether what was said is shorter. */
  readonly usual?: { readonly length: string; readonly endsAt: number; readonly isShort: boolean }
}

/** The clocks of a case, the next to run out first. */
export function clocksOf(procedure: Procedure, of: Case, at: number): readonly ClockView[] {
  return Object.entries(of.clocks)
    .flatMap(([name, running]) => {
      const clock = procedure.clocks[name]
      if (clock === undefined) return []
      const { title, binds, source, lapse } = clock
      const deadline = momentText(deadlineOf(running), of.place)
      const standing = standingOf(running, at, of.suspendedAt)
      const usual = usualOf(clock, running, of)
      const said = usual === undefined ? {} : { usual }
      return [
        { name, title, binds, standing, length: lengthIn(clock, of), ...running, deadline, source, lapse, ...said },
      ]
    })
    .sort((one, other) => deadlineOf(one) - deadlineOf(other))
}

function usualOf(
  { length }: ClockDefinition,
  { startedAt, endsAt }: RunningClock,
  { place }: Case,
): ClockView['usual'] {
  if (!('until' in length) || length.usual === undefined) return undefined
  const usual = endOf(startedAt, length.usual, place)
  return { length: lengthText(length.usual), endsAt: usual, isShort: endsAt < usual }
}

function lengthIn({ length }: ClockDefinition, of: Case): string {
  return 'until' in length ? 'as was said' : lengthText(lengthOf(length, of))
}

/**
 * What runs out up to a moment, in a case where it has not been answered: for reminders, and for whoever keeps what depends
 * on the time. Of a case that stands still what had run out before. A clock of notices runs out once for each that was given and not taken back, one of which each party has its own for each of them, by name.
 */
export function dueBy(
  procedure: Procedure,
  of: Case,
  until: number,
): readonly { readonly clock: string; readonly at: number; readonly party?: string }[] {
  const { suspendedAt = Infinity, withdrawnAt } = of
  if (withdrawnAt !== undefined) return []
  const own = Object.entries(of.eachClocks ?? {}).flatMap(([clock, each]) =>
    Object.entries(each).flatMap(([party, running]) =>
      running.stoppedAt === undefined ? [{ clock, at: deadlineOf(running), party }] : [],
    ),
  )
  const clocks = Object.entries(of.clocks).flatMap(([clock, running]) =>
    running.stoppedAt === undefined && !isOfNotices(procedure, clock) ? [{ clock, at: deadlineOf(running) }] : [],
  )
  const leaving = of.suspendedAt === undefined ? departuresOf(procedure, of) : []
  const notices = leaving.map(({ clock, at }) => ({ clock, at }))
  const isFirst = ({ at }: { readonly at: number }, i: number): boolean => at !== notices[i - 1]?.at
  return [...clocks, ...own, ...notices.filter(isFirst)]
    .filter(({ at }) => at <= until && at < suspendedAt)
    .sort((one, other) => one.at - other.at)
}

/** One line of the history of a case. */
export interface TimelineEntry {
  readonly at: number
  readonly moment: string
  /** A move, or the lapse of a clock, a term that ran out among them. */
  readonly what: 'move' | 'lapse'
  readonly title: string
  readonly by?: string
  readonly statement?: string
}

/** What happened in a case up to a moment, in its order: its moves, and the clocks that ran out in between. */
export function timelineOf(
  procedure: Procedure,
  of: Case,
  moves: readonly Move[],
  at: number,
): readonly TimelineEntry[] {
  const moved = moves.map(({ name, by, statement, at: then }): TimelineEntry => {
    const title = titleOfMove(procedure, name)
    return { at: then, moment: momentText(then, of.place), what: 'move', title, by, statement }
  })
  const lapsed = clocksOf(procedure, of, at)
    .filter((clock) => clock.standing === 'lapsed' || clock.standing === 'late' || hasRunOut(procedure, clock))
    .map((clock): TimelineEntry => {
      const then = deadlineOf(clock)
      const verb = procedure.clocks[clock.name]?.term === undefined ? 'has lapsed' : 'has run out'
      return { at: then, moment: clock.deadline, what: 'lapse', title: `${clock.title} ${verb}: ${clock.lapse}` }
    })
  return [...moved, ...lapsed].sort((one, other) => one.at - other.at)
}

/** Whether a term took effect: nobody's move stopped it, and it stopped all the same. */
function hasRunOut({ clocks }: Procedure, { name, stoppedAt, stoppedBy }: ClockView): boolean {
  return clocks[name]?.term !== undefined && stoppedAt !== undefined && stoppedBy === undefined
}

/** What a move is called, such as `Enter into consultations`. Throws ProcedureError `unknown-move`. */
export function titleOfMove(procedure: Procedure, name: string): string {
  return isCommonMove(name) ? commonTitles[name] : moveOf(procedure, name).title
}
