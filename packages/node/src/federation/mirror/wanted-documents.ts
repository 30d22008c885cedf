import type { Blobs } from '@comity/store'
import { StoreError } from '@comity/store'
import { documentLimit } from '../../documents.ts'
import { readEntry } from '../../reading/check-entries.ts'
import type { Register } from '../../register/register.ts'
import { type DocumentReference, documentsOf } from '../../register/register.ts'
import { isWithheld } from '../../register/withheld.ts'
import { FederationError } from '../federation-error.ts'
import type { MirrorCopy } from './mirror-copy.ts'
import type { MirrorFold } from './mirror-fold.ts'
import type { DocumentProgress, MissedDocument } from './mirror-record.ts'
import type { MirrorSources } from './mirror-sources.ts'
import type { PeerLog } from './peer-log.ts'
import type { Slots } from './slots.ts'

/** Which of the documents that a mirrored log cites are fetched. */
export interface DocumentChoice {
  /** Larger ones stay where they are, in bytes. */
  readonly maxBytes: number
  /** Kinds of statements whose documents are fetched; all where nothing is said. */
  readonly kinds?: readonly string[]
}

export const everyDocument: DocumentChoice = { maxBytes: documentLimit }

/** Entries looked at in one step and read at a time, and documents fetched in a step. */
const entriesAtOnce = 512
const readAtOnce = 64
const fetchedAtOnce = 8

/** How far it has come is written down after so many entries; documents that are missing are at once. */
const entriesPerRecord = 512

/** Documents that could not be had and are tried again; beyond that nothing new is looked for. */
const againKept = 256

/** The first pause before a document is tried again, in seconds, the longest, and after how many tries it is given up. */
const firstPause = 60
const longestPause = 86_400
const attemptsAtMost = 12

/** How long to wait when all is here, in seconds. */
const restSeconds = 5

const marker = Buffer.from('"documents"')

export interface WantedDocumentsParts {
  readonly copy: MirrorCopy
  readonly register: Register
  /** Says how far the log is folded. */
  readonly fold: Pick<MirrorFold, 'size'>
  readonly blobs: Blobs
  readonly choice: DocumentChoice
  readonly sources: () => MirrorSources
  readonly slots: Slots
  /** Hears that documents have come. */
  readonly onFetched: () => void
  /** Hears that what folded entries cite was looked for, found or not. */
  readonly onLooked: () => void
}

/**
 * Fetches the documents that folded entries of a mirrored log cite, one after the other, and checks each against its
 * digest. How far that has come is in the copy's record, now and then: after a crash a few entries are looked at again,
 * nothing is fetched twice, and nothing forgotten.
 */
export class WantedDocuments {
  readonly #parts: WantedDocumentsParts
  #progress: DocumentProgress
  #turn: Promise<unknown> = Promise.resolve()
  #isClosed = false
  #hasFetched = false
  /** Entries up to here were folded when it was said last that their documents were looked for. */
  #lookedAt = 0
  /** What the copy's record says. */
  #kept: DocumentProgress

  constructor(parts: WantedDocumentsParts) {
    this.#parts = parts
    this.#progress = parts.copy.record.documents ?? { below: 0, again: [] }
    this.#kept = this.#progress
  }

  /** Documents that could not be had so far. */
  get count(): number {
    return this.#progress.again.length
  }

