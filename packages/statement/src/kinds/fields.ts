import { type Static, type TSchema, Type } from 'typebox'

/*
 * Fields that several kinds share. Every string and array has a bound, and every pattern is linear:
 * a payload is at most 64 KiB, but it comes from strangers.
 */

/** An object without other members than these. */
export function closed<P extends Record<string, TSchema>>(properties: P) {
  return Type.Object(properties, { additionalProperties: false })
}

/** A list without duplicates in meaning; at most `maxItems`. */
export function list<S extends TSchema>(items: S, maxItems: number, description?: string) {
  return Type.Array(items, { maxItems, ...(description === undefined ? {} : { description }) })
}

/** Text of 1 to `maxLength` characters. */
export function text(maxLength: number, description?: string) {
  return Type.String({ minLength: 1, maxLength, ...(description === undefined ? {} : { description }) })
}

/** One of a closed list of words. */
export function oneOf<V extends string[]>(values: readonly [...V], description?: string) {
  return Type.Enum(values, description === undefined ? {} : { description })
}

/** `sha256:<64 hex>`. */
export const digest = Type.String({
  pattern: '^sha256:[0-9a-f]{64}$',
  description: 'SHA-256 as `sha256:` and 64 lowercase hexadecimal digits',
})

/** Statement id or kid: 64 hex digits. */
export const statementId = Type.String({
  pattern: '^[0-9a-f]{64}$',
  description: 'statement id, 64 hexadecimal digits',
})
export const kidHex = Type.String({
  pattern: '^[0-9a-f]{64}$',
  description: 'key thumbprint (RFC 9679), 64 hexadecimal digits',
})

export const party = Type.String({ pattern: '^urn:comity:party:[0-9a-f]{64}$', description: 'party URN' })
export const product = Type.String({
  pattern: '^urn:comity:product:[0-9a-f]{64}:[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$',
  description: 'product URN',
})

/** Schemeless name of a log; the same form as `isOrigin`. */
export const origin = Type.String({
  pattern: '^[a-z0-9][a-z0-9.-]{0,252}(?::[0-9]{1,5})?(?:\\/[A-Za-z0-9._~-]+)*$',
  maxLength: 255,
  description: 'origin of a log, schemeless',
})

/** Every date of the Gregorian calendar with a time of day, in UTC, to the second (RFC 3339 §5.6, `Z` only). */
const LEAP_YEAR = '(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)'
const DAY =
  '(?:[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))' +
  `|${LEAP_YEAR}-02-29)`
export const date = Type.String({
  pattern: `^${DAY}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z$`,
  description: 'date and time in UTC, such as `2026-11-21T00:00:00Z` (RFC 3339)',
})

/** Whole seconds since the epoch, for the fields named `at` and `since`. */
export const seconds = Type.Integer({
  minimum: 0,
  maximum: Number.MAX_SAFE_INTEGER,
  description: 'whole seconds since the epoch',
})

/** Size of a tree or of a document. */
export const size = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })

/** BCP 47 tag in its usual short forms. */
export const language = Type.String({
  pattern: '^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}$',
  description: 'language tag (BCP 47)',
})

export const url = Type.String({
  pattern: '^https?://[^\\s<>"]+$',
  maxLength: 2048,
  description: 'http or https address',
})

/** A package URL; its own grammar is checked where it is read, in room `exposure`. */
export const purl = Type.String({ pattern: '^pkg:[^\\s]+$', maxLength: 1024, description: 'package URL' })

/** Media type without parameters (RFC 6838 §4.2). */
export const mediaType = Type.String({
  pattern: '^[a-z0-9][a-z0-9!#$&^_.+-]{0,126}/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}$',
  maxLength: 255,
  description: 'media type',
})

/** `code-a` to `code-k`, `gids-1` to `gids-9`; later instruments have the same form. */
export const provision = Type.String({
  pattern: '^[a-z]{2,16}-[a-z0-9]{1,8}$',
  description: 'identifier of a provision, such as `gids-8`',
})

/** Two letters of ISO 3166-1; XA–XZ are user-assigned and serve fictitious States. */
export const stateCode = Type.String({ pattern: '^[A-Z]{2}$', description: 'State, two letters (ISO 3166-1)' })

/** At most 256 MiB: what `PUT /documents/{digest}` takes. */
export const MAX_DOCUMENT_BYTES = 256 * 1024 * 1024

/** A document of this statement, kept beside the log by its digest. */
export const document = closed({
  digest,
  size: Type.Integer({ minimum: 0, maximum: MAX_DOCUMENT_BYTES, description: 'bytes' }),
  type: mediaType,
})
export const documents = list(document, 64, 'documents this statement brings with it')

/** The prefix of a log: what something was computed from. */
export const logPrefix = closed({ origin, size, root: digest })

export type DocumentReference = Static<typeof document>
export type LogPrefix = Static<typeof logPrefix>

/** Seconds since the epoch of a date that the schema accepted. */
export function secondsOf(dateText: string): number {
  return Date.parse(dateText) / 1000
}

/** Index of the first value that stands twice, or -1. */
export function firstRepeated(values: readonly string[]): number {
  return values.findIndex((value, index) => values.indexOf(value) < index)
}

/** Why a product is not affected, in the words of OpenVEX. */
export const justification = oneOf(
  [
    'component_not_present',
    'vulnerable_code_not_present',
    'vulnerable_code_not_in_execute_path',
    'vulnerable_code_cannot_be_controlled_by_adversary',
    'inline_mitigations_already_exist',
  ],
  'why not affected (OpenVEX)',
)
