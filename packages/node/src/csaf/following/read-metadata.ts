/** `provider-metadata.json` of somebody else (CSAF 2.0, requirement 7), as far as a mirror needs it: read leniently. */
import type { CsafPublisher } from '../facts.ts'
import { type ProviderRole, providerRoles } from '../../sources/source-record.ts'
import type { SourceFault } from '../../sources/source.ts'
import { faultFor, memberText, objectIn, parsedJson } from './json-members.ts'

export interface ReadMetadata {
  readonly canonicalUrl: string
  readonly role: ProviderRole
  readonly publisher: CsafPublisher
  /** Feeds of TLP:WHITE and of unlabelled documents; the others are not for everybody, and are not asked for. */
  readonly feeds: readonly string[]
  /** With a slash at the end. */
  readonly directories: readonly string[]
  readonly keys: readonly { readonly fingerprint: string; readonly url: string }[]
  /** What in it cannot be used. */
  readonly problems: readonly SourceFault[]
}

/** Feeds, directories and keys of a provider that are looked at; more is a mistake. */
const mostOfEach = 64

const openLabels: ReadonlySet<unknown> = new Set(['WHITE', 'CLEAR', 'UNLABELED', undefined])

/** What the bytes say, or why they are no provider metadata. `from`: where they were found. */
export function readMetadata(bytes: Uint8Array, from: string): ReadMetadata | SourceFault {
  const json = parsedJson(bytes)
  if (json === undefined) return faultFor('metadata', '', `${from} is no JSON`)
  const root = objectIn(json)
  const publisher = publisherOf(root['publisher'])
  if (publisher === undefined)
    return faultFor(
      'metadata',
      '/publisher',
      `${from} names no publisher`,
      'a publisher with category, name and namespace',
    )
  const problems: SourceFault[] = []
  const distributions = listIn(root['distributions'])
  const feeds: string[] = []
  const directories: string[] = []
  for (const [i, each] of distributions.entries()) {
    const pointer = `/distributions/${i}`
    const distribution = objectIn(each)
    for (const [j, feed] of listIn(objectIn(distribution['rolie'])['feeds']).entries()) {
      const { url, tlp_label: label } = objectIn(feed)
      if (!openLabels.has(label)) continue
      keepUrl(feeds, url, `${pointer}/rolie/feeds/${j}/url`, problems)
    }
    const { directory_url: directory } = distribution
    if (directory !== undefined) keepUrl(directories, withSlash(directory), `${pointer}/directory_url`, problems)
  }
  if (feeds.length === 0 && directories.length === 0)
    problems.push(
      faultFor(
        'metadata',
        '/distributions',
        'it lists nothing that is for everybody',
        'a ROLIE feed, or a directory_url',
      ),
    )
  const role = providerRoles.find((each) => each === root['role']) ?? 'csaf_provider'
  const canonicalUrl = memberText(root, 'canonical_url')
  return {
    canonicalUrl: isAddress(canonicalUrl) ? canonicalUrl : from,
    role,
    publisher,
    feeds,
    directories,
    keys: keysOf(root['public_openpgp_keys'], problems),
    problems,
  }
}

function publisherOf(value: unknown): CsafPublisher | undefined {
  const publisher = objectIn(value)
  const [category, name, namespace] = ['category', 'name', 'namespace'].map((each) => memberText(publisher, each))
  if (!category || !name || !namespace) return undefined
  const [contact, authority] = ['contact_details', 'issuing_authority'].map((each) => memberText(publisher, each))
  return {
    category,
    name,
    namespace,
    ...(contact ? { contact_details: contact } : {}),
    ...(authority ? { issuing_authority: authority } : {}),
  }
}

function keysOf(value: unknown, problems: SourceFault[]): ReadMetadata['keys'] {
  return listIn(value).flatMap((each, i) => {
    const key = objectIn(each)
    const pointer = `/public_openpgp_keys/${i}`
    const [url, fingerprint] = [memberText(key, 'url'), memberText(key, 'fingerprint').toUpperCase()]
    if (isAddress(url) && /^[0-9A-F]{40,64}$/.test(fingerprint)) return [{ fingerprint, url }]
    problems.push(faultFor('key', pointer, 'a key without fingerprint or address', 'both'))
    return []
  })
}

function keepUrl(kept: string[], value: unknown, pointer: string, problems: SourceFault[]): void {
  if (isAddress(value)) kept.push(value)
  else problems.push(faultFor('metadata', pointer, 'this is no https address', 'such as https://example.org/csaf/'))
}

function isAddress(value: unknown): value is string {
  return typeof value === 'string' && value.length <= 2000 && /^https?:$/.test(URL.parse(value)?.protocol ?? '')
}

function withSlash(value: unknown): unknown {
  return typeof value === 'string' && !value.endsWith('/') ? `${value}/` : value
}

function listIn(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value.slice(0, mostOfEach) : []
}
