import type { DocumentBounds } from '../json/parse-json.ts'
import type { FieldLimits } from '../json/fields.ts'

/** What a reader of CSAF documents accepts at most. Reaching a limit refuses the document. */
export interface CsafLimits extends DocumentBounds, FieldLimits {
  /** Levels of branches in the product tree. */
  readonly branches: number
  /** Products, wherever the product tree defines them. */
  readonly products: number
  /** Uses of products by statuses, remediations and the like, groups counted by their members. */
  readonly uses: number
  /** Problems that are kept with their text; all are counted. */
  readonly problems: number
}

/**
 * Defaults. The largest public documents, of distributions that list every package on every product,
 * have some tens of megabytes; branches of more than thirty levels are advised against (CSAF 2.1, 3.1).
 */
export const defaultCsafLimits: CsafLimits = {
  bytes: 64 * 1024 * 1024,
  depth: 160,
  values: 3_000_000,
  text: 131_072,
  entries: 500_000,
  branches: 64,
  products: 500_000,
  uses: 4_000_000,
  problems: 1_000,
}
