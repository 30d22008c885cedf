/** What people type for parties, statements, products and dates, and how long identifiers are shown. */
import { instruments, type InstrumentId, type ProvisionId, provisionIds } from '@comity/instruments'
import { isHex64, isPartyUrn, parseProductUrn, parseStatementUrn, productUrn } from '@comity/statement'
import { CliError } from './cli-error.ts'

/** Names in several languages: the English one, or the first. */
export function nameOf(names: readonly { readonly language: string; readonly text: string }[]): string {
  return (names.find(({ language }) => language === 'en') ?? names[0])?.text ?? 'unnamed'
}

/** A party URN from a URN or its 64 hexadecimal digits; undefined for anything else. */
export function partyUrnFrom(text: string): string | undefined {
  if (isPartyUrn(text)) return text
  return isHex64(text) ? `urn:comity:party:${text}` : undefined
}

/** Throws CliError `usage` for what is no statement id. */
export function statementIdFrom(text: string): string {
  const id = isHex64(text) ? text : parseStatementUrn(text)
  if (id === undefined) throw new CliError('usage', `"${text}" is no statement id: 64 hexadecimal digits`)
  return id
}

/** A product of the party's own by its short name, or any by its URN. */
export function productFrom(text: string, party: string): string {
  const urn = text.startsWith('urn:') ? text : productUrn(party, text)
  if (parseProductUrn(urn) === undefined) {
    throw new CliError('usage', `"${text}" is no product: 1 to 64 of a-z, 0-9, ".", "_" and "-", or a product URN`)
  }
  return urn
}

export function instrumentFrom(text: string): InstrumentId {
  const found = instruments.find(({ id, urn }) => text === id || text === urn)
  if (found === undefined) {
    throw new CliError('usage', `"${text}" is no instrument: ${instruments.map(({ id }) => id).join(' or ')}`)
  }
  return found.id
}

export function provisionFrom(text: string): ProvisionId {
  const found = provisionIds.find((id) => id === text)
  if (found === undefined) throw new CliError('usage', `"${text}" is no provision: code-a to code-k, gids-1 to gids-9`)
  return found
}

/** What a day without a time of day means: its first second or its last, in UTC. */
export type DayEdge = 'begins' | 'ends'

const secondsOfDay = 86_400

/** `2026-11-21`, `2026-11-21T12:00:00Z` or seconds since the epoch, as seconds. */
export function secondsFrom(text: string, option: string, day: DayEdge = 'begins'): number {
  if (/^[0-9]{1,15}$/.test(text)) return Number(text)
  const isDate = /^[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)?$/.test(text)
  const milliseconds = isDate ? Date.parse(text) : Number.NaN
  if (Number.isNaN(milliseconds)) {
    throw new CliError(
      'usage',
      `${option} "${text}" is no time: 2026-11-21, 2026-11-21T12:00:00Z or seconds since the epoch`,
    )
  }
  const isDay = !text.includes('T')
  return milliseconds / 1000 + (isDay && day === 'ends' ? secondsOfDay - 1 : 0)
}

/** A whole number of things, one at least. Throws CliError `usage`. */
export function countFrom(text: string, option: string): number {
  if (!/^[1-9][0-9]{0,8}$/.test(text)) throw new CliError('usage', `${option} "${text}" is no number of 1 or more`)
  return Number(text)
}

/** `provision=text` and the like, as its two sides. Throws CliError `usage`. */
export function pairFrom(text: string, option: string, form: string): readonly [string, string] {
  const at = text.indexOf('=')
  if (at < 1 || at === text.length - 1) throw new CliError('usage', `${option} "${text}" is not of the form ${form}`)
  return [text.slice(0, at), text.slice(at + 1)]
}

/** A time as the payloads of statements write it (RFC 3339, UTC, whole seconds). */
export function rfc3339(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`
}

/** Hexadecimal runs shortened for people: `urn:comity:party:3f2a9c1d…`. */
export function short(text: string): string {
  return text.replaceAll(/[0-9a-f]{64}/g, (hex) => `${hex.slice(0, 8)}…`)
}
