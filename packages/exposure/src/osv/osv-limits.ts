/** What a reader of advisories accepts at most. Reaching a limit refuses the document. */
export interface OsvLimits {
  /** Octets, where the reader is given octets. */
  readonly bytes: number
  /** Levels of arrays and objects, where the reader is given octets. */
  readonly depth: number
  /** Values in arrays and objects at any level, where the reader is given octets. */
  readonly values: number
  readonly affected: number
  /** Per affected package. */
  readonly ranges: number
  /** Per range. */
  readonly events: number
  /** Per affected package. */
  readonly versions: number
  /** Of each: aliases, upstream and related vulnerabilities. */
  readonly aliases: number
  readonly references: number
  /** Characters of any text that is kept. */
  readonly text: number
  /** Problems that are kept with their text; all are counted. */
  readonly problems: number
}

/** Defaults. The largest public advisory lists some ten thousand versions. */
export const defaultOsvLimits: OsvLimits = {
  bytes: 16 * 1024 * 1024,
  depth: 64,
  values: 1_000_000,
  affected: 10_000,
  ranges: 1_000,
  events: 10_000,
  versions: 100_000,
  aliases: 1_000,
  references: 10_000,
  text: 8_192,
  problems: 1_000,
}
