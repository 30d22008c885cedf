import { randomBytes } from 'node:crypto'
import { crc32c } from './crc32c.ts'
import { readFully, writeFully, type OpenFile } from './file-system.ts'
import { encodeGroup, frameHeaderBytes, framedBytes, isFrame } from './frame.ts'
import type { OffsetTable } from './offset-table.ts'
import { runAll } from './run-all.ts'
import type { SegmentIndex } from './segment-index.ts'
import { asStoreError, StoreError } from './store-error.ts'

/**
 * A segment file is a header and then frames (see frame.ts), little-endian:
 *
 *     8 bytes  "comity/s"
 *     u64      sequence number of the first record
 *     u32      CRC-32C of the stream's name
 *     8 bytes  random salt: nobody can prepare a record that holds a valid frame for this file
 *     u32      CRC-32C of the above, which seeds every checksum in the file
 *
 * The header is synced, and the directory too, before the first record is written.
 */
export const segmentHeaderBytes = 32
const magic = Buffer.from('comity/s', 'latin1')

export function encodeSegmentHeader(streamName: string, firstSeq: number): Buffer {
  const header = Buffer.alloc(segmentHeaderBytes)
  magic.copy(header)
  header.writeBigUInt64LE(BigInt(firstSeq), 8)
  header.writeUInt32LE(crc32c(Buffer.from(streamName)), 16)
  randomBytes(8).copy(header, 20)
  header.writeUInt32LE(crc32c(header, 0, 0, 28), 28)
  return header
}

/** The seed in a header; undefined when it is not the header of this stream's segment at `firstSeq`. */
export function segmentSeed(header: Buffer, streamName: string, firstSeq: number): number | undefined {
  if (header.length < segmentHeaderBytes || !magic.equals(header.subarray(0, 8))) return undefined
  const seed = header.readUInt32LE(28)
  if (crc32c(header, 0, 0, 28) !== seed) return undefined
  if (header.readBigUInt64LE(8) !== BigInt(firstSeq)) return undefined
  return header.readUInt32LE(16) === crc32c(Buffer.from(streamName)) ? seed : undefined
}

/** What a segment is made of once opened or created: see segment-recovery.ts. */
export interface SegmentParts {
  readonly path: string
  readonly firstSeq: number
  readonly seed: number
  readonly file: OpenFile
  readonly index: SegmentIndex | undefined
  readonly offsets: OffsetTable
}

// Shared by all segments: encoding and reading are synchronous, so one of each is enough.
let encodeBuffer: Buffer = Buffer.allocUnsafe(1 << 16)
let readBuffer: Buffer = Buffer.allocUnsafe(1 << 16)
const keptBufferBytes = 4 << 20
const wipeBytes = 1 << 20

/** One file of records. Only its stream calls it, one append at a time. */
export class Segment {
  readonly path: string
  readonly firstSeq: number
  readonly #seed: number
  readonly #file: OpenFile
  readonly #index: SegmentIndex | undefined
  readonly #offsets: OffsetTable
  #poison: StoreError | undefined

  constructor(parts: SegmentParts) {
    this.path = parts.path
    this.firstSeq = parts.firstSeq
    this.#seed = parts.seed
    this.#file = parts.file
    this.#index = parts.index
    this.#offsets = parts.offsets
  }

  /** Acknowledged records in this segment. */
  get count(): number {
    return this.#offsets.count
  }

  /** Bytes of header and acknowledged records: the size of the file when nothing is in flight. */
  get end(): number {
    return this.#offsets.end
  }

  /** The failure after which this segment takes no more records, if there was one. */
  get poison(): StoreError | undefined {
    return this.#poison
  }

