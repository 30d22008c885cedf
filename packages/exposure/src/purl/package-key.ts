/**
 * The key under which a package is looked up: its package URL without version, qualifiers and
 * subpath, folded so far that every usual way to write one package gives one key.
 *
 * Folding goes further than the canonical package URL does, because a key that is too narrow hides a
 * vulnerability while one that is too wide only costs a comparison: Go module paths are lowercased
 * (older writers of package URLs had to), Python names follow PEP 503, NuGet names are lowercased
 * (its registry ignores case), and Go's standard library has one name.
 */
import { encodePath, type Purl } from './purl.ts'
import { rulesOfType } from './purl-types.ts'

/** The parts of a package URL that say which package is meant. */
export type PackageName = Pick<Purl, 'type' | 'name'> & { readonly namespace?: string | undefined }

/**
 * The identity of a package for index look-ups, such as `pkg:golang/golang.org/x/net`.
 *
 * Takes canonical components, or the bare names that an advisory gives; never throws.
 */
export function purlKey(purl: PackageName): string {
  const rules = rulesOfType(purl.type)
  let namespace = purl.namespace === undefined || purl.namespace === '' ? undefined : purl.namespace
  let name = purl.name
  if (rules.lowercase?.includes('namespace') === true) namespace = namespace?.toLowerCase()
  if (rules.lowercase?.includes('name') === true) name = name.toLowerCase()
  name = rules.normaliseName?.(name, {}) ?? name
  switch (purl.type) {
    case 'golang':
      namespace = namespace?.toLowerCase()
      name = goName(namespace, name.toLowerCase())
      break
    case 'pypi':
      name = name.replaceAll(/[-_.]+/g, '-')
      break
    case 'nuget':
      name = name.toLowerCase()
      break
  }
  return `pkg:${purl.type}/${encodePath(namespace?.toWellFormed(), name.toWellFormed(), purl.type)}`
}

/** `std` and `cmd` are what Go's own tools call what advisories call `stdlib` and `toolchain`. */
function goName(namespace: string | undefined, name: string): string {
  if (namespace !== undefined) return name
  if (name === 'std') return 'stdlib'
  if (name === 'cmd') return 'toolchain'
  return name
}
