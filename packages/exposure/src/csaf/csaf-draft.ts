/** What a provider says of a vulnerability, from which {@link writeCsaf} makes a document. Dates are RFC 3339. */
import type { CsafReference, CsafRevision } from './csaf-advisory.ts'

export interface CsafDraft {
  /** Unique for the publisher, and the same in every revision. */
  readonly id: string
  readonly title: string
  readonly publisher: DraftPublisher
  /** Of all texts (RFC 5646). */
  readonly language: string
  /** When this revision is released. */
  readonly date: string
  /** What was different before; of the first revision nothing is asked. */
  readonly change?: string
  /** The revisions before this one, of the document that it takes the place of. */
  readonly earlier?: readonly CsafRevision[]
  /** Where this document will be found for good. */
  readonly self?: string
  /** What writes the document, with its version. */
  readonly generator: { readonly name: string; readonly version: string }
  readonly products: readonly DraftProduct[]
  readonly vulnerability: DraftVulnerability
}

export interface DraftPublisher {
  /** `vendor` for a party that says it of its own products; `coordinator`, `discoverer`, `other`, `user`. */
  readonly category: string
  readonly name: string
  /** An address that is the publisher's. */
  readonly namespace: string
  readonly contact?: string
}

/** A product, or a package in a registry, and which of its versions are affected. */
export interface DraftProduct {
  /** Above its name in the product tree: whose it is, or in which registry. */
  readonly under: { readonly category: 'vendor' | 'product_family'; readonly name: string }
  readonly name: string
  /** Without version. */
  readonly purl?: string
  /** `vers:npm/<1.3.0`, one entry a range. */
  readonly ranges: readonly string[]
  /** Affected versions one by one. */
  readonly versions: readonly string[]
  /** First versions that are not affected any more, one a range. */
  readonly fixed: readonly string[]
}

export interface DraftVulnerability {
  readonly cve?: string
  /** Other names of it, with who gives them. */
  readonly ids: readonly { readonly system: string; readonly text: string }[]
  readonly description: string
  /** Of CVSS 3, which is what CSAF 2.0 has beside 2. */
  readonly score?: { readonly version: '3.0' | '3.1'; readonly vector: string; readonly base: number }
  readonly references: readonly Omit<CsafReference, 'category'>[]
  /** For all that is affected, where it is not one version of one product that mends it. */
  readonly remedy?: {
    readonly category: 'vendor_fix' | 'mitigation' | 'workaround' | 'no_fix_planned'
    readonly details: string
    readonly url?: string
  }
}
