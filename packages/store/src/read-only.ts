import { createHash } from 'node:crypto'
import { resolve } from 'node:path'
import { decodeCell } from './file-cells.ts'
import { readFully, type FileSystem, type OpenFile } from './file-system.ts'
import { scanFrames } from './frame.ts'
import { directoryNameOf, layout } from './folder.ts'
import { nodeFileSystem } from './node-file-system.ts'
import { OffsetTable } from './offset-table.ts'
import { damaged, Segment, segmentHeaderBytes, segmentSeed } from './segment.ts'
import { readIndexLengths } from './segment-index.ts'
import { asStoreError, StoreError, withStoreErrors } from './store-error.ts'
import type { Cell } from './truth.ts'

const segmentSuffix = '.records'
const hashBytes = 32
const pieceBytes = 1 << 16

/**
 * Looks into a data folder or a backup without its lock and without writing a byte, while a node may
 * be writing there: for audits. It sees what is whole at the moment of each call, so the caller takes
 * the cells first and reads no further in the streams than these say.
 *
 * Errors: `not-found` when there is no such folder, `damaged`, `io`.
 */
export function openReadOnly(directory: string, fileSystem: FileSystem = nodeFileSystem()): ReadOnlyTruth {
  const path = resolve(directory)
  const isTruth = withStoreErrors(`looking into ${path}`, () => fileSystem.stat(`${path}/${layout.streams}`))
  if (isTruth === undefined)
    throw new StoreError('not-found', `${path} holds no streams: it is no data folder or backup`)
  return new ReadOnlyTruth(fileSystem, path)
}

export class ReadOnlyTruth {
  readonly directory: string
  readonly #fileSystem: FileSystem

  constructor(fileSystem: FileSystem, directory: string) {
    this.#fileSystem = fileSystem
    this.directory = directory
  }

