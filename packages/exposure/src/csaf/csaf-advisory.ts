/**
 * A CSAF document as matching uses it (CSAF 2.0, an OASIS Standard, and 2.1): which products, which
 * vulnerabilities, and which of the ones is how concerned by which of the others. Dates are RFC 3339
 * texts as the document has them; notes and acknowledgments stay in the document.
 */
import type { ProductVersion } from './product-version.ts'

export interface CsafAdvisory {
  readonly csafVersion: '2.0' | '2.1'
  /** `csaf_security_advisory`, `csaf_vex`, … */
  readonly category: string
  readonly title: string
  readonly publisher: CsafPublisher
  /** The label of the Traffic Light Protocol: `WHITE` in 2.0 is `CLEAR` in 2.1; kept as written. */
  readonly tlp?: string
  readonly language?: string
  /** The publisher's own words for how serious it is. */
  readonly aggregateSeverity?: string
  readonly tracking: CsafTracking
  readonly references: readonly CsafReference[]
  /** Every product the tree defines, under identifiers that hold in this document only. */
  readonly products: readonly CsafProduct[]
  readonly groups: readonly CsafGroup[]
  readonly vulnerabilities: readonly CsafVulnerability[]
}

export interface CsafPublisher {
  readonly category?: string
  readonly name: string
  readonly namespace?: string
}

export interface CsafTracking {
  /** Unique for its publisher. */
  readonly id: string
  readonly version: string
  readonly status: 'draft' | 'interim' | 'final'
  readonly initialReleaseDate?: string
  readonly currentReleaseDate?: string
  readonly aliases: readonly string[]
  readonly revisions: readonly CsafRevision[]
}

export interface CsafRevision {
  readonly number: string
  readonly date: string
  readonly summary: string
}

export interface CsafReference {
  readonly category: 'self' | 'external'
  readonly summary?: string
  readonly url: string
}

export interface CsafProduct {
  readonly id: string
  /** In full, for people. */
  readonly name: string
  readonly vendor?: string
  /** From the branch `product_name`. */
  readonly product?: string
  readonly version?: ProductVersion
  /** All other branches above it: family, architecture, service pack, … */
  readonly traits: readonly { readonly category: string; readonly name: string }[]
  readonly identifiers: ProductIdentifiers
  /** Set for a product that consists of others. */
  readonly relationship?: CsafRelationship
  readonly pointer: string
}

/** The product identification helper (section 3.1.3.3). */
export interface ProductIdentifiers {
  /** As written; those that do not parse are among the problems and not here. */
  readonly purls: readonly string[]
  readonly cpe?: string
  readonly hashes: readonly { readonly filename: string; readonly algorithm: string; readonly value: string }[]
  readonly modelNumbers: readonly string[]
  readonly serialNumbers: readonly string[]
  readonly skus: readonly string[]
  readonly uris: readonly { readonly namespace: string; readonly uri: string }[]
}

/**
 * One product as a part of, or installed on or with, others: a relationship of 2.0 (section 3.2.2.4),
 * which has one step, or a product path of 2.1, which has one or more.
 */
export interface CsafRelationship {
  /** Product identifier of the part. */
  readonly component: string
  /** From the nearest outwards. */
  readonly steps: readonly CsafStep[]
}

export interface CsafStep {
  /** `default_component_of`, `installed_on`, … */
  readonly category: string
  /** Product identifier of what all before it is part of, or runs on. */
  readonly product: string
}

export interface CsafGroup {
  readonly id: string
  readonly summary?: string
  readonly products: readonly string[]
}

export const csafStatuses = [
  'first_affected',
  'first_fixed',
  'fixed',
  'known_affected',
  'known_not_affected',
  'last_affected',
  'recommended',
  'under_investigation',
  'unknown',
] as const

export type CsafStatus = (typeof csafStatuses)[number]

/** Reasons for not being affected, shared with OpenVEX. */
export const justifications = [
  'component_not_present',
  'inline_mitigations_already_exist',
  'vulnerable_code_cannot_be_controlled_by_adversary',
  'vulnerable_code_not_in_execute_path',
  'vulnerable_code_not_present',
] as const

export type Justification = (typeof justifications)[number]

export interface CsafVulnerability {
  readonly cve?: string
  readonly ids: readonly { readonly system: string; readonly text: string }[]
  readonly title?: string
  readonly cwes: readonly string[]
  readonly discoveryDate?: string
  /** `disclosure_date`, which 2.0 calls `release_date`. */
  readonly disclosureDate?: string
  /** The earliest exploitation that the document knows of (2.1). */
  readonly exploitedSince?: string
  /** One entry a product, in the order in which the statuses name them. */
  readonly states: readonly ProductState[]
  readonly remediations: readonly CsafRemediation[]
  readonly scores: readonly CsafScore[]
  readonly threats: readonly CsafThreat[]
  readonly references: readonly CsafReference[]
  readonly pointer: string
}

/** What a vulnerability means for one product. */
export interface ProductState {
  readonly product: string
  /** `contradicted`: the document puts it into two groups that exclude each other (test 6.1.6). */
  readonly state: 'affected' | 'not_affected' | 'fixed' | 'under_investigation' | 'unknown' | 'contradicted'
  readonly statuses: readonly CsafStatus[]
  /** From the flags of this product, when it is not affected. */
  readonly justifications: readonly Justification[]
  /** Why, in words: the threat of category `impact`. */
  readonly impact?: string
  /** Indexes into `remediations`. */
  readonly remediations: readonly number[]
}

export interface CsafRemediation {
  /** `vendor_fix`, `mitigation`, `workaround`, `fix_planned`, `no_fix_planned`, `none_available`, `optional_patch`. */
  readonly category: string
  readonly details: string
  readonly date?: string
  readonly url?: string
  /** What has to be restarted: `none`, `service`, `system`, … */
  readonly restart?: string
  /** Groups are replaced by their members. */
  readonly products: readonly string[]
}

export interface CsafScore {
  readonly type: 'CVSS_V2' | 'CVSS_V3' | 'CVSS_V4'
  /** The vector, as text. */
  readonly vector: string
  readonly products: readonly string[]
}

export interface CsafThreat {
  /** `exploit_status`, `impact`, `target_set`. */
  readonly category: string
  readonly details: string
  readonly date?: string
  readonly products: readonly string[]
}
