import { assessParty } from './assess-party.ts'
import type { Facts } from './facts.ts'
import type { PartyFindings } from './finding.ts'
import { findingsDigest, type FindingsHasher } from './findings-digest.ts'
import { compareText } from './order.ts'
import { type AssessmentRequest, type Cut, orderedCut, type RulesetName } from './request.ts'

/** The findings of all bound parties, with all that they were computed from. */
export interface FindingsDocument {
  readonly cut: Cut
  readonly at: number
  readonly ruleset: RulesetName
  readonly trust: string | null
  /** Ascending by URN; a party without findings is left out. */
  readonly parties: readonly PartyFindings[]
  /** RFC 9162 root over `parties`, `sha256:<hex>`. */
  readonly digest: string
}

/**
 * Computes the findings of every party that adheres or supports.
 *
 * @throws AssessmentError `unknown-ruleset`, `ambiguous-cut`; `document-missing` from the facts
 */
export function assess(request: AssessmentRequest, facts: Facts, hasher: FindingsHasher): FindingsDocument {
  const assessed = boundParties(facts).map((party) => assessParty(party, request, facts))
  return findingsDocument(request, assessed, hasher)
}

/** The parties that a findings document is about, in its order. */
export function boundParties(facts: Pick<Facts, 'bound'>): readonly string[] {
  return [...new Set(facts.bound())].sort(compareText)
}

/**
 * Puts together what was computed for each of {@link boundParties}, for whoever computes that in several goes.
 *
 * @throws AssessmentError `ambiguous-cut`, `out-of-order`
 */
export function findingsDocument(
  request: AssessmentRequest,
  assessed: readonly PartyFindings[],
  hasher: FindingsHasher,
): FindingsDocument {
  const cut = orderedCut(request.cut)
  const parties = assessed.filter((each) => each.findings.length > 0)
  const { version, digest } = request.ruleset
  return {
    cut,
    at: request.at,
    ruleset: { version, digest },
    trust: request.trust,
    parties,
    digest: findingsDigest(parties, hasher),
  }
}