  /** Errors: `not-found`. */
  stream(name: string): StreamReader {
    const directory = `${this.directory}/${layout.streams}/${directoryNameOf(name)}`
    const names = withStoreErrors(`listing ${directory}`, () => this.#fileSystem.list(directory))
    if (names === undefined) throw new StoreError('not-found', `${this.directory} has no stream ${name}`)
    const firsts = names.filter((each) => each.endsWith(segmentSuffix)).map((each) => Number(each.slice(0, 16)))
    return new StreamReader(this.#fileSystem, directory, name, firsts)
  }

  /** The cells as they were last set. */
  cells(): ReadonlyMap<string, Cell> {
    const path = `${this.directory}/${layout.cells}/journal`
    const cells = new Map<string, Cell>()
    if (this.#fileSystem.stat(path) === undefined) return cells
    const { segment } = openSegmentToRead(this.#fileSystem, { path, streamName: layout.cells, firstSeq: 0 })
    try {
      for (const record of segment.readRange(0, segment.count)) {
        // An empty record only marks that what stands before it was durable.
        if (record.length === 0) continue
        const { name, cell } = decodeCell(record)
        cells.set(name, cell)
      }
    } finally {
      segment.close()
    }
    return cells
  }

  /** Stored hashes `[index, index + count)` of a tile level; undefined where they are not all there: they are a view. */
  hashes(streamName: string, level: number, index: number, count: number): Uint8Array | undefined {
    const path = `${this.directory}/${layout.hashes}/${directoryNameOf(streamName)}/${level}`
    if (this.#fileSystem.stat(path) === undefined) return undefined
    const file = this.#fileSystem.open(path, 'read')
    try {
      const hashes = new Uint8Array(count * hashBytes)
      return readFully(file, hashes, index * hashBytes) === hashes.length ? hashes : undefined
    } catch (error) {
      throw asStoreError(error, `reading ${path}`)
    } finally {
      file.close()
    }
  }

  /** Size of a public blob whose content was read and is what its digest (64 hex digits) says. Errors: `damaged`. */
  blob(digest: string): number | undefined {
    const path = `${this.directory}/${layout.blobs}/${digest.slice(0, 2)}/${digest}`
    if (this.#fileSystem.stat(path) === undefined) return undefined
    const file = this.#fileSystem.open(path, 'read')
    try {
      const { found, size } = digestOf(file)
      if (found === digest) return size
      throw new StoreError('damaged', `${path} is not what its name says`, { place: { file: path, offset: 0 } })
    } catch (error) {
      throw asStoreError(error, `reading ${path}`)
    } finally {
      file.close()
    }
  }

  /** The bytes of a public {@link blob}; undefined also where it has more than `limit` of them. Errors: `damaged`. */
  blobBytes(digest: string, limit: number): Uint8Array | undefined {
    const path = `${this.directory}/${layout.blobs}/${digest.slice(0, 2)}/${digest}`
    const size = this.blob(digest)
    if (size === undefined || size > limit) return undefined
    const file = this.#fileSystem.open(path, 'read')
    try {
      const bytes = new Uint8Array(size)
      if (readFully(file, bytes, 0) === size) return bytes
      throw new StoreError('damaged', `${path} became shorter`, { place: { file: path, offset: 0 } })
    } catch (error) {
      throw asStoreError(error, `reading ${path}`)
    } finally {
      file.close()
    }
  }
}

/** Reads a stream forward; one segment is open at a time. */
export class StreamReader {
  readonly #fileSystem: FileSystem
  readonly #directory: string
  readonly #name: string
  readonly #firsts: readonly number[]
  #open: Segment | undefined
  /** Where in the open segment a frame should stand and none does. */
  #brokenAt: { readonly path: string; readonly offset: number } | undefined

  constructor(fileSystem: FileSystem, directory: string, name: string, firsts: readonly number[]) {
    this.#fileSystem = fileSystem
    this.#directory = directory
    this.#name = name
    this.#firsts = firsts
  }

  /** Records `[from, to)`. Errors: `not-found` past the end, `damaged` with the place. */
  readRange(from: number, to: number): Uint8Array[] {
    const records: Uint8Array[] = []
    for (let seq = from; seq < to;) {
      const segment = this.#segmentOf(seq)
      const end = Math.min(to, segment.firstSeq + segment.count)
      if (end <= seq) throw this.#missing(seq)
      for (const record of segment.readRange(seq, end)) records.push(record)
      seq = end
    }
    return records
  }

  close(): void {
    this.#open?.close()
    this.#open = undefined
  }

  #missing(seq: number): StoreError {
    const broken = this.#brokenAt
    if (broken !== undefined)
      return damaged(broken.path, broken.offset, `record ${seq} or one before it does not match its checksum`)
    return new StoreError('not-found', `stream ${this.#name} in ${this.#directory} ends before record ${seq}`)
  }

  #segmentOf(seq: number): Segment {
    const firstSeq = this.#firsts.findLast((first) => first <= seq)
    if (firstSeq === undefined) throw new StoreError('not-found', `stream ${this.#name} has no record ${seq}`)
    if (this.#open?.firstSeq === firstSeq) return this.#open
    this.close()
    const path = `${this.#directory}/${String(firstSeq).padStart(16, '0')}${segmentSuffix}`
    const { segment, brokenAt } = openSegmentToRead(this.#fileSystem, { path, streamName: this.#name, firstSeq })
    this.#open = segment
    this.#brokenAt = brokenAt === undefined ? undefined : { path, offset: brokenAt }
    return segment
  }
}

interface SegmentToRead {
  readonly path: string
  readonly streamName: string
  readonly firstSeq: number
}

/** What is not whole at the end is left out: it was acknowledged to nobody, or is being written. */
function openSegmentToRead(
  fileSystem: FileSystem,
  { path, streamName, firstSeq }: SegmentToRead,
): { readonly segment: Segment; readonly brokenAt: number | undefined } {
  const file = withStoreErrors(`opening ${path}`, () => fileSystem.open(path, 'read'))
  try {
    const header = Buffer.alloc(segmentHeaderBytes)
    readFully(file, header, 0)
    const seed = segmentSeed(header, streamName, firstSeq)
    if (seed === undefined) throw damaged(path, 0, 'the header is not that of this segment')
    const indexed = readIndexLengths(fileSystem, path, seed)
    const offsets = new OffsetTable(segmentHeaderBytes, indexed.length)
    for (const length of indexed) offsets.push(length)
    const scan = scanFrames(file, seed, offsets.end, file.size())
    for (const length of scan.lengths) offsets.push(length)
    return { segment: new Segment({ path, firstSeq, seed, file, index: undefined, offsets }), brokenAt: scan.brokenAt }
  } catch (error) {
    file.close()
    throw asStoreError(error, `opening ${path}`)
  }
}

function digestOf(file: OpenFile): { readonly found: string; readonly size: number } {
  const hasher = createHash('sha256')
  const piece = new Uint8Array(pieceBytes)
  let size = 0
  for (;;) {
    const count = readFully(file, piece, size)
    if (count === 0) return { found: hasher.digest('hex'), size }
    hasher.update(piece.subarray(0, count))
    size += count
  }
}
