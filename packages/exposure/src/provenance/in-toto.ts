/**
 * in-toto statements, v1 and v0.1 (in-toto attestation framework, statement layer):
 *
 *     { "_type": "https://in-toto.io/Statement/v1", "subject": [ { "name", "digest": { "sha256": … } } ],
 *       "predicateType": "https://slsa.dev/provenance/v1", "predicate": { … } }
 *
 * A statement is about its subjects, which it knows by digest alone: names are for people.
 */
import { ExposureError } from '../exposure-error.ts'
import { Fields } from '../json/fields.ts'
import { isObject } from '../json/json-object.ts'
import { parseStrictJson } from '../json/strict-json.ts'
import { ProblemCollector, quoted } from '../problem.ts'
import type { DigestSet } from './digest-set.ts'
import { type Predicate, readPredicate } from './predicate.ts'
import type { ProvenanceLimits } from './provenance-limits.ts'
import { type Resource, resourceOf } from './resource.ts'

export interface InTotoStatement {
  readonly version: '0.1' | '1'
  /** Those that have a digest; what has none is reported and left out. */
  readonly subjects: readonly (Resource & { readonly digests: DigestSet })[]
  readonly predicateType: string
  readonly predicate: Predicate
}

const versions: Readonly<Record<string, InTotoStatement['version']>> = {
  'https://in-toto.io/Statement/v1': '1',
  'https://in-toto.io/Statement/v0.1': '0.1',
}

/** Whether a JSON object is meant as an in-toto statement. */
export function isStatement(json: Readonly<Record<string, unknown>>): boolean {
  return typeof json['_type'] === 'string' && json['_type'].startsWith('https://in-toto.io/')
}

/** Reads a statement from its octets. Throws `ExposureError` `bad-statement` and what {@link parseStrictJson} throws. */
export function parseStatement(
  bytes: Uint8Array,
  limits: ProvenanceLimits,
  problems = new ProblemCollector(limits.problems),
): InTotoStatement {
  const json = parseStrictJson(bytes, limits, 'an in-toto statement')
  if (!isObject(json)) throw bad('', 'an in-toto statement is an object')
  return readStatement(json, limits, problems)
}

/** Reads a statement out of JSON in which no name stands twice. Throws `ExposureError` `bad-statement`, `too-many`. */
export function readStatement(
  json: Readonly<Record<string, unknown>>,
  limits: ProvenanceLimits,
  problems: ProblemCollector,
): InTotoStatement {
  const fields = new Fields(json, '', problems, limits)
  const type = fields.text('_type') ?? ''
  const version = Object.hasOwn(versions, type) ? versions[type] : undefined
  if (version === undefined) {
    throw bad('/_type', `"_type" is https://in-toto.io/Statement/v1 or /v0.1, and not ${quoted(type)}`)
  }
  const predicateType = fields.text('predicateType')
  if (predicateType === undefined) throw bad('/predicateType', 'a statement says what it states: "predicateType"')
  const subjects = fields.objects('subject').flatMap((each) => subjectOf(each))
  if (subjects.length === 0) throw bad('/subject', 'a statement has at least one subject with a digest')
  const inner = fields.object('predicate')
  return { version, subjects, predicateType, predicate: readPredicate(predicateType, inner) }
}

function subjectOf(fields: Fields): readonly (Resource & { readonly digests: DigestSet })[] {
  const { digests, ...rest } = resourceOf(fields)
  if (digests !== undefined) return [{ ...rest, digests }]
  fields.report('missing-field', 'digest', 'a subject is known by its digest')
  return []
}

function bad(pointer: string, message: string): ExposureError {
  return new ExposureError('bad-statement', message, pointer)
}
