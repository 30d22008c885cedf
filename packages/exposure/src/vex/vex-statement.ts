/**
 * What somebody says about vulnerabilities in products, in one model for OpenVEX 0.2.0 and the VEX of
 * CycloneDX 1.4 to 1.7. Times are RFC 3339 texts as the document has them.
 */
import type { Justification } from '../csaf/csaf-advisory.ts'
import type { ProblemList } from '../problem.ts'

export const vexStates = ['not_affected', 'affected', 'fixed', 'under_investigation'] as const

export type VexState = (typeof vexStates)[number]

/** Those of OpenVEX and CSAF, and those of CycloneDX that mean none of them. */
export type VexJustification = Justification | 'requires_configuration' | 'requires_dependency' | 'requires_environment'

export interface VexStatement {
  /** The identifier the statement uses first: `CVE-2026-0001`. */
  readonly vulnerability: string
  readonly aliases: readonly string[]
  readonly state: VexState
  /** Why it is not affected. */
  readonly justification?: VexJustification
  /** The state or justification in the words of the document, where they differ from these. */
  readonly written?: { readonly state?: string; readonly justification?: string }
  /** Why it is not affected, in words. */
  readonly impact?: string
  /** What to do about it, in words; for CycloneDX the responses, such as `update` or `will_not_fix`. */
  readonly action?: string
  readonly notes?: string
  readonly products: readonly VexProduct[]
  /** When this was known to be true; that of the document where the statement has none. */
  readonly issuedAt?: string
  readonly updatedAt?: string
  readonly version?: number
  readonly pointer: string
}

/** Something by which a component can be found in an inventory. */
export interface VexComponent {
  /** Its IRI in OpenVEX, its `bom-ref` or BOM-Link in CycloneDX. */
  readonly id?: string
  readonly name?: string
  readonly version?: string
  /** As written; those that do not parse are among the problems and not here. */
  readonly purls: readonly string[]
  readonly cpes: readonly string[]
  readonly hashes: readonly { readonly algorithm: string; readonly value: string }[]
}

export interface VexProduct extends VexComponent {
  /** When there are any, the statement is about these parts of the product only. */
  readonly subcomponents: readonly VexComponent[]
  /** When there are any, each says its own state of some versions (CycloneDX). */
  readonly versions: readonly VexVersion[]
}

export interface VexVersion {
  readonly state: 'affected' | 'not_affected' | 'unknown'
  readonly version?: string
  /** A `vers` range. */
  readonly range?: string
}

/** The statements of one document, and everything in it that could not be used. */
export interface VexDocument extends ProblemList {
  readonly format: 'OpenVEX' | 'CycloneDX'
  readonly id?: string
  readonly author?: string
  readonly role?: string
  readonly issuedAt?: string
  readonly updatedAt?: string
  readonly version?: number
  readonly statements: readonly VexStatement[]
}
