import type { FieldLimits } from '../json/fields.ts'
import type { DocumentBounds } from '../json/parse-json.ts'

/** What a reader of provenance accepts at most. Reaching a limit of the whole refuses the whole file. */
export interface ProvenanceLimits extends FieldLimits, DocumentBounds {
  /** Envelopes, bundles or statements in one file. */
  readonly items: number
  /** Signatures of one envelope; each is tried under each key. */
  readonly signatures: number
  /** Problems that are kept with their text; all are counted. */
  readonly problems: number
}

/**
 * Defaults. The largest published provenance that was met, of a release of Kubernetes, has 36 kB; a build that lists
 * every resolved package has some hundred bytes for each.
 */
export const defaultProvenanceLimits: ProvenanceLimits = {
  bytes: 16 * 1024 * 1024,
  depth: 64,
  values: 500_000,
  text: 65_536,
  entries: 50_000,
  items: 256,
  signatures: 16,
  problems: 1_000,
}
