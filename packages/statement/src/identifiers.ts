import type { StatementCrypto } from './crypto-port.ts'
import { toHex } from './hex.ts'

/** URN namespaces of the project. Every identifier below is ASCII and has exactly one spelling. */
const PARTY = 'urn:comity:party:'
const STATEMENT = 'urn:comity:statement:'
const INSTRUMENT = 'urn:comity:instrument:'
const PRODUCT = 'urn:comity:product:'
const ADVISORY = 'urn:comity:advisory:'
const SUPPLY = 'urn:comity:supply:'
const DOCUMENT = 'urn:comity:document:sha256:'
const CORRESPONDENCE = 'urn:comity:correspondence:'
const CASE = 'urn:comity:case:'

const HEX_64 = /^[0-9a-f]{64}$/
const SLUG = /^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$/
const CASE_SLUG = /^[a-z0-9][a-z0-9.-]{0,63}$/
/** Host with optional port, then path segments; no scheme, no white space, no `+` (C2SP signed-note). */
const ORIGIN = /^[a-z0-9][a-z0-9.-]{0,252}(?::[0-9]{1,5})?(?:\/[A-Za-z0-9._~-]+)*$/
const MAX_ORIGIN_LENGTH = 255

/** The instruments that can be adhered to or supported today. */
export const instrumentIds = ['code', 'gids'] as const

/** Whether `text` is 64 lowercase hexadecimal digits: a statement id, a kid or a bare SHA-256. */
export function isHex64(text: string): boolean {
  return HEX_64.test(text)
}

/** `urn:comity:party:<hex SHA-256 of the first party statement's payload>`. */
export function partyUrn(firstPayload: Uint8Array, crypto: StatementCrypto): string {
  return PARTY + toHex(crypto.sha256(firstPayload))
}

/** Whether `text` is a party URN. */
export function isPartyUrn(text: string): boolean {
  return text.length === PARTY.length + 64 && text.startsWith(PARTY) && HEX_64.test(text.slice(PARTY.length))
}

/** The 64 hexadecimal digits of a party URN that `isPartyUrn` accepted. */
export function partyHex(urn: string): string {
  return urn.slice(PARTY.length)
}

/** `urn:comity:statement:<id>`. */
export function statementUrn(id: string): string {
  return STATEMENT + id
}

/** The statement id in a statement URN, or undefined. */
export function parseStatementUrn(urn: string): string | undefined {
  return suffixAfter(STATEMENT, urn, HEX_64)
}

/** `urn:comity:instrument:code` or `urn:comity:instrument:gids`. */
export function instrumentUrn(id: (typeof instrumentIds)[number]): string {
  return INSTRUMENT + id
}

/** The instrument's id, or undefined for an unknown instrument. */
export function parseInstrumentUrn(urn: string): (typeof instrumentIds)[number] | undefined {
  return instrumentIds.find((id) => urn === INSTRUMENT + id)
}

/** `urn:comity:product:<party hex>:<slug>`; a slug has 1–64 of `a-z 0-9 . _ -` and ends in a letter or digit. */
export function productUrn(party: string, slug: string): string {
  return `${PRODUCT}${partyHex(party)}:${slug}`
}

/** Party and slug of a product URN, or undefined. */
export function parseProductUrn(urn: string): { readonly party: string; readonly slug: string } | undefined {
  const found = splitOwned(PRODUCT, urn)
  return found !== undefined && SLUG.test(found.rest) ? { party: found.party, slug: found.rest } : undefined
}

/** `<product urn>@<percent-encoded version>`. */
export function releaseUrn(product: string, version: string): string {
  return `${product}@${percentEncode(version)}`
}

/** Product and version of a release URN, or undefined. */
export function parseReleaseUrn(urn: string): { readonly product: string; readonly version: string } | undefined {
  const at = urn.indexOf('@')
  if (at < 0) return undefined
  const product = urn.slice(0, at)
  const version = percentDecode(urn.slice(at + 1))
  return parseProductUrn(product) !== undefined && version ? { product, version } : undefined
}

