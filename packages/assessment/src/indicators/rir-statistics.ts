import { AssessmentError } from '../assessment-error.ts'
import { type Line, linesOf } from './lines.ts'
import { Problems } from './problems.ts'
import {
  isSummary,
  parseHeader,
  parseRecord,
  parseSummary,
  type ResourceType,
  resourceTypes,
  type RirHeader,
  type RirRecord,
  type RirSummary,
} from './rir-record.ts'

/** A range that is in somebody's hands, and where the file says so. */
export interface Delegation extends RirRecord {
  readonly line: number
}

/** Numbers of each type: AS numbers, IPv4 addresses, and IPv6 networks of /48. */
export type Amounts = Readonly<Record<ResourceType, number>>

/** One file of a registry as read: what it delegates, what it keeps, and what was not taken. */
export interface RirStatistics {
  /** What the caller calls the file. */
  readonly name: string
  readonly header: RirHeader
  readonly delegations: readonly Delegation[]
  /** What nobody holds: still to be had, and set aside. */
  readonly pool: { readonly available: Amounts; readonly reserved: Amounts }
  /** Record lines, good and bad. */
  readonly records: number
  readonly problems: Problems
}

/** Addresses of a /48, the network of one site (RFC 6177). */
const siteBits = 80n

/** How many numbers of its type a range has; IPv6 in networks of /48, parts of one included. */
export function amountOf(type: ResourceType, start: bigint, end: bigint): number {
  if (type !== 'ipv6') return Number(end - start)
  // Exact up to 2^53 networks of /48, and in fractions below one.
  return Number(end - start) / Number(1n << siteBits)
}

/**
 * Reads a `delegated-…-extended` file of a registry, or the combined one of all, as a stream. Plain `delegated-…` files
 * are of the same form, less what nobody holds.
 *
 * Every line that is not taken is a problem with its number. The counts of the header and of the summary lines are held
 * against what was read.
 *
 * @throws AssessmentError `bad-source` when the first line that is no comment is not the version line of the format
 */
export async function readRirStatistics(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  name: string,
): Promise<RirStatistics> {
  const problems = new Problems()
  const counted = new Counted()
  const delegations: Delegation[] = []
  let header: RirHeader | undefined
  let headerLine = 0
  for await (const line of linesOf(source)) {
    const fields = fieldsOf(line, problems)
    if (fields === undefined) continue
    if (header === undefined) {
      header = headerOf(fields, name, line.number)
      headerLine = line.number
    } else if (isSummary(fields)) {
      const summary = parseSummary(fields, header)
      if ('wrong' in summary) problems.add(line.number, summary.wrong, summary.message)
      else counted.promise(summary, line.number, problems)
    } else {
      const record = parseRecord(fields, header)
      counted.line(fields[2])
      if ('wrong' in record) problems.add(line.number, record.wrong, record.message)
      else if (record.status === 'allocated' || record.status === 'assigned') {
        delegations.push({ ...record, line: line.number })
      } else counted.keep(record.status, record)
    }
  }
  if (header === undefined) throw new AssessmentError('bad-source', `${name} is empty, and no file of a registry`)
  counted.compare(header, headerLine, problems)
  return { name, header, delegations, pool: counted.pool, records: counted.records, problems }
}

/** The fields of a line, without the blanks around them; undefined for comments, blank lines and what is no text. */
function fieldsOf({ number, text }: Line, problems: Problems): readonly string[] | undefined {
  if (text === undefined) {
    problems.add(number, 'bad-line', 'the line is longer than 64 KiB or is not UTF-8')
    return undefined
  }
  if (text.startsWith('#') || text.trim() === '') return undefined
  return text.split('|').map((field) => field.trim())
}

function headerOf(fields: readonly string[], name: string, line: number): RirHeader {
  const header = parseHeader(fields)
  if (header !== undefined) return header
  throw new AssessmentError(
    'bad-source',
    `${name} line ${line} is no version line of a registry's statistics: it would be 2|registry|serial|records|start|end|offset`,
  )
}

/** What the file says that it has, and what it has. */
class Counted {
  records = 0
  readonly pool = { available: noAmounts(), reserved: noAmounts() }
  readonly #lines = new Map<string, number>()
  readonly #promised = new Map<ResourceType, { readonly count: number; readonly line: number }>()

  line(type: string | undefined): void {
    this.records += 1
    this.#lines.set(type ?? '', (this.#lines.get(type ?? '') ?? 0) + 1)
  }

  keep(status: 'available' | 'reserved', { type, start, end }: RirRecord): void {
    this.pool[status][type] += amountOf(type, start, end)
  }

  promise({ type, count }: RirSummary, line: number, problems: Problems): void {
    if (this.#promised.has(type)) problems.add(line, 'repeated', `a second summary line for ${type}`)
    else this.#promised.set(type, { count, line })
  }

  compare(header: RirHeader, line: number, problems: Problems): void {
    if (header.records !== this.records) {
      problems.add(line, 'count-differs', `the version line says ${header.records} records; there are ${this.records}`)
    }
    for (const type of resourceTypes) {
      const found = this.#lines.get(type) ?? 0
      const promised = this.#promised.get(type)
      if (promised === undefined && found > 0)
        problems.add(0, 'count-differs', `${found} ${type} records without a summary line`)
      if (promised !== undefined && promised.count !== found) {
        problems.add(
          promised.line,
          'count-differs',
          `the summary says ${promised.count} ${type} records; there are ${found}`,
        )
      }
    }
  }
}

/** Amounts that are still added to. */
export type GrowingAmounts = Record<ResourceType, number>

export function noAmounts(): GrowingAmounts {
  return { asn: 0, ipv4: 0, ipv6: 0 }
}
