/** Content types of the project's kinds: `application/vnd.comity.KIND.v1+json` (RFC 6838 vendor tree). */
const PREFIX = 'application/vnd.comity.'
const SUFFIX = '.v1+json'
const KIND_NAME = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/

/** Kind given to a foreign Hash Envelope (RFC 9995), and to any other foreign statement. */
export const HASH_ENVELOPE = 'hash-envelope'
export const FOREIGN = ''

/** The content type that stands under label 3 of a statement of `kind`. */
export function contentTypeOf(kind: string): string {
  return PREFIX + kind + SUFFIX
}

/** Whether the content type claims to be one of the project's. */
export function isComityContentType(contentType: string): boolean {
  return contentType.startsWith(PREFIX)
}

/** The kind named by one of the project's content types, or undefined when it is malformed. */
export function kindOf(contentType: string): string | undefined {
  if (!contentType.startsWith(PREFIX) || !contentType.endsWith(SUFFIX)) return undefined
  const kind = contentType.slice(PREFIX.length, -SUFFIX.length)
  return kind.length <= 40 && KIND_NAME.test(kind) ? kind : undefined
}
