/** What is found about one component and one advisory, and why. */
import type { Justification } from '../csaf/csaf-advisory.ts'
import type { VexJustification } from '../vex/vex-statement.ts'
import type { IdentifierKind } from './identifiers.ts'

export const matchStates = ['affected', 'under_investigation', 'undetermined', 'fixed', 'not_affected'] as const

export type MatchState = (typeof matchStates)[number]

/** Formats of documents that say something about vulnerabilities in products. */
export type AdvisoryFormat = 'OSV' | 'CSAF' | 'CVE' | 'OpenVEX' | 'CycloneDX'

/** Why a state was found; stable labels. */
export type MatchReason =
  | 'listed'
  | 'in-range'
  | 'all-versions'
  | 'outside-ranges'
  | 'not-listed'
  | 'by-default'
  | 'not-covered'
  | 'withdrawn'
  | 'not-named'
  | 'no-purl'
  | 'no-identifier'
  | 'no-version'
  | 'bad-version'
  | 'unsupported-ecosystem'
  | 'no-ranges'
  | 'bad-range'
  | 'words'
  | 'condition'
  | 'contradicting'
  | 'unknown'

/** Everything a person needs to repeat the match by hand. */
export interface Why {
  readonly reason: MatchReason
  readonly advisory: string
  readonly package: { readonly ecosystem: string; readonly name: string } | undefined
  /** The version that was looked at. */
  readonly version: string | undefined
  /** The range that decided, written out: `introduced 0, fixed 0.17.0`. */
  readonly range?: string
  /** The entry of `versions` that decided. */
  readonly listed?: string
  /** One sentence: what was compared with what. */
  readonly text: string
  /** Of all formats but OSV. */
  readonly format?: Exclude<AdvisoryFormat, 'OSV'>
  /** The vulnerability that is meant, where the document is about several. */
  readonly vulnerability?: string
  /** By what the component was found; a package URL where nothing is said. */
  readonly by?: IdentifierKind
  /** The product as the advisory names it, where it is no package. */
  readonly product?: string
  /** Why it is not affected, in the author's words. */
  readonly justifications?: readonly (Justification | VexJustification)[]
  readonly impact?: string
  /** What the author says to do. */
  readonly action?: string
  /** Where in the advisory it stands (RFC 6901). */
  readonly pointer?: string
  /** What else is to be known: identifiers that disagree, statements that contradict each other. */
  readonly notes?: readonly string[]
}

export interface Outcome {
  readonly state: MatchState
  readonly why: Why
  /** Of the rules that lead to it: stays the same as long as nothing changes that users of the component act on. */
  readonly remediation?: string
}

/**
 * The order in which one outcome prevails over another of the same worth: what may do harm before what does not, and
 * what is known before what is not.
 */
export function strongerState(a: MatchState, b: MatchState): number {
  return matchStates.indexOf(a) - matchStates.indexOf(b)
}

/** The outcome that prevails; the first of equal ones, undefined of none. */
export function strongest(outcomes: Iterable<Outcome>): Outcome | undefined {
  let found: Outcome | undefined
  for (const outcome of outcomes) {
    if (found === undefined || strongerState(outcome.state, found.state) < 0) found = outcome
  }
  return found
}

/** Neither affected nor unclear: nobody has to do anything. */
export function isHarmless(state: MatchState): boolean {
  return state === 'fixed' || state === 'not_affected'
}
