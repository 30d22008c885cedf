/** Puts the claims of one document about one vulnerability together: one rule a key. */
import { ProblemCollector, type ProblemList, quoted } from '../problem.ts'
import type { ClaimBudget } from './claim-budget.ts'
import type { NamedProduct } from './named-product.ts'
import { remediationOfClaims } from './remediation.ts'
import type { Claim, StatedRule } from './rule.ts'

export type RuleOfAll = Pick<StatedRule, 'format' | 'advisory' | 'vulnerability' | 'withdrawn' | 'pointer'>

/** Problems of one document that are kept with their text; all are counted. */
const keptProblems = 100

interface Collected {
  readonly rule: Omit<StatedRule, 'claims'>
  readonly claims: Claim[]
  readonly words: Set<string>
}

/** What is said of a product, whatever its versions are. */
export interface Said extends Omit<Claim, 'covers'> {
  readonly words?: readonly string[]
}

export class CollectedRules {
  readonly #head: RuleOfAll
  readonly #budget: ClaimBudget
  readonly #rules = new Map<string, Collected>()
  readonly #problems = new ProblemCollector(keptProblems)

  constructor(head: RuleOfAll, budget: ClaimBudget) {
    this.#head = head
    this.#budget = budget
  }

  /**
   * Adds what is said of a product, under every key of it, and in `words` what is to be done about it. `scope` tells apart
   * what is not to be put together; products without a key are counted among the problems. Throws `too-many` at the limit.
   */
  add(label: string, named: readonly NamedProduct[], { words = [], ...claim }: Said, scope: Scope = {}): void {
    this.#budget.spend(named.length, claim.pointer)
    if (named.length === 0) {
      const message = `${quoted(label)} has neither package URL, CPE nor vendor and product: no inventory can be searched for it`
      this.#problems.add('not-identifiable', claim.pointer, message)
    }
    for (const { key, by, covers, within } of named) {
      const conditions = [...within, ...(claim.within ?? [])]
      const { within: _, ...rest } = claim
      const whole = { ...rest, covers, ...(conditions.length > 0 && { within: conditions }) }
      const place = scope.pointer === undefined ? key : JSON.stringify([key, scope.pointer, scope.otherwise])
      const known = this.#rules.get(place)
      if (known === undefined) {
        const { otherwise, pointer = this.#head.pointer } = scope
        const rule = { ...this.#head, pointer, key, by, product: label, ...(otherwise !== undefined && { otherwise }) }
        this.#rules.set(place, { rule, claims: [whole], words: new Set(words) })
      } else {
        known.claims.push(whole)
        for (const each of words) known.words.add(each)
      }
    }
  }

  rules(): readonly StatedRule[] {
    return Array.from(this.#rules.values(), ({ rule, claims, words }) => {
      return { ...rule, remediation: remediationOfClaims(claims, words, rule.format === 'CVE'), claims }
    })
  }

  problems(): ProblemList {
    return this.#problems.list()
  }
}

export interface Scope {
  readonly pointer?: string
  readonly otherwise?: NonNullable<StatedRule['otherwise']>
}
