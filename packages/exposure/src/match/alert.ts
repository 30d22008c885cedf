/**
 * Whether what is found now is worth telling, after what was found before, and the record of it.
 *
 * A newer revision of an advisory is no new match as long as the remediation has not changed for the
 * component (CSAF 2.1, 9.1.17, "CSAF SBOM matching system"); what makes it more pressing is told all the
 * same.
 */
import { isHarmless } from './outcome.ts'
import type { StandingState } from './standing.ts'

/** What of a match an alert depends on. */
export interface Alerting {
  readonly state: StandingState
  /** `Outcome.remediation` of the sources that count. */
  readonly remediations: readonly string[]
  /** Whether anybody knows of its exploitation. */
  readonly exploited: boolean
}

export type AlertReason =
  /** Nobody has to do anything. */
  | 'harmless'
  | 'unchanged'
  /** It concerns the party, and did not before. */
  | 'new'
  /** It is certain now, or worse than it was. */
  | 'worse'
  | 'exploited'
  /** There is something else to be done. */
  | 'remediation'

export interface Alert {
  readonly alert: boolean
  readonly reason: AlertReason
}

/** Whether to tell, and why. The first reason that holds counts, in the order of {@link AlertReason} from `new` on. */
export function alertOf(before: Alerting | undefined, after: Alerting): Alert {
  if (!concerns(after.state)) return { alert: false, reason: 'harmless' }
  if (before === undefined || !concerns(before.state)) return { alert: true, reason: 'new' }
  if (pressing[after.state] > pressing[before.state]) return { alert: true, reason: 'worse' }
  if (after.exploited && !before.exploited) return { alert: true, reason: 'exploited' }
  if (isOther(before.remediations, after.remediations)) return { alert: true, reason: 'remediation' }
  return { alert: false, reason: 'unchanged' }
}

function concerns(state: StandingState): boolean {
  return state !== 'remedied' && state !== 'mitigated' && !isHarmless(state)
}

const pressing: Readonly<Record<StandingState, number>> = {
  affected: 2,
  under_investigation: 1,
  undetermined: 1,
  fixed: 0,
  not_affected: 0,
  remedied: 0,
  mitigated: 0,
}

/** A source that says nothing new about what to do, or has gone, is no news; the order means nothing. */
function isOther(before: readonly string[], after: readonly string[]): boolean {
  return after.some((each) => !before.includes(each))
}

/** One change of a match. */
export interface HistoryEntry extends Alerting {
  /** RFC 3339. */
  readonly at: string
  readonly alert: boolean
  readonly reason: AlertReason
}

/** The history with what is found now. Nothing is ever taken out of it: what an advisory took back was there once. */
export function followed(history: readonly HistoryEntry[], after: Alerting, at: string): readonly HistoryEntry[] {
  const before = history.at(-1)
  const { alert, reason } = alertOf(before, after)
  const isSame =
    before !== undefined &&
    before.state === after.state &&
    before.exploited === after.exploited &&
    !isOther(before.remediations, after.remediations) &&
    !isOther(after.remediations, before.remediations)
  return isSame ? history : [...history, { ...after, at, alert, reason }]
}
