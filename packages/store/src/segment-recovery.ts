import { readFully, writeFully, type FileSystem, type OpenFile } from './file-system.ts'
import { findGroupStart, scanFrames } from './frame.ts'
import { OffsetTable } from './offset-table.ts'
import { damaged, encodeSegmentHeader, Segment, segmentHeaderBytes, segmentSeed } from './segment.ts'
import { indexSuffix, SegmentIndex } from './segment-index.ts'

export interface SegmentPlace {
  readonly fileSystem: FileSystem
  readonly directory: string
  /** File name in the directory. */
  readonly name: string
  /** The stream or journal it belongs to: bound into its checksums. */
  readonly streamName: string
  readonly firstSeq: number
  /** Whether it has a side file; journals, which are small, have none. */
  readonly indexed: boolean
}

function openIndex(place: SegmentPlace, path: string, seed: number): ReturnType<typeof SegmentIndex.open> | undefined {
  return place.indexed ? SegmentIndex.open(place.fileSystem, path + indexSuffix, seed) : undefined
}

/** Creates an empty segment; durable when it resolves. When it fails it tries to leave no file behind. */
export async function createSegment(place: SegmentPlace): Promise<Segment> {
  const { fileSystem, directory, streamName, firstSeq } = place
  const path = `${directory}/${place.name}`
  const header = encodeSegmentHeader(streamName, firstSeq)
  const file = fileSystem.open(path, 'create')
  try {
    writeFully(file, header, 0)
    await file.fdatasync()
    await fileSystem.syncDirectory(directory)
    const seed = header.readUInt32LE(28)
    const index = openIndex(place, path, seed)?.index
    return new Segment({ path, firstSeq, seed, file, index, offsets: new OffsetTable(segmentHeaderBytes) })
  } catch (error) {
    quietly(() => file.close())
    quietly(() => fileSystem.unlink(path))
    throw error
  }
}

/**
 * Opens a segment and brings it to a known state. What the side file names was acknowledged and is
 * taken as it is; what lies behind is scanned. In the last segment a torn tail is cut, and whole
 * batches are written again and synced before they count: a failed fdatasync of an earlier process
 * may have left them in the page cache only, marked clean, and only a new write makes them dirty.
 *
 * Returns undefined for a last segment whose creation a crash interrupted; it is removed.
 */
export async function openSegment(place: SegmentPlace, isLast: boolean): Promise<Segment | undefined> {
  const { fileSystem, directory, streamName, firstSeq } = place
  const path = `${directory}/${place.name}`
  const file = fileSystem.open(path, 'write')
  let index: SegmentIndex | undefined
  try {
    const header = Buffer.alloc(segmentHeaderBytes)
    readFully(file, header, 0)
    const seed = segmentSeed(header, streamName, firstSeq)
    const size = file.size()
    if (seed === undefined) {
      // No record is written before the header is durable, so a broken header with nothing behind it is no loss.
      if (!isLast || size > segmentHeaderBytes) throw damaged(path, 0, 'the header is not that of this segment')
      file.close()
      fileSystem.unlink(path)
      await fileSystem.syncDirectory(directory)
      return undefined
    }
    const opened = openIndex(place, path, seed)
    index = opened?.index
    const indexed = opened?.lengths ?? new Uint32Array(0)
    const offsets = new OffsetTable(segmentHeaderBytes, indexed.length)
    for (const length of indexed) offsets.push(length)
    checkIndexed(file, path, seed, offsets, size)
    const unindexed = offsets.end
    if (unindexed < size) {
      const scan = scanFrames(file, seed, unindexed, size)
      if (scan.end < size) refuseDamage(file, path, seed, scan, size, isLast)
      for (const length of scan.lengths) offsets.push(length)
      if (isLast) await adoptTail(file, unindexed, scan.end, size)
      index?.add(scan.lengths)
      if (!isLast) await index?.flush()
    }
    return new Segment({ path, firstSeq, seed, file, index, offsets })
  } catch (error) {
    quietly(() => index?.close())
    quietly(() => file.close())
    throw error
  }
}

/** The side file proves that its records were acknowledged: the last of them must be there. */
function checkIndexed(file: OpenFile, path: string, seed: number, offsets: OffsetTable, size: number): void {
  if (offsets.end > size) throw damaged(path, size, `acknowledged records up to byte ${offsets.end} are missing`)
  if (offsets.count === 0) return
  const last = offsets.start(offsets.count - 1)
  const scan = scanFrames(file, seed, last, offsets.end)
  if (scan.brokenAt !== undefined) throw damaged(path, last, 'an acknowledged record does not match its checksum')
}

function refuseDamage(
  file: OpenFile,
  path: string,
  seed: number,
  scan: { readonly end: number; readonly brokenAt: number | undefined },
  size: number,
  isLast: boolean,
): void {
  const at = scan.brokenAt ?? scan.end
  if (!isLast) throw damaged(path, at, 'a record does not match its checksum, and a later segment exists')
  const later = scan.brokenAt === undefined ? undefined : findGroupStart(file, seed, at + 1, size)
  if (later !== undefined) {
    throw damaged(path, at, `a record does not match its checksum, and records written after it are at byte ${later}`)
  }
}

const copyBytes = 1 << 20

async function adoptTail(file: OpenFile, from: number, to: number, size: number): Promise<void> {
  const buffer = Buffer.allocUnsafe(Math.min(copyBytes, to - from))
  for (let at = from; at < to; at += buffer.length) {
    const part = buffer.subarray(0, Math.min(buffer.length, to - at))
    readFully(file, part, at)
    writeFully(file, part, at)
  }
  if (size > to) file.truncate(to)
  await file.fsync()
}

/** For cleaning up after a failure: that failure is the one to report. */
function quietly(action: () => void): void {
  try {
    action()
  } catch {
    // Whatever is left behind, recovery removes when the folder is opened again.
  }
}
