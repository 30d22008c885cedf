/** What is asked of a server, by what is already here; and what it says of what it sends (RFC 9110, 8.8, 13, 14). */
import type { FeedAnswer, FeedState, Validators } from './feed-state.ts'

/** Longest validator that is kept, in characters. */
const longest = 1024

/** The validators of an answer. A date is taken only where it can tell two representations apart (RFC 9110, 8.8.2.2). */
export function validatorsOf(answer: FeedAnswer): Validators {
  const etag = answer.headers.get('etag')
  const lastModified = answer.headers.get('last-modified')
  return {
    ...(etag !== null && etag.length <= longest && /^(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"$/.test(etag) && { etag }),
    ...(lastModified !== null && lastModified.length <= 64 && isDate(lastModified) && { lastModified }),
  }
}

function isDate(text: string): boolean {
  return !Number.isNaN(Date.parse(text))
}

/** What names a part so surely that octets of another representation cannot follow it; undefined where nothing does. */
export function strongValidator({ etag }: Validators): string | undefined {
  // A date has whole seconds: a feed may be written twice within one.
  return etag === undefined || etag.startsWith('W/') ? undefined : etag
}

/** Asks for the rest of a part, or for what is newer than the whole. */
export function conditionsOf(state: FeedState, held: number): Record<string, string> {
  // What was packed on the way could not be taken up again, and its length would say nothing.
  const always = { accept: '*/*', 'accept-encoding': 'identity' }
  const validator = state.part === undefined ? undefined : strongValidator(state.part)
  if (validator !== undefined && held > 0) return { ...always, range: `bytes=${held}-`, 'if-range': validator }
  const { etag, lastModified } = state.whole ?? {}
  return {
    ...always,
    ...(etag !== undefined && { 'if-none-match': etag }),
    // Beside an entity tag a server passes it over (RFC 9110, 13.1.3), unless it knows no tags.
    ...(lastModified !== undefined && { 'if-modified-since': lastModified }),
  }
}

/** Octets of the body, where the server says how many. */
export function lengthOf(answer: FeedAnswer): number | undefined {
  const text = answer.headers.get('content-length')
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : undefined
}

/** `bytes 100-199/200` of a 206, `bytes * /200` of a 416; undefined for any other. */
export function contentRange(answer: FeedAnswer): { start?: number; end?: number; total?: number } | undefined {
  const text = answer.headers.get('content-range') ?? ''
  const match = /^bytes (?:(\d{1,15})-(\d{1,15})|\*)\/(\d{1,15}|\*)$/.exec(text)
  if (match === null) return undefined
  const [, start, end, total] = match
  return {
    ...(start !== undefined && { start: Number(start) }),
    ...(end !== undefined && { end: Number(end) }),
    ...(total !== undefined && total !== '*' && { total: Number(total) }),
  }
}

/** Seconds after which the server may be asked again (RFC 9110, 10.2.3), where it says them as a number. */
export function retryAfter(answer: FeedAnswer): number | undefined {
  const text = answer.headers.get('retry-after')
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : undefined
}

/** Digests that the server gives of the whole representation (RFC 9530), as hex. */
export function digestsOf(
  answer: FeedAnswer,
): readonly { readonly algorithm: 'sha-256' | 'sha-512'; readonly hex: string }[] {
  // Of a whole body, the digest of the content is that of the representation.
  const names = answer.status === 200 ? ['repr-digest', 'content-digest'] : ['repr-digest']
  return names.flatMap((name) =>
    [...(answer.headers.get(name) ?? '').matchAll(digestPattern)].map(({ groups = {} }) => ({
      algorithm: groups['short'] === undefined ? ('sha-512' as const) : ('sha-256' as const),
      hex: hexOf(groups['short'] ?? groups['long'] ?? ''),
    })),
  )
}

/** Base64 of exactly as many octets as the algorithm gives. */
const digestPattern = /\bsha-256=:(?<short>[A-Za-z0-9+/]{43}=):|\bsha-512=:(?<long>[A-Za-z0-9+/]{86}==):/g

function hexOf(base64: string): string {
  return Array.from(atob(base64), (character) => character.charCodeAt(0).toString(16).padStart(2, '0')).join('')
}
