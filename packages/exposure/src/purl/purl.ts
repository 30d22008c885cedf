/**
 * Package URLs (ECMA-427, 1st edition): a strict reader and the canonical writer.
 *
 *     pkg:type/namespace/name@version?qualifiers#subpath
 *         |    |         |    |       |          |
 *         |    |         |    |       |          path inside the package, segments percent-encoded
 *         |    |         |    |       key=value joined by &, keys lowercase and sorted
 *         |    |         |    opaque, percent-encoded
 *         |    |         required, percent-encoded
 *         |    zero or more segments
 *         letters, digits, point and dash; starts with a letter; case-insensitive
 */
import { ExposureError } from '../exposure-error.ts'
import { quoted } from '../problem.ts'
import { decodeComponent, encodeComponent } from './percent-encoding.ts'
import { rulesOfType } from './purl-types.ts'

/** The components of a package URL, decoded and in canonical form. */
export interface Purl {
  readonly type: string
  readonly namespace?: string
  readonly name: string
  readonly version?: string
  readonly qualifiers: Readonly<Record<string, string>>
  readonly subpath?: string
}

/** What a package URL may be built from: qualifiers may be left out, the rest is as in `Purl`. */
export interface PurlParts extends Omit<Purl, 'qualifiers'> {
  readonly qualifiers?: Readonly<Record<string, string>>
}

/** Longest package URL that is read, in UTF-16 units. The longest of real SBOMs are under 1 KiB. */
export const maxPurlLength = 8192

/** Keys that every type shares (ECMA-427, annex B); only these may be written in upper case. */
const sharedKeys: ReadonlySet<string> = new Set([
  'checksum',
  'download_url',
  'file_name',
  'repository_url',
  'vcs_url',
  'vers',
])

/**
 * Reads a package URL and returns its components in canonical form.
 *
 * Throws `ExposureError('bad-purl')` when the text breaks a rule of ECMA-427 clause 5 or of its
 * type's definition. What the standard tells readers to forgive is forgiven: slashes after `pkg:`,
 * an upper-case scheme or type, empty path segments, qualifiers without a value.
 */
export function parsePurl(text: string): Purl {
  if (text.length > maxPurlLength) {
    fail(text, `it has ${text.length} characters, and at most ${maxPurlLength} are read`)
  }
  // Printable ASCII only: everything else has to be percent-encoded.
  if (!/^[!-~]*$/.test(text)) {
    fail(text, 'it contains a character that has to be percent-encoded')
  }
  const [beforeSubpath, subpathText] = splitOnLast(text, '#')
  const [beforeQualifiers, qualifiersText] = splitOnLast(beforeSubpath, '?')

  const colon = beforeQualifiers.indexOf(':')
  if (colon < 0 || beforeQualifiers.slice(0, colon).toLowerCase() !== 'pkg') {
    fail(text, 'it does not start with "pkg:"')
  }
  const path = trimSlashes(beforeQualifiers.slice(colon + 1))
  const typeEnd = path.indexOf('/')
  if (typeEnd < 0) fail(text, 'it has no name: "pkg:type/name" is the least')

  const [packagePath, versionText] = splitVersion(text, path.slice(typeEnd + 1))
  if (versionText !== undefined && packagePath.endsWith('/')) fail(text, 'it has no name before "@"')
  const segments = trimSlashes(packagePath)
    .split('/')
    .filter((segment) => segment !== '')
  const name = decode(text, segments.pop() ?? '')
  const namespace = segments.map((segment) => decodeSegment(text, segment)).join('/')
  const version = versionText === undefined ? '' : decode(text, versionText)
  const subpath = parseSubpath(text, subpathText)
  return canonical(
    {
      type: path.slice(0, typeEnd),
      ...(namespace !== '' && { namespace }),
      name,
      ...(version !== '' && { version }),
      qualifiers: parseQualifiers(text, qualifiersText),
      ...(subpath !== '' && { subpath }),
    },
    text,
  )
}

/**
 * Writes the canonical package URL of the given components.
 *
 * Throws `ExposureError('bad-purl')` under the same rules as `parsePurl`, so that
 * `parsePurl(formatPurl(parts))` never fails and `formatPurl(parsePurl(text))` is canonical.
 */
export function formatPurl(parts: PurlParts): string {
  const purl = canonical({ ...parts, qualifiers: parts.qualifiers ?? {} }, parts.name)
  return writeCanonical(purl)
}

/** As `formatPurl`, for components that `parsePurl` or `purlOf` returned. */
export function writeCanonical(purl: Purl): string {
  let text = `pkg:${purl.type}/${encodePath(purl.namespace, purl.name, purl.type)}`
  if (purl.version !== undefined) text += `@${encodeComponent(purl.version)}`
  const pairs = Object.entries(purl.qualifiers)
  if (pairs.length > 0) {
    text += `?${pairs.map(([key, value]) => `${key}=${encodeComponent(value)}`).join('&')}`
  }
  if (purl.subpath !== undefined) {
    text += `#${purl.subpath.split('/').map(encodeComponent).join('/')}`
  }
  return text
}

/** The percent-encoded path of a package: namespace segments and name. */
export function encodePath(namespace: string | undefined, name: string, type: string): string {
  const nameText = rulesOfType(type).nameTakesSegments
    ? name.split('/').map(encodeComponent).join('/')
    : encodeComponent(name)
  if (namespace === undefined) return nameText
  return `${namespace.split('/').map(encodeComponent).join('/')}/${nameText}`
}

