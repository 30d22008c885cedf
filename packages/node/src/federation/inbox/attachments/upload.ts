import { digestText } from '@comity/statement'
import { sha256 } from '@comity/crypto'
import { type Blobs } from '@comity/store'
import { randomBytes } from 'node:crypto'
import { NodeError } from '../../../node-error.ts'
import { ChunkCipher, chunkBytes, chunkCount, maxAttachmentBytes } from './chunk-cipher.ts'
import { type ChunkList, encodeChunkList, keyCommitmentOf } from './chunk-list.ts'

/** A file that was sealed whole, ready to go with a message. */
export interface SealedFile {
  readonly size: number
  /** `sha256:<hex>` of the list of its chunks: what the message names it by. */
  readonly sealed: string
  readonly key: Uint8Array
  readonly list: Uint8Array
}

/**
 * A file on its way from its owner into sealed chunks. In memory: after a restart of the node it begins anew, and what
 * was stored of it is swept away. Chunks may come in any order, and again.
 */
export class Upload {
  readonly id = randomBytes(16).toString('hex')
  readonly party: string
  readonly size: number
  /** Chunks it takes. */
  readonly count: number
  readonly #blobs: Blobs
  readonly #key = new Uint8Array(randomBytes(32))
  readonly #cipher: ChunkCipher
  readonly #chunks = new Map<number, string>()
  #touchedAt: number

  /** Throws `attachment-too-large`. */
  constructor(
    blobs: Blobs,
    { party, size, at }: { readonly party: string; readonly size: number; readonly at: number },
  ) {
    if (size > maxAttachmentBytes) {
      throw new NodeError('attachment-too-large', `an attachment has at most ${maxAttachmentBytes} bytes (64 GiB)`)
    }
    this.party = party
    this.size = size
    this.count = chunkCount(size)
    this.#blobs = blobs
    this.#cipher = new ChunkCipher(this.#key, size)
    this.#touchedAt = at
  }

  /** When something of it came last, whole seconds since the epoch. */
  get touchedAt(): number {
    return this.#touchedAt
  }

  /** Indexes of the chunks that are here, ascending. */
  have(): readonly number[] {
    return [...this.#chunks.keys()].toSorted((a, b) => a - b)
  }

  /** Digests of the sealed chunks that are here, in no order. */
  stored(): Iterable<string> {
    return this.#chunks.values()
  }

  /**
   * Seals and stores a chunk of the file; one that is here already is left as it is. In `room`, as
   * {@link ChunkCipher.seal} has it. Throws `attachment-broken`.
   */
  async put(index: number, content: Uint8Array, at: number, room?: Uint8Array): Promise<void> {
    this.#touchedAt = at
    if (this.#chunks.has(index)) return
    const digest = await this.#blobs.putCiphertext(this.#cipher.seal(index, content, room))
    this.#chunks.set(index, digest)
  }

  /** What the message names it by, and what opens it. Throws `attachment-incomplete`. */
  finish(): SealedFile {
    const chunks = Array.from({ length: this.count }, (_, index) => this.#chunks.get(index))
    const missing = chunks.indexOf(undefined)
    if (missing >= 0) {
      throw new NodeError(
        'attachment-incomplete',
        `chunk ${missing} of ${this.count} is missing: send each chunk of ${chunkBytes} bytes`,
      )
    }
    const list: ChunkList = {
      size: this.size,
      chunks: chunks.filter((digest) => digest !== undefined),
      keyCommitment: keyCommitmentOf(this.#key),
    }
    const bytes = encodeChunkList(list)
    return { size: this.size, sealed: digestText(sha256(bytes)), key: this.#key, list: bytes }
  }
}
