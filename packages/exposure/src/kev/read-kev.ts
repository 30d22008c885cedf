/**
 * Reads the catalogue of known exploited vulnerabilities that CISA publishes as JSON
 * (known_exploited_vulnerabilities_schema.json), and any other of the same form.
 */
import { ExposureError } from '../exposure-error.ts'
import { Fields, present, type FieldLimits } from '../json/fields.ts'
import { isObject } from '../json/json-object.ts'
import { parseJson, type DocumentBounds } from '../json/parse-json.ts'
import { ProblemCollector, quoted, type ProblemList } from '../problem.ts'

/** What the reader accepts at most. Reaching a limit refuses the catalogue. */
export interface KevLimits extends DocumentBounds, FieldLimits {
  /** Problems that are kept with their text; all are counted. */
  readonly problems: number
}

/** Defaults. The catalogue grows by some two hundred entries a year, and has a megabyte for 1,400. */
export const defaultKevLimits: KevLimits = {
  bytes: 64 * 1024 * 1024,
  depth: 16,
  values: 3_000_000,
  text: 16_384,
  entries: 200_000,
  problems: 1_000,
}

/** One vulnerability that is being exploited. Dates are `YYYY-MM-DD` as the catalogue has them. */
export interface KevEntry {
  readonly cve: string
  readonly vendor: string
  readonly product: string
  readonly name: string
  readonly addedOn: string
  /** Until when those whom the catalogue binds have to act. */
  readonly dueOn?: string
  readonly requiredAction: string
  readonly ransomware: 'known' | 'unknown'
  readonly cwes: readonly string[]
  readonly notes?: string
}

/** The catalogue, and everything in it that could not be used. */
export interface KevCatalogue extends ProblemList {
  readonly version: string
  /** RFC 3339, UTC. */
  readonly releasedAt?: string
  readonly entries: readonly KevEntry[]
}

/**
 * Reads a catalogue from its octets. Throws `ExposureError`: `too-large`, `too-deep`, `too-many`,
 * `not-utf-8`, `not-json`, and what `readKev` throws.
 */
export function parseKev(bytes: Uint8Array, limits: Partial<KevLimits> = {}): KevCatalogue {
  return readKev(parseJson(bytes, { ...defaultKevLimits, ...limits }, 'the catalogue'), limits)
}

/**
 * Reads a catalogue from parsed JSON. Throws `ExposureError` `not-kev` for anything else and
 * `too-many` at a limit. An entry without a CVE identifier or the day it was added is listed in
 * `problems` with its pointer and is not among the entries; of two entries for one CVE the first
 * counts.
 */
export function readKev(json: unknown, limits: Partial<KevLimits> = {}): KevCatalogue {
  const all = { ...defaultKevLimits, ...limits }
  if (!isObject(json) || typeof json['catalogVersion'] !== 'string' || !Array.isArray(json['vulnerabilities'])) {
    throw new ExposureError('not-kev', 'a catalogue has the text "catalogVersion" and the array "vulnerabilities"')
  }
  const problems = new ProblemCollector(all.problems)
  const root = new Fields(json, '', problems, all)
  const entries = new Map<string, KevEntry>()
  const written = root.objects('vulnerabilities')
  for (const fields of written) {
    const entry = readEntry(fields)
    if (entry === undefined) continue
    if (entries.has(entry.cve)) fields.report('duplicate-entry', 'cveID', `${entry.cve} stands there twice`)
    else entries.set(entry.cve, entry)
  }
  const count = root.count('count')
  if (count !== undefined && count !== json['vulnerabilities'].length) {
    const message = `it says ${count} and has ${json['vulnerabilities'].length}: it may be cut off`
    root.report('count-mismatch', 'count', message)
  }
  return {
    version: root.text('catalogVersion') ?? '',
    ...present({ releasedAt: root.text('dateReleased') }),
    entries: [...entries.values()],
    ...problems.list(),
  }
}

function readEntry(fields: Fields): KevEntry | undefined {
  const cve = fields.needed('cveID')
  const addedOn = fields.needed('dateAdded')
  if (cve === undefined || addedOn === undefined) return undefined
  if (!/^CVE-\d{4}-\d{4,19}$/.test(cve)) {
    fields.report('bad-field', 'cveID', `${quoted(cve, 40)} is no CVE identifier`)
    return undefined
  }
  if (!/^\d{4}-\d\d-\d\d$/.test(addedOn)) {
    fields.report('bad-field', 'dateAdded', `${quoted(addedOn, 40)} is no day written YYYY-MM-DD`)
    return undefined
  }
  return {
    cve,
    vendor: fields.needed('vendorProject') ?? '',
    product: fields.needed('product') ?? '',
    name: fields.needed('vulnerabilityName') ?? '',
    addedOn,
    ...present({ dueOn: fields.text('dueDate') }),
    requiredAction: fields.needed('requiredAction') ?? '',
    ransomware: fields.text('knownRansomwareCampaignUse')?.toLowerCase() === 'known' ? 'known' : 'unknown',
    cwes: fields.texts('cwes'),
    ...present({ notes: fields.text('notes') }),
  }
}
