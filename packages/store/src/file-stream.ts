import type { FileSystem } from './file-system.ts'
import { framedBytes, maxRecordBytes } from './frame.ts'
import { runAll } from './run-all.ts'
import { poisoned, type Segment } from './segment.ts'
import { createSegment, openSegment, type SegmentPlace } from './segment-recovery.ts'
import { asStoreError, StoreError } from './store-error.ts'
import type { Stream } from './truth.ts'

/** One append call may bring so much; also what one group gathers at most. */
export const maxBatchBytes = 64 << 20
const groupBytes = 8 << 20

interface WaitingBatch {
  readonly records: readonly Uint8Array[]
  readonly bytes: number
  readonly resolve: (firstSeq: number) => void
  readonly reject: (error: StoreError) => void
}

export interface StreamOptions {
  readonly fileSystem: FileSystem
  readonly directory: string
  readonly name: string
  readonly segmentBytes: number
}

/** A stream in a folder of segment files. Appends that wait while one fdatasync runs share the next. */
export class FileStream implements Stream {
  readonly name: string
  readonly #options: StreamOptions
  readonly #segments: Segment[]
  /** The one that is appended to. */
  #last: Segment
  #waiting: WaitingBatch[] = []
  #pumping: Promise<void> | undefined
  #poison: StoreError | undefined
  #closed = false

  private constructor(options: StreamOptions, segments: Segment[], last: Segment) {
    this.name = options.name
    this.#options = options
    this.#segments = segments
    this.#last = last
  }

  /** Opens the stream's folder, which must exist, and repairs its tail. Errors: `damaged`, `io`, `disk-full`. */
  static async open(options: StreamOptions): Promise<FileStream> {
    const segments: Segment[] = []
    try {
      const last = await openSegments(options, segments)
      return new FileStream(options, segments, last)
    } catch (error) {
      closeQuietly(segments)
      throw asStoreError(error, `opening stream ${options.name}`)
    }
  }

  get size(): number {
    const last = this.#last
    return last.firstSeq + last.count
  }

  append(records: readonly Uint8Array[]): Promise<number> {
    const bytes = framedBytes(records)
    return new Promise((resolve, reject) => {
      const refusal = this.#refusal(records, bytes)
      if (refusal !== undefined) return reject(refusal)
      this.#waiting.push({ records, bytes, resolve, reject })
      this.#pumping ??= this.#pump()
    })
  }

  read(seq: number): Uint8Array {
    this.#checkRange(seq, seq + 1)
    return this.#segmentOf(seq).read(seq)
  }

  readRange(from: number, to: number): Uint8Array[] {
    this.#checkRange(from, to)
    const records: Uint8Array[] = []
    for (let seq = from; seq < to;) {
      const segment = this.#segmentOf(seq)
      const end = Math.min(to, segment.firstSeq + segment.count)
      const part = segment.readRange(seq, end)
      if (end - seq === to - from) return part
      for (const record of part) records.push(record)
      seq = end
    }
    return records
  }

  /** The files and how much of each holds what is acknowledged now. Later appends do not change those bytes. */
  extent(): { readonly path: string; readonly bytes: number }[] {
    return this.#segments.map((segment) => ({ path: segment.path, bytes: segment.end }))
  }

  /** Waits for what is in flight; what still waits is rejected with `closed`. */
  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    this.#rejectWaiting(closed(this.name))
    await this.#pumping
    await this.#last.seal()
    runAll(this.#segments.map((segment) => () => segment.close()))
  }

  #refusal(records: readonly Uint8Array[], bytes: number): StoreError | undefined {
    if (this.#closed) return closed(this.name)
    if (this.#poison !== undefined) return poisoned(`stream ${this.name}`, this.#poison)
    if (records.length === 0) return new StoreError('bad-range', 'a batch has at least one record')
    if (bytes > maxBatchBytes) {
      return new StoreError('too-large', `a batch of ${bytes} bytes is over the limit of ${maxBatchBytes}`)
    }
    const large = records.find((record) => record.length > maxRecordBytes)
    if (large === undefined) return undefined
    return new StoreError('too-large', `a record of ${large.length} bytes is over the limit of ${maxRecordBytes}`)
  }

  async #pump(): Promise<void> {
    // Calls made in the same turn join the first group.
    await Promise.resolve()
    while (this.#waiting.length > 0) {
      const group = this.#takeGroup()
      let seq = this.size
      try {
        await this.#commit(group)
      } catch (error) {
        this.#fail(group, asStoreError(error, `appending to stream ${this.name}`))
        continue
      }
      for (const batch of group) {
        batch.resolve(seq)
        seq += batch.records.length
      }
    }
    this.#pumping = undefined
  }

