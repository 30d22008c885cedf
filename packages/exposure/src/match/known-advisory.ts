/**
 * What one document says about one vulnerability, in the same shape for every format. A CSAF document
 * or a VEX with several vulnerabilities gives as many of these; what they share is that of the document.
 */
import type { ProblemList } from '../problem.ts'
import type { AdvisoryFormat } from './outcome.ts'
import type { Rule } from './rule.ts'

export interface KnownAdvisory {
  readonly format: AdvisoryFormat
  /** Identifier of the document: unique for its author, and the same for all its revisions. */
  readonly document: string
  /** Who says it, as the document has it. */
  readonly author: Author
  /** The vulnerability, by the identifier that the document uses first. */
  readonly id: string
  /** Its other identifiers. */
  readonly aliases: readonly string[]
  /** Identifiers that took its place, where it was rejected as a duplicate (CVE). */
  readonly replacedBy: readonly string[]
  /** `tracking.version` of CSAF, the version of a VEX; else the time of the last change. */
  readonly revision: string
  /** Times are RFC 3339 texts as the document has them. */
  readonly modified?: string
  readonly published?: string
  readonly withdrawn?: string
  readonly title: string
  /** CVSS vectors, and ratings of other scales, each once. */
  readonly severities: readonly StatedSeverity[]
  /** What the document itself says about exploitation. */
  readonly exploited?: { readonly since: string }
  readonly rules: readonly Rule[]
  /** Stays the same as long as nothing changes that users of any of its products act on; for one product see its rule. */
  readonly remediation: string
  /** Products that cannot be looked for in an inventory, with the reason. */
  readonly problems: ProblemList
}

export interface Author {
  /** Empty where the document does not say. */
  readonly name: string
  /**
   * What the author says of itself: `vendor` for the category of a CSAF publisher, `cna`, the role in an OpenVEX
   * document. A claim, and no more: whom one believes is decided elsewhere.
   */
  readonly role?: string
}

export interface StatedSeverity {
  /** `CVSS_V2`, `CVSS_V3`, `CVSS_V4`, or another scale. */
  readonly type: string
  readonly score: string
}
