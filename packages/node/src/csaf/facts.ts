/** What a provider tree shows of a valid CSAF document. Read from documents that passed the strict schema. */
import { csafFileName } from '@comity/exposure'

/** Labels of the Traffic Light Protocol in CSAF 2.0 (section 3.2.1.5.1). */
export type TlpLabel = 'WHITE' | 'GREEN' | 'AMBER' | 'RED'

/** As the document has it, to be repeated in the provider metadata. */
export interface CsafPublisher {
  readonly category: string
  readonly name: string
  readonly namespace: string
  readonly contact_details?: string
  readonly issuing_authority?: string
}

export interface CsafFacts {
  readonly trackingId: string
  /** Section 5.1. */
  readonly fileName: string
  /** Of the initial release, as the document's own date says it: the folder (requirement 11). */
  readonly year: string
  readonly title: string
  readonly summary?: string
  /** Undefined for a document without a label. */
  readonly label?: TlpLabel
  readonly version: string
  readonly status: string
  /** RFC 3339, as the document has them. */
  readonly initialRelease: string
  readonly currentRelease: string
  readonly publisher: CsafPublisher
  /** By what documents are told apart (requirement 17): category, language, vendors, product families and names. */
  readonly categories: readonly string[]
}

/** Categories that are kept of one document. */
const categoriesKept = 64

/** Levels of branches that are looked through, far more than any published tree has. */
const deepestBranch = 64

type Json = Readonly<Record<string, unknown>>

/** The facts of a document that fits the strict schema. */
export function factsOf(json: unknown): CsafFacts {
  const root = objectIn(json)
  const document = objectIn(root['document'])
  const tracking = objectIn(document['tracking'])
  const trackingId = text(tracking['id'])
  const label = objectIn(objectIn(document['distribution'])['tlp'])['label']
  const initialRelease = text(tracking['initial_release_date'])
  const summary = list(document['notes'])
    .map(objectIn)
    .find((note) => note['category'] === 'summary')?.['text']
  return {
    trackingId,
    fileName: csafFileName(trackingId),
    year: initialRelease.slice(0, 4),
    title: text(document['title']),
    ...(typeof summary === 'string' ? { summary: summary.slice(0, 2000) } : {}),
    // Safe: the schema has these four values.
    ...(label === undefined ? {} : { label: label as TlpLabel }),
    version: text(tracking['version']),
    status: text(tracking['status']),
    initialRelease,
    currentRelease: text(tracking['current_release_date']),
    publisher: publisherOf(objectIn(document['publisher'])),
    categories: categoriesOf(document, objectIn(root['product_tree'])),
  }
}

function publisherOf(publisher: Json): CsafPublisher {
  const { contact_details: contact, issuing_authority: authority } = publisher
  return {
    category: text(publisher['category']),
    name: text(publisher['name']),
    namespace: text(publisher['namespace']),
    ...(typeof contact === 'string' ? { contact_details: contact } : {}),
    ...(typeof authority === 'string' ? { issuing_authority: authority } : {}),
  }
}

function categoriesOf(document: Json, tree: Json): readonly string[] {
  const found = new Set<string>([text(document['category'])])
  if (typeof document['lang'] === 'string') found.add(document['lang'])
  const waiting = list(tree['branches']).map((branch) => ({ branch: objectIn(branch), depth: 1 }))
  for (let next = waiting.pop(); next !== undefined && found.size < categoriesKept; next = waiting.pop()) {
    const { branch, depth } = next
    if (['vendor', 'product_family', 'product_name'].includes(text(branch['category']))) found.add(text(branch['name']))
    if (depth < deepestBranch) {
      for (const each of list(branch['branches'])) waiting.push({ branch: objectIn(each), depth: depth + 1 })
    }
  }
  return [...found]
}

function objectIn(value: unknown): Json {
  // Safe: an object that is no array has members by name.
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {}
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
