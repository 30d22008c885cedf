import type { Place } from './clocks/place.ts'

/** One run of a procedure, as its moves so far have left it: plain JSON, a kilobyte or two; with hundreds of parties about 400 bytes for each. */
export interface Case {
  /** `dispute/1`: the version that it was opened with. */
  readonly procedure: string
  /** `urn:comity:case:…`, the subject of every move. */
  readonly urn: string
  /** Origin of the log whose order counts. */
  readonly seat: string
  readonly state: string
  /** Where its clocks run. */
  readonly place: Place
  readonly opener: string
  /** In seconds since the epoch. */
  readonly openedAt: number
  readonly movedAt: number
  /** Moves that took effect, replies among them. */
  readonly moves: number
  /** URNs of the parties that have each role, in the order in which they came to it. */
  readonly roles: Readonly<Record<string, readonly string[]>>
  /** Fields that moves kept, the last value of each. */
  readonly facts: Readonly<Record<string, unknown>>
  /** Who has made which of the moves that are made once, or by each. */
  readonly made: Readonly<Record<string, readonly string[]>>
  /** By name; a clock that starts again replaces the one before. */
  readonly clocks: Readonly<Record<string, RunningClock>>
  /** By name of the clock and party: clocks of which each party of a role has its own. */
  readonly eachClocks?: Readonly<Record<string, Readonly<Record<string, RunningClock>>>>
  /** What wants the agreement of the parties, until it has it. */
  readonly proposals: readonly Proposal[]
  /** Since when all clocks stand still, by agreement. */
  readonly suspendedAt?: number
  /** Its opener took it back. */
  readonly withdrawnAt?: number
}

export interface RunningClock {
  readonly startedAt: number
  /** When it runs out by its source, what it stood still left out. */
  readonly endsAt: number
  /** When it runs out as the parties agreed. Both are shown. */
  readonly agreedAt?: number
  /** When what it waited for had been said, in the home log of who said it. */
  readonly stoppedAt?: number
  /** Id of the statement that said it; none where a term ran out, which nobody's move stops. */
  readonly stoppedBy?: string
}

export interface Proposal {
  /** Id of the statement that made it. */
  readonly statement: string
  readonly what: Agreement
  /** Who has agreed so far, its author first. */
  readonly by: readonly string[]
}

/** What the parties of any case may agree on. */
export type Agreement =
  | { readonly kind: 'suspend' }
  | { readonly kind: 'resume' }
  /** Of a clock of notices `party` says whose: without it the latest one that was given, which the clock shows. */
  | { readonly kind: 'end-clock-at'; readonly clock: string; readonly at: number; readonly party?: string }

/** One move as the seat has taken it. */
export interface Move {
  /** Id of the statement, 64 hexadecimal digits. */
  readonly statement: string
  readonly name: string
  /** Its author. */
  readonly by: string
  /** The statement's kind, where that is not `move`: some moves are made by statements that have a kind of their own. */
  readonly kind?: string
  /** The subject: the case. */
  readonly urn: string
  readonly body: Readonly<Record<string, unknown>>
  /**
   * The seat of a private case has judged it, with all that it sees: its guard is not asked again by who sees a part of
   * what that reads.
   */
  readonly judged?: boolean
  /** Fields of its body that are not seen: of a private case, by those from whom the procedure keeps them. */
  readonly hidden?: readonly string[]
  /** When it takes effect: the time of the seat's batch, in seconds since the epoch. */
  readonly at: number
  /** When its author's home log had it, which is what a deadline asks for. */
  readonly filedAt: number
}

/** All parties of a case. */
export function partiesOf({ roles }: Pick<Case, 'roles'>): readonly string[] {
  return [...new Set(Object.values(roles).flat())]
}

export function rolesOf({ roles }: Pick<Case, 'roles'>, party: string): readonly string[] {
  return Object.entries(roles)
    .filter(([, parties]) => parties.includes(party))
    .map(([role]) => role)
}

/** When a clock runs out: as agreed, else by its source. */
export function deadlineOf({ endsAt, agreedAt }: Pick<RunningClock, 'endsAt' | 'agreedAt'>): number {
  return agreedAt ?? endsAt
}

/** How a clock stands at a moment. A lapse says that a moment has passed, and nothing else. */
export type ClockStanding = 'running' | 'suspended' | 'lapsed' | 'kept' | 'late'

export function standingOf(clock: RunningClock, at: number, suspendedAt?: number): ClockStanding {
  const deadline = deadlineOf(clock)
  if (clock.stoppedAt !== undefined) return clock.stoppedAt <= deadline ? 'kept' : 'late'
  if (suspendedAt !== undefined && suspendedAt <= deadline) return 'suspended'
  return at > deadline ? 'lapsed' : 'running'
}

/** Whether a clock has lapsed, also one that was then answered late. */
export function hasLapsed(clock: RunningClock | undefined, at: number, suspendedAt?: number): boolean {
  if (clock === undefined) return false
  return ['lapsed', 'late'].includes(standingOf(clock, at, suspendedAt))
}
