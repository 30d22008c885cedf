/** The entries of a ZIP archive (APPNOTE 6.3), read by its central directory, one in memory at a time. */
import { crc32, inflateRaw, inflateRawSync } from 'node:zlib'
import { callbackify, promisify } from 'node:util'
import type * as Yauzl from 'yauzl'
import type { Entry, ZipFile } from 'yauzl'
import { ExposureError } from '../exposure-error.ts'
import { BudgetSpent, type SourceBudget } from '../source/source-budget.ts'
import { cutOff, refused, type SourceItem } from '../source/source-item.ts'
import { checkInside, entryName } from './entry-name.ts'
import { kindOf } from './file-kind.ts'
import { ReadAhead } from './read-ahead.ts'
import type { Stored } from './stored.ts'

const inflate = promisify(inflateRaw)

/** Entries up to this many octets are unpacked at once: that takes less than going to the thread pool and back. */
const inflateAtOnce = 64 * 1024

/**
 * Every entry that is a file: its octets, or why they are not given. Where the directory itself is broken or the archive
 * expands too far, the last item says so and the rest is missing.
 */
export async function* zipItems(stored: Stored, budget: SourceBudget): AsyncGenerator<SourceItem> {
  const { default: yauzl } = await import('yauzl')
  const octets = new ReadAhead(stored)
  let unpacked = 0
  let last = 'before its first entry'
  let zip: ZipFile | undefined
  try {
    zip = await yauzl.fromRandomAccessReaderPromise(readerOf(yauzl, octets, stored.size), stored.size, options)
    // Whatever it says once nobody listens would otherwise end the process.
    zip.on('error', () => {})
    for await (const entry of zip.eachEntry()) {
      const written = yauzl.getFileNameLowLevel(entry.generalPurposeBitFlag, entry.fileNameRaw, entry.extraFields, true)
      const name = entryName(stored.name, written)
      last = `after ${name}`
      budget.countItem()
      if (written.endsWith('/')) continue
      try {
        checkInside(written)
        checkEntry(entry, budget)
        unpacked += Math.min(entry.uncompressedSize, budget.limits.itemBytes)
        budget.checkExpansion(stored.size, unpacked)
        const bytes = await bytesOf(octets, await dataStart(zip, entry), entry)
        budget.countBytes(bytes.length)
        yield given(name, bytes)
      } catch (error) {
        if (!(error instanceof ExposureError)) throw error
        if (error.code === 'expands-too-far') throw error
        yield refused(name, error)
      }
    }
  } catch (error) {
    if (error instanceof BudgetSpent) throw error
    yield cutOff(stored.name, brokenAt(error, last))
  } finally {
    zip?.close()
  }
}

const options = { lazyEntries: true, autoClose: false, decodeStrings: false, validateEntrySizes: false } as const

/** The reader that the library asks for its octets. Positions come from the archive and may be any number. */
function readerOf(
  yauzl: Pick<typeof Yauzl, 'RandomAccessReader'>,
  octets: ReadAhead,
  size: number,
): Yauzl.RandomAccessReader {
  const readInto = callbackify(async (buffer: Buffer, offset: number, length: number, position: number) => {
    if (!Number.isSafeInteger(position) || position + length > size) {
      throw new Error('it points beyond the end of the file')
    }
    const bytes = await octets.read(position, length)
    buffer.set(bytes, offset)
    return bytes.length
  })
  class StoredReader extends yauzl.RandomAccessReader {
    override read(buffer: Buffer, offset: number, length: number, position: number, done: ReadDone): void {
      readInto(buffer, offset, length, position, done)
    }

    override close(done: (error: Error | null) => void): void {
      done(null)
    }
  }
  return new StoredReader()
}

type ReadDone = (error: Error | null, bytesRead?: number) => void

function dataStart(zip: ZipFile, entry: Entry): Promise<number> {
  return zip.readLocalFileHeaderPromise(entry, { minimal: true }).then(
    ({ fileDataStart }) => fileDataStart,
    (error: unknown) => {
      throw new ExposureError('broken-archive', `its header cannot be read: ${messageOf(error)}`)
    },
  )
}

/** Type and mode of a file of Unix stand in the upper half of the external attributes. */
const symbolicLink = 0o12

function checkEntry(entry: Entry, budget: SourceBudget): void {
  if (entry.isEncrypted()) throw new ExposureError('encrypted', 'it is encrypted: unpack the archive first')
  if (entry.externalFileAttributes >>> 28 === symbolicLink) {
    throw new ExposureError('not-a-file', 'it is a link, and links are not followed')
  }
  if (entry.compressionMethod !== 0 && entry.compressionMethod !== 8) {
    const message = `it is packed by method ${entry.compressionMethod}; stored (0) and deflated (8) are read`
    throw new ExposureError('unsupported-archive', message)
  }
  budget.checkItem(entry.compressedSize)
  budget.checkItem(entry.uncompressedSize)
}

/** The octets of an entry, checked against the size and checksum of the directory. */
async function bytesOf(octets: ReadAhead, start: number, entry: Entry): Promise<Uint8Array> {
  const packed = await octets.read(start, entry.compressedSize)
  const bytes = entry.compressionMethod === 0 ? packed.slice() : await inflated(packed, entry.uncompressedSize)
  if (bytes.length !== entry.uncompressedSize) {
    const message = `it has ${bytes.length} octets, the directory of the archive says ${entry.uncompressedSize}`
    throw new ExposureError('broken-archive', message)
  }
  if (crc32(bytes) !== entry.crc32) {
    throw new ExposureError('broken-archive', 'its octets are not those that were packed: the checksum is another')
  }
  return bytes
}

/** Unpacks no further than the directory says there is. */
async function inflated(packed: Uint8Array, size: number): Promise<Uint8Array> {
  try {
    const most = { maxOutputLength: Math.max(1, size) }
    return size <= inflateAtOnce ? inflateRawSync(packed, most) : await inflate(packed, most)
  } catch (error) {
    const isMore = error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE'
    const why = isMore ? `it becomes more than the ${size} octets that the directory says` : messageOf(error)
    throw new ExposureError('broken-archive', `it does not unpack: ${why}`)
  }
}

/** An item, unless it is an archive itself: those are not opened. */
export function given(name: string, bytes: Uint8Array): SourceItem {
  if (kindOf(bytes) === 'document') return { name, bytes }
  return refused(
    name,
    new ExposureError('nested-archive', 'an archive within an archive is not opened: unpack it first'),
  )
}

/** What broke the reading of an archive, and where. Errors of a library carry no code of ours. */
export function brokenAt(error: unknown, where: string): ExposureError {
  if (error instanceof ExposureError) return new ExposureError(error.code, `${error.message} (${where})`)
  return new ExposureError('broken-archive', `the archive is broken: ${messageOf(error)} (${where})`)
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message.slice(0, 200) : 'no reason was given'
}
