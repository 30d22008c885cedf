/**
 * The package ecosystems that advisories name (OSV schema 1.7, `affected[].package.ecosystem`): how
 * a name there is written as a package URL, and by which scheme its versions are ordered.
 *
 * A suffix such as `Debian:12` names a release of the ecosystem; ordering and naming do not depend
 * on it.
 */
import { ExposureError } from '../exposure-error.ts'
import { quoted } from '../problem.ts'
import type { PackageName } from '../purl/package-key.ts'
import { schemeOfPurlType } from './schemes.ts'
import type { VersionScheme } from './version-scheme.ts'

interface Ecosystem {
  /** The package-URL type, and the namespace where the ecosystem stands for one. */
  readonly type: string
  readonly namespace?: string
  /** Splits a name of this ecosystem into namespace and name; the whole is the name when absent. */
  readonly separator?: '/' | ':'
}

const ecosystems: ReadonlyMap<string, Ecosystem> = new Map<string, Ecosystem>([
  ['AlmaLinux', { type: 'rpm', namespace: 'almalinux' }],
  ['Alpine', { type: 'apk', namespace: 'alpine' }],
  ['Bitnami', { type: 'bitnami' }],
  ['Chainguard', { type: 'apk', namespace: 'chainguard' }],
  ['ConanCenter', { type: 'conan' }],
  ['CRAN', { type: 'cran' }],
  ['crates.io', { type: 'cargo' }],
  ['Debian', { type: 'deb', namespace: 'debian' }],
  ['Go', { type: 'golang', separator: '/' }],
  ['Hackage', { type: 'hackage' }],
  ['Hex', { type: 'hex' }],
  ['Julia', { type: 'julia' }],
  ['Mageia', { type: 'rpm', namespace: 'mageia' }],
  ['Kubernetes', { type: 'golang', separator: '/' }],
  ['Maven', { type: 'maven', separator: ':' }],
  ['npm', { type: 'npm', separator: '/' }],
  ['NuGet', { type: 'nuget' }],
  ['openEuler', { type: 'rpm', namespace: 'openeuler' }],
  ['openSUSE', { type: 'rpm', namespace: 'opensuse' }],
  ['Packagist', { type: 'composer', separator: '/' }],
  ['Pub', { type: 'pub' }],
  ['PyPI', { type: 'pypi' }],
  ['Red Hat', { type: 'rpm', namespace: 'redhat' }],
  ['Rocky Linux', { type: 'rpm', namespace: 'rocky-linux' }],
  ['RubyGems', { type: 'gem' }],
  ['SUSE', { type: 'rpm', namespace: 'suse' }],
  ['SwiftURL', { type: 'swift', separator: '/' }],
  ['Ubuntu', { type: 'deb', namespace: 'ubuntu' }],
  ['Wolfi', { type: 'apk', namespace: 'wolfi' }],
])

/** The scheme by which the ecosystem's versions are ordered, or undefined when there is none yet. */
export function schemeOfEcosystem(ecosystem: string): VersionScheme | undefined {
  const known = ecosystems.get(withoutRelease(ecosystem))
  return known === undefined ? undefined : schemeOfPurlType.get(known.type)
}

/** The scheme for versions of packages of this package-URL type, or undefined. */
export function schemeOfType(type: string): VersionScheme | undefined {
  return schemeOfPurlType.get(type)
}

/** How a package of an ecosystem is named as a package URL, or undefined for an unknown ecosystem. */
export function packageOf(ecosystem: string, name: string): PackageName | undefined {
  const known = ecosystems.get(withoutRelease(ecosystem))
  if (known === undefined) return undefined
  const { type, namespace, separator } = known
  const at = separator === undefined ? -1 : name.lastIndexOf(separator)
  if (at < 0) return { type, name, namespace }
  return { type, name: name.slice(at + 1), namespace: name.slice(0, at) }
}

/** Either the order of two versions, or why there is none. There is no third outcome. */
export type Comparison =
  | { readonly known: true; readonly order: -1 | 0 | 1 }
  | { readonly known: false; readonly code: 'bad-version' | 'unsupported-ecosystem'; readonly reason: string }

/**
 * Compares two versions of one ecosystem: order -1 when `a` comes first, 1 when `b` does, 0 when
 * they have the same precedence. Never throws: a version that does not parse, or an ecosystem whose
 * order is not known here, is an outcome with a reason and never counts as "equal".
 */
export function compareVersions(ecosystem: string, a: string, b: string): Comparison {
  const scheme = schemeOfEcosystem(ecosystem)
  if (scheme === undefined) {
    return { known: false, code: 'unsupported-ecosystem', reason: unsupported(ecosystem) }
  }
  try {
    const order = scheme.placing(a)(b)
    return { known: true, order: order < 0 ? -1 : order > 0 ? 1 : 0 }
  } catch (error) {
    if (!(error instanceof ExposureError)) throw error
    return { known: false, code: 'bad-version', reason: error.message }
  }
}

/** What is said of an ecosystem whose versions cannot be ordered. */
export function unsupported(ecosystem: string): string {
  return `versions of ecosystem ${quoted(ecosystem)} cannot be ordered yet`
}

function withoutRelease(ecosystem: string): string {
  const colon = ecosystem.indexOf(':')
  return colon < 0 ? ecosystem : ecosystem.slice(0, colon)
}
