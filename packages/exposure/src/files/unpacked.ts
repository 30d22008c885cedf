/** Octets of a file that is packed as a whole: gzip (RFC 1952) or Zstandard (RFC 8878). */
import { Readable, pipeline } from 'node:stream'
import { createGunzip, createZstdDecompress, type Gunzip, type ZstdDecompress } from 'node:zlib'
import { ExposureError } from '../exposure-error.ts'
import type { SourceBudget } from '../source/source-budget.ts'
import { piecesOf, type Stored } from './stored.ts'

/**
 * The unpacked octets as they come. A file may hold several streams, one behind the other; all of them are unpacked.
 * Throws `ExposureError` `broken-archive` or `expands-too-far`, and says where.
 */
export async function* unpackedOf(
  stored: Stored,
  kind: 'gzip' | 'zstd',
  budget: SourceBudget,
): AsyncGenerator<Uint8Array> {
  let unpacked = 0
  let start = 0
  for (let streams = 0; start < stored.size; streams += 1) {
    if (streams > mostStreams) throw new ExposureError('too-many', `a file of ${kind} may hold ${mostStreams} streams`)
    const skipped = kind === 'zstd' ? await skippable(stored, start) : undefined
    if (skipped !== undefined) {
      start += skipped
      continue
    }
    const engine = kind === 'gzip' ? createGunzip() : createZstdDecompress()
    for await (const piece of throughEngine(stored, start, engine)) {
      unpacked += piece.length
      budget.countBytes(piece.length)
      budget.checkExpansion(start + engine.bytesWritten, unpacked)
      yield piece
    }
    if (engine.bytesWritten === 0) break
    start += engine.bytesWritten
  }
}

/** Streams of one file. Each costs a new engine, and the smallest has a dozen octets. */
const mostStreams = 100_000

/** One stream. The engine stops where the stream ends, and counts the octets that it took. */
async function* throughEngine(
  stored: Stored,
  start: number,
  engine: Gunzip | ZstdDecompress,
): AsyncGenerator<Uint8Array> {
  const packed = Readable.from(piecesOf(stored, start), { objectMode: false })
  // What breaks there destroys the engine, whose reader then throws it.
  pipeline(packed, engine, () => {})
  try {
    // Without an encoding, what an engine gives are octets.
    yield* engine as AsyncIterable<Uint8Array>
  } catch (error) {
    if (error instanceof ExposureError || !isOfEngine(error)) throw error
    const where = `at octet ${start + engine.bytesWritten} of ${stored.size}`
    throw new ExposureError('broken-archive', `it does not unpack: ${error.message}, ${where}`)
  } finally {
    packed.destroy()
    engine.destroy()
  }
}

/** The length of a frame that carries no content (RFC 8878, 3.1.2); undefined for any other. */
async function skippable(stored: Stored, start: number): Promise<number | undefined> {
  const head = await stored.read(start, 8)
  const isOne =
    head.length === 8 && ((head[0] ?? 0) & 0xf0) === 0x50 && head[1] === 0x2a && head[2] === 0x4d && head[3] === 0x18
  return isOne ? 8 + new DataView(head.buffer, head.byteOffset).getUint32(4, true) : undefined
}

/** Errors of zlib have codes such as `Z_DATA_ERROR` and `ZSTD_error_corruption_detected`. */
function isOfEngine(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && /^(?:Z_|ZSTD_|ERR_)/.test(String(error.code))
}
