/** Which format a document is, by what it says of itself and never by its file name. */
import { ExposureError } from '../exposure-error.ts'
import { isObject } from '../json/json-object.ts'
import { JsonMembers, type MemberSink } from '../json/json-members.ts'

/** The formats that are told apart. `CycloneDX VEX` is a CycloneDX document that lists vulnerabilities. */
export type FormatName = 'OSV' | 'CSAF' | 'OpenVEX' | 'CycloneDX' | 'CycloneDX VEX' | 'CVE' | 'KEV' | 'SPDX'

export interface DocumentFormat {
  readonly name: FormatName
  /** Of the format, as the document has it: `2.0`, `1.6`, `SPDX-2.3`. */
  readonly version?: string
  readonly syntax: 'JSON' | 'YAML'
}

/** Members that tell a format, where their values say which. */
const telling = new Set([
  'document',
  '@context',
  'bomFormat',
  'specVersion',
  'spdxVersion',
  'dataType',
  'dataVersion',
  'schema_version',
])

/** What is kept of a document: the names of its members, and the values of those that tell. */
interface Told {
  readonly names: ReadonlySet<string>
  readonly values: ReadonlyMap<string, unknown>
}

const limits = { elementBytes: 64 * 1024 * 1024, depth: 160 }

/**
 * The format of a document, undefined for what says of itself none that is known here. It is told by members that only
 * this format has, in whatever order they stand; what else is wrong with it, the reader of the format says. Throws
 * `ExposureError` (`not-json`, `not-utf-8`, `too-deep`, `too-large`) for what begins as a JSON object and is none.
 */
export function formatOf(bytes: Uint8Array): DocumentFormat | undefined {
  if (!beginsAsObject(bytes)) return formatOfText(bytes)
  const names = new Set<string>()
  const values = new Map<string, unknown>()
  const sink: MemberSink = {
    member: (name, value) => {
      names.add(name)
      if (telling.has(name)) values.set(name, value)
    },
    array: (name) => void names.add(name),
    element: (name, index, value) => void (name === '@context' && index < 8 && values.set(`@context/${index}`, value)),
  }
  const members = new JsonMembers(sink, limits)
  members.push(bytes)
  members.end()
  return told({ names, values })
}

/** The same for a document that is parsed already. */
export function formatOfJson(json: unknown): DocumentFormat | undefined {
  if (!isObject(json)) return undefined
  const values = new Map<string, unknown>(Object.entries(json))
  const context = json['@context']
  if (Array.isArray(context))
    for (const [index, each] of context.slice(0, 8).entries()) values.set(`@context/${index}`, each)
  return told({ names: new Set(values.keys()), values })
}

/** Whether the first octet that is no space, after a byte order mark, opens an object. */
export function beginsAsObject(bytes: Uint8Array): boolean {
  return firstOctet(bytes) === 0x7b
}

function firstOctet(bytes: Uint8Array): number | undefined {
  let at = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0
  while (at < bytes.length && isSpace(bytes[at] ?? 0)) at += 1
  return bytes[at]
}

function isSpace(octet: number): boolean {
  return octet === 0x20 || octet === 0x0a || octet === 0x0d || octet === 0x09
}

function told({ names, values }: Told): DocumentFormat | undefined {
  const text = (name: string): string | undefined => {
    const value = values.get(name)
    return typeof value === 'string' ? value : undefined
  }
  const found = (name: FormatName, version: string | undefined): DocumentFormat => ({
    name,
    ...(version !== undefined && { version: version.slice(0, 40) }),
    syntax: 'JSON',
  })
  const csaf = values.get('document')
  if (isObject(csaf) && typeof csaf['csaf_version'] === 'string') return found('CSAF', csaf['csaf_version'])
  if (text('bomFormat') === 'CycloneDX') {
    return found(names.has('vulnerabilities') ? 'CycloneDX VEX' : 'CycloneDX', text('specVersion'))
  }
  if (text('dataType') === 'CVE_RECORD') return found('CVE', text('dataVersion'))
  if (names.has('spdxVersion')) return found('SPDX', text('spdxVersion'))
  const contexts = ['@context', ...Array.from({ length: 8 }, (_, index) => `@context/${index}`)].flatMap(
    (at) => text(at) ?? [],
  )
  const openVex = contexts.find((each) => /^https:\/\/openvex\.dev\/ns\b/.test(each))
  if (openVex !== undefined) return found('OpenVEX', /\/v(\d[\d.]*)$/.exec(openVex)?.[1])
  const spdx = contexts.find((each) => each.startsWith('https://spdx.org/rdf/3.'))
  if (spdx !== undefined) return found('SPDX', /\/rdf\/(3[\d.]*)\//.exec(spdx)?.[1])
  if (names.has('catalogVersion') && names.has('vulnerabilities')) return found('KEV', undefined)
  // Last, because it has no mark of its own: two members that every record has.
  return names.has('id') && names.has('modified') ? found('OSV', text('schema_version')) : undefined
}

/** YAML of an OSV record: `id:` and `modified:` at the beginning of lines, within what is small enough for one. */
function formatOfText(bytes: Uint8Array): DocumentFormat | undefined {
  const isUtf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)
  if (isUtf16) throw new ExposureError('not-utf-8', 'this is UTF-16, and advisories are UTF-8')
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, yamlBytes), { stream: true })
  } catch {
    return undefined
  }
  if (!/^["']?id["']?[ \t]*:[ \t]/m.test(text) || !/^["']?modified["']?[ \t]*:[ \t]/m.test(text)) return undefined
  const version = /^["']?schema_version["']?[ \t]*:[ \t]*["']?(1[\d.]{1,20})/m.exec(text)?.[1]
  return { name: 'OSV', ...(version !== undefined && { version }), syntax: 'YAML' }
}

/** Octets in which a YAML record says what it is. */
const yamlBytes = 4 * 1024 * 1024

/** Why a document of a format that is read elsewhere, or of none, is no advisory. */
export function noAdvisory(format: DocumentFormat | undefined, bytes: Uint8Array): ExposureError {
  const message =
    format !== undefined
      ? `this is an SBOM (${format.name}) that lists no vulnerabilities`
      : beginsAsObject(bytes)
        ? 'it has the members of no format that is read: OSV, CSAF, OpenVEX, CycloneDX, CVE, KEV'
        : firstOctet(bytes) === 0x5b
          ? 'it is a JSON array: documents are read one from a file, or one from each line'
          : 'it is neither JSON nor an OSV record as YAML'
  return new ExposureError('unknown-format', message)
}
