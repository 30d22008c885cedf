import { crc32c } from './crc32c.ts'
import { readFully, writeFully, type FileSystem, type OpenFile } from './file-system.ts'

/**
 * The side file of a segment: the body length of each record, three bytes each, in blocks
 *
 *     u16  count
 *     u32  CRC-32C of (count, lengths), seeded by the segment's checksum and the block's offset
 *     u24  length, count times
 *
 * It is a view: lost or broken, the segment is scanned and it is written again. But a block is
 * written only after the records it names were acknowledged, so a block that is there is proof that
 * they were; recovery uses it to tell damage from a torn tail. Not synced until the segment is
 * sealed or closed: what a crash takes from it costs a longer scan, nothing else.
 */
export class SegmentIndex {
  readonly #file: OpenFile
  readonly #seed: number
  #end: number
  #pending: number[] = []
  #broken = false

  private constructor(file: OpenFile, seed: number, end: number) {
    this.#file = file
    this.#seed = seed
    this.#end = end
  }

  /** Opens or creates the side file and returns the lengths it holds, up to the first broken block. */
  static open(fileSystem: FileSystem, path: string, seed: number): { index: SegmentIndex; lengths: Uint32Array } {
    const exists = fileSystem.stat(path) !== undefined
    const file = fileSystem.open(path, exists ? 'write' : 'create')
    try {
      const bytes = Buffer.allocUnsafe(file.size())
      const filled = readFully(file, bytes, 0)
      const { lengths, end } = decodeBlocks(bytes.subarray(0, filled), seed)
      // A stale block behind a broken one must not come back when the broken one is written again.
      if (end < filled) file.truncate(end)
      return { index: new SegmentIndex(file, seed, end), lengths }
    } catch (error) {
      file.close()
      throw error
    }
  }

  /** Notes acknowledged records; written in blocks, so most appends cost no call. */
  add(lengths: Iterable<number>): void {
    for (const length of lengths) this.#pending.push(length)
    if (this.#pending.length >= blockRecords) this.#write()
  }

  /** Forgets everything: the segment was scanned from its beginning. */
  reset(): void {
    this.#pending = []
    this.#end = 0
    this.#attempt(() => this.#file.truncate(0))
  }

  /** Writes what is pending and syncs. Never throws: a side file that cannot be written is a view lost. */
  async flush(): Promise<void> {
    this.#write()
    if (this.#broken) return
    try {
      await this.#file.fdatasync()
    } catch {
      this.#broken = true
    }
  }

  close(): void {
    this.#file.close()
  }

  #write(): void {
    for (let from = 0; from < this.#pending.length && !this.#broken; from += maxBlockRecords) {
      const block = encodeBlock(this.#pending.slice(from, from + maxBlockRecords), this.#seed, this.#end)
      this.#attempt(() => writeFully(this.#file, block, this.#end))
      this.#end += block.length
    }
    this.#pending = []
  }

  // After a failure nothing more is written: blocks behind a gap would not be read anyway.
  #attempt(action: () => void): void {
    if (this.#broken) return
    try {
      action()
    } catch {
      this.#broken = true
    }
  }
}

/** Records per block in normal running: at most so many are scanned again after a kill. */
const blockRecords = 512
const maxBlockRecords = 0xffff
const blockHeaderBytes = 6

/** A segment's side file has the segment's path and this. */
export const indexSuffix = '.index'

function blockCheck(block: Uint8Array, count: number, seed: number, offset: number): number {
  const start = crc32c(Uint8Array.of(count & 0xff, count >>> 8), (seed ^ offset) >>> 0)
  return crc32c(block, start, blockHeaderBytes, blockHeaderBytes + 3 * count)
}

function encodeBlock(lengths: readonly number[], seed: number, offset: number): Buffer {
  const block = Buffer.allocUnsafe(blockHeaderBytes + 3 * lengths.length)
  block.writeUInt16LE(lengths.length, 0)
  lengths.forEach((length, index) => block.writeUIntLE(length, blockHeaderBytes + 3 * index, 3))
  block.writeUInt32LE(blockCheck(block, lengths.length, seed, offset), 2)
  return block
}

/** The lengths in the side file of the segment at `path`, without opening it to write; none where there is no side file. */
export function readIndexLengths(fileSystem: FileSystem, path: string, seed: number): Uint32Array {
  if (fileSystem.stat(path + indexSuffix) === undefined) return new Uint32Array(0)
  const file = fileSystem.open(path + indexSuffix, 'read')
  try {
    const bytes = Buffer.allocUnsafe(file.size())
    return decodeBlocks(bytes.subarray(0, readFully(file, bytes, 0)), seed).lengths
  } finally {
    file.close()
  }
}

function decodeBlocks(bytes: Buffer, seed: number): { lengths: Uint32Array; end: number } {
  const lengths = new Uint32Array(Math.ceil(bytes.length / 3))
  let records = 0
  let end = 0
  while (end + blockHeaderBytes <= bytes.length) {
    const count = bytes.readUInt16LE(end)
    const next = end + blockHeaderBytes + 3 * count
    if (count === 0 || next > bytes.length) break
    if (blockCheck(bytes.subarray(end, next), count, seed, end) !== bytes.readUInt32LE(end + 2)) break
    for (let at = end + blockHeaderBytes; at < next; at += 3) {
      lengths[records++] = bytes.readUIntLE(at, 3)
    }
    end = next
  }
  return { lengths: lengths.subarray(0, records), end }
}
