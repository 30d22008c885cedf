import type { FieldLimits } from '../json/fields.ts'

/** What a reader of VEX documents accepts at most. Reaching a limit refuses the whole document. */
export interface VexLimits extends FieldLimits {
  /** Octets of the document. */
  readonly bytes: number
  /** Octets of one statement, component or other element. */
  readonly elementBytes: number
  /** Nesting of arrays and objects inside one element. */
  readonly depth: number
  readonly statements: number
  /** Products and subcomponents of all statements. */
  readonly products: number
  /** Components of a CycloneDX document that statements may refer to. */
  readonly components: number
  /** Problems that are kept with their text; all are counted. */
  readonly problems: number
}

export const defaultVexLimits: VexLimits = {
  bytes: 256 * 1024 * 1024,
  elementBytes: 8 * 1024 * 1024,
  depth: 64,
  text: 65_536,
  entries: 100_000,
  statements: 200_000,
  products: 1_000_000,
  components: 500_000,
  problems: 1_000,
}
