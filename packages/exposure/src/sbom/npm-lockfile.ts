/**
 * An SBOM from an npm lockfile (`package-lock.json`, lockfileVersion 2 or 3): CycloneDX 1.6 JSON with
 * package URLs, hashes, licences and the resolved dependency graph. The same lockfile always gives
 * the same document: it carries no serial number, and a timestamp only when it is given one.
 */
import { ExposureError } from '../exposure-error.ts'
import { jsonPointer, quoted } from '../problem.ts'
import { formatPurl } from '../purl/purl.ts'
import { isObject } from '../json/json-object.ts'

export interface CycloneDxComponent {
  readonly type: 'application' | 'library'
  readonly 'bom-ref': string
  readonly group?: string
  readonly name: string
  readonly version: string
  readonly scope?: 'required' | 'optional' | 'excluded'
  readonly hashes?: readonly { readonly alg: string; readonly content: string }[]
  readonly licenses?: readonly ({ readonly expression: string } | { readonly license: { readonly name: string } })[]
  readonly purl: string
}

export interface CycloneDxDependency {
  readonly ref: string
  readonly dependsOn?: readonly string[]
}

/** CycloneDX 1.6, as far as this room writes it. */
export interface CycloneDxBom {
  readonly $schema: string
  readonly bomFormat: 'CycloneDX'
  readonly specVersion: '1.6'
  readonly version: 1
  readonly metadata: { readonly timestamp?: string; readonly component: CycloneDxComponent }
  readonly components: readonly CycloneDxComponent[]
  readonly dependencies: readonly CycloneDxDependency[]
}

/** Most packages that are read. */
const maxPackages = 200_000

/** One entry of `packages`: its place in the tree, its fields, and the component made of it. */
interface Entry {
  readonly location: string
  readonly fields: Readonly<Record<string, unknown>>
  readonly component: CycloneDxComponent
}

/**
 * Returns the SBOM of the project whose parsed `package-lock.json` is given. `timestamp` is RFC 3339.
 *
 * Development dependencies are in it with the scope `excluded`, optional ones with `optional`.
 * Throws `ExposureError('not-a-lockfile')` with the JSON pointer of what is wrong.
 */
export function sbomFromNpmLockfile(lockfile: unknown, options: { readonly timestamp?: string } = {}): CycloneDxBom {
  const packages = packagesOf(lockfile)
  const entries = new Map<string, Entry>()
  for (const [location, fields] of packages) {
    if (fields['link'] !== true) entries.set(location, { location, fields, component: componentOf(location, fields) })
  }
  const root = entries.get('')
  if (root === undefined) refuse('it has no package ""', '/packages')

  const edges = new Map<string, Set<string>>()
  const components = new Map<string, CycloneDxComponent>()
  for (const entry of entries.values()) {
    const ref = entry.component['bom-ref']
    // One package at one version may lie in several places of the tree: it is one component.
    if (entry !== root) components.set(ref, stronger(components.get(ref), entry.component))
    const targets = edges.get(ref) ?? new Set()
    edges.set(ref, targets)
    for (const target of targetsOf(entry, packages, entries)) {
      if (target !== ref) targets.add(target)
    }
  }
  const { scope: _, ...application } = root.component
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      ...(options.timestamp !== undefined && { timestamp: options.timestamp }),
      component: { ...application, type: 'application' },
    },
    components: [...components.values()].sort((a, b) => order(a['bom-ref'], b['bom-ref'])),
    dependencies: [...edges]
      .map(([ref, targets]) => (targets.size > 0 ? { ref, dependsOn: [...targets].sort(order) } : { ref }))
      .sort((a, b) => order(a.ref, b.ref)),
  }
}

function packagesOf(lockfile: unknown): ReadonlyMap<string, Readonly<Record<string, unknown>>> {
  if (!isObject(lockfile)) refuse('it is no JSON object', '')
  const { lockfileVersion, packages } = lockfile
  if (lockfileVersion !== 2 && lockfileVersion !== 3) refuse('its lockfileVersion is not 2 or 3', '/lockfileVersion')
  if (!isObject(packages)) refuse('it has no object "packages"', '/packages')
  const found = new Map<string, Readonly<Record<string, unknown>>>()
  for (const [location, fields] of Object.entries(packages)) {
    if (!isObject(fields)) refuse('a package is an object', jsonPointer('packages', location))
    found.set(location, fields)
  }
  if (found.size > maxPackages)
    throw new ExposureError('too-many', `at most ${maxPackages} packages are read`, '/packages')
  return found
}

