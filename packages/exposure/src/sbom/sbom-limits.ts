/** What a reader of SBOMs accepts at most. Reaching a limit refuses the whole document. */
export interface SbomLimits {
  /** Octets of the document. */
  readonly bytes: number
  /** Octets of one component, dependency or other element; together with `bytes` it bounds memory. */
  readonly elementBytes: number
  /** Nesting of arrays and objects inside one element. */
  readonly depth: number
  /** Components, nested ones included. */
  readonly components: number
  /** Edges of the dependency graph. */
  readonly edges: number
  /** Problems that are kept with their text; all are counted. */
  readonly problems: number
  /** Components named in one path; a longer path is shortened in its middle. */
  readonly pathLength: number
}

/**
 * Defaults. The largest public SBOM that was met has 4 MB and 4,000 components; a whole Linux
 * distribution has about 70,000 packages.
 */
export const defaultSbomLimits: SbomLimits = {
  bytes: 256 * 1024 * 1024,
  elementBytes: 16 * 1024 * 1024,
  depth: 128,
  components: 500_000,
  edges: 4_000_000,
  problems: 1_000,
  pathLength: 32,
}
