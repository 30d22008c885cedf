import { emptyRoot } from '@comity/log'
import { type Cells, StoreError, type Truth } from '@comity/store'
import { LogError } from '@comity/log'
import type { ViewedLog } from '../../register/open-register.ts'
import { FederationError } from '../federation-error.ts'
import { MirrorCopy } from './mirror-copy.ts'

/** Holds the origins of the logs that were ever followed, in that order: the first has the number 1 in the register. */
const mirrorsCell = 'mirrors'

/** A log that was followed once, with its copy, or with what is wrong with that. */
export type OpenedCopy = { readonly origin: string } & (
  | { readonly copy: MirrorCopy; readonly error?: undefined }
  | { readonly copy?: undefined; readonly error: FederationError }
)

/** The copies of all logs that were ever followed. One that is damaged is no reason not to start. */
export async function openCopies(truth: Truth): Promise<readonly OpenedCopy[]> {
  const opened: OpenedCopy[] = []
  for (const origin of readOrigins(truth.cells)) opened.push(await openCopy(truth, origin))
  return opened
}

/** What the register may hold of it. */
export function viewedCopy({ origin, copy }: OpenedCopy): ViewedLog {
  return {
    origin,
    size: copy?.size ?? 0,
    leaf: (index) => copy?.leaves(index, index + 1)[0] ?? new Uint8Array(),
    root: (size) => copy?.tree.root(size) ?? emptyRoot(),
  }
}

/**
 * Begins a copy of a log that was never followed before; it gets the next number. Its record is durable before its number
 * is. Returns the number.
 */
export async function addCopy(
  truth: Truth,
  origin: string,
  keeper: string,
): Promise<{ log: number; copy: MirrorCopy }> {
  const copy = await MirrorCopy.open(truth, origin, keeper)
  await copy.change({ keeper })
  const origins = [...readOrigins(truth.cells), origin]
  const version = truth.cells.get(mirrorsCell)?.version ?? 0
  const isSet = await truth.cells.compareAndSet(mirrorsCell, version, Buffer.from(JSON.stringify(origins)))
  if (isSet) return { log: origins.length, copy }
  throw new FederationError('mirror-not-written', 'the list of mirrored logs was changed by somebody else')
}

function readOrigins(cells: Cells): readonly string[] {
  const cell = cells.get(mirrorsCell)
  return cell === undefined ? [] : JSON.parse(Buffer.from(cell.value).toString())
}

async function openCopy(truth: Truth, origin: string): Promise<OpenedCopy> {
  try {
    // The record was written before the origin was listed: it names the keeper.
    return { origin, copy: await MirrorCopy.open(truth, origin, '') }
  } catch (error) {
    if (error instanceof FederationError) return { origin, error }
    const isDamage = error instanceof LogError || (error instanceof StoreError && error.code === 'damaged')
    if (!isDamage) throw error
    return {
      origin,
      error: new FederationError('mirror-damaged', `the copy of ${origin} cannot be read: ${error.message}`),
    }
  }
}
