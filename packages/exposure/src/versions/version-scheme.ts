/**
 * How versions of one ecosystem are ordered. One file per way of ordering implements this; the
 * table of them is `schemes.ts`.
 */
import { ExposureError } from '../exposure-error.ts'
import { quoted } from '../problem.ts'

export interface VersionScheme {
  /** What the scheme is called in explanations, such as `SemVer 2.0`. */
  readonly name: string
  /**
   * Reads `version` once and returns a function that places it against others: negative when
   * `version` comes first, 0 when both have the same precedence, positive when the other comes first.
   *
   * Both functions throw `ExposureError('bad-version')` for a text that is not a version of this
   * scheme, and for two versions that the ecosystem's own rules put in no single order. A text that
   * cannot be read is never "equal" to anything.
   */
  readonly placing: (version: string) => (other: string) => number
}

/** Longest version that is read, in characters. Real ones are under 100. */
export const maxVersionLength = 512

/** Says why the text is no version, and ends its reading. */
export type Refuse = (reason: string) => never

/** The rules of one ecosystem. */
export interface VersionRules<Reading> {
  /** Such as `Debian Policy §5.6.12`. */
  readonly name: string
  /** What is being read, for messages: `a Debian version`. */
  readonly kind: string
  /** Takes a version of at most `maxVersionLength` characters apart. */
  readonly read: (text: string, refuse: Refuse) => Reading
  /** Negative, 0 or positive: a total order over everything that `read` returns, less what it refuses. */
  readonly compare: (a: Reading, b: Reading) => number
}

/** The scheme that follows from the rules. */
export function versionScheme<Reading>(rules: VersionRules<Reading>): VersionScheme {
  const read = (text: string): Reading => {
    const refuse: Refuse = (reason) => {
      throw new ExposureError('bad-version', `${quoted(text)} is not ${rules.kind}: ${reason}`)
    }
    if (text === '') refuse('it is empty')
    if (text.length > maxVersionLength) {
      refuse(`it has ${text.length} characters, and at most ${maxVersionLength} are read`)
    }
    return rules.read(text, refuse)
  }
  return {
    name: rules.name,
    placing: (version) => {
      const reading = read(version)
      return (other) => rules.compare(reading, read(other))
    },
  }
}

/** For two versions that each can be read, and that the rules of their ecosystem do not order. */
export function refuseOrder(a: string, b: string, reason: string): never {
  throw new ExposureError('bad-version', `${quoted(a)} and ${quoted(b)} have no order: ${reason}`)
}
