/**
 * A file in sealed chunks: AES-256-GCM (NIST SP 800-38D) under a key of its own, in the manner of STREAM (Hoang,
 * Reyhanitabar, Rogaway, Vizár 2015): each chunk is bound to its place, to the number of chunks, and to whether it is the
 * last, so that none can be left out, moved, or taken from another file, and the file cannot be cut short.
 *
 *     sealed chunk    12 bytes nonce || ciphertext || 16 bytes tag
 *     associated data "comity attachment 1\n" || u32 index || u32 count || u64 size of the file || u8 last      big-endian
 *
 * Nonces are random and not counted: a chunk that is sealed again after an interruption never reuses one.
 */
import { type KeyObject, createCipheriv, createDecipheriv, createSecretKey, randomFillSync } from 'node:crypto'
import { NodeError } from '../../../node-error.ts'
import { releaseBytes } from '../../../released-bytes.ts'

/** Bytes of the file in a chunk, the last one excepted. */
export const chunkBytes = 4 * 1024 * 1024

/** Largest file: 64 GiB. */
export const maxAttachmentBytes = 64 * 1024 ** 3

const nonceBytes = 12
const tagBytes = 16

/** What sealing adds to a chunk. */
export const sealedOverhead = nonceBytes + tagBytes

/** The part of a room where the content of a chunk lies once it is sealed: what is there already is sealed in place. */
export function contentPlace(room: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return room.subarray(nonceBytes, room.length - tagBytes)
}

const prefix = 'comity attachment 1\n'

/** What is encrypted at a time: the engine allocates as much anew for each call. */
const pieceBytes = 65_536

/** How many chunks a file has; an empty one has one, for it too must be told from nothing. */
export function chunkCount(size: number): number {
  return Math.max(1, Math.ceil(size / chunkBytes))
}

/** Bytes of the file in chunk `index`. */
export function chunkSize(size: number, index: number): number {
  return Math.min(chunkBytes, size - index * chunkBytes)
}

/** Seals and opens the chunks of one file. */
export class ChunkCipher {
  readonly #key: KeyObject
  readonly #size: number
  readonly #count: number

  /** `key`: 32 bytes; `size`: bytes of the file. */
  constructor(key: Uint8Array, size: number) {
    this.#key = createSecretKey(key)
    this.#size = size
    this.#count = chunkCount(size)
  }

  /**
   * Throws `attachment-broken` for a chunk that has not the length its place demands. With `room`, long enough for it, the
   * sealed chunk is put there; the content may be in it already, at its {@link contentPlace}.
   */
  seal(index: number, content: Uint8Array, room?: Uint8Array): Uint8Array {
    if (!this.#isPlace(index) || content.length !== chunkSize(this.#size, index)) {
      throw new NodeError(
        'attachment-broken',
        `chunk ${index} has ${content.length} bytes; a file of ${this.#size} has ${this.#count} chunks of ${chunkBytes}, the last one shorter`,
      )
    }
    const length = content.length + sealedOverhead
    const sealed = room?.subarray(0, length) ?? new Uint8Array(length)
    const nonce = randomFillSync(sealed.subarray(0, nonceBytes))
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce, { authTagLength: tagBytes })
    cipher.setAAD(this.#boundTo(index))
    for (let at = 0; at < content.length; at += pieceBytes) {
      const piece = cipher.update(content.subarray(at, at + pieceBytes))
      sealed.set(piece, nonceBytes + at)
      releaseBytes(piece)
    }
    cipher.final()
    sealed.set(cipher.getAuthTag(), nonceBytes + content.length)
    return sealed
  }

  /** Throws `attachment-broken` for what is not this chunk of this file. */
  open(index: number, sealed: Uint8Array): Uint8Array {
    if (!this.#isPlace(index) || sealed.length !== chunkSize(this.#size, index) + sealedOverhead) throw broken(index)
    const decipher = createDecipheriv('aes-256-gcm', this.#key, sealed.subarray(0, nonceBytes), {
      authTagLength: tagBytes,
    })
    decipher.setAAD(this.#boundTo(index)).setAuthTag(sealed.subarray(sealed.length - tagBytes))
    const content = decipher.update(sealed.subarray(nonceBytes, sealed.length - tagBytes))
    try {
      decipher.final()
    } catch {
      throw broken(index)
    }
    return content
  }

  #isPlace(index: number): boolean {
    return Number.isSafeInteger(index) && index >= 0 && index < this.#count
  }

  #boundTo(index: number): Uint8Array {
    const bound = Buffer.alloc(prefix.length + 17)
    bound.write(prefix, 'latin1')
    bound.writeUInt32BE(index, prefix.length)
    bound.writeUInt32BE(this.#count, prefix.length + 4)
    bound.writeBigUInt64BE(BigInt(this.#size), prefix.length + 8)
    bound[prefix.length + 16] = index === this.#count - 1 ? 1 : 0
    return bound
  }
}

function broken(index: number): NodeError {
  return new NodeError(
    'attachment-broken',
    `chunk ${index} of the attachment does not open: it was not sealed with the key and for the place that the message gives it`,
  )
}
