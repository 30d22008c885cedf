/** A match as it is kept, sealed. */
import type { AdvisoryFormat, Alerting, MatchState, Priority } from '@comity/exposure'
import type { HeldComponent } from './held-component.ts'
import type { CitedAs, Match, MatchStanding, MatchWhy } from './match.ts'

/** What a document says of the component, and what that is to the match. */
export interface CitedWord {
  /** Number of the document. */
  readonly advisory: number
  readonly as: CitedAs
  readonly state: MatchState
  readonly why: MatchWhy
  readonly format: AdvisoryFormat
  /** What the document calls itself. */
  readonly document: string
  readonly title: string
}

/** Everything of a match but its past. */
export interface MatchRecord extends Omit<Alerting, 'state'> {
  readonly vulnerability: Match['vulnerability']
  readonly component: HeldComponent
  readonly standing: MatchStanding
  /** What decides at the head. */
  readonly cited: readonly CitedWord[]
  readonly priority?: Priority
  /** When it arose, in ticks: the party's own word is about what was there when it was said. */
  readonly began: number
  readonly alertedAt?: number
  readonly lookAgain?: true
}

/** What led to a look at a match. */
export interface Occasion {
  readonly cause: MatchStanding['cause']
  /** Whole seconds. */
  readonly at: number
  readonly tick: number
}

/** What alerts depend on, of a match as it stands. */
export function alertingOf({ standing: { state }, remediations, exploited }: MatchRecord): Alerting {
  return { state, remediations, exploited }
}
