/**
 * Names of the Common Platform Enumeration, in both bindings of NIST IR 7695 (section 6):
 *
 *     cpe:2.3:a:vendor:product:1.2\+build:*:*:*:*:*:*:*     a formatted string, values quoted by a backslash
 *     cpe:/a:vendor:product:1.2%2bbuild                     a URI, values percent-encoded, empty at the end
 *
 * Only the four attributes that say which product and version is meant are kept.
 */

/** `*` stands for any value and `-` for none. */
export interface Cpe {
  /** Application, hardware, operating system. */
  readonly part: 'a' | 'h' | 'o' | '*' | '-'
  readonly vendor: string
  readonly product: string
  readonly version: string
  readonly update: string
}

/** Longest name that is read, in characters; the CVE record format sets the same. */
export const maxCpeLength = 2048

/** The name in either binding, or undefined when it is none. */
export function parseCpe(text: string): Cpe | undefined {
  if (text.length > maxCpeLength) return undefined
  if (text.startsWith('cpe:2.3:')) {
    const values = splitQuoted(text.slice('cpe:2.3:'.length))
    return values.length === 11 ? cpeOf(values) : undefined
  }
  if (!/^cpe:\//i.test(text)) return undefined
  const values = text.slice('cpe:/'.length).split(':').map(decoded)
  return values.length <= 7 ? cpeOf(values) : undefined
}

/**
 * Whether a CPE and a version of the same component contradict each other. They do not when either
 * leaves it open, or when the CPE has the upstream version that a package's own version begins with
 * (`1.2.3` of `1:1.2.3-4ubuntu1`).
 */
export function disagrees(cpe: Cpe, version: string): boolean {
  if (cpe.version === '*' || cpe.version === '-') return false
  const update = cpe.update === '*' || cpe.update === '-' ? '' : cpe.update
  const packaged = withoutPrefix(version.toLowerCase())
  const named = withoutPrefix(cpe.version.toLowerCase())
  if (packaged === named || packaged.startsWith(named + update.toLowerCase())) return beginsWithinWord(packaged, named)
  return true
}

/** `1.2` is not the beginning of `1.20`. */
function beginsWithinWord(packaged: string, named: string): boolean {
  const rest = packaged.slice(named.length)
  return /^\d/.test(rest) && /\d$/.test(named)
}

/** Neither an epoch nor a leading `v` is part of an upstream version; white space cannot stand in a CPE. */
function withoutPrefix(version: string): string {
  return version
    .replace(/^\d{1,9}:/, '')
    .replace(/^v(?=\d)/, '')
    .replaceAll(/\s/g, '_')
}

function cpeOf([part = '', vendor, product, version, update]: readonly string[]): Cpe | undefined {
  const known = part.toLowerCase()
  if (known !== 'a' && known !== 'h' && known !== 'o' && known !== '*' && known !== '-') return undefined
  if (product === undefined || product === '') return undefined
  return { part: known, vendor: vendor || '*', product, version: version || '*', update: update || '*' }
}

/** Splits at colons that no backslash quotes, and takes the backslashes away. */
function splitQuoted(text: string): readonly string[] {
  const values = ['']
  for (let i = 0; i < text.length; i += 1) {
    const last = values.length - 1
    if (text[i] === ':') values.push('')
    else if (text[i] === '\\' && i + 1 < text.length) values[last] += text[(i += 1)] ?? ''
    else values[last] += text[i] ?? ''
  }
  return values
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}
