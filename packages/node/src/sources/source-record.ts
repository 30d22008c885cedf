/**
 * What a node keeps of a source, in the stream `source/<digest of kind and address>`, each record as JSON:
 *
 *     item     a document was taken; its octets are a blob, stored before
 *     refused  one was not taken, and why
 *     gone     the source lists one no longer
 *     about    what a CSAF provider says of itself, with its public keys
 *     run      a run ended, and how
 */
import { sha256Hex } from '@comity/crypto'
import type { CsafFacts, CsafPublisher } from '../csaf/facts.ts'
import type { ListedKey } from '../csaf/key-book.ts'
import type { Source, SourceFault } from './source.ts'

/** The largest document of a source that is taken, in octets: 64 MiB, as the readers of advisories have it. */
export const largestItem = 64 * 1024 * 1024

interface Told {
  /** Whole seconds since the epoch. */
  readonly at: number
}

/** A document of a source, taken. */
export interface TakenItem extends Told {
  readonly record: 'item'
  /** Its address, or its name in the archive or folder. An outsider chose it. */
  readonly item: string
  /** By what a newer one is told: the release date that the list says, or the SHA-256 of the document. */
  readonly stamp: string
  /** Where it is listed, for what is listed in several places. */
  readonly list: string
  /** `sha256:<hex>`. */
  readonly digest: string
  /** Octets. */
  readonly size: number
  /** Of a CSAF document, for the mirror. */
  readonly csaf?: TakenCsaf
}

export interface TakenCsaf {
  readonly facts: CsafFacts
  readonly sha512: string
  /** Detached, in ASCII armor; the publisher's own, or this node's where there was none. */
  readonly signature: string
  readonly signedBy: 'publisher' | 'node'
  /** Fingerprint. */
  readonly key: string
  /** Hash files that the publisher has beside it. */
  readonly hashes: readonly string[]
}

/** A document of a source that is not taken, and why. */
export interface RefusedSourceItem extends Told {
  readonly record: 'refused'
  readonly item: string
  readonly stamp: string
  readonly list: string
  readonly faults: readonly SourceFault[]
  /** By which rules: with others it is looked at again. */
  readonly rules: string
}

export interface GoneItem extends Told {
  readonly record: 'gone'
  readonly item: string
}

/** What a CSAF provider says of itself. */
export interface AboutProvider extends Told {
  readonly record: 'about'
  /** Of its metadata, as it was found. */
  readonly metadata: string
  readonly foundBy: 'address' | 'well-known' | 'security.txt' | 'dns'
  readonly canonicalUrl: string
  readonly role: ProviderRole
  readonly publisher: CsafPublisher
  readonly keys: readonly ListedKey[]
  /** Keys and lists that cannot be used, and why. */
  readonly problems: readonly SourceFault[]
}

export const providerRoles = ['csaf_publisher', 'csaf_provider', 'csaf_trusted_provider'] as const
export type ProviderRole = (typeof providerRoles)[number]

/** How a run went. */
export interface EndedRun extends Told {
  readonly record: 'run'
  readonly begunAt: number
  /** `unchanged`: the source said that nothing is new. `partly`: something is still to be fetched, which the next run does. */
  readonly outcome: 'done' | 'unchanged' | 'partly' | 'failed'
  /** Why it failed, or is not whole. */
  readonly faults: readonly SourceFault[]
  readonly counts: RunCounts
  /** What the lists were when this run began, by address: validators (RFC 9110, 8.8), or the digest of a feed. */
  readonly lists: Readonly<Record<string, ListState>>
}

export interface ListState {
  readonly etag?: string
  readonly lastModified?: string
  readonly digest: string
  readonly octets: number
}

export interface RunCounts {
  /** Listed. */
  readonly items: number
  /** New, or in a new revision. */
  readonly taken: number
  /** Looked at in this run and refused. */
  readonly refused: number
  readonly gone: number
  /** Octets over the network. */
  readonly received: number
}

export const noCounts: RunCounts = { items: 0, taken: 0, refused: 0, gone: 0, received: 0 }

export type SourceRecord = TakenItem | RefusedSourceItem | GoneItem | AboutProvider | EndedRun

/** The stream of a source. One that is removed and added again goes on with what it has. */
export function streamNameOf({ kind, address }: Pick<Source, 'kind' | 'address'>): string {
  return `source/${sha256Hex(Buffer.from(`${kind} ${address}`)).slice(0, 32)}`
}

export function encodeRecord(record: SourceRecord): Uint8Array {
  return Buffer.from(JSON.stringify(record))
}

export function decodeRecord(bytes: Uint8Array): SourceRecord {
  // Safe: the records of these streams are written by encodeRecord alone, and each has its checksum.
  return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString()) as SourceRecord
}
