/** The items of one file, whatever kind it is. */
import { ExposureError } from '../exposure-error.ts'
import type { SourceBudget } from '../source/source-budget.ts'
import { cutOff, refused, type SourceItem } from '../source/source-item.ts'
import { documentItems } from './document-items.ts'
import { kindOf, tellingBytes } from './file-kind.ts'
import { piecesOf, type Stored } from './stored.ts'
import { tarItems } from './tar-items.ts'
import { unpackedOf } from './unpacked.ts'
import { zipItems } from './zip-items.ts'

/** The items of a file by what it begins with. The file stays open: who opened it closes it. */
export async function* fileItems(stored: Stored, budget: SourceBudget): AsyncGenerator<SourceItem> {
  const { name } = stored
  try {
    const kind = kindOf(await stored.read(0, tellingBytes))
    if (kind === 'zip') yield* zipItems(stored, budget)
    else if (kind === 'gzip' || kind === 'zstd') yield* unpackedItems(name, unpackedOf(stored, kind, budget), budget)
    else if (kind === 'tar') yield* plainTarItems(name, counted(stored, budget), budget)
    else if (kind === 'document')
      yield* documentItems({ name, pieces: counted(stored, budget), size: stored.size }, budget)
    else yield refused(name, unsupported())
  } catch (error) {
    if (!(error instanceof ExposureError)) throw error
    yield cutOff(name, error)
  }
}

async function* plainTarItems(
  name: string,
  pieces: AsyncGenerator<Uint8Array>,
  budget: SourceBudget,
): AsyncGenerator<SourceItem> {
  try {
    yield* tarItems(name, pieces, budget)
  } finally {
    // Waits for a read that is under way: who opened the file may close it then.
    await pieces.return(undefined)
  }
}

/** What was packed as a whole is a tar archive, or a document. */
async function* unpackedItems(
  name: string,
  pieces: AsyncGenerator<Uint8Array>,
  budget: SourceBudget,
): AsyncGenerator<SourceItem> {
  try {
    const head = await headOf(pieces)
    const kind = kindOf(head)
    const all = joined(head, pieces)
    if (kind === 'tar') yield* tarItems(name, all, budget)
    else if (kind === 'document') yield* documentItems({ name, pieces: all }, budget)
    else {
      const message = 'an archive within an archive is not opened: unpack it first'
      yield refused(name, new ExposureError('nested-archive', message))
    }
  } finally {
    await pieces.return(undefined)
  }
}

/** The first octets, as many as tell the kind. */
async function headOf(pieces: AsyncGenerator<Uint8Array>): Promise<Uint8Array> {
  const first: Uint8Array[] = []
  let length = 0
  while (length < tellingBytes) {
    const { done, value } = await pieces.next()
    if (done === true) break
    first.push(value)
    length += value.length
  }
  return Buffer.concat(first)
}

async function* joined(head: Uint8Array, rest: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield head
  yield* rest
}

/** The octets of a file that is not unpacked, counted as they are read. */
async function* counted(stored: Stored, budget: SourceBudget): AsyncGenerator<Uint8Array> {
  for await (const piece of piecesOf(stored)) {
    budget.countBytes(piece.length)
    yield piece
  }
}

function unsupported(): ExposureError {
  const message = 'this is packed in a way that is not read (bzip2, xz, 7z, rar, zip in parts): unpack it first'
  return new ExposureError('unsupported-archive', message)
}
