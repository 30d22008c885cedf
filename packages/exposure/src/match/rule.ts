/**
 * Rules: what an advisory says about one package or product, as plain data. A rule is small, complete
 * and JSON, so that it can lie in a table under its key: a new advisory looks up components by key, a
 * new component looks up rules by key, and both evaluate the same rule.
 */
import type { Justification } from '../csaf/csaf-advisory.ts'
import type { AffectedRange } from '../osv/advisory.ts'
import type { VexJustification } from '../vex/vex-statement.ts'
import type { Coverage } from './coverage.ts'
import type { IdentifierKind } from './identifiers.ts'
import type { AdvisoryFormat } from './outcome.ts'

export type Rule = OsvRule | StatedRule

interface RuleHead {
  /** One of those that `keysOfComponent` gives for a component that is meant. */
  readonly key: string
  /** The document's own identifier. */
  readonly advisory: string
  /** Stays the same as long as nothing changes that users of this product act on. */
  readonly remediation?: string
  /** When the advisory was taken back. */
  readonly withdrawn?: string
  /** Where in the advisory it stands (RFC 6901). */
  readonly pointer: string
}

/** A package, and which of its versions are affected, in the words of OSV. */
export interface OsvRule extends RuleHead {
  readonly ecosystem: string
  readonly name: string
  readonly ranges: readonly AffectedRange[]
  readonly versions: readonly string[]
}

/** A product, and what is said about its versions, one claim beside the other. */
export interface StatedRule extends RuleHead {
  readonly format: Exclude<AdvisoryFormat, 'OSV'>
  /** What of a component the key is made of. */
  readonly by: IdentifierKind
  readonly vulnerability: string
  /** The product as the advisory names it. */
  readonly product: string
  readonly claims: readonly Claim[]
  /** What is said of versions that no claim covers, where the format has that (CVE, `defaultStatus`). */
  readonly otherwise?: ClaimState
}

export type ClaimState = 'affected' | 'not_affected' | 'fixed' | 'under_investigation' | 'unknown' | 'contradicted'

export interface Claim {
  readonly state: ClaimState
  readonly covers: Coverage
  /** It holds only where all of these are met. */
  readonly within?: readonly Condition[]
  readonly justifications?: readonly (Justification | VexJustification)[]
  readonly impact?: string
  readonly action?: string
  readonly pointer: string
}

/** Something that has to be there beside the component: what it is part of, or runs on. */
export interface Condition {
  /** For people: `Relay OS 9`, `architecture x86_64`. */
  readonly label: string
  /** Keys of such components; none where an inventory cannot tell. */
  readonly keys: readonly string[]
  readonly covers: Coverage
}

export function isStated(rule: Rule): rule is StatedRule {
  return 'claims' in rule
}