function componentOf(location: string, fields: Readonly<Record<string, unknown>>): CycloneDxComponent {
  const pointer = jsonPointer('packages', location)
  const fullName = fields['name'] ?? nameOfLocation(location)
  if (typeof fullName !== 'string' || fullName === '') refuse('a package has a name', pointer)
  const version = fields['version'] ?? (location === '' ? '0.0.0' : undefined)
  if (typeof version !== 'string' || version === '') refuse('a package has a version', pointer)
  const slash = fullName.startsWith('@') ? fullName.indexOf('/') : -1
  const group = slash < 0 ? undefined : fullName.slice(0, slash)
  const name = fullName.slice(slash + 1)
  const resolved = fields['resolved']
  const purl = formatPurl({
    type: 'npm',
    ...(group !== undefined && { namespace: group }),
    name,
    version,
    ...(typeof resolved === 'string' && resolved.startsWith('git+') && { qualifiers: { vcs_url: resolved } }),
  })
  const hashes = hashesOf(fields['integrity'])
  const license = fields['license']
  return {
    type: 'library',
    'bom-ref': purl,
    ...(group !== undefined && { group }),
    name,
    version,
    scope: fields['dev'] === true ? 'excluded' : isOptional(fields) ? 'optional' : 'required',
    ...(hashes.length > 0 && { hashes }),
    ...(typeof license === 'string' && license !== '' && { licenses: [licenseOf(license)] }),
    purl,
  }
}

function isOptional(fields: Readonly<Record<string, unknown>>): boolean {
  return fields['optional'] === true || fields['devOptional'] === true
}

/** What follows the last `node_modules/`; a workspace without a name has none. */
function nameOfLocation(location: string): string | undefined {
  const marker = 'node_modules/'
  const at = location.lastIndexOf(marker)
  return at < 0 ? undefined : location.slice(at + marker.length)
}

/** Subresource integrity (`sha512-<base64>`, several joined by spaces) as CycloneDX hashes. */
function hashesOf(integrity: unknown): { alg: string; content: string }[] {
  if (typeof integrity !== 'string') return []
  return integrity.split(' ').flatMap((part) => {
    const { bits, digest } = /^sha(?<bits>1|256|384|512)-(?<digest>[A-Za-z0-9+/]+={0,2})$/.exec(part)?.groups ?? {}
    if (bits === undefined || digest === undefined) return []
    return [{ alg: `SHA-${bits}`, content: Buffer.from(digest, 'base64').toString('hex') }]
  })
}

/** An SPDX expression where it looks like one; the words themselves where it does not. */
function licenseOf(license: string): { expression: string } | { license: { name: string } } {
  const isExpression = /^\(?[A-Za-z0-9.+-]+(?: (?:AND|OR|WITH) \(?[A-Za-z0-9.+-]+\)?)*\)?$/.test(license)
  return isExpression ? { expression: license } : { license: { name: license } }
}

/** The components that an entry's dependencies resolve to. */
function* targetsOf(
  entry: Entry,
  packages: ReadonlyMap<string, Readonly<Record<string, unknown>>>,
  entries: ReadonlyMap<string, Entry>,
): Generator<string> {
  const { location, fields } = entry
  const optional = namesIn(fields['optionalDependencies'])
  const sorts = {
    dependencies: namesIn(fields['dependencies']),
    optionalDependencies: optional,
    peerDependencies: namesIn(fields['peerDependencies']),
    // Installed for the project itself and its workspaces only.
    devDependencies: location.includes('node_modules/') ? [] : namesIn(fields['devDependencies']),
  }
  for (const [sort, names] of Object.entries(sorts)) {
    for (const name of names) {
      const target = resolve(location, name, packages, entries)
      if (target !== undefined) yield target.component['bom-ref']
      else if (sort === 'dependencies' && !optional.includes(name)) {
        refuse(`${quoted(name)} resolves to no package`, jsonPointer('packages', location, 'dependencies', name))
      }
    }
  }
  if (location !== '' || fields['workspaces'] === undefined) return
  for (const candidate of entries.values()) {
    const isWorkspace = candidate.location !== '' && !candidate.location.includes('node_modules/')
    if (isWorkspace) yield candidate.component['bom-ref']
  }
}

/** Node's resolution: `node_modules` beside the package, then in every folder above it. */
function resolve(
  location: string,
  name: string,
  packages: ReadonlyMap<string, Readonly<Record<string, unknown>>>,
  entries: ReadonlyMap<string, Entry>,
): Entry | undefined {
  for (let folder = location; ; folder = folder.slice(0, Math.max(folder.lastIndexOf('/'), 0))) {
    const candidate = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`
    const fields = packages.get(candidate)
    if (fields !== undefined) {
      const { link, resolved } = fields
      return entries.get(link === true && typeof resolved === 'string' ? resolved : candidate)
    }
    if (folder === '') return undefined
  }
}

function namesIn(value: unknown): readonly string[] {
  return isObject(value) ? Object.keys(value) : []
}

/** Of two places of one package, the one that says more about whether it is delivered. */
function stronger(known: CycloneDxComponent | undefined, other: CycloneDxComponent): CycloneDxComponent {
  const rank = { required: 2, optional: 1, excluded: 0 } as const
  return known !== undefined && rank[known.scope ?? 'required'] >= rank[other.scope ?? 'required'] ? known : other
}

/** By code unit, so that no locale changes the document. */
function order(a: string, b: string): number {
  return Number(a > b) - Number(a < b)
}

function refuse(reason: string, pointer: string): never {
  throw new ExposureError('not-a-lockfile', `this is no npm lockfile that can be read: ${reason}`, pointer)
}
