import type { BlobPart, BlobSource, Blobs } from '@comity/store'
import { StoreError } from '@comity/store'
import { NodeError } from './node-error.ts'
import type { Database } from './register/database.ts'
import type { DocumentReference } from './register/register.ts'
import { isWithheld } from './register/withheld.ts'

/** Largest document, in bytes: 256 MiB. */
export const documentLimit = 256 * 1024 * 1024

/** How long a document may wait for a statement that refers to it, in seconds. */
const unreferencedSeconds = 24 * 3600

/** `withheld`: the bytes are not served, under a statement that says why. */
export type DocumentStatus = 'present' | 'withheld' | 'absent'

const digestPattern = /^sha256:[0-9a-f]{64}$/

/** The public documents that statements refer to, by digest (`sha256:<hex>`). */
export class Documents {
  readonly #blobs: Blobs
  readonly #register: Database
  /** How many statements on their way into the log refer to a document. */
  readonly #awaited = new Map<string, number>()
  readonly #keptAlso: ((digest: string) => boolean)[] = []

  constructor(blobs: Blobs, register: Database) {
    this.#blobs = blobs
    this.#register = register
  }

  /** Stores a document before the statement that cites it. Returns its size in bytes. */
  async put(digest: string, source: BlobSource): Promise<number> {
    const hex = hexOf(digest)
    try {
      await this.#blobs.put(source, hex, { maxBytes: documentLimit })
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
      if (error.code === 'digest-mismatch') throw new NodeError('digest-mismatch', error.message, { cause: error })
      if (error.code === 'too-large') {
        throw new NodeError('document-too-large', `a document has at most ${documentLimit} bytes (256 MiB)`, {
          cause: error,
        })
      }
      throw new NodeError('storage-failed', 'the document could not be stored', { cause: error })
    }
    return this.#blobs.size(hex) ?? 0
  }

  /** Bytes, or undefined when the document is not here. */
  sizeOf(digest: string): number | undefined {
    return this.#blobs.size(hexOf(digest))
  }

  has(digest: string): boolean {
    return this.#blobs.has(hexOf(digest))
  }

  /** The whole document. Only for those that are small enough to be read at once. */
  read(digest: string): Uint8Array {
    return this.#blobs.get(hexOf(digest))
  }

  /** The document in pieces, or a part of it. */
  stream(digest: string, part?: BlobPart): AsyncIterable<Uint8Array> {
    return this.#blobs.stream(hexOf(digest), part)
  }

  status(digest: string): DocumentStatus {
    if (isWithheld(this.#register, digest)) return 'withheld'
    return this.has(digest) ? 'present' : 'absent'
  }

  /** Media type that the first statement citing it gave. */
  typeOf(digest: string): string | undefined {
    const row = this.#register
      .prepare('SELECT type FROM document WHERE digest = ? ORDER BY position LIMIT 1')
      .get(digest)
    return row === undefined ? undefined : String(row['type'])
  }

  /** Keeps documents that an admitted statement refers to until what is returned is called. */
  hold(references: readonly DocumentReference[]): () => void {
    for (const { digest } of references) this.#awaited.set(digest, (this.#awaited.get(digest) ?? 0) + 1)
    return () => {
      for (const { digest } of references) {
        const others = (this.#awaited.get(digest) ?? 0) - 1
        if (others > 0) this.#awaited.set(digest, others)
        else this.#awaited.delete(digest)
      }
    }
  }

  /** Whoever has documents kept for which there is no statement says which, by digest, before the first {@link sweep}. */
  keepAlso(isKept: (digest: string) => boolean): void {
    this.#keptAlso.push(isKept)
  }

  /** Drops documents that no statement has referred to within a day. Returns how many. */
  async sweep(now: number): Promise<number> {
    let dropped = 0
    for (const { digest, storedAt } of this.#blobs.list()) {
      if (now - storedAt < unreferencedSeconds || this.#awaited.has(`sha256:${digest}`)) continue
      if (
        this.#register.prepare('SELECT 1 FROM document WHERE digest = ? LIMIT 1').get(`sha256:${digest}`) !== undefined
      )
        continue
      if (this.#keptAlso.some((isKept) => isKept(`sha256:${digest}`))) continue
      if (await this.#blobs.delete(digest)) dropped += 1
    }
    return dropped
  }
}

function hexOf(digest: string): string {
  if (!digestPattern.test(digest)) {
    throw new NodeError(
      'digest-mismatch',
      `"${digest.slice(0, 80)}" is no digest: sha256: and 64 lowercase hexadecimal digits`,
    )
  }
  return digest.slice('sha256:'.length)
}
