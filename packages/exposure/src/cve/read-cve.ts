/** Reads CVE records in the JSON format 5.0 to 5.2. */
import { ExposureError } from '../exposure-error.ts'
import { Fields, present } from '../json/fields.ts'
import { isObject } from '../json/json-object.ts'
import { parseJson } from '../json/parse-json.ts'
import { ProblemCollector, quoted, type ProblemList } from '../problem.ts'
import { readProduct } from './affected-product.ts'
import { defaultCveLimits, type CveLimits } from './cve-limits.ts'
import type { CveContainer, CveMetric, CveRecord } from './cve-record.ts'

/** A record, and everything in the document that could not be used. */
export interface CveDocument extends ProblemList {
  readonly record: CveRecord
}

/**
 * Reads a record from its octets. Throws `ExposureError`: `too-large`, `too-deep`, `too-many`,
 * `not-utf-8`, `not-json`, and what `readCve` throws.
 */
export function parseCve(bytes: Uint8Array, limits: Partial<CveLimits> = {}): CveDocument {
  return readCve(parseJson(bytes, { ...defaultCveLimits, ...limits }, 'a CVE record'), limits)
}

/**
 * Reads a record from parsed JSON.
 *
 * Throws `ExposureError` `not-cve` for anything else, `unsupported-advisory-version` for another
 * format version, `bad-advisory` without identifier, state or authority's container, `too-many` at a
 * limit. A product or version that cannot be used is listed in `problems` with its pointer.
 */
export function readCve(json: unknown, limits: Partial<CveLimits> = {}): CveDocument {
  const all = { ...defaultCveLimits, ...limits }
  if (!isObject(json)) throw new ExposureError('not-cve', 'a CVE record is a JSON object')
  const problems = new ProblemCollector(all.problems)
  const root = new Fields(json, '', problems, all)
  if (root.value('dataType') !== 'CVE_RECORD') {
    throw new ExposureError('not-cve', '"dataType" of a CVE record is "CVE_RECORD"', '/dataType')
  }
  checkVersion(root.value('dataVersion'))
  const metadata = root.object('cveMetadata')
  const id = metadata?.needed('cveId')
  const state = metadata?.oneOf('state', ['PUBLISHED', 'REJECTED'] as const)
  if (metadata === undefined || id === undefined || state === undefined) {
    const message = 'a CVE record has a "cveId" and a "state" (PUBLISHED or REJECTED)'
    throw new ExposureError('bad-advisory', message, '/cveMetadata')
  }
  if (!/^CVE-\d{4}-\d{4,19}$/.test(id)) metadata.report('bad-field', 'cveId', `${quoted(id, 40)} is no CVE identifier`)
  const containers = root.object('containers')
  const authority = containers?.object('cna')
  if (containers === undefined || authority === undefined) {
    throw new ExposureError('bad-advisory', 'a CVE record has the container of its authority', '/containers/cna')
  }
  const record: CveRecord = {
    id,
    state,
    ...present({
      assigner: metadata.text('assignerShortName') ?? metadata.text('assignerOrgId'),
      publishedAt: metadata.text('datePublished'),
      updatedAt: metadata.text('dateUpdated') ?? metadata.text('dateRejected'),
    }),
    containers: [
      readContainer('cna', authority),
      ...containers.objects('adp').map((each) => readContainer('adp', each)),
    ],
  }
  if (state === 'PUBLISHED' && record.containers.every(({ affected }) => affected.length === 0)) {
    authority.report('missing-field', 'affected', 'a published record says what is affected')
  }
  return { record, ...problems.list() }
}

function checkVersion(value: unknown): void {
  if (typeof value === 'string' && /^5\.[0-2](?:\.\d{1,3})?$/.test(value)) return
  const shown = typeof value === 'string' ? quoted(value, 20) : 'that'
  throw new ExposureError(
    'unsupported-advisory-version',
    `CVE records of format 5.0 to 5.2 are read, and ${shown} is another version`,
    '/dataVersion',
  )
}

function readContainer(kind: CveContainer['kind'], fields: Fields): CveContainer {
  const provider = fields.object('providerMetadata')
  const metrics = fields.objects('metrics')
  return {
    kind,
    ...present({
      provider: provider?.text('shortName') ?? provider?.text('orgId'),
      updatedAt: provider?.text('dateUpdated'),
      title: fields.text('title'),
      description: readDescription(fields),
    }),
    affected: fields.objects('affected').flatMap(readProduct),
    metrics: metrics.flatMap(readMetric),
    cwes: fields.objects('problemTypes').flatMap((each) => {
      return each.objects('descriptions').flatMap((description) => description.text('cweId') ?? [])
    }),
    references: fields.objects('references').flatMap((each) => {
      const url = each.needed('url')
      return url === undefined ? [] : [{ url, ...present({ name: each.text('name') }), tags: each.texts('tags') }]
    }),
    replacedBy: fields.texts('replacedBy'),
    ...present({ exploitedSince: metrics.flatMap((each) => exploitedSince(each) ?? [])[0] }),
  }
}

function readDescription(fields: Fields): string | undefined {
  const written = [...fields.objects('descriptions'), ...fields.objects('rejectedReasons')]
  const english = written.find((each) => /^en(?:-|$)/i.test(each.text('lang') ?? ''))
  return (english ?? written[0])?.text('value')
}

const scales = [
  ['cvssV2_0', 'CVSS_V2'],
  ['cvssV3_0', 'CVSS_V3'],
  ['cvssV3_1', 'CVSS_V3'],
  ['cvssV4_0', 'CVSS_V4'],
] as const

function readMetric(fields: Fields): readonly CveMetric[] {
  return scales.flatMap(([member, type]) => {
    const vector = fields.object(member)?.needed('vectorString')
    return vector === undefined ? [] : [{ type, vector }]
  })
}

/** The metric of type `kev` that a data publisher adds. */
function exploitedSince(metric: Fields): string | undefined {
  const other = metric.has('other') ? metric.object('other') : undefined
  return other?.text('type') === 'kev' ? other.object('content')?.text('dateAdded') : undefined
}
