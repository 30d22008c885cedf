/**
 * Percent-encoding as ECMA-427 clause 5.4 has it: RFC 3986 triplets over UTF-8, where letters,
 * digits, `.`, `-`, `_`, `~` and the colon stand for themselves and everything else is encoded.
 */

/** Encodes one component. The text has to be well-formed UTF-16. */
export function encodeComponent(text: string): string {
  // Nearly every name and version needs no encoding at all.
  if (/^[A-Za-z0-9._~:-]*$/.test(text)) return text
  return encodeURIComponent(text)
    .replaceAll('%3A', ':')
    .replaceAll(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
}

/** Decodes one component; undefined when an escape is broken or the octets are not UTF-8. */
export function decodeComponent(text: string): string | undefined {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch {
    // decodeURIComponent has one error and this is it; the caller says which component was meant.
    return undefined
  }
}
