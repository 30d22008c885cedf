import type { View } from '@comity/store'
import { NodeError } from '../node-error.ts'

/** How far the view is. */
export interface Progress {
  /** Advisories and answers of the own log that took effect before it are reduced. */
  cursor: number
  /** The last of them, hex. */
  statement: string
  /** Records and words that were reduced. */
  tick: number
}

export function readProgress(view: View): Progress {
  const row = view.prepare('SELECT cursor, statement, tick FROM progress').get()
  if (row === undefined) throw new NodeError('storage-failed', 'vault.db has lost its progress: rebuild it')
  return { cursor: Number(row['cursor']), statement: String(row['statement']), tick: Number(row['tick']) }
}

export function writeProgress(view: View, { cursor, statement, tick }: Progress): void {
  view.prepare('UPDATE progress SET cursor = ?, statement = ?, tick = ?').run(cursor, statement, tick)
}
