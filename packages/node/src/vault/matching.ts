/**
 * Matching, as values: what the rules say of a component, and what that makes of a match that may have been there.
 */
import { type Rule, evaluateRule, isHarmless, strongest } from '@comity/exposure'
import type { MatchStanding, MatchWhy, MatchedComponent } from './match.ts'

/** A match as it is kept, sealed. */
export interface MatchRecord {
  /** Of the advisory. */
  readonly sub: string
  readonly component: MatchedComponent
  readonly standing: MatchStanding
  readonly alertedAt?: number
}

/** What is found about a component now. */
export interface Finding {
  readonly state: MatchStanding['state']
  readonly why: MatchWhy
}

/** What led to a look at a match. */
export interface Occasion {
  readonly cause: MatchStanding['cause']
  /** Whole seconds. */
  readonly at: number
  /** The advisory statement in force, hex. */
  readonly statement: string
  readonly withdrawn: boolean
  /** The advisory says something new that its users act on. */
  readonly news: boolean
}

/**
 * What the rules of one advisory for one package say of a version: *affected* wins over *undetermined*, and that over
 * *not affected*.
 */
export function findingOf(rules: readonly Rule[], version: string | undefined): Finding | undefined {
  return strongest(rules.map((rule) => evaluateRule(rule, version)))
}

/** The component has left the inventory. */
export function notPresent({ standing: { why } }: MatchRecord): Finding {
  const text = 'the inventory no longer holds this package in this version'
  return { state: 'not_affected', why: { ...unranged(why), reason: 'not-present', text } }
}

/** A revision of the advisory no longer names the package. */
export function notNamed({ standing: { why } }: MatchRecord): Finding {
  return {
    state: 'not_affected',
    why: { ...unranged(why), reason: 'not-named', text: `${why.advisory} no longer names the package` },
  }
}

/** The advisory stands in a form that this node cannot read: whatever it said before, now nobody here knows. */
export function unreadable({ standing: { why } }: MatchRecord, code: string): Finding {
  const text = `the document of the advisory cannot be matched now: ${code}`
  return { state: 'undetermined', why: { ...unranged(why), reason: 'unreadable', text } }
}

function unranged({ advisory, package: named, version }: MatchWhy): Pick<MatchWhy, 'advisory' | 'package' | 'version'> {
  return { advisory, package: named, version }
}

/**
 * The standing that a finding makes of a match; undefined where nothing is to be written: the match stands as it stood,
 * or there was none and there is no reason for one.
 *
 * Alerts are raised for what the party is or may be affected by, and only when that is news: a new match, another
 * state, another version or range, or an advisory that says something else to do.
 */
export function standingAfter(
  before: MatchRecord | undefined,
  found: Finding,
  occasion: Occasion,
): MatchStanding | undefined {
  const concerned = !isHarmless(found.state)
  if (before === undefined) {
    if (occasion.withdrawn) return undefined
  } else if (isSame(before.standing, found) && !(concerned && occasion.news)) {
    return undefined
  }
  const { at, cause, statement } = occasion
  return { state: found.state, why: found.why, since: at, cause, statement, alert: concerned }
}

/** As JSON, for that is what the kept one has been through. */
function isSame({ state, why }: MatchStanding, found: Finding): boolean {
  return state === found.state && JSON.stringify(sorted(why)) === JSON.stringify(sorted(found.why))
}

function sorted(why: MatchWhy): readonly unknown[] {
  const { reason, advisory, package: named, version, range, listed, text } = why
  return [reason, advisory, named?.ecosystem, named?.name, version, range, listed, text]
}
