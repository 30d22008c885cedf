/**
 * What the claims of one advisory say together about one version.
 *
 * - A claim about exactly this version goes before those about a range of versions.
 * - Claims that exclude each other leave it *undetermined*: `contradicting`.
 * - A claim that nobody can evaluate (a version that does not parse, words, something the component would
 *   have to be part of) never makes a version harmless, and neither does silence: *not affected* follows
 *   only from a claim, from the default of a CVE record, or from being outside of every range that the
 *   author says is affected, when all of them could be evaluated.
 */
import { covers, shownCoverage, type Covered } from './coverage.ts'
import { isHarmless, type MatchReason, type MatchState, type Outcome, type Why } from './outcome.ts'
import type { Claim, ClaimState, Condition, StatedRule } from './rule.ts'
import type { Surroundings } from './surroundings.ts'

/** A claim beside the version that it is asked about. */
interface Placed {
  readonly claim: Claim
  readonly covered: Covered
  /** The first condition that is not met, as far as anybody knows. */
  readonly unmet: Condition | undefined
}

/** Evaluates the claims for one version, as if the advisory stood. Never throws. */
export function evaluateClaims(rule: StatedRule, version: string | undefined, around?: Surroundings): Outcome {
  const placed = rule.claims.map((claim): Placed => {
    const unmet = (claim.within ?? []).find((condition) => !isMet(condition, around))
    return { claim, covered: covers(claim.covers, version), unmet }
  })
  const said = placed.filter(({ covered, unmet }) => covered.fits === true && unmet === undefined)
  const open = placed.filter(
    ({ covered, unmet }) => covered.fits === undefined || (covered.fits && unmet !== undefined),
  )
  return said.length > 0 ? outcomeOfSaid(rule, version, said, open) : outcomeOfSilence(rule, version, placed, open)
}

function isMet({ keys, covers: coverage }: Condition, around: Surroundings | undefined): boolean {
  return keys.some((key) => around?.get(key)?.some((version) => covers(coverage, version).fits === true))
}

function outcomeOfSaid(
  rule: StatedRule,
  version: string | undefined,
  said: readonly Placed[],
  open: readonly Placed[],
): Outcome {
  const exact = said.filter(({ claim }) => claim.covers.kind === 'version')
  const pool = exact.length > 0 ? exact : said
  const state = together(new Set(pool.map(({ claim }) => claim.state)))
  const deciding = pool.find(({ claim }) => claim.state === state)
  if (state === undefined || state === 'contradicted' || deciding === undefined) {
    const [one, other] = contradicting(pool)
    const text =
      one === other
        ? `${rule.advisory} contradicts itself about ${shownProduct(rule, version)}`
        : `${rule.advisory} says that ${shownClaim(one)} and that ${shownClaim(other)}`
    return outcome(rule, version, 'undetermined', 'contradicting', text, one)
  }
  if (state === 'unknown') {
    return outcome(rule, version, 'undetermined', 'unknown', `${rule.advisory} says that it is not known`, deciding)
  }
  const doubt = exact.length === 0 && isHarmless(state) ? open.find(isHarm) : undefined
  if (doubt !== undefined) return outcomeOfOpen(rule, version, doubt)
  return outcome(rule, version, state, deciding.covered.reason, deciding.covered.text, deciding)
}

/** What several states come to; undefined when they exclude each other. */
function together(states: ReadonlySet<ClaimState>): ClaimState | undefined {
  const [only] = states
  if (states.size === 1) return only
  if (states.has('contradicted') || states.has('fixed') || states.has('not_affected')) return undefined
  return states.has('affected') ? 'affected' : 'under_investigation'
}

/** Two claims that exclude each other; twice the same one where it contradicts itself. */
function contradicting(pool: readonly Placed[]): readonly [Placed | undefined, Placed | undefined] {
  const itself = pool.find(({ claim }) => claim.state === 'contradicted')
  if (itself !== undefined) return [itself, itself]
  const other = pool.find(({ claim }) => claim.state !== pool[0]?.claim.state)
  return [pool[0], other]
}

