/**
 * A source of documents: a folder, an archive, or one file.
 *
 *     folder            its files and those of the folders below it, sorted by name
 *     .zip              its entries, by the central directory
 *     .tar(.gz|.zst)    its entries, as they come
 *     .gz, .zst         the one document in it
 *     JSON lines        the document of each line
 *     anything else     one document
 *
 * What a file is, its first octets say. Never more than one item is in memory.
 */
import { stat } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { ExposureError } from '../exposure-error.ts'
import { BudgetSpent, SourceBudget } from '../source/source-budget.ts'
import { cutOff, type SourceItem } from '../source/source-item.ts'
import { defaultSourceLimits, type SourceLimits } from '../source/source-limits.ts'
import { fileItems } from './file-items.ts'
import { folderItems } from './folder-items.ts'
import { openStored, storedBytes, unreadable, type Stored } from './stored.ts'

/**
 * The items of a folder, an archive or a file. An item that cannot be given is there as a refusal with its name; the rest
 * goes on. Throws `ExposureError` only where nothing can be read at all: `unreadable`, `not-a-file`.
 */
export async function* readSource(path: string, limits: Partial<SourceLimits> = {}): AsyncGenerator<SourceItem> {
  const name = basename(resolve(path))
  const budget = new SourceBudget({ ...defaultSourceLimits, ...limits })
  const isFolder = (await stat(path).catch(unreadable)).isDirectory()
  if (isFolder) yield* untilSpent(name, folderItems(path, budget))
  else yield* ofFile(openStored(path, name, 'follow'), budget)
}

/** The same for a file that is in memory. */
export async function* readSourceBytes(
  name: string,
  bytes: Uint8Array,
  limits: Partial<SourceLimits> = {},
): AsyncGenerator<SourceItem> {
  yield* ofFile(storedBytes(name, bytes), new SourceBudget({ ...defaultSourceLimits, ...limits }))
}

async function* ofFile(stored: Stored, budget: SourceBudget): AsyncGenerator<SourceItem> {
  try {
    yield* untilSpent(stored.name, fileItems(stored, budget))
  } finally {
    stored.close()
  }
}

async function* untilSpent(name: string, items: AsyncIterable<SourceItem>): AsyncGenerator<SourceItem> {
  try {
    yield* items
  } catch (error) {
    if (!(error instanceof BudgetSpent)) throw error
    yield cutOff(name, new ExposureError(error.refusal.code, error.refusal.message))
  }
}