  #takeGroup(): WaitingBatch[] {
    let bytes = 0
    let count = 0
    for (const batch of this.#waiting) {
      if (count > 0 && bytes + batch.bytes > groupBytes) break
      bytes += batch.bytes
      count++
    }
    return this.#waiting.splice(0, count)
  }

  async #commit(group: readonly WaitingBatch[]): Promise<void> {
    const bytes = group.reduce((sum, batch) => sum + batch.bytes, 0)
    if (this.#last.count > 0 && this.#last.end + bytes > this.#options.segmentBytes) await this.#roll()
    await this.#last.append(group.map((batch) => batch.records))
  }

  async #roll(): Promise<void> {
    await this.#last.seal()
    try {
      this.#last = await createSegment(placeOf(this.#options, this.size))
      this.#segments.push(this.#last)
    } catch (error) {
      const failure = asStoreError(error, `beginning a segment of stream ${this.name}`)
      if (failure.code !== 'disk-full' || !(await this.#isClean())) this.#poison = failure
      throw failure
    }
  }

  /**
   * Whether nothing of a segment that could not be begun is left, durably: one that came back after
   * later records went elsewhere would stand in the stream's way.
   */
  async #isClean(): Promise<boolean> {
    const { fileSystem, directory } = this.#options
    try {
      if (fileSystem.stat(`${directory}/${placeOf(this.#options, this.size).name}`) !== undefined) return false
      await fileSystem.syncDirectory(directory)
      return true
    } catch {
      return false
    }
  }

  #fail(group: readonly WaitingBatch[], failure: StoreError): void {
    this.#poison ??= this.#last.poison
    for (const batch of group) batch.reject(failure)
    if (this.#poison !== undefined) this.#rejectWaiting(poisoned(`stream ${this.name}`, this.#poison))
  }

  #rejectWaiting(reason: StoreError): void {
    for (const batch of this.#waiting.splice(0)) batch.reject(reason)
  }

  #checkRange(from: number, to: number): void {
    if (this.#closed) throw closed(this.name)
    if (Number.isSafeInteger(from) && from >= 0 && from <= to && to <= this.size) return
    throw new StoreError(
      'not-found',
      `stream ${this.name} has records 0 to ${this.size - 1}, asked for [${from}, ${to})`,
    )
  }

  #segmentOf(seq: number): Segment {
    if (seq >= this.#last.firstSeq) return this.#last
    return this.#segments.findLast((segment) => segment.firstSeq <= seq) ?? this.#last
  }
}

function closed(name: string): StoreError {
  return new StoreError('closed', `stream ${name} is closed`)
}

const segmentSuffix = '.records'

function placeOf(options: StreamOptions, firstSeq: number): SegmentPlace {
  const { fileSystem, directory, name: streamName } = options
  const name = String(firstSeq).padStart(16, '0') + segmentSuffix
  return { fileSystem, directory, name, streamName, firstSeq, indexed: true }
}

function closeQuietly(segments: readonly Segment[]): void {
  try {
    runAll(segments.map((segment) => () => segment.close()))
  } catch {
    // The failure that led here is the one to report.
  }
}

/** Opens what is there into `segments` and returns the last, which takes the next record. */
async function openSegments(options: StreamOptions, segments: Segment[]): Promise<Segment> {
  const names = options.fileSystem.list(options.directory) ?? []
  // Names made or removed by a process that died before its own sync are settled before anything is built on them.
  await options.fileSystem.syncDirectory(options.directory)
  const firsts = names.filter((name) => name.endsWith(segmentSuffix)).map((name) => Number(name.slice(0, 16)))
  let next = 0
  for (const [position, firstSeq] of firsts.entries()) {
    if (firstSeq !== next) {
      throw new StoreError(
        'damaged',
        `stream ${options.name} lacks records ${next} to ${firstSeq - 1} in ${options.directory}; restore it from a backup`,
        { place: { file: options.directory, offset: 0 } },
      )
    }
    const segment = await openSegment(placeOf(options, firstSeq), position === firsts.length - 1)
    if (segment === undefined) break
    segments.push(segment)
    next = segment.firstSeq + segment.count
  }
  const last = segments.at(-1) ?? (await createSegment(placeOf(options, next)))
  if (segments.length === 0) segments.push(last)
  return last
}
