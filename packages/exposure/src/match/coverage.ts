/**
 * Which versions of a product something is said about, as plain data, and whether a version is among
 * them. A question that cannot be answered has no answer, and a reason.
 */
import { ExposureError } from '../exposure-error.ts'
import { quoted } from '../problem.ts'
import { testConstraints } from '../vers/vers-contains.ts'
import type { VersConstraint } from '../vers/vers-range.ts'
import { plainNumbersScheme } from '../versions/plain-numbers.ts'
import { schemeOfVersType } from '../versions/schemes.ts'
import type { VersionScheme } from '../versions/version-scheme.ts'
import type { MatchReason } from './outcome.ts'

/**
 * `order` says how versions are ordered: a type of `vers`, such as `npm` or `deb`, or `numbers` where the
 * advisory does not say.
 */
export type Coverage =
  | { readonly kind: 'all' }
  | { readonly kind: 'version'; readonly version: string; readonly order: string }
  /** Read as VERS reads its constraints. */
  | { readonly kind: 'constraints'; readonly constraints: readonly VersConstraint[]; readonly order: string }
  /** Of CVE records: from one version on, to before, up to, or within all versions that begin so. */
  | { readonly kind: 'span'; readonly from?: string; readonly until?: Until; readonly order: string }
  /** Commits of a repository, which a version cannot be placed against. */
  | { readonly kind: 'commits'; readonly text: string }
  /** For people. */
  | { readonly kind: 'words'; readonly text: string }

/** Where a span ends. */
export type Until =
  | { readonly kind: 'before' | 'through'; readonly version: string }
  /** `5.10` for `5.10.*`. */
  | { readonly kind: 'prefix'; readonly prefix: string }

export interface Covered {
  /** Undefined when nobody can say. */
  readonly fits: boolean | undefined
  readonly reason: MatchReason
  /** One sentence: what was compared with what. */
  readonly text: string
}

export const plainNumbers = 'numbers'

/** The order of versions of a package-URL type, or that of numbers when it is not known here. */
export function orderOfType(type: string | undefined): string {
  return type !== undefined && schemeOfVersType.has(type) ? type : plainNumbers
}

/** The scheme of an order, or undefined when it is not known here. */
export function schemeOfOrder(order: string): VersionScheme | undefined {
  return order === plainNumbers ? plainNumbersScheme : schemeOfVersType.get(order)
}

/** Whether the version is covered. Never throws. */
export function covers(coverage: Coverage, version: string | undefined): Covered {
  switch (coverage.kind) {
    case 'all':
      return { fits: true, reason: 'all-versions', text: 'every version is meant' }
    case 'words':
      return unknown('words', `which versions are meant is said in words only: ${quoted(coverage.text)}`)
    case 'commits':
      return unknown('no-ranges', `which versions are meant is said by commits only: ${quoted(coverage.text)}`)
  }
  if (version === undefined || version === '') return unknown('no-version', 'the component has no version')
  const scheme = schemeOfOrder(coverage.order)
  if (coverage.kind === 'version' && withoutPrefix(version) === withoutPrefix(coverage.version)) {
    return { fits: true, reason: 'listed', text: `${version} is named` }
  }
  if (scheme === undefined) {
    return unknown('unsupported-ecosystem', `versions of type ${quoted(coverage.order)} cannot be ordered yet`)
  }
  try {
    const how = scheme === plainNumbersScheme ? ', number by number' : ''
    const fits = isInside(coverage, version, scheme)
    if (coverage.kind === 'version') {
      const text = fits ? `${version} is named as ${coverage.version}` : `${version} is not ${coverage.version}${how}`
      return { fits, reason: fits ? 'listed' : 'not-listed', text }
    }
    const text = `${version} is ${fits ? '' : 'not '}in ${shownCoverage(coverage)}${how}`
    return { fits, reason: fits ? 'in-range' : 'outside-ranges', text }
  } catch (error) {
    if (!(error instanceof ExposureError)) throw error
    return unknown(error.code === 'bad-version' ? 'bad-version' : 'bad-range', error.message)
  }
}

function unknown(reason: MatchReason, text: string): Covered {
  return { fits: undefined, reason, text }
}

type Ordered = Extract<Coverage, { readonly order: string }>

function isInside(coverage: Ordered, version: string, scheme: VersionScheme): boolean {
  switch (coverage.kind) {
    case 'version':
      return scheme.placing(version)(coverage.version) === 0
    case 'constraints':
      return testConstraints(coverage.constraints, scheme)(version)
    case 'span':
      return isInSpan(coverage, version, scheme)
  }
}

/** The end first: a version that is past it is outside, wherever the span begins. */
function isInSpan(
  { from, until }: Extract<Coverage, { readonly kind: 'span' }>,
  version: string,
  scheme: VersionScheme,
): boolean {
  const place = scheme.placing(version)
  if (until?.kind === 'before' && place(until.version) >= 0) return false
  if (until?.kind === 'through' && place(until.version) > 0) return false
  if (until?.kind === 'prefix' && !beginsWith(version, until.prefix) && place(until.prefix) > 0) return false
  return from === undefined || place(from) >= 0
}

function beginsWith(version: string, prefix: string): boolean {
  const [bare, begun] = [withoutPrefix(version), withoutPrefix(prefix)]
  return bare === begun || bare.startsWith(`${begun}.`)
}

/** `>=1.0|<2.0`, `from 1.0 to before 2.0`. */
export function shownCoverage(coverage: Coverage): string {
  switch (coverage.kind) {
    case 'all':
      return 'all versions'
    case 'words':
    case 'commits':
      return quoted(coverage.text)
    case 'version':
      return coverage.version
    case 'constraints': {
      const { constraints } = coverage
      const first = constraints.slice(0, maxShown).map(({ comparator, version }) => `${comparator}${version}`)
      return constraints.length > first.length ? `${first.join('|')}|…` : first.join('|')
    }
    case 'span': {
      const { from, until } = coverage
      const begin = from === undefined ? '' : `from ${from} `
      if (until === undefined) return from === undefined ? 'all versions' : `${begin}on`
      if (until.kind === 'prefix') return `${begin}up to the last ${until.prefix}.*`
      return `${begin}${until.kind === 'before' ? 'to before' : 'up to'} ${until.version}`
    }
  }
}

/** At most this many constraints are written out. */
const maxShown = 8

export function withoutPrefix(version: string): string {
  return /^[vV](?=\d)/.test(version) ? version.slice(1) : version
}
