import { AssessmentError } from './assessment-error.ts'

/** One log's prefix: its first `size` entries, whose root is `root` (`sha256:<hex>`). */
export interface Prefix {
  readonly origin: string
  readonly size: number
  readonly root: string
}

/** The set of log prefixes that something is computed from; one per origin. */
export type Cut = readonly Prefix[]

/** A ruleset by version and by the digest of its description. */
export interface RulesetName {
  readonly version: string
  readonly digest: string
}

/** All that a finding depends on: two nodes with the same four compute the same bytes. */
export interface AssessmentRequest {
  readonly cut: Cut
  /** Seconds since the epoch: the time of a time leaf in the cut. No other clock is read. */
  readonly at: number
  readonly ruleset: RulesetName
  /** Digest of the relier's trust policy (`sha256:<hex>`), or null for none. */
  readonly trust: string | null
}

/**
 * The cut in ascending order of origin, as it stands in a findings document.
 *
 * @throws AssessmentError `ambiguous-cut` when an origin occurs twice
 */
export function orderedCut(cut: Cut): Cut {
  const ordered = [...cut].sort((a, b) => (a.origin < b.origin ? -1 : a.origin > b.origin ? 1 : 0))
  for (const [position, prefix] of ordered.entries()) {
    if (prefix.origin === ordered[position - 1]?.origin) {
      throw new AssessmentError(
        'ambiguous-cut',
        `the cut names the origin ${prefix.origin} more than once; it may hold one prefix of each log`,
      )
    }
  }
  return ordered.map(({ origin, size, root }) => ({ origin, size, root }))
}
