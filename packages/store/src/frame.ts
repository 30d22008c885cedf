import { crc32c, crc32cOfWord } from './crc32c.ts'
import { readFully, type OpenFile } from './file-system.ts'

/**
 * One record on disk, little-endian:
 *
 *     u32  length of the body in bits 0–23, marks in bits 30 and 31, zero elsewhere
 *     u32  CRC-32C of (u32 offset in the file, the word above), seeded by the file's own checksum
 *     u32  CRC-32C of the body, seeded by the checksum above
 *     ...  body
 *
 * The seed and the offset bind a frame to its place: stale bytes that come back after a crash, or a
 * block written to the wrong place, are not taken for records. The header has a checksum of its own
 * so that recovery can look for frames behind a broken one without following a broken length.
 *
 * The marks tell a torn tail from damage. Records of one append call form a *batch*, which counts
 * only when its last frame is there. Batches made durable by one fdatasync form a *group*, and the
 * next group is written only after that fdatasync returned. So a broken frame with the first frame
 * of a group anywhere behind it was once durable: that is damage. Without one it is a torn tail.
 */
export const frameHeaderBytes = 12

/** A body is at most 16 MiB − 1; what is larger is a blob. */
export const maxRecordBytes = 0xff_ffff

const firstOfGroupMark = 0x8000_0000
const lastOfBatchMark = 0x4000_0000
const marks = firstOfGroupMark | lastOfBatchMark

/** Bytes that a batch of records takes on disk. */
export function framedBytes(records: readonly Uint8Array[]): number {
  let bytes = frameHeaderBytes * records.length
  for (const record of records) bytes += record.length
  return bytes
}

/**
 * Writes the frames of one group into `target`, to be stored at `offset` of a file with this seed.
 * Returns the bytes written.
 */
export function encodeGroup(
  target: Buffer,
  batches: readonly (readonly Uint8Array[])[],
  offset: number,
  seed: number,
): number {
  let at = 0
  for (const batch of batches) {
    let left = batch.length
    for (const body of batch) {
      const word = (body.length | (at === 0 ? firstOfGroupMark : 0) | (--left === 0 ? lastOfBatchMark : 0)) >>> 0
      const headerCheck = crc32cOfWord(word, crc32cOfWord(offset + at, seed))
      target.writeUInt32LE(word, at)
      target.writeUInt32LE(headerCheck, at + 4)
      target.writeUInt32LE(crc32c(body, headerCheck), at + 8)
      target.set(body, at + frameHeaderBytes)
      at += frameHeaderBytes + body.length
    }
  }
  return at
}

export interface FrameHeader {
  readonly length: number
  readonly firstOfGroup: boolean
  readonly lastOfBatch: boolean
  readonly bodyCheck: number
  readonly headerCheck: number
}

/** The header at `at` of `bytes`, which came from `offset` of a file with this seed; undefined if it is none. */
export function readFrameHeader(bytes: Buffer, at: number, offset: number, seed: number): FrameHeader | undefined {
  const word = bytes.readUInt32LE(at)
  const headerCheck = bytes.readUInt32LE(at + 4)
  const length = word & maxRecordBytes
  if ((word & ~marks) !== length) return undefined
  if (crc32cOfWord(word, crc32cOfWord(offset, seed)) !== headerCheck) return undefined
  return {
    length,
    firstOfGroup: (word & firstOfGroupMark) !== 0,
    lastOfBatch: (word & lastOfBatchMark) !== 0,
    bodyCheck: bytes.readUInt32LE(at + 8),
    headerCheck,
  }
}

/**
 * Whether a whole, unchanged frame of `length` body bytes stands at `at`. The hot path of reading:
 * it allocates nothing.
 */
export function isFrame(bytes: Buffer, at: number, length: number, offset: number, seed: number): boolean {
  const word = bytes.readUInt32LE(at)
  if ((word & ~marks) !== length) return false
  const headerCheck = crc32cOfWord(word, crc32cOfWord(offset, seed))
  if (headerCheck !== bytes.readUInt32LE(at + 4)) return false
  const body = at + frameHeaderBytes
  return crc32c(bytes, headerCheck, body, body + length) === bytes.readUInt32LE(at + 8)
}

/** What a scan of frames found. */
export interface FrameScan {
  /** Body lengths of the records of complete batches, in order. */
  readonly lengths: readonly number[]
  /** End of the last complete batch. */
  readonly end: number
  /** Where a frame should stand and none does; undefined when the scan reached `to` cleanly. */
  readonly brokenAt: number | undefined
}

const windowBytes = 1 << 20

/** Walks the frames in `file[from, to)` and checks every byte. Memory: one window, or one frame if larger. */
export function scanFrames(file: OpenFile, seed: number, from: number, to: number): FrameScan {
  const lengths: number[] = []
  const window = new FileWindow(file, to)
  let end = from
  let complete = 0
  let at = from
  while (at < to) {
    const header = frameAt(window, at, seed)
    if (header === undefined) return { lengths: lengths.slice(0, complete), end, brokenAt: at }
    lengths.push(header.length)
    at += frameHeaderBytes + header.length
    if (header.lastOfBatch) {
      complete = lengths.length
      end = at
    }
  }
  return { lengths: lengths.slice(0, complete), end, brokenAt: undefined }
}

/**
 * Looks in `file[from, to)` for the first frame of a group, at any byte offset, and returns where it
 * stands. Used once something is broken: about 20 ns a byte.
 */
export function findGroupStart(file: OpenFile, seed: number, from: number, to: number): number | undefined {
  const window = new FileWindow(file, to)
  for (let at = from; at + frameHeaderBytes <= to; at++) {
    const place = window.at(at, frameHeaderBytes)
    if (place === undefined) return undefined
    // Almost every offset fails here: bit 31 is set and bits 24–29 are clear in one of 128.
    const top = window.bytes.readUInt8(place + 3)
    if ((top & 0xbf) !== 0x80) continue
    if (frameAt(window, at, seed) !== undefined) return at
  }
  return undefined
}

function frameAt(window: FileWindow, offset: number, seed: number): FrameHeader | undefined {
  const headerPlace = window.at(offset, frameHeaderBytes)
  if (headerPlace === undefined) return undefined
  const header = readFrameHeader(window.bytes, headerPlace, offset, seed)
  if (header === undefined) return undefined
  const place = window.at(offset, frameHeaderBytes + header.length)
  if (place === undefined) return undefined
  const body = place + frameHeaderBytes
  return crc32c(window.bytes, header.headerCheck, body, body + header.length) === header.bodyCheck ? header : undefined
}

/** A piece of a file in memory that moves forward as it is asked for. */
class FileWindow {
  bytes = Buffer.allocUnsafe(0)
  #start = 0
  #filled = 0
  readonly #file: OpenFile
  readonly #limit: number

  constructor(file: OpenFile, limit: number) {
    this.#file = file
    this.#limit = limit
  }

  /** Where in `bytes` the file's `[offset, offset + count)` is; undefined if it ends past the limit. */
  at(offset: number, count: number): number | undefined {
    if (offset + count > this.#limit) return undefined
    if (offset < this.#start || offset + count > this.#start + this.#filled) {
      const wanted = Math.min(Math.max(windowBytes, count), this.#limit - offset)
      if (this.bytes.length < wanted) this.bytes = Buffer.allocUnsafe(wanted)
      this.#start = offset
      this.#filled = readFully(this.#file, this.bytes.subarray(0, wanted), offset)
      if (this.#filled < count) return undefined
    }
    return offset - this.#start
  }
}
