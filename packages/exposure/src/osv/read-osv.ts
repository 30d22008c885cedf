/**
 * Reads OSV advisories (OSV schema 1.7; earlier 1.x documents have the same shape as far as it is
 * read here).
 */
import { ExposureError } from '../exposure-error.ts'
import { jsonPointer, ProblemCollector, quoted, type ProblemList } from '../problem.ts'
import { Fields } from '../json/fields.ts'
import { isObject } from '../json/json-object.ts'
import { parseJson } from '../json/parse-json.ts'
import { parseYaml } from '../yaml/parse-yaml.ts'
import { parsePurl } from '../purl/purl.ts'
import { purlKey } from '../purl/package-key.ts'
import { packageOf } from '../versions/ecosystems.ts'
import type { Advisory, AffectedPackage, Severity } from './advisory.ts'
import { defaultOsvLimits, type OsvLimits } from './osv-limits.ts'
import { readRange } from './read-range.ts'

/** An advisory, and everything in the document that could not be used. */
export interface OsvDocument extends ProblemList {
  readonly advisory: Advisory
}

/**
 * Reads an advisory from its octets. Throws `ExposureError`: `too-large`, `too-deep`, `too-many`,
 * `not-utf-8`, `not-json`, and what `readOsv` throws.
 */
export function parseOsv(bytes: Uint8Array, limits: Partial<OsvLimits> = {}): OsvDocument {
  return readOsv(parseJson(bytes, { ...defaultOsvLimits, ...limits }, 'an advisory'), limits)
}

/**
 * Reads an advisory from the octets of a YAML document, as some databases keep them. Throws `ExposureError`:
 * `too-large`, `too-deep`, `too-many`, `not-utf-8`, `not-yaml`, and what `readOsv` throws.
 */
export async function parseOsvYaml(bytes: Uint8Array, limits: Partial<OsvLimits> = {}): Promise<OsvDocument> {
  return readOsv(await parseYaml(bytes, { ...defaultOsvLimits, ...limits }, 'an advisory'), limits)
}

/**
 * Reads an advisory from parsed JSON.
 *
 * Throws `ExposureError` `not-osv` when it has no `id` or no `modified`, `bad-osv` when a member has
 * another type than the schema says, `too-many` at a limit. A package, range or event that cannot
 * be used is listed in `problems` with its pointer; matching then says *undetermined*, never *not
 * affected*. Events that stand in disorder are put in order.
 */
export function readOsv(json: unknown, limits: Partial<OsvLimits> = {}): OsvDocument {
  const all = { ...defaultOsvLimits, ...limits }
  if (!isObject(json)) throw new ExposureError('not-osv', 'an advisory is a JSON object')
  const problems = new ProblemCollector(all.problems)
  const id = required(json, 'id', all)
  const modified = required(json, 'modified', all)
  checkSchemaVersion(json['schema_version'], problems)
  const published = optional(json, 'published', all)
  const withdrawn = optional(json, 'withdrawn', all)
  const affected = list(json['affected'], '/affected', all.affected)
  const advisory: Advisory = {
    id,
    modified,
    ...(published !== undefined && { published }),
    ...(withdrawn !== undefined && { withdrawn }),
    aliases: texts(json['aliases'], '/aliases', all.aliases, all),
    upstream: texts(json['upstream'], '/upstream', all.aliases, all),
    related: texts(json['related'], '/related', all.aliases, all),
    summary: optional(json, 'summary', all) ?? '',
    affected: affected.flatMap((entry, index) => readAffected(entry, `/affected/${index}`, all, problems)),
    severity: readSeverity(json['severity'], affected, problems),
    references: readReferences(json, all, problems),
  }
  return { advisory, ...problems.list() }
}

/** One entry; none when it names no package, as entries about commits only do. */
function readAffected(
  entry: unknown,
  pointer: string,
  limits: OsvLimits,
  problems: ProblemCollector,
): readonly AffectedPackage[] {
  if (!isObject(entry)) throw new ExposureError('bad-osv', 'an entry of "affected" is an object', pointer)
  const named = entry['package']
  if (named === undefined || named === null) {
    problems.add('package-missing', pointer, 'it names no package, so nothing can be matched against it')
    return []
  }
  if (!isObject(named) || !isText(named['ecosystem'], limits) || !isText(named['name'], limits)) {
    problems.add('bad-package', `${pointer}/package`, 'a package has an "ecosystem" and a "name"')
    return []
  }
  const { ecosystem, name } = named
  const purl = readPurl(named['purl'], { ecosystem, name }, `${pointer}/package/purl`, problems)
  const ranges = list(entry['ranges'], `${pointer}/ranges`, limits.ranges).flatMap((range, index) =>
    readRange(
      range,
      ecosystem,
      jsonPointer('affected', pointer.slice('/affected/'.length), 'ranges', index),
      limits,
      problems,
    ),
  )
  const versions = texts(entry['versions'], `${pointer}/versions`, limits.versions, limits)
  if (ranges.length === 0 && versions.length === 0) {
    problems.add('no-ranges', pointer, 'it gives neither ranges nor versions')
  }
  const severity = severitiesOf(entry['severity'])
  return [{ ecosystem, name, ...(purl !== undefined && { purl }), ranges, versions, severity, pointer }]
}

