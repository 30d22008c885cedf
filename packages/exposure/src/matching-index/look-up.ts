import { evaluateRule } from '../match/evaluate-rule.ts'
import { isHarmless } from '../match/outcome.ts'
import { isStated, type Rule } from '../match/rule.ts'
import type { Surroundings } from '../match/surroundings.ts'
import type { KeyedOutcome } from './found.ts'

/** Outcomes that are kept ready. */
const readyOutcomes = 2 ** 16

/** Evaluates rules; one that asks for nothing beside the component, once for each version. */
export class LookUp {
  readonly #outcomes = new Map<Rule, Map<string, KeyedOutcome>>()
  #length = 0

  /** What rules say of a version, in their order; undefined when all of them say that it is harmless. */
  outcomes(version: string, rules: readonly Rule[], around?: () => Surroundings): readonly KeyedOutcome[] | undefined {
    const outcomes = rules.map((rule) =>
      around !== undefined && needsAround(rule) ? evaluate(rule, version, around()) : this.#outcome(rule, version),
    )
    return outcomes.every(({ state }) => isHarmless(state)) ? undefined : outcomes
  }

  #outcome(rule: Rule, version: string): KeyedOutcome {
    if (this.#length > readyOutcomes) this.#forget()
    let known = this.#outcomes.get(rule)
    if (known === undefined) this.#outcomes.set(rule, (known = new Map()))
    let outcome = known.get(version)
    if (outcome === undefined) {
      known.set(version, (outcome = evaluate(rule, version)))
      this.#length += 1
    }
    return outcome
  }

  #forget(): void {
    this.#outcomes.clear()
    this.#length = 0
  }
}

function evaluate(rule: Rule, version: string, around?: Surroundings): KeyedOutcome {
  return { ...evaluateRule(rule, version === '' ? undefined : version, around), key: rule.key }
}

/** Whether what a rule says of a component depends on what else the inventory holds. */
export function needsAround(rule: Rule): boolean {
  return isStated(rule) && rule.claims.some(({ within }) => within !== undefined && within.length > 0)
}

/** The keys of what rules ask for beside the component. */
export function keysAround(rules: Iterable<Rule>): ReadonlySet<string> {
  const keys = new Set<string>()
  for (const rule of rules) {
    if (!isStated(rule)) continue
    for (const { within = [] } of rule.claims)
      for (const condition of within) for (const key of condition.keys) keys.add(key)
  }
  return keys
}
