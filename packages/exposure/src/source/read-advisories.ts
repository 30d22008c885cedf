/** Reads whatever a source holds about vulnerabilities, each document by the reader of its format. */
import { readCsaf, type CsafDocument } from '../csaf/read-csaf.ts'
import { readCve, type CveDocument } from '../cve/read-cve.ts'
import { ExposureError, type ExposureErrorCode } from '../exposure-error.ts'
import { parseJson, type DocumentBounds } from '../json/parse-json.ts'
import { readKev, type KevCatalogue } from '../kev/read-kev.ts'
import type { KnownAdvisory } from '../match/known-advisory.ts'
import { parseOsvYaml, readOsv, type OsvDocument } from '../osv/read-osv.ts'
import { readVex } from '../vex/read-vex.ts'
import type { VexDocument } from '../vex/vex-statement.ts'
import {
  beginsAsObject,
  formatOf,
  formatOfJson,
  noAdvisory,
  type DocumentFormat,
  type FormatName,
} from './format-of.ts'
import { knownOf } from './known-of.ts'
import type { RefusedItem, SourceItem } from './source-item.ts'

/** A document of one of the formats, as its reader gives it. */
export type AdvisoryDocument =
  | { readonly kind: 'osv'; readonly document: OsvDocument }
  | { readonly kind: 'csaf'; readonly document: CsafDocument }
  | { readonly kind: 'cve'; readonly document: CveDocument }
  | { readonly kind: 'vex'; readonly document: VexDocument }
  | { readonly kind: 'kev'; readonly document: KevCatalogue }

/** An item that was read, with what it says about each vulnerability that it is about. */
export type ReadItem = AdvisoryDocument & {
  readonly name: string
  readonly format: DocumentFormat
  readonly known: readonly KnownAdvisory[]
}

/** What came of the items of a source. */
export interface SourceCounts {
  /** Documents that were read, by format. */
  readonly read: Readonly<Partial<Record<FormatName, number>>>
  /** Items that were refused, by code. */
  readonly refused: Readonly<Partial<Record<ExposureErrorCode, number>>>
  /** Things within documents that could not be used; matching calls what they are about undetermined. */
  readonly problems: number
  /** Something after which the rest of an archive or of the source is missing. */
  readonly isCutOff: boolean
}

/** What is read of JSON before anything is made of it: the largest that a reader of any format accepts. */
const bounds: DocumentBounds = { bytes: 64 * 1024 * 1024, depth: 160, values: 3_000_000 }

/** Reads one document of any format. Throws `ExposureError`: `unknown-format`, and what the reader of its format throws. */
export async function readAdvisory(bytes: Uint8Array): Promise<AdvisoryDocument & { readonly format: DocumentFormat }> {
  const isJson = beginsAsObject(bytes)
  const json = isJson ? parseJson(bytes, bounds, 'an advisory') : undefined
  const format = isJson ? formatOfJson(json) : formatOf(bytes)
  switch (format?.name) {
    case 'OSV':
      return { format, kind: 'osv', document: isJson ? readOsv(json) : await parseOsvYaml(bytes) }
    case 'CSAF':
      return { format, kind: 'csaf', document: readCsaf(json) }
    case 'CVE':
      return { format, kind: 'cve', document: readCve(json) }
    case 'KEV':
      return { format, kind: 'kev', document: readKev(json) }
    case 'OpenVEX':
    case 'CycloneDX VEX':
      return { format, kind: 'vex', document: await readVex(bytes) }
    default:
      throw noAdvisory(format, bytes)
  }
}

/** The advisories of a source as they come, with a refusal for each item that is none or cannot be read. */
export class AdvisoryReader implements AsyncIterable<ReadItem | RefusedItem> {
  readonly #items: AsyncIterable<SourceItem>
  readonly #read: Partial<Record<FormatName, number>> = {}
  readonly #refused: Partial<Record<ExposureErrorCode, number>> = {}
  #problems = 0
  #isCutOff = false

  constructor(items: AsyncIterable<SourceItem>) {
    this.#items = items
  }

  /** So far; complete once the last item has come. */
  get counts(): SourceCounts {
    return { read: this.#read, refused: this.#refused, problems: this.#problems, isCutOff: this.#isCutOff }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<ReadItem | RefusedItem> {
    for await (const item of this.#items) {
      const outcome = 'refusal' in item ? item : await outcomeOf(item)
      this.#count(outcome)
      yield outcome
    }
  }

  #count(outcome: ReadItem | RefusedItem): void {
    if ('refusal' in outcome) {
      const { code } = outcome.refusal
      this.#refused[code] = (this.#refused[code] ?? 0) + 1
      if (outcome.cutsOff === true) this.#isCutOff = true
      return
    }
    this.#read[outcome.format.name] = (this.#read[outcome.format.name] ?? 0) + 1
    this.#problems += outcome.document.total
  }
}

/** Reads the advisories of a source. */
export function readAdvisories(items: AsyncIterable<SourceItem>): AdvisoryReader {
  return new AdvisoryReader(items)
}

async function outcomeOf({ name, bytes }: Exclude<SourceItem, RefusedItem>): Promise<ReadItem | RefusedItem> {
  try {
    const read = await readAdvisory(bytes)
    return { name, ...read, known: knownOf(read) }
  } catch (error) {
    if (!(error instanceof ExposureError)) throw error
    return { name, refusal: error }
  }
}
