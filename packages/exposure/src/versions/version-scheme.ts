/**
 * How versions of one ecosystem are ordered. One file per way of ordering implements this; the
 * register of them is `ecosystems.ts`.
 */
export interface VersionScheme {
  /** What the scheme is called in explanations, such as `SemVer 2.0`. */
  readonly name: string
  /**
   * Reads `version` once and returns a function that places it against others: negative when
   * `version` comes first, 0 when both have the same precedence, positive when the other comes first.
   *
   * Both functions throw `ExposureError('bad-version')` for a text that is not a version of this
   * scheme. A text that cannot be read is never "equal" to anything.
   */
  readonly placing: (version: string) => (other: string) => number
}

/** Longest version that is read, in characters. Real ones are under 100. */
export const maxVersionLength = 512
