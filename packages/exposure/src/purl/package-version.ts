/** The version that a package URL states, in the form in which its ecosystem orders versions. */
import type { Purl } from './purl.ts'

/**
 * The version, or undefined when the package URL has none. The type `rpm` carries the epoch apart from
 * the version, as a qualifier (ECMA-427, type `rpm`), and the epoch comes before everything: `?epoch=1`
 * makes `1:6.1.2-10.el8` of `6.1.2-10.el8`.
 */
export function packageVersion({ type, version, qualifiers }: Purl): string | undefined {
  const epoch = type === 'rpm' ? qualifiers['epoch'] : undefined
  return version === undefined || epoch === undefined || version.includes(':') ? version : `${epoch}:${version}`
}
