/**
 * The list of a file's sealed chunks. Its SHA-256 stands in the message (`sealed`), so its author has signed every chunk
 * and the key that opens them, and whoever holds the chunks can show that they are the ones.
 *
 *     "comity chunks 1\n" || u64 size of the file || u32 count || commitment to the key || 32 bytes SHA-256 of each chunk
 *
 * big-endian; the commitment is SHA-256("comity attachment key\n" || key).
 */
import { sha256, sha256Hex } from '@comity/crypto'
import { NodeError } from '../../../node-error.ts'
import { chunkCount, maxAttachmentBytes } from './chunk-cipher.ts'

const prefix = Buffer.from('comity chunks 1\n')
const keyPrefix = Buffer.from('comity attachment key\n')
const digestBytes = 32
const headBytes = prefix.length + 12 + digestBytes

/** Most bytes of a list: that of the largest file. */
export const maxListBytes = headBytes + digestBytes * chunkCount(maxAttachmentBytes)

export interface ChunkList {
  /** Bytes of the file. */
  readonly size: number
  /** Digest of each sealed chunk, 64 hex digits. */
  readonly chunks: readonly string[]
  /** Commitment to the key, 64 hex digits. */
  readonly keyCommitment: string
}

/** What the list says about the key without saying which it is; 64 hex digits. */
export function keyCommitmentOf(key: Uint8Array): string {
  return sha256Hex(Buffer.concat([keyPrefix, key]))
}

export function encodeChunkList({ size, chunks, keyCommitment }: ChunkList): Uint8Array {
  const bytes = Buffer.alloc(headBytes + digestBytes * chunks.length)
  prefix.copy(bytes)
  bytes.writeBigUInt64BE(BigInt(size), prefix.length)
  bytes.writeUInt32BE(chunks.length, prefix.length + 8)
  bytes.write(keyCommitment, prefix.length + 12, 'hex')
  for (const [i, digest] of chunks.entries()) bytes.write(digest, headBytes + digestBytes * i, 'hex')
  return bytes
}

/** Reads a list. Throws `attachment-broken` for what is none. */
export function decodeChunkList(bytes: Uint8Array): ChunkList {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  if (buffer.length < headBytes || !buffer.subarray(0, prefix.length).equals(prefix))
    throw notAList('its head is not that of one')
  const size = Number(buffer.readBigUInt64BE(prefix.length))
  const count = buffer.readUInt32BE(prefix.length + 8)
  if (size > maxAttachmentBytes) throw notAList(`a file has at most ${maxAttachmentBytes} bytes`)
  if (count !== chunkCount(size) || buffer.length !== headBytes + digestBytes * count) {
    throw notAList(`a file of ${size} bytes has ${chunkCount(size)} chunks`)
  }
  const hexAt = (at: number): string => buffer.toString('hex', at, at + digestBytes)
  const chunks = Array.from({ length: count }, (_, i) => hexAt(headBytes + digestBytes * i))
  return { size, chunks, keyCommitment: hexAt(prefix.length + 12) }
}

/** What a message says about an attachment, and the key that came with it. */
export interface Announced {
  readonly size: number
  /** `sha256:<hex>` of the list. */
  readonly sealed: string
  readonly key: Uint8Array
}

/** Reads the list that a message announced. Throws `digest-mismatch`, `attachment-broken`. */
export function readAnnouncedList(bytes: Uint8Array, { size, sealed, key }: Announced): ChunkList {
  const digest = `sha256:${Buffer.from(sha256(bytes)).toString('hex')}`
  if (digest !== sealed)
    throw new NodeError('digest-mismatch', 'this is not the list of chunks that the message announced')
  const list = decodeChunkList(bytes)
  if (list.size !== size) throw notAList('it is of a file of another size than the message says')
  if (list.keyCommitment !== keyCommitmentOf(key)) throw notAList('it binds another key than came with the message')
  return list
}

function notAList(why: string): NodeError {
  return new NodeError('attachment-broken', `this is no list of sealed chunks: ${why}`)
}
