/** Reads CSAF 2.0 and 2.1 documents: security advisories, VEX and notices alike. */
import { ExposureError } from '../exposure-error.ts'
import { Fields, present } from '../json/fields.ts'
import { isObject } from '../json/json-object.ts'
import { parseJson } from '../json/parse-json.ts'
import { ProblemCollector, quoted, type ProblemList } from '../problem.ts'
import type { CsafAdvisory, CsafPublisher, CsafTracking } from './csaf-advisory.ts'
import { defaultCsafLimits, type CsafLimits } from './csaf-limits.ts'
import { readProductTree } from './product-tree.ts'
import { ProductUses } from './product-uses.ts'
import { readReferences, readVulnerability } from './vulnerability.ts'

/** An advisory, and everything in the document that could not be used. */
export interface CsafDocument extends ProblemList {
  readonly advisory: CsafAdvisory
}

/**
 * Reads a CSAF document from its octets. Throws `ExposureError`: `too-large`, `too-deep`, `too-many`,
 * `not-utf-8`, `not-json`, and what `readCsaf` throws.
 */
export function parseCsaf(bytes: Uint8Array, limits: Partial<CsafLimits> = {}): CsafDocument {
  return readCsaf(parseJson(bytes, { ...defaultCsafLimits, ...limits }, 'a CSAF document'), limits)
}

/**
 * Reads a CSAF document from parsed JSON.
 *
 * Throws `ExposureError` `not-csaf` for anything else, `unsupported-advisory-version` for other
 * versions, `bad-advisory` when nobody could say which document it is, `too-many` or `too-deep` at a
 * limit. A product, status, remediation or flag that cannot be used is listed in `problems` with its
 * pointer; a product whose statuses exclude each other is *contradicted*, never *not affected*. This
 * is no validation: it asks only what matching rests on.
 */
export function readCsaf(json: unknown, limits: Partial<CsafLimits> = {}): CsafDocument {
  const all = { ...defaultCsafLimits, ...limits }
  if (!isObject(json)) throw new ExposureError('not-csaf', 'a CSAF document is a JSON object')
  const problems = new ProblemCollector(all.problems)
  const root = new Fields(json, '', problems, all)
  const document = root.object('document')
  if (document === undefined)
    throw new ExposureError('not-csaf', 'a CSAF document has an object "document"', '/document')
  const csafVersion = checkedVersion(document)
  const tracking = readTracking(document.object('tracking'))
  const category = document.needed('category') ?? ''
  const tree = readProductTree(root.object('product_tree'), all)
  const uses = new ProductUses(tree, all.uses)
  const advisory: CsafAdvisory = {
    csafVersion,
    category,
    title: document.needed('title') ?? '',
    publisher: readPublisher(document.object('publisher')),
    ...present({
      tlp: document.object('distribution')?.object('tlp')?.text('label'),
      language: document.text('lang'),
      aggregateSeverity: document.object('aggregate_severity')?.text('text'),
    }),
    tracking,
    references: readReferences(document),
    products: [...tree.products.values()],
    groups: [...tree.groups.values()],
    vulnerabilities: root
      .objects('vulnerabilities')
      .map((each) => readVulnerability(each, uses, category.toLowerCase() === 'csaf_vex')),
  }
  return { advisory, ...problems.list() }
}

function checkedVersion(document: Fields): '2.0' | '2.1' {
  const version = document.value('csaf_version')
  if (version === '2.0' || version === '2.1') return version
  if (version === undefined) {
    throw new ExposureError('not-csaf', 'a CSAF document says its "csaf_version"', '/document/csaf_version')
  }
  const shown = typeof version === 'string' ? quoted(version, 20) : 'that'
  throw new ExposureError(
    'unsupported-advisory-version',
    `CSAF 2.0 and 2.1 is read, and ${shown} is another version`,
    '/document/csaf_version',
  )
}

function readPublisher(fields: Fields | undefined): CsafPublisher {
  if (fields === undefined) return { name: '' }
  return {
    name: fields.needed('name') ?? '',
    ...present({ category: fields.text('category'), namespace: fields.text('namespace') }),
  }
}

/** Without identifier, version and status nobody could tell this document from its next revision. */
function readTracking(fields: Fields | undefined): CsafTracking {
  const id = fields?.needed('id')
  const version = fields?.needed('version')
  const status = fields?.oneOf('status', ['draft', 'interim', 'final'] as const)
  if (fields === undefined || id === undefined || version === undefined || status === undefined) {
    const message = 'a CSAF document has a "tracking" with "id", "version" and "status" (draft, interim or final)'
    throw new ExposureError('bad-advisory', message, '/document/tracking')
  }
  return {
    id,
    version,
    status,
    ...present({
      initialReleaseDate: fields.needed('initial_release_date'),
      currentReleaseDate: fields.needed('current_release_date'),
    }),
    aliases: fields.texts('aliases'),
    revisions: fields.objects('revision_history').flatMap((each) => {
      const number = each.needed('number')
      const date = each.needed('date')
      return number === undefined || date === undefined ? [] : [{ number, date, summary: each.text('summary') ?? '' }]
    }),
  }
}
