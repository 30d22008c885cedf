/** Reads the document of an advisory, of whatever format, for matching. */
import { ExposureError, type KevEntry, type KnownAdvisory, knownOf, readAdvisory } from '@comity/exposure'
import type { AdvisoryPayload } from '@comity/statement'
import { type Blobs, StoreError } from '@comity/store'

/** What matching takes from a document. */
export interface ReadDocument {
  /** One for each vulnerability that it is about. */
  readonly known: readonly KnownAdvisory[]
  /** Of a catalogue of exploited vulnerabilities: all of it. */
  readonly exploited: readonly KevEntry[]
  /** Why the document says nothing to matching, if so. */
  readonly code: string | undefined
  /** Parts of the document that could not be used. */
  readonly problems: number
}

/** Largest document that is read, in octets; it is parsed in one go. The public ones have 1 MiB, and few have more than 4. */
const documentBytes = 8 * 1024 * 1024

/** Names of one vulnerability that are looked at; the largest public bulletins give some dozens. */
const namesRead = 256

/** Reads a blob; there is none where no blobs are given. What cannot be read is said in `code`; only a failing disk throws (`io`). */
export async function readDocument(digest: string, blobs: Blobs | undefined): Promise<ReadDocument> {
  const hex = digest.slice('sha256:'.length)
  const size = blobs?.size(hex)
  if (blobs === undefined || size === undefined) return unread('document-missing')
  if (size > documentBytes) return unread('too-large')
  try {
    const read = await readAdvisory(blobs.get(hex))
    const known = knownOf(read)
    const exploited = read.kind === 'kev' ? read.document.entries : []
    const tooMany = known.filter((each) => each.aliases.length > namesRead).length
    const problems = known.reduce((sum, each) => sum + each.problems.total, read.document.total + tooMany)
    return { known: known.map(withFewerNames), exploited, code: undefined, problems }
  } catch (error) {
    if (error instanceof ExposureError) return unread(error.code)
    if (error instanceof StoreError && error.code === 'damaged') return unread('document-damaged')
    throw error
  }
}

/** What a document says that is not to be read. */
export function unread(code: string): ReadDocument {
  return { known: [], exploited: [], code, problems: 0 }
}

function withFewerNames(known: KnownAdvisory): KnownAdvisory {
  return { ...known, aliases: known.aliases.slice(0, namesRead), replacedBy: known.replacedBy.slice(0, namesRead) }
}

/** Whose word a document is, and when it was said: known to the node, whatever the document claims. */
export interface Said {
  /** The publisher, unique in this node. A document may call its author what it likes, and so take back another's word. */
  readonly author: string
  /** RFC 3339. */
  readonly at: string
}

/**
 * What an advisory statement says: its document under the name of the party that signed it, with what the statement
 * adds. Aliases, severity and remedy are those of its one vulnerability; where a document is about several, nobody knows
 * of which.
 */
export function saidByStatement(read: ReadDocument, payload: AdvisoryPayload, said: Said): ReadDocument {
  // What is exploited is for whom the keeper follows to say, not for everybody who may publish here.
  if (read.exploited.length > 0) return unread('unknown-format')
  const isOnly = read.known.length === 1
  const takenBack = payload.withdrawn === undefined ? {} : { withdrawn: payload.withdrawn }
  const known = read.known.map((each): KnownAdvisory => {
    return {
      ...each,
      ...takenBack,
      author: { name: said.author },
      modified: said.at,
      aliases: isOnly ? [...new Set([...each.aliases, ...(payload.aliases ?? [])])] : each.aliases,
      severities: isOnly ? withSeverity(each.severities, payload.severity?.vector) : each.severities,
      rules: each.rules.map((rule) => ({ ...rule, ...takenBack })),
    }
  })
  return { ...read, known }
}

/** What a document says that is followed without a statement: an author of that name, in the words of this source. */
export function saidBySource(read: ReadDocument, origin: string): ReadDocument {
  const known = read.known.map((each): KnownAdvisory => {
    return { ...each, author: { ...each.author, name: JSON.stringify([origin, each.author.name]) } }
  })
  return { ...read, known }
}

function withSeverity(stated: KnownAdvisory['severities'], vector: string | undefined): KnownAdvisory['severities'] {
  const version = vector === undefined ? undefined : /^CVSS:(?<version>[34])\./.exec(vector)?.groups?.['version']
  if (vector === undefined || version === undefined || stated.some(({ score }) => score === vector)) return stated
  return [...stated, { type: `CVSS_V${version}`, score: vector }]
}
