/** The entries of a tar archive (POSIX.1-2017, pax; ustar and GNU forms), one in memory at a time. */
import { ExposureError } from '../exposure-error.ts'
import { BudgetSpent, type SourceBudget } from '../source/source-budget.ts'
import { cutOff, refused, type SourceItem } from '../source/source-item.ts'
import { checkInside, entryName } from './entry-name.ts'
import { brokenAt, given } from './zip-items.ts'

/** Octets of zero that end an archive. */
const endMark = 1024

/**
 * Every entry that is a file. An archive that breaks, or that ends without its mark, says so in the last item, after how
 * many octets and behind which entry.
 */
export async function* tarItems(
  archive: string,
  pieces: AsyncIterable<Uint8Array>,
  budget: SourceBudget,
): AsyncGenerator<SourceItem> {
  const { createTarDecoder } = await import('modern-tar')
  const fed = new Fed(pieces)
  let last = 'before its first entry'
  const where = (): string => `${last}, among its first ${fed.octets} octets`
  const reader = ReadableStream.from(fed)
    .pipeThrough(createTarDecoder({ strict: true }))
    .getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      const { header, body } = value
      const name = entryName(archive, header.name)
      last = `after ${name}`
      budget.countItem()
      if (header.type === 'directory') {
        await body.cancel()
        continue
      }
      try {
        checkInside(header.name)
        if (header.type !== 'file') {
          throw new ExposureError('not-a-file', 'it is a link or a device, and those are not followed')
        }
        budget.checkItem(header.size)
      } catch (error) {
        if (!(error instanceof ExposureError)) throw error
        await body.cancel()
        yield refused(name, error)
        continue
      }
      yield given(name, await wholeOf(body, header.size))
    }
    if (fed.zerosAtEnd < endMark) {
      throw new ExposureError('broken-archive', 'the archive ends without its end mark: it may be cut off')
    }
  } catch (error) {
    if (error instanceof BudgetSpent) throw error
    yield cutOff(archive, brokenAt(error, where()))
  } finally {
    // The reader of a stream that broke cannot be cancelled a second time.
    await reader.cancel().catch(() => {})
  }
}

async function wholeOf(body: ReadableStream<Uint8Array>, size: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(size)
  let at = 0
  for await (const piece of body) {
    bytes.set(piece, at)
    at += piece.length
  }
  if (at !== size) throw new ExposureError('broken-archive', `an entry of ${size} octets has ${at}`)
  return bytes
}

/** Passes pieces on, and remembers how many octets there were and how many zeros stood last. */
class Fed implements AsyncIterable<Uint8Array> {
  octets = 0
  zerosAtEnd = 0
  readonly #pieces: AsyncIterable<Uint8Array>

  constructor(pieces: AsyncIterable<Uint8Array>) {
    this.#pieces = pieces
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for await (const piece of this.#pieces) {
      this.octets += piece.length
      let at = piece.length
      while (at > 0 && piece[at - 1] === 0) at -= 1
      this.zerosAtEnd = at === 0 ? this.zerosAtEnd + piece.length : piece.length - at
      yield piece
    }
  }
}
