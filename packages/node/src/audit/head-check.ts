import {
  LogError,
  type Checkpoint,
  type Note,
  type Tree,
  openCheckpoint,
  parseCheckpoint,
  parseNote,
} from '@comity/log'
import type { PartyState } from '@comity/statement'
import { logKeys } from '../reading/log-keys.ts'
import type { Differences } from './difference.ts'

/** A checkpoint as it was read, its signature not verified yet: the keys are in the log. */
export interface ReadHead {
  readonly note: Note
  readonly checkpoint: Checkpoint
}

/** Undefined, and a difference, when the bytes are no checkpoint. */
export function readHead(bytes: Uint8Array, differences: Differences): ReadHead | undefined {
  try {
    const note = parseNote(bytes)
    return { note, checkpoint: parseCheckpoint(note.text) }
  } catch (error) {
    if (!(error instanceof LogError)) throw error
    differences.add({ code: 'checkpoint-malformed', where: 'checkpoint', what: error.message, reason: error.code })
    return undefined
  }
}

/** Compares the signed head with the tree that the entries gave, and its signature with the keeper's keys. */
export function checkHead(
  { note, checkpoint }: ReadHead,
  parts: { tree: Tree; keeper: PartyState | undefined; lastBatch: number; differences: Differences },
): void {
  const { tree, keeper, lastBatch, differences } = parts
  const { origin, size, root } = checkpoint
  if (tree.size === size && Buffer.compare(tree.root(), root) !== 0) {
    differences.add({
      code: 'root-differs',
      where: 'checkpoint',
      what: `the ${size} entries do not hash to the root that is signed`,
      expected: Buffer.from(root).toString('hex'),
      found: Buffer.from(tree.root()).toString('hex'),
    })
  }
  if (keeper === undefined) return
  try {
    openCheckpoint(note, origin, logKeys(keeper, origin, lastBatch, size))
  } catch (error) {
    if (!(error instanceof LogError)) throw error
    const what = `no key that the keeper had for its log at entry ${size - 1} signed the checkpoint: ${error.message}`
    differences.add({ code: 'checkpoint-unsigned', where: 'checkpoint', what, reason: error.code })
  }
}
