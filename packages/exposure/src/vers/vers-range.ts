/**
 * Version ranges in the notation of the VERS specification, https://www.packageurl.org/docs/vers/:
 *
 *   vers:type/constraint|constraint        vers:npm/1.2.3|>=2.0.0|<5.0.0        vers:deb/*
 *
 * Constraints are signposts along the versions of a package, in ascending order; they are neither
 * "and" nor "or". Read from the left: `=` names one version, `!=` leaves one out, `>` and `>=` begin a
 * stretch and `<` and `<=` end one.
 */
import { ExposureError } from '../exposure-error.ts'
import { quoted } from '../problem.ts'
import { schemeOfVersType } from '../versions/schemes.ts'
import type { VersionScheme } from '../versions/version-scheme.ts'

/** In the order in which constraints on one and the same version stand. */
export const comparators = ['!=', '<', '<=', '=', '>', '>='] as const
export type VersComparator = (typeof comparators)[number]

export interface VersConstraint {
  readonly comparator: VersComparator
  /** Decoded. */
  readonly version: string
}

export interface VersRange {
  /** Says how versions are ordered: a package-URL type, or one that only VERS has. */
  readonly type: string
  /** Ascending; `*` is all versions of the type. */
  readonly constraints: '*' | readonly VersConstraint[]
}

/** Writes a range as it is, without simplifying it. */
export function formatVers({ type, constraints }: VersRange): string {
  if (constraints === '*') return `vers:${type}/*`
  const written = constraints.map(({ comparator, version }) => {
    return `${comparator === '=' ? '' : comparator}${encodeVersion(version)}`
  })
  return `vers:${type}/${written.join('|')}`
}

/**
 * Percent-encodes what would be taken for something else, and whatever is not printable ASCII; nothing
 * else, so that every version has one form.
 */
export function encodeVersion(version: string): string {
  return version.replaceAll(/[><=!*|%]|[^\u0021-\u007e]+/g, (found) =>
    Array.from(
      new TextEncoder().encode(found),
      (octet) => `%${octet.toString(16).toUpperCase().padStart(2, '0')}`,
    ).join(''),
  )
}

/** The scheme of a type. Throws `ExposureError('unsupported-ecosystem')` when its order is unknown here. */
export function schemeOfVers(type: string): VersionScheme {
  const scheme = schemeOfVersType.get(type)
  if (scheme !== undefined) return scheme
  throw new ExposureError('unsupported-ecosystem', `versions of VERS type ${quoted(type)} cannot be ordered yet`)
}

/**
 * Puts constraints in ascending order of their versions, those on equal versions in the order of
 * `comparators`. Throws `ExposureError`: `unsupported-ecosystem`, `bad-version`.
 */
export function inVersionOrder(type: string, constraints: readonly VersConstraint[]): readonly PlacedConstraint[] {
  return inOrderOf(schemeOfVers(type), constraints)
}

/** The same for a scheme that no type of VERS stands for. Throws `ExposureError` `bad-version`. */
export function inOrderOf(scheme: VersionScheme, constraints: readonly VersConstraint[]): readonly PlacedConstraint[] {
  const placed = constraints.map((constraint) => ({ ...constraint, place: scheme.placing(constraint.version) }))
  return placed.sort(
    (a, b) => a.place(b.version) || comparators.indexOf(a.comparator) - comparators.indexOf(b.comparator),
  )
}

/** A constraint, with what places its version against others. */
export interface PlacedConstraint extends VersConstraint {
  readonly place: (other: string) => number
}