/** What is wrong with them is reported where those of the whole advisory are put together. */
function severitiesOf(value: unknown): readonly Severity[] {
  if (!Array.isArray(value)) return []
  return value.slice(0, maxSeverities).flatMap((entry) => {
    const isWhole = isObject(entry) && isShortText(entry['type']) && isShortText(entry['score'])
    return isWhole ? [{ type: String(entry['type']), score: String(entry['score']) }] : []
  })
}

/** Where more is to be read; one that cannot be used is reported. */
function readReferences(
  json: Readonly<Record<string, unknown>>,
  { text, references: entries }: OsvLimits,
  problems: ProblemCollector,
): Advisory['references'] {
  const fields = new Fields(json, '', problems, { text, entries })
  return fields.objects('references').flatMap((each) => {
    const url = each.needed('url')
    return url === undefined ? [] : [{ type: each.text('type') ?? 'WEB', url }]
  })
}

function readPurl(
  value: unknown,
  named: { readonly ecosystem: string; readonly name: string },
  pointer: string,
  problems: ProblemCollector,
): string | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'string') {
    problems.add('bad-purl', pointer, 'a package URL is a text')
    return undefined
  }
  try {
    const key = purlKey(parsePurl(value))
    const byName = packageOf(named.ecosystem, named.name)
    if (byName !== undefined && purlKey(byName) !== key) {
      problems.add(
        'purl-mismatch',
        pointer,
        `${quoted(value)} is not ${quoted(named.name)} of ${quoted(named.ecosystem)}; ecosystem and name are used`,
      )
    }
    return value
  } catch (error) {
    if (!(error instanceof ExposureError)) throw error
    problems.add('bad-purl', pointer, error.message)
    return undefined
  }
}

/** Of the advisory, and of single packages where they have their own. */
function readSeverity(value: unknown, affected: readonly unknown[], problems: ProblemCollector): readonly Severity[] {
  const found: Severity[] = []
  const readAll = (entries: unknown, pointer: string): void => {
    if (entries === undefined || entries === null) return
    if (!Array.isArray(entries)) {
      problems.add('bad-severity', pointer, '"severity" is an array')
      return
    }
    for (const [index, entry] of entries.entries()) {
      if (isObject(entry) && isShortText(entry['type']) && isShortText(entry['score'])) {
        const severity = { type: entry['type'], score: entry['score'] }
        if (!found.some(({ type, score }) => type === severity.type && score === severity.score)) found.push(severity)
        if (found.length >= maxSeverities) return
      } else {
        problems.add('bad-severity', `${pointer}/${index}`, 'a severity has a "type" and a "score"')
      }
    }
  }
  readAll(value, '/severity')
  for (const [index, entry] of affected.entries()) {
    if (isObject(entry)) readAll(entry['severity'], `/affected/${index}/severity`)
  }
  return found
}

/** Severities that are kept; more than one per scale and package says nothing new. */
const maxSeverities = 16

function checkSchemaVersion(value: unknown, problems: ProblemCollector): void {
  // Absent means 1.0.0, by the schema.
  if (value === undefined || (typeof value === 'string' && /^1\.\d+\.\d+/.test(value))) return
  const shown = typeof value === 'string' ? quoted(value, 20) : 'it'
  problems.add('unknown-schema-version', '/schema_version', `${shown} is not 1.x; it is read as 1.7`)
}

function required(json: Readonly<Record<string, unknown>>, field: string, limits: OsvLimits): string {
  const value = optional(json, field, limits)
  if (value === undefined || value === '') {
    throw new ExposureError('not-osv', `an OSV advisory has a text "${field}"`, `/${field}`)
  }
  return value
}

function optional(json: Readonly<Record<string, unknown>>, field: string, limits: OsvLimits): string | undefined {
  const value = json[field]
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'string') throw new ExposureError('bad-osv', `"${field}" is a text`, `/${field}`)
  if (value.length > limits.text) {
    throw new ExposureError('too-large', `"${field}" may have ${limits.text} characters`, `/${field}`)
  }
  return value
}

function list(value: unknown, pointer: string, most: number): readonly unknown[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) throw new ExposureError('bad-osv', 'an array was expected', pointer)
  if (value.length > most) throw new ExposureError('too-many', `at most ${most} entries are read`, pointer)
  return value
}

function texts(value: unknown, pointer: string, most: number, limits: OsvLimits): readonly string[] {
  return list(value, pointer, most).map((entry, index) => {
    if (isText(entry, limits)) return entry
    throw new ExposureError(
      'bad-osv',
      `a text of at most ${limits.text} characters was expected`,
      `${pointer}/${index}`,
    )
  })
}

function isText(value: unknown, limits: OsvLimits): value is string {
  return typeof value === 'string' && value !== '' && value.length <= limits.text
}

function isShortText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= 1024
}
