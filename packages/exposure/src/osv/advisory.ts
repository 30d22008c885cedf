/** An advisory as matching uses it, after OSV 1.7; free text beyond the summary is left in the document. */

/** One change of state along the versions of a package, in the words of the OSV schema. */
export type RangeEvent =
  | { readonly kind: 'introduced'; readonly version: string }
  | { readonly kind: 'fixed'; readonly version: string }
  | { readonly kind: 'last_affected'; readonly version: string }
  | { readonly kind: 'limit'; readonly version: string }

/** A range of versions or commits. Events are in ascending order where they can be ordered. */
export interface AffectedRange {
  readonly type: 'SEMVER' | 'ECOSYSTEM' | 'GIT'
  readonly events: readonly RangeEvent[]
  /** The repository whose commits a GIT range is about. */
  readonly repo?: string
}

/** One package and which of its versions the advisory is about. */
export interface AffectedPackage {
  readonly ecosystem: string
  readonly name: string
  /** As the advisory gives it, without version. */
  readonly purl?: string
  readonly ranges: readonly AffectedRange[]
  readonly versions: readonly string[]
  /** Its own, where it differs from that of the advisory. */
  readonly severity: readonly Severity[]
  /** Where it stands in the document (RFC 6901). */
  readonly pointer: string
}

export interface Severity {
  readonly type: string
  readonly score: string
}

export interface Advisory {
  readonly id: string
  /** RFC 3339, UTC, as the document has it. */
  readonly modified: string
  readonly published?: string
  /** When the advisory was taken back: it then matches nothing. */
  readonly withdrawn?: string
  /** Other names of the same vulnerability. */
  readonly aliases: readonly string[]
  /** Vulnerabilities in what the package is made from, which it shares or mends (since 1.7). */
  readonly upstream: readonly string[]
  /** Vulnerabilities that are others, and worth looking at. */
  readonly related: readonly string[]
  readonly summary: string
  readonly affected: readonly AffectedPackage[]
  /** Of the advisory and of its packages. */
  readonly severity: readonly Severity[]
  readonly references: readonly { readonly type: string; readonly url: string }[]
}
