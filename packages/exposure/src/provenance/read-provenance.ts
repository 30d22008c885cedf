/**
 * Reads a file of provenance. It is one of these, or several of them, one a line (JSON Lines), or what a registry of
 * packages answers when asked for attestations:
 *
 *     { "mediaType": "application/vnd.dev.sigstore.bundle…", … }   a sigstore bundle
 *     { "payloadType": …, "payload": …, "signatures": […] }        a DSSE envelope
 *     { "_type": "https://in-toto.io/Statement/v1", … }            a statement that nobody signed
 *     { "attestations": [ { "predicateType": …, "bundle": {…} } ] }
 *
 * What one of several is refused for leaves the others.
 */
import { ExposureError } from '../exposure-error.ts'
import { isObject } from '../json/json-object.ts'
import { parseStrictJson } from '../json/strict-json.ts'
import { ProblemCollector, type ProblemList, quoted } from '../problem.ts'
import { type DsseEnvelope, inTotoPayloadType, readEnvelope } from './dsse.ts'
import { type InTotoStatement, isStatement, parseStatement, readStatement } from './in-toto.ts'
import { defaultProvenanceLimits, type ProvenanceLimits } from './provenance-limits.ts'
import { isBundle, readBundle, type SigstoreBundle } from './sigstore-bundle.ts'

/** One bundle, envelope or statement of a file. */
export interface ProvenanceItem extends ProblemList {
  /** Where it stands: a pointer, or `line 3`; empty where it is the whole file. */
  readonly where: string
  /** `statement`: nobody signed it. */
  readonly form: 'bundle' | 'envelope' | 'statement'
  readonly bundle?: SigstoreBundle
  readonly envelope?: DsseEnvelope
  /** What is stated; absent where a bundle signs a file and says nothing of it. */
  readonly statement?: InTotoStatement
}

export interface RefusedProvenance {
  readonly where: string
  readonly refused: ExposureError
}

export interface ProvenanceFile {
  readonly items: readonly ProvenanceItem[]
  readonly refused: readonly RefusedProvenance[]
}

type Json = Readonly<Record<string, unknown>>

/** Whether octets begin like a file of provenance; cheap, for telling it from other JSON before it is read. */
export function looksLikeProvenance(bytes: Uint8Array): boolean {
  const head = new TextDecoder().decode(bytes.subarray(0, 16 * 1024))
  return (
    /^[\s\uFEFF]*\{/.test(head) &&
    /"(?:payloadType|verificationMaterial|attestations|_type|dsseEnvelope|messageSignature)"\s*:|vnd\.dev\.sigstore\.bundle/.test(
      head,
    )
  )
}

/**
 * Reads every item of a file. Throws `ExposureError` for a file that is none: `not-provenance`, `not-json`, `not-utf-8`,
 * `repeated-member`, `too-large`, `too-deep`, `too-many`; and with one item alone what that is refused for.
 */
export function readProvenance(bytes: Uint8Array, limits: Partial<ProvenanceLimits> = {}): ProvenanceFile {
  const all = { ...defaultProvenanceLimits, ...limits }
  const lines = linesOf(bytes, all)
  if (lines !== undefined) return readAll(lines, all)
  const json = parseStrictJson(bytes, all, 'a file of provenance')
  const attestations = isObject(json) ? json['attestations'] : undefined
  if (!Array.isArray(attestations)) return { items: [itemOf(json, '', all)], refused: [] }
  const bundles = attestations.map((each: unknown, i) => ({
    where: `/attestations/${i}/bundle`,
    read: () => (isObject(each) ? each['bundle'] : undefined),
  }))
  return readAll(bundles, all)
}

interface Unread {
  readonly where: string
  read(): unknown
}

/** The lines of a file in which the first one is a document by itself, and not the only one. */
function linesOf(bytes: Uint8Array, limits: ProvenanceLimits): readonly Unread[] | undefined {
  if (bytes.length > limits.bytes) {
    throw new ExposureError('too-large', `a file of provenance may have ${limits.bytes} octets`)
  }
  const lines: { readonly number: number; readonly octets: Uint8Array }[] = []
  for (let from = 0, number = 1; from < bytes.length; number += 1) {
    const end = bytes.indexOf(0x0a, from)
    const octets = bytes.subarray(from, end < 0 ? bytes.length : end)
    // A document that is written over many lines is no file of lines: its first line ends in the middle.
    if (octets.some((octet) => octet > 0x20)) {
      if (lines.length === 0 && !endsLikeObject(octets)) return undefined
      if (lines.length === limits.items) {
        throw new ExposureError('too-many', `a file of provenance may have ${limits.items} lines`)
      }
      lines.push({ number, octets })
    }
    if (end < 0) break
    from = end + 1
  }
  if (lines.length < 2) return undefined
  return lines.map(({ number, octets }) => ({
    where: `line ${number}`,
    read: () => parseStrictJson(octets, limits, 'a line of provenance'),
  }))
}

function endsLikeObject(line: Uint8Array): boolean {
  const last = line.findLastIndex((octet) => octet > 0x20)
  return line[last] === 0x7d && line.findIndex((octet) => octet > 0x20) < last
}

function readAll(unread: readonly Unread[], limits: ProvenanceLimits): ProvenanceFile {
  if (unread.length > limits.items) {
    throw new ExposureError('too-many', `a file of provenance may have ${limits.items} attestations`)
  }
  const items: ProvenanceItem[] = []
  const refused: RefusedProvenance[] = []
  for (const { where, read } of unread) {
    try {
      items.push(itemOf(read(), where, limits))
    } catch (error) {
      if (!(error instanceof ExposureError)) throw error
      refused.push({ where, refused: error })
    }
  }
  return { items, refused }
}

function itemOf(json: unknown, where: string, limits: ProvenanceLimits): ProvenanceItem {
  const pointer = where.startsWith('/') ? where : ''
  const problems = new ProblemCollector(limits.problems)
  if (!isObject(json)) throw notProvenance(pointer)
  if (isBundle(json)) {
    const bundle = readBundle(json, pointer, limits)
    const stated = bundle.envelope === undefined ? {} : { statement: statementIn(bundle.envelope, limits, problems) }
    return { where, form: 'bundle', bundle, ...stated, ...problems.list() }
  }
  if (Object.hasOwn(json, 'payloadType') || Object.hasOwn(json, 'signatures')) {
    const envelope = readEnvelope(json, pointer, limits)
    return { where, form: 'envelope', envelope, statement: statementIn(envelope, limits, problems), ...problems.list() }
  }
  if (!isStatement(json)) throw notProvenance(pointer)
  return { where, form: 'statement', statement: readStatement(json as Json, limits, problems), ...problems.list() }
}

/** The statement that an envelope carries. One of another type is no statement, whatever its payload looks like. */
function statementIn(
  { payloadType, payload }: DsseEnvelope,
  limits: ProvenanceLimits,
  problems: ProblemCollector,
): InTotoStatement {
  if (payloadType === inTotoPayloadType) return parseStatement(payload, limits, problems)
  throw new ExposureError(
    'bad-statement',
    `an in-toto statement is signed as ${inTotoPayloadType}, and this payload as ${quoted(payloadType)}`,
  )
}

function notProvenance(pointer: string): ExposureError {
  const says = 'this is no provenance: neither a sigstore bundle nor a DSSE envelope nor an in-toto statement'
  return new ExposureError('not-provenance', says, pointer)
}