  /** Looks through some entries and fetches what they cite. Returns when it wants to be called next, in seconds. */
  step(now: number): Promise<number> {
    const done = this.#turn.then(() => this.#step(now))
    this.#turn = done.catch(() => undefined)
    return done
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#turn
    if (this.#progress !== this.#kept) await this.#keep()
  }

  async #step(now: number): Promise<number> {
    try {
      const { copy, slots } = this.#parts
      if (this.#isClosed || copy.record.state === 'quarantined') return Number.POSITIVE_INFINITY
      const isMore = await slots.run(() => this.#fetchSome(now))
      // Before it is kept how far that has come: what is here is here.
      this.#tell()
      const { again, below } = this.#kept
      if (this.#progress.again !== again || this.#progress.below - below >= entriesPerRecord) await this.#keep()
      return isMore ? now : this.#nextAt(now)
    } finally {
      this.#tell()
    }
  }

  #tell(): void {
    const { fold, onFetched, onLooked } = this.#parts
    const hasFetched = this.#hasFetched
    this.#hasFetched = false
    if (hasFetched) onFetched()
    if (!hasFetched && fold.size === this.#lookedAt) return
    this.#lookedAt = fold.size
    onLooked()
  }

  async #keep(): Promise<void> {
    const progress = this.#progress
    await this.#parts.copy.change({ documents: progress })
    this.#kept = progress
  }

  /** Returns whether there is more to do at once. */
  async #fetchSome(now: number): Promise<boolean> {
    let fetches = 0
    for (const missed of this.#progress.again.filter(({ notBefore }) => notBefore <= now)) {
      if (this.#isClosed || fetches++ === fetchedAtOnce) return !this.#isClosed
      await this.#again(missed, now)
    }
    for (let looked = 0; looked < entriesAtOnce; looked += readAtOnce) {
      const { below } = this.#progress
      const end = Math.min(this.#parts.fold.size, below + readAtOnce)
      if (below >= end) return false
      for (const [i, leaf] of this.#parts.copy.leaves(below, end).entries()) {
        if (this.#progress.again.length >= againKept) return false
        if (this.#isClosed || fetches >= fetchedAtOnce) return !this.#isClosed
        for (const document of this.#wantedAt(below + i, leaf)) {
          fetches += 1
          const got = await this.#take(document, 0)
          if (!got) this.#put({ ...document, attempts: 1, notBefore: Math.ceil(now) + firstPause })
        }
        this.#progress = { ...this.#progress, below: below + i + 1 }
      }
    }
    return true
  }

  #nextAt(now: number): number {
    const { again, below } = this.#progress
    const due = Math.min(...again.map(({ notBefore }) => notBefore))
    const isFull = again.length >= againKept
    return below < this.#parts.fold.size && !isFull ? now : Math.max(now, Math.min(due, now + restSeconds))
  }

  /** The documents that an entry cites and that are to be fetched: chosen, not withheld, and not here yet. */
  #wantedAt(index: number, leaf: Uint8Array): readonly DocumentReference[] {
    const { register, choice } = this.#parts
    // Most entries cite nothing, and decoding one takes a hundred times as long as looking for the word.
    if (!Buffer.from(leaf.buffer, leaf.byteOffset, leaf.length).includes(marker)) return []
    const position = register.range.from + index
    const read = readEntry(position, leaf)
    if ('malformed' in read || choice.kinds?.includes(read.statement.kind) === false) return []
    return documentsOf(read.payload).filter(
      ({ digest, size }) => size <= choice.maxBytes && this.#isCited(digest, position) && this.#isWanted(digest),
    )
  }

  /** A void entry cites nothing. */
  #isCited(digest: string, position: number): boolean {
    const { database } = this.#parts.register
    return (
      database.prepare('SELECT 1 FROM document WHERE digest = ? AND position = ?').get(digest, position) !== undefined
    )
  }

  #isWanted(digest: string): boolean {
    const { blobs, register } = this.#parts
    if (blobs.has(hexOf(digest))) return false
    return !isWithheld(register.database, digest)
  }

  async #again(missed: MissedDocument, now: number): Promise<void> {
    const { digest, size, attempts } = missed
    const isDone = !this.#isWanted(digest) || (await this.#take({ digest, size }, attempts))
    this.#drop(digest)
    if (isDone || attempts + 1 >= attemptsAtMost) return
    const pause = Math.min(longestPause, firstPause * 2 ** attempts)
    this.#put({ digest, size, attempts: attempts + 1, notBefore: Math.ceil(now) + pause })
  }

  /** Asks the log's own node, and on later attempts another one as well. Returns false where it has to be tried again. */
  async #take(document: Pick<DocumentReference, 'digest' | 'size'>, attempt: number): Promise<boolean> {
    const sources = this.#parts.sources()
    const asked = new Set([sources.nth(0), sources.nth(attempt)])
    for (const source of asked) if (source !== undefined && (await this.#fetchFrom(source, document))) return true
    return false
  }

  async #fetchFrom(source: PeerLog, { digest, size }: Pick<DocumentReference, 'digest' | 'size'>): Promise<boolean> {
    try {
      const served = await source.document(digest, size)
      if (served === 'withheld') return true
      if (served === 'absent') return false
      await this.#parts.blobs.put(served.body, hexOf(digest), { maxBytes: size })
      this.#hasFetched = true
      return true
    } catch (error) {
      // What is not what its digest says may be right elsewhere. A disk that is full is no reason to stop either.
      if (error instanceof FederationError || error instanceof StoreError) return false
      throw error
    }
  }

  #put(missed: MissedDocument): void {
    const others = this.#progress.again.filter(({ digest }) => digest !== missed.digest)
    this.#progress = { ...this.#progress, again: [...others, missed] }
  }

  #drop(digest: string): void {
    this.#progress = { ...this.#progress, again: this.#progress.again.filter((each) => each.digest !== digest) }
  }
}

function hexOf(digest: string): string {
  return digest.slice('sha256:'.length)
}
