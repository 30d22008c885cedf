/** Evaluates a rule for one version of what it is about. */
import { evaluateClaims } from './evaluate-claims.ts'
import { evaluateOsvRule } from './evaluate-osv-rule.ts'
import type { Outcome } from './outcome.ts'
import { isStated, type Rule } from './rule.ts'
import type { Surroundings } from './surroundings.ts'

/**
 * What a rule says of one version of its package or product. Never throws.
 *
 * `around` is what else the inventory holds. Without it nobody knows what the component is part of, and a claim that
 * holds only inside something else (`openssl` as a part of `Relay OS 9`) is *undetermined* at most.
 */
export function evaluateRule(rule: Rule, version: string | undefined, around?: Surroundings): Outcome {
  const outcome = isStated(rule) ? evaluateClaims(rule, version, around) : evaluateOsvRule(rule, version)
  if (rule.withdrawn === undefined) return outcome
  const { range: _, listed: __, ...why } = outcome.why
  const text = `${rule.advisory} was withdrawn on ${rule.withdrawn}`
  return { state: 'not_affected', why: { ...why, reason: 'withdrawn', text } }
}