function shownClaim(placed: Placed | undefined): string {
  if (placed === undefined) return 'nothing'
  return `${shownCoverage(placed.claim.covers)} is ${words[placed.claim.state]}`
}

const words: Readonly<Record<ClaimState, string>> = {
  affected: 'affected',
  not_affected: 'not affected',
  fixed: 'fixed',
  under_investigation: 'under investigation',
  unknown: 'unknown',
  contradicted: 'affected and not',
}

function isHarm({ claim }: Placed): boolean {
  return claim.state !== 'fixed' && claim.state !== 'not_affected'
}

/** No claim is about this version for certain. */
function outcomeOfSilence(
  rule: StatedRule,
  version: string | undefined,
  placed: readonly Placed[],
  open: readonly Placed[],
): Outcome {
  const { otherwise } = rule
  const affected = placed.filter(({ claim }) => claim.state === 'affected')
  const isHarmlessOtherwise = otherwise === undefined ? affected.length > 0 : otherwise === 'not_affected'
  const doubt = isHarmlessOtherwise || otherwise === undefined ? open.find(isHarm) : open[0]
  // Whatever the open claims come to, a version that is affected otherwise is affected by them too.
  const isAffectedAnyway = otherwise === 'affected' && open.every(({ claim }) => claim.state === 'affected')
  if (doubt !== undefined && !isAffectedAnyway) return outcomeOfOpen(rule, version, doubt)
  const shown = shownProduct(rule, version)
  switch (otherwise) {
    case undefined:
      break
    case 'affected':
    case 'not_affected': {
      const text = `${rule.advisory} names no range with ${shown}, and all others are ${words[otherwise]}`
      return outcome(rule, version, otherwise, 'by-default', text, undefined)
    }
    default: {
      const text = `${rule.advisory} names no range with ${shown}, and of all others it says nothing`
      return outcome(rule, version, 'undetermined', 'not-covered', text, undefined)
    }
  }
  const [first] = affected
  if (first === undefined) {
    const text = `${rule.advisory} speaks of other versions, and says nothing of ${shown}`
    return outcome(rule, version, 'undetermined', 'not-covered', text, undefined)
  }
  const texts = affected.slice(0, maxTexts).map(({ covered }) => covered.text)
  const isListed = affected.every(({ claim }) => claim.covers.kind === 'version')
  return outcome(rule, version, 'not_affected', isListed ? 'not-listed' : 'outside-ranges', texts.join('; '), undefined)
}

/** At most this many comparisons are written out. */
const maxTexts = 4

function outcomeOfOpen(rule: StatedRule, version: string | undefined, placed: Placed): Outcome {
  const { covered, unmet, claim } = placed
  if (covered.fits === undefined || unmet === undefined) {
    return outcome(rule, version, 'undetermined', covered.reason, covered.text, placed)
  }
  const text = `it is ${words[claim.state]} inside ${unmet.label} only, and the inventory does not say that it is there`
  return outcome(rule, version, 'undetermined', 'condition', text, placed)
}

function shownProduct({ product }: StatedRule, version: string | undefined): string {
  return version === undefined ? product : `${product} ${version}`
}

function outcome(
  rule: StatedRule,
  version: string | undefined,
  state: MatchState,
  reason: MatchReason,
  text: string,
  placed: Placed | undefined,
): Outcome {
  const { advisory, format, vulnerability, by, product } = rule
  const claim = placed?.claim
  const why: Why = {
    reason,
    advisory,
    package: undefined,
    version,
    ...(claim?.covers.kind === 'version' && { listed: claim.covers.version }),
    ...(claim !== undefined && claim.covers.kind !== 'version' && { range: shownCoverage(claim.covers) }),
    text,
    format,
    vulnerability,
    by,
    product,
    ...(claim?.justifications !== undefined && { justifications: claim.justifications }),
    ...(claim?.impact !== undefined && { impact: claim.impact }),
    ...(claim?.action !== undefined && { action: claim.action }),
    pointer: claim?.pointer ?? rule.pointer,
  }
  return { state, why }
}
