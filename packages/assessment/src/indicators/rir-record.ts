/**
 * Lines of the registries' statistics files: the RIR statistics exchange format with its extended records,
 * `registry|cc|type|start|value|date|status|opaque-id[|…]`.
 */
import { ipv4Number, ipv6Number } from './addresses.ts'

export const registries = ['afrinic', 'apnic', 'arin', 'iana', 'lacnic', 'ripencc'] as const

/** Who may sign a file: a registry, or all of them together. */
const publishers: ReadonlySet<string> = new Set([...registries, 'nro'])
/** Whose records may stand in the file of all. */
const holders: ReadonlySet<string> = new Set([...registries, 'ietf'])

export const resourceTypes = ['asn', 'ipv4', 'ipv6'] as const
export type ResourceType = (typeof resourceTypes)[number]

const statuses = ['allocated', 'assigned', 'available', 'reserved'] as const
export type ResourceStatus = (typeof statuses)[number]

/** The version line: what the file is and how many records it has. */
export interface RirHeader {
  readonly version: string
  readonly registry: string
  readonly serial: string
  readonly records: number
  /** Last day that the file covers, `YYYY-MM-DD`. */
  readonly date: string
}

/** One range of numbers: `end` is the first that is not in it. */
export interface RirRecord {
  /** `ZZ` where the record names none. */
  readonly country: string
  readonly type: ResourceType
  readonly start: bigint
  readonly end: bigint
  readonly status: ResourceStatus
}

export interface RirSummary {
  readonly type: ResourceType
  readonly count: number
}

/** What is wrong with a line: which code, and in what words. */
export interface Wrong {
  readonly wrong: 'missing-field' | 'bad-field' | 'other-registry'
  readonly message: string
}

/** `version|registry|serial|records|startdate|enddate|UTCoffset`. Undefined for a line that is none. */
export function parseHeader(fields: readonly string[]): RirHeader | undefined {
  const [version = '', registry = '', serial = '', records = '', , end = ''] = fields
  const date = dateOf(end)
  if (fields.length < 7 || !/^2(?:\.[0-9]{1,3})?$/.test(version) || !publishers.has(registry)) return undefined
  if (!isCount(records) || date === undefined) return undefined
  return { version, registry, serial, records: Number(records), date }
}

export function isSummary(fields: readonly string[]): boolean {
  return fields[5] === 'summary' && fields[1] === '*'
}

/** `registry|*|type|*|count|summary`. */
export function parseSummary(
  [registry = '', , type = '', , count = '']: readonly string[],
  header: RirHeader,
): RirSummary | Wrong {
  if (registry !== header.registry) return otherRegistry(registry, header)
  if (!isType(type)) return badField('type', type, resourceTypes.join(', '))
  if (!isCount(count)) return badField('count', count, 'a whole number')
  return { type, count: Number(count) }
}

/** A record, or what is wrong with it. */
export function parseRecord(fields: readonly string[], header: RirHeader): RirRecord | Wrong {
  const [registry = '', country = '', type = '', start = '', value = '', date = '', status = ''] = fields
  if (fields.length < 7)
    return { wrong: 'missing-field', message: `a record has 7 fields or more, this one ${fields.length}` }
  const isOwn = header.registry === 'nro' ? holders.has(registry) : registry === header.registry
  if (!isOwn) return otherRegistry(registry, header)
  if (!isType(type)) return badField('type', type, resourceTypes.join(', '))
  const found = statuses.find((each) => each === status)
  if (found === undefined) return badField('status', status, statuses.join(', '))
  const isDelegated = found === 'allocated' || found === 'assigned'
  if (!(country === '' && !isDelegated) && !/^[A-Z]{2}$/.test(country))
    return badField('cc', country, 'two capital letters')
  if (date !== '' && date !== '00000000' && dateOf(date) === undefined) return badField('date', date, 'YYYYMMDD')
  const range = rangeOf(type, start, value)
  return 'wrong' in range ? range : { country: country === '' ? 'ZZ' : country, type, status: found, ...range }
}

interface Range {
  readonly start: bigint
  readonly end: bigint
}

/** An AS number and IPv4 address with a count, an IPv6 address with the length of its prefix. */
function rangeOf(type: ResourceType, startText: string, value: string): Range | Wrong {
  if (!isCount(value)) return badField('value', value, 'a whole number')
  if (type === 'ipv6') return prefixOf(startText, Number(value))
  const start = type === 'ipv4' ? ipv4Number(startText) : isCount(startText) ? BigInt(startText) : undefined
  if (start === undefined) return badField('start', startText, type === 'ipv4' ? 'an IPv4 address' : 'an AS number')
  const end = start + BigInt(value)
  if (end === start || end > 2n ** 32n) return badField('value', value, 'a count that stays below 2^32')
  return { start, end }
}

function prefixOf(startText: string, length: number): Range | Wrong {
  const start = ipv6Number(startText)
  if (start === undefined) return badField('start', startText, 'an IPv6 address')
  if (length < 1 || length > 128) return badField('value', String(length), 'a prefix length of 1 to 128')
  const size = 1n << BigInt(128 - length)
  if (start % size !== 0n) return badField('start', `${startText}/${length}`, 'the first address of that prefix')
  return { start, end: start + size }
}

/** `YYYYMMDD` as `YYYY-MM-DD`; undefined for no day of the calendar. */
function dateOf(text: string): string | undefined {
  if (!/^[0-9]{8}$/.test(text)) return undefined
  const [year, month, day] = [Number(text.slice(0, 4)), Number(text.slice(4, 6)), Number(text.slice(6))]
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  const days = month === 2 && !isLeap ? 28 : (monthDays[month - 1] ?? 0)
  return day < 1 || day > days ? undefined : `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6)}`
}

const monthDays = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

function isType(text: string): text is ResourceType {
  return resourceTypes.some((each) => each === text)
}

function isCount(text: string): boolean {
  return /^[0-9]{1,10}$/.test(text)
}

function badField(field: string, text: string, right: string): Wrong {
  return { wrong: 'bad-field', message: `${field} "${text.slice(0, 60)}" is not ${right}` }
}

function otherRegistry(registry: string, header: RirHeader): Wrong {
  return { wrong: 'other-registry', message: `registry "${registry.slice(0, 20)}" in a file of ${header.registry}` }
}