  /**
   * Appends the batches of one group with one write and one fdatasync; when it resolves they are
   * durable. A disk that is full at the write is repaired by cutting the tail, and the segment goes
   * on. Any other failure poisons: after a failed fdatasync the kernel may hold pages as clean that
   * never reached the device, so no later fdatasync proves anything about them.
   */
  async append(batches: readonly (readonly Uint8Array[])[]): Promise<void> {
    if (this.#poison !== undefined) throw poisoned(this.path, this.#poison)
    const start = this.end
    const bytes = batches.reduce((sum, batch) => sum + framedBytes(batch), 0)
    const target = bufferFor(encodeBuffer, bytes)
    if (target.length <= keptBufferBytes) encodeBuffer = target
    encodeGroup(target, batches, start, this.#seed)
    try {
      writeFully(this.#file, target.subarray(0, bytes), start)
    } catch (error) {
      throw await this.#repairAfter(asStoreError(error, `writing ${bytes} bytes to ${this.path}`), start)
    }
    try {
      await this.#file.fdatasync()
    } catch (error) {
      this.#poison = asStoreError(error, `fdatasync of ${this.path}`)
      this.#cut(start)
      throw this.#poison
    }
    for (const batch of batches) {
      for (const record of batch) this.#offsets.push(record.length)
      this.#index?.add(batch.map((record) => record.length))
    }
  }

  /** A copy of record `seq`, checked. */
  read(seq: number): Uint8Array {
    const offset = this.#offsets.start(seq - this.firstSeq)
    const bytes = this.#offsets.start(seq - this.firstSeq + 1) - offset
    const target = bufferFor(readBuffer, bytes)
    if (target.length <= keptBufferBytes) readBuffer = target
    this.#fill(target.subarray(0, bytes), offset, seq)
    this.#check(target, 0, offset, bytes, seq)
    const record = new Uint8Array(bytes - frameHeaderBytes)
    record.set(target.subarray(frameHeaderBytes, bytes))
    return record
  }

  /** Records `[from, to)`, checked: views of one buffer that is read with one call. */
  readRange(from: number, to: number): Uint8Array[] {
    const start = this.#offsets.start(from - this.firstSeq)
    const bytes = Buffer.allocUnsafeSlow(this.#offsets.start(to - this.firstSeq) - start)
    this.#fill(bytes, start, from)
    const records: Uint8Array[] = []
    for (let seq = from, at = 0; seq < to; seq++) {
      const offset = start + at
      const end = this.#offsets.start(seq - this.firstSeq + 1) - start
      this.#check(bytes, at, offset, end - at, seq)
      records.push(new Uint8Array(bytes.buffer, bytes.byteOffset + at + frameHeaderBytes, end - at - frameHeaderBytes))
      at = end
    }
    return records
  }

  /** Persists the side file: when the stream goes on in the next segment, and at close. */
  async seal(): Promise<void> {
    await this.#index?.flush()
  }

  /** Overwrites the file with zeros, durably: for one that held keys and has been replaced. */
  async wipe(): Promise<void> {
    const zeros = Buffer.alloc(Math.min(this.end, wipeBytes))
    for (let at = 0; at < this.end; at += zeros.length) {
      writeFully(this.#file, zeros.subarray(0, Math.min(zeros.length, this.end - at)), at)
    }
    await this.#file.fdatasync()
  }

  close(): void {
    runAll([() => this.#index?.close(), () => this.#file.close()])
  }

  #fill(target: Buffer, offset: number, seq: number): void {
    let count: number
    try {
      count = readFully(this.#file, target, offset)
    } catch (error) {
      throw asStoreError(error, `reading record ${seq} from ${this.path}`)
    }
    if (count < target.length) throw damaged(this.path, offset, `the file ends inside record ${seq} or a later one`)
  }

  #check(bytes: Buffer, at: number, offset: number, size: number, seq: number): void {
    if (isFrame(bytes, at, size - frameHeaderBytes, offset, this.#seed)) return
    throw damaged(this.path, offset, `record ${seq} does not match its checksum`)
  }

  async #repairAfter(failure: StoreError, end: number): Promise<StoreError> {
    const repaired = this.#cut(end) && (await this.#synced())
    if (!repaired || failure.code !== 'disk-full') this.#poison = failure
    return failure
  }

  #cut(end: number): boolean {
    try {
      this.#file.truncate(end)
      return true
    } catch {
      return false // recovery cuts it when the folder is opened again
    }
  }

  async #synced(): Promise<boolean> {
    try {
      await this.#file.fsync()
      return true
    } catch {
      return false
    }
  }
}

function bufferFor(kept: Buffer, bytes: number): Buffer {
  return kept.length >= bytes ? kept : Buffer.allocUnsafe(Math.max(bytes, 2 * kept.length))
}

export function damaged(file: string, offset: number, what: string): StoreError {
  return new StoreError('damaged', `${file} is damaged at byte ${offset}: ${what}; restore this folder from a backup`, {
    place: { file, offset },
  })
}

export function poisoned(what: string, cause: StoreError): StoreError {
  return new StoreError(
    'poisoned',
    `${what} takes no writes since an earlier failure (${cause.message}); open it again`,
    {
      cause,
    },
  )
}
