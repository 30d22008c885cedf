import { NodeError } from '../node-error.ts'

/**
 * What a source is: a CSAF provider with its listing, signatures and hashes; one file that is fetched (a collection of OSV
 * as zip, KEV, CVE, VEX); or a folder or file of this machine.
 */
export const sourceKinds = ['csaf', 'feed', 'folder'] as const
export type SourceKind = (typeof sourceKinds)[number]

/** A source as the keeper named it. */
export interface Source {
  /** As the keeper calls it, and the folder of its mirror: `[a-z0-9][a-z0-9-]*`, unique in a node. */
  readonly name: string
  readonly kind: SourceKind
  /** Without a slash at the end: of a CSAF provider its domain or metadata, of a feed its file, else an absolute path. */
  readonly address: string
  /** Seconds from the end of one run to the next. */
  readonly every: number
  /** The address may be in a private network, or on this machine; what it leads to elsewhere may not. */
  readonly allowPrivate: boolean
  /** Fingerprints of OpenPGP keys, 40 upper-case hexadecimal digits: no others count. Empty: those that the provider lists. */
  readonly keys: readonly string[]
}

/** What a keeper says when he adds a source. */
export interface SourceRequest {
  readonly address: string
  readonly name?: string | undefined
  readonly kind?: SourceKind | undefined
  readonly every?: number | undefined
  readonly allowPrivate?: boolean | undefined
  readonly keys?: readonly string[] | undefined
}

/** Why something of a source is not taken: an item, or a whole run. */
export interface SourceFault {
  /**
   * Of a CSAF document `hash`, `signature`, `schema`, the number of a mandatory test (`6.1.11`), `tlp`, `name`, `limits`, `absent`;
   * of what is fetched or read, a code of the room exposure (`not-answered`, `bad-osv`).
   */
  readonly test: string
  /** Where in the document (RFC 6901). */
  readonly pointer: string
  readonly message: string
  /** What would be right. */
  readonly right?: string
}

/** Once an hour, at most once a minute and at least once in 30 days. */
export const defaultEvery = 3600
const leastEvery = 60
const mostEvery = 30 * 86_400

const keysAtMost = 16

/** The source that a request asks for. Throws `bad-source` with what would be right. */
export function sourceOf(request: SourceRequest): Source {
  const { every = defaultEvery, allowPrivate = false } = request
  const text = request.address.trim()
  const kind = request.kind ?? kindOf(text)
  const address = kind === 'folder' ? folderOf(text) : urlOf(text, kind, allowPrivate)
  if (!Number.isInteger(every) || every < leastEvery || every > mostEvery)
    throw bad(`a source is asked every ${leastEvery} to ${mostEvery} seconds, not every ${every}`)
  const keys = (request.keys ?? []).map(fingerprintOf)
  if (keys.length > 0 && kind !== 'csaf') throw bad('keys are for CSAF providers, which sign each document')
  if (keys.length > keysAtMost) throw bad(`at most ${keysAtMost} keys of a source count`)
  return { name: nameOf(request.name ?? nameFrom(address)), kind, address, every, allowPrivate, keys }
}

/** A path is a folder; a domain, or `provider-metadata.json`, a CSAF provider; any other file a feed. */
function kindOf(text: string): SourceKind {
  if (text.startsWith('/')) return 'folder'
  const path = URL.parse(text)?.pathname ?? '/'
  return path === '/' || path.endsWith('/provider-metadata.json') ? 'csaf' : 'feed'
}

function folderOf(text: string): string {
  if (!text.startsWith('/') || text.includes('\0')) throw bad(`${shown(text)} is no absolute path, such as /srv/osv`)
  return text.length > 1 ? text.replace(/\/+$/, '') : text
}

function urlOf(text: string, kind: SourceKind, allowPrivate: boolean): string {
  const url = URL.parse(/^[a-z]+:\/\//i.test(text) ? text : `https://${text}`)
  if (url === null || !['http:', 'https:'].includes(url.protocol))
    throw bad(`${shown(text)} is no https address, such as https://example.org`)
  if (url.protocol === 'http:' && !allowPrivate)
    throw bad(`${shown(text)} is not https: plain http is for a network of one's own (--allow-private)`)
  if (url.username !== '' || url.password !== '') throw bad('the address holds a name or a password: leave them out')
  if (kind === 'csaf' && url.search !== '') throw bad('the address of a CSAF provider has no query')
  url.hash = ''
  return kind === 'csaf' ? url.href.replace(/\/+$/, '') : url.href
}

function fingerprintOf(text: string): string {
  const digits = text.replaceAll(/[\s:]/g, '').toUpperCase()
  if (!/^[0-9A-F]{40}$/.test(digits)) throw bad(`${shown(text)} is no fingerprint of 40 hexadecimal digits`)
  return digits
}

function nameFrom(address: string): string {
  const host = URL.parse(address)?.hostname ?? address
  return host
    .toLowerCase()
    .replace(/^www\./, '')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 40)
}

function nameOf(text: string): string {
  if (/^[a-z0-9][a-z0-9-]{0,39}$/.test(text)) return text
  throw bad(`a source is called by lower-case letters, digits and hyphens, at most 40, not ${shown(text)}`)
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, 200))
}

function bad(message: string): NodeError {
  return new NodeError('bad-source', message)
}
