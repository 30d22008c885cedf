import { type Cells, restoredCell } from '@comity/store'
import { NodeError } from './node-error.ts'

/** What the cell of a restored folder says. */
export interface RestoredMark {
  /** Whole seconds since the epoch. */
  readonly madeAt: number
  /** When the node was shown that its log had not gone on, or had got all by which it had. */
  readonly resumedAt?: number
  /** The largest size at which its log was shown to have gone on without it. Only the entries themselves take that back. */
  readonly overtakenAt?: number
  /** The checkpoint of that size, a note that the log signed. */
  readonly overtakenBy?: string
  /** Two heads that the log signed and that contradict each other: the folder stays frozen for good. */
  readonly contradiction?: { readonly first: string; readonly second: string }
  /** Documents that entries cite from here on were not all looked for yet. */
  readonly documentsFrom?: number
}

/** The mark of a folder that was restored; undefined for one that never was. */
export function readMark(cells: Pick<Cells, 'get'>): RestoredMark | undefined {
  const cell = cells.get(restoredCell)
  return cell === undefined ? undefined : JSON.parse(Buffer.from(cell.value).toString())
}

/** Durable when it resolves. */
export async function setMark(cells: Cells, mark: RestoredMark): Promise<void> {
  const version = cells.get(restoredCell)?.version ?? 0
  if (await cells.compareAndSet(restoredCell, version, Buffer.from(JSON.stringify(mark)))) return
  throw new NodeError('storage-failed', 'somebody else changed what is noted of this restored folder')
}

/** The mark of a folder that signs again. */
export function resumedMark(mark: RestoredMark, now: number): RestoredMark {
  const { overtakenAt: _at, overtakenBy: _by, documentsFrom: _from, ...rest } = mark
  return { ...rest, resumedAt: now }
}

/** Why a node of this folder may sign nothing, if so. */
export function frozenBy(cells: Pick<Cells, 'get'>): NodeError | undefined {
  const mark = readMark(cells)
  if (mark?.contradiction !== undefined) {
    return new NodeError(
      'frozen',
      'this log signed two checkpoints that contradict each other, so this folder signs nothing any more: found a successor with comity restore --successor',
    )
  }
  if (mark?.overtakenAt !== undefined) {
    return new NodeError(
      'frozen',
      `this log went on to ${mark.overtakenAt} entries without this folder, which therefore signs nothing: get them from the mirrors with comity restore --recover, or found a successor with comity restore --successor`,
    )
  }
  if (mark === undefined || mark.resumedAt !== undefined) return undefined
  const made = new Date(mark.madeAt * 1000).toISOString().slice(0, 19)
  return new NodeError(
    'frozen',
    `this node was restored from a backup of ${made}Z and signs nothing until it has all that its log got since: comity restore --recover asks its peers, and comity restore --checkpoint shows it the newest checkpoint that anybody has`,
  )
}