/** Applies the general rules and those of the type; `shown` is what an error message quotes. */
function canonical(parts: Purl, shown: string): Purl {
  const type = parts.type.toLowerCase()
  if (!/^[a-z][a-z0-9.-]*$/.test(type)) {
    fail(shown, `its type ${quoted(type)} is not a letter followed by letters, digits, "." or "-"`)
  }
  const rules = rulesOfType(type)
  const folded = (component: 'namespace' | 'name' | 'version' | 'subpath', value: string): string =>
    rules.lowercase?.includes(component) === true ? value.toLowerCase() : value

  const qualifiers = canonicalQualifiers(shown, parts.qualifiers)
  const missing = rules.requiredQualifiers?.find((key) => !Object.hasOwn(qualifiers, key))
  if (missing !== undefined) fail(shown, `type ${type} needs the qualifier "${missing}"`)

  let namespace = folded('namespace', trimSlashes(parts.namespace ?? ''))
  let name = folded('name', trimSlashes(parts.name))
  if (rules.nameTakesSegments === true && namespace.includes('/')) {
    const end = namespace.indexOf('/')
    name = `${namespace.slice(end + 1)}/${name}`
    namespace = namespace.slice(0, end)
  }
  if (rules.nameTakesSegments === true) {
    name = name
      .split('/')
      .filter((segment) => segment !== '')
      .join('/')
  }
  name = rules.normaliseName?.(name, qualifiers) ?? name
  if (name === '') fail(shown, 'it has no name')
  if (namespace.split('/').includes('') && namespace !== '') {
    fail(shown, 'its namespace has an empty segment')
  }
  if (namespace === '' && rules.namespace === 'required') {
    fail(shown, `type ${type} needs a namespace`)
  }
  if (namespace !== '' && rules.namespace === 'prohibited') {
    fail(shown, `type ${type} has no namespace, but ${quoted(namespace)} stands before the name`)
  }

  const version = folded('version', parts.version ?? '')
  const refusal = rules.refuse?.(name, version === '' ? undefined : version)
  if (refusal !== undefined) fail(shown, refusal)
  const subpath = canonicalSubpath(folded('subpath', parts.subpath ?? ''))
  for (const value of [namespace, name, version, subpath]) wellFormed(shown, value)
  return {
    type,
    ...(namespace !== '' && { namespace }),
    name,
    ...(version !== '' && { version }),
    qualifiers,
    ...(subpath !== '' && { subpath }),
  }
}

function canonicalQualifiers(
  shown: string,
  qualifiers: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const pairs: [string, string][] = []
  for (const [key, value] of Object.entries(qualifiers)) {
    if (!/^[a-z][a-z0-9._-]*$/.test(key)) {
      fail(
        shown,
        `qualifier ${quoted(key)} is not a lowercase letter followed by lowercase letters, digits, ".", "-" or "_"`,
      )
    }
    wellFormed(shown, value)
    if (value !== '') pairs.push([key, value])
  }
  pairs.sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(pairs)
}

function canonicalSubpath(subpath: string): string {
  return subpath
    .split('/')
    .filter((segment) => segment !== '' && segment !== '.' && segment !== '..')
    .join('/')
}

function parseQualifiers(text: string, qualifiersText: string | undefined): Readonly<Record<string, string>> {
  const pairs = new Map<string, string>()
  if (qualifiersText === undefined || qualifiersText === '') return {}
  for (const pair of qualifiersText.split('&')) {
    const equals = pair.indexOf('=')
    if (equals < 0) fail(text, `qualifier ${quoted(pair)} has no "="`)
    const written = pair.slice(0, equals)
    const lower = written.toLowerCase()
    const key = sharedKeys.has(lower) ? lower : written
    if (pairs.has(key)) fail(text, `qualifier ${quoted(key)} stands there twice`)
    pairs.set(key, decode(text, pair.slice(equals + 1)))
  }
  return Object.fromEntries(pairs)
}

function parseSubpath(text: string, subpathText: string | undefined): string {
  if (subpathText === undefined) return ''
  return canonicalSubpath(
    subpathText
      .split('/')
      .map((segment) => decodeSegment(text, segment))
      .join('/'),
  )
}

/**
 * Parts a version off a path. The version begins at the last `@`, which has to stand in the last
 * segment; an `@` that opens a segment begins an npm scope that was not percent-encoded.
 */
function splitVersion(text: string, path: string): readonly [string, string | undefined] {
  const at = path.lastIndexOf('@')
  if (at < 0) return [path, undefined]
  if (path.indexOf('/', at) < 0) return [path.slice(0, at), path.slice(at + 1)]
  if (at === 0 || path[at - 1] === '/') return [path, undefined]
  return fail(text, 'its version contains "/", which has to be written "%2F"')
}

function splitOnLast(text: string, separator: string): readonly [string, string | undefined] {
  const at = text.lastIndexOf(separator)
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)]
}

function trimSlashes(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && text[start] === '/') start += 1
  while (end > start && text[end - 1] === '/') end -= 1
  return text.slice(start, end)
}

function decodeSegment(text: string, segment: string): string {
  const decoded = decode(text, segment)
  // A slash that appears only after decoding would let two texts name one package in two ways.
  if (decoded.includes('/')) fail(text, `its segment ${quoted(segment)} hides a "/"`)
  return decoded
}

function decode(text: string, component: string): string {
  return decodeComponent(component) ?? fail(text, `${quoted(component)} is not percent-encoded UTF-8`)
}

function wellFormed(shown: string, value: string): void {
  if (!value.isWellFormed()) fail(shown, 'it contains half of a surrogate pair')
}

function fail(text: string, reason: string): never {
  throw new ExposureError('bad-purl', `${quoted(text)} is not a package URL: ${reason}`)
}
