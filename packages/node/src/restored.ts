/**
 * A node restored from a backup may be behind its own log: what it signed after the backup is known to others, and to
 * sign again from here would fork the log. So it opens frozen, and serves what it has, until it is shown a checkpoint
 * that equals its own. When it is shown a later one it never signs again: a successor log takes over by `continuation`.
 */
import { sha256, verify } from '@comity/crypto'
import { ed25519Verifier, noteType, openCheckpoint, verifierKey } from '@comity/log'
import { type Cells, openFiles, restoredCell } from '@comity/store'
import { NodeError } from './node-error.ts'
import { readHead } from './pipeline/ledger.ts'

/** What the cell of a restored folder says. */
interface RestoredMark {
  /** Whole seconds since the epoch. */
  readonly madeAt: number
  /** When the node was shown that its log had not gone on. */
  readonly resumedAt?: number
  /** The largest size at which its log was shown to have gone on without it: no later word takes that back. */
  readonly overtakenAt?: number
}

/** Why a node of this folder may sign nothing, if so. */
export function frozenBy(cells: Cells): NodeError | undefined {
  const mark = readMark(cells)
  if (mark?.overtakenAt !== undefined) {
    return new NodeError(
      'frozen',
      `this log went on to ${mark.overtakenAt} entries without this folder, which therefore signs nothing any more: found a successor with comity restore --successor`,
    )
  }
  if (mark === undefined || mark.resumedAt !== undefined) return undefined
  const made = new Date(mark.madeAt * 1000).toISOString().slice(0, 19)
  return new NodeError(
    'frozen',
    `this node was restored from a backup of ${made}Z and signs nothing until it is shown that its log did not go on: comity restore --checkpoint with the newest checkpoint that anybody has`,
  )
}

export interface ShownCheckpoint {
  /** The data folder. */
  readonly directory: string
  readonly masterKey?: Uint8Array
  /** The newest checkpoint that anybody has, a signed note. */
  readonly checkpoint: string | Uint8Array
  /** Raw public keys of the log: those that its keeper's party statements list. */
  readonly logKeys: readonly Uint8Array[]
  /** Whole seconds since the epoch. */
  readonly now: number
}

/**
 * `resumed`: equal, and the node signs again. `not-frozen`: nothing was to be done. `behind`: the log went on after the
 * backup, so this node never signs again. `stale`: the checkpoint is older than the backup and shows nothing.
 */
export type Resumption = 'resumed' | 'not-frozen' | 'behind' | 'stale'

export interface ResumptionReport {
  readonly outcome: Resumption
  readonly origin: string
  readonly own: { readonly size: number; readonly root: string }
  readonly shown: { readonly size: number; readonly root: string }
}

/**
 * Shows a restored node the newest checkpoint of its log.
 *
 * Throws NodeError `log-forked` for a checkpoint of the same size with another root, `not-founded`, and LogError for a
 * checkpoint that is not signed by the log.
 */
export async function showCheckpoint(request: ShownCheckpoint): Promise<ResumptionReport> {
  const { directory, masterKey, checkpoint, logKeys, now } = request
  const truth = await openFiles({ directory, ...(masterKey === undefined ? {} : { masterKey }) })
  try {
    const stored = readHead(truth.cells)
    const mark = readMark(truth.cells)
    if (stored === undefined) throw new NodeError('not-founded', `${directory} holds no signed checkpoint`)
    const own = { size: stored.head.size, root: hex(stored.head.root) }
    const origin = stored.head.note.slice(0, stored.head.note.indexOf('\n'))
    const verifiers = logKeys.map((key) => ed25519Verifier(verifierKey(origin, noteType.ed25519, key, sha256), verify))
    const opened = openCheckpoint(checkpoint, origin, verifiers).checkpoint
    const shown = { size: opened.size, root: hex(opened.root) }
    const report = (outcome: Resumption): ResumptionReport => ({ outcome, origin, own, shown })
    if (shown.size > own.size || mark?.overtakenAt !== undefined) {
      const overtakenAt = Math.max(shown.size, mark?.overtakenAt ?? 0)
      await setMark(truth.cells, { madeAt: now, ...mark, overtakenAt })
      return report('behind')
    }
    if (shown.size < own.size) return report('stale')
    if (shown.root !== own.root) {
      await setMark(truth.cells, { madeAt: now, ...mark, overtakenAt: shown.size })
      throw new NodeError(
        'log-forked',
        `two signed checkpoints of ${origin} at size ${own.size} have different roots: ${own.root} here, ${shown.root} shown`,
      )
    }
    if (mark === undefined || mark.resumedAt !== undefined) return report('not-frozen')
    await setMark(truth.cells, { ...mark, resumedAt: now })
    return report('resumed')
  } finally {
    await truth.close()
  }
}

function readMark(cells: Cells): RestoredMark | undefined {
  const cell = cells.get(restoredCell)
  return cell === undefined ? undefined : JSON.parse(Buffer.from(cell.value).toString())
}

async function setMark(cells: Cells, mark: RestoredMark): Promise<void> {
  const version = cells.get(restoredCell)?.version ?? 0
  await cells.compareAndSet(restoredCell, version, Buffer.from(JSON.stringify(mark)))
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
