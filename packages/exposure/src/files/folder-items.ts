/** The files of a folder and of those below it, in the order of their names. */
import { readdir, realpath } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { ExposureError } from '../exposure-error.ts'
import type { SourceBudget } from '../source/source-budget.ts'
import { cutOff, refused, type RefusedItem, type SourceItem } from '../source/source-item.ts'
import { fileItems } from './file-items.ts'
import { openStored, unreadable } from './stored.ts'

/** Files that are opened one after the other before anything else runs. */
const filesInATurn = 32

/**
 * The items of every file. No link is followed: what one within the folder points to is met at its own place, and one
 * that leads out of it is refused.
 */
export async function* folderItems(folder: string, budget: SourceBudget): AsyncGenerator<SourceItem> {
  const root = await realpath(folder).catch(unreadable)
  yield* below(root, '', 1, budget)
}

async function* below(root: string, folder: string, level: number, budget: SourceBudget): AsyncGenerator<SourceItem> {
  if (level > budget.limits.folders) {
    const message = `folders may lie ${budget.limits.folders} levels deep`
    yield cutOff(folder, new ExposureError('too-deep', message))
    return
  }
  let entries
  try {
    entries = await readdir(join(root, folder), { withFileTypes: true }).catch(unreadable)
  } catch (error) {
    if (!(error instanceof ExposureError)) throw error
    yield cutOff(folder === '' ? '.' : folder, error)
    return
  }
  entries.sort((a, b) => (a.name < b.name ? -1 : 1))
  for (const [index, entry] of entries.entries()) {
    // Small files are read without waiting for anything: others of this process get their turn here.
    if (index % filesInATurn === 0) await nextTurn()
    const name = folder === '' ? entry.name : `${folder}/${entry.name}`
    if (entry.isDirectory()) yield* below(root, name, level + 1, budget)
    else if (entry.isFile()) yield* oneFile(join(root, name), name, budget)
    else {
      const refusal = entry.isSymbolicLink() ? await linkOutside(root, name) : notAFile(name)
      if (refusal === undefined) continue
      budget.countItem()
      yield refusal
    }
  }
}

async function* oneFile(path: string, name: string, budget: SourceBudget): AsyncGenerator<SourceItem> {
  let stored
  try {
    stored = openStored(path, name, 'refuse')
  } catch (error) {
    if (!(error instanceof ExposureError)) throw error
    budget.countItem()
    yield refused(name, error)
    return
  }
  try {
    yield* fileItems(stored, budget)
  } finally {
    stored.close()
  }
}

async function linkOutside(root: string, name: string): Promise<RefusedItem | undefined> {
  try {
    const target = await realpath(join(root, name)).catch(unreadable)
    if (target === root || target.startsWith(root + sep)) return undefined
    return refused(name, new ExposureError('path-outside', 'it is a link that leads out of the folder'))
  } catch (error) {
    if (!(error instanceof ExposureError)) throw error
    return refused(name, error)
  }
}

function notAFile(name: string): RefusedItem {
  return refused(name, new ExposureError('not-a-file', 'it is a pipe, a socket or a device'))
}