/** `urn:comity:advisory:<party hex>:<percent-encoded advisory id>`. */
export function advisoryUrn(party: string, id: string): string {
  return `${ADVISORY}${partyHex(party)}:${percentEncode(id)}`
}

/** Publishing party and advisory id, or undefined. */
export function parseAdvisoryUrn(urn: string): { readonly party: string; readonly id: string } | undefined {
  const found = splitOwned(ADVISORY, urn)
  const id = found && percentDecode(found.rest)
  return found && id ? { party: found.party, id } : undefined
}

/** `urn:comity:supply:<party hex>:<slug>`: one restriction of supply; a slug as of a product. */
export function supplyUrn(party: string, slug: string): string {
  return `${SUPPLY}${partyHex(party)}:${slug}`
}

/** Restricting party and slug of a supply URN, or undefined. */
export function parseSupplyUrn(urn: string): { readonly party: string; readonly slug: string } | undefined {
  const found = splitOwned(SUPPLY, urn)
  return found !== undefined && SLUG.test(found.rest) ? { party: found.party, slug: found.rest } : undefined
}

/** `urn:comity:document:sha256:<hex>`. */
export function documentUrn(sha256Hex: string): string {
  return DOCUMENT + sha256Hex
}

/** The document's SHA-256 in hex, or undefined. */
export function parseDocumentUrn(urn: string): string | undefined {
  return suffixAfter(DOCUMENT, urn, HEX_64)
}

/** `urn:comity:correspondence:<64 random hexadecimal digits>`: the messages that belong together. */
export function correspondenceUrn(hex: string): string {
  return CORRESPONDENCE + hex
}

/** The 64 hexadecimal digits of a correspondence, or undefined. */
export function parseCorrespondenceUrn(urn: string): string | undefined {
  return suffixAfter(CORRESPONDENCE, urn, HEX_64)
}

/** `urn:comity:case:<hex of the party that opens it>:<slug>`; a slug has 1–64 of `a-z 0-9 . -` and starts with a letter or digit. */
export function caseUrn(party: string, slug: string): string {
  return `${CASE}${partyHex(party)}:${slug}`
}

/** Opener and slug of a case, or undefined. */
export function parseCaseUrn(urn: string): { readonly party: string; readonly slug: string } | undefined {
  const found = splitOwned(CASE, urn)
  return found !== undefined && CASE_SLUG.test(found.rest) ? { party: found.party, slug: found.rest } : undefined
}

/** Whether `text` can be the origin of a log: schemeless, at most 255 characters. */
export function isOrigin(text: string): boolean {
  return text.length <= MAX_ORIGIN_LENGTH && ORIGIN.test(text)
}

/** Digest as JSON writes it: `sha256:<hex>`. */
export function digestText(sha256: Uint8Array): string {
  return `sha256:${toHex(sha256)}`
}

/** The hex of a JSON digest, or undefined. */
export function parseDigest(text: string): string | undefined {
  return suffixAfter('sha256:', text, HEX_64)
}

/** Percent-encodes everything but RFC 3986 unreserved characters. `text` must be well-formed. */
export function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
}

/** Undefined unless `text` is exactly what `percentEncode` writes: one spelling per identifier. */
function percentDecode(text: string): string | undefined {
  try {
    const decoded = decodeURIComponent(text)
    return percentEncode(decoded) === text ? decoded : undefined
  } catch {
    return undefined // decodeURIComponent throws URIError for anything that is no percent-encoding
  }
}

function suffixAfter(prefix: string, text: string, form: RegExp): string | undefined {
  if (!text.startsWith(prefix)) return undefined
  const rest = text.slice(prefix.length)
  return form.test(rest) ? rest : undefined
}

/** Splits `<prefix><64 hex>:<rest>`. */
function splitOwned(prefix: string, urn: string): { readonly party: string; readonly rest: string } | undefined {
  const end = prefix.length + 64
  if (!urn.startsWith(prefix) || urn[end] !== ':') return undefined
  const hex = urn.slice(prefix.length, end)
  return HEX_64.test(hex) ? { party: PARTY + hex, rest: urn.slice(end + 1) } : undefined
}
