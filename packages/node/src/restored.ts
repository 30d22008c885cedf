/**
 * A node restored from a backup may be behind its own log: what it signed after the backup is known to others, and to
 * sign again from here would fork the log. So it opens frozen, and serves what it has, until it is shown a checkpoint
 * that equals its own. When it is shown a later one it signs again only once it has the entries that came after the
 * backup, which its mirrors may have; else a successor log takes over by `continuation`.
 */
import { sha256, verify } from '@comity/crypto'
import { ed25519Verifier, noteType, openCheckpoint, verifierKey } from '@comity/log'
import { openFiles } from '@comity/store'
import { NodeError } from './node-error.ts'
import { readHead } from './pipeline/ledger.ts'
import { readMark, resumedMark, setMark } from './restored-mark.ts'

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
 * backup, so this node signs nothing without the entries that came since. `stale`: the checkpoint is older than the backup and shows nothing.
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
      const isNews = shown.size > (mark?.overtakenAt ?? 0)
      const overtaken = isNews ? { overtakenAt: shown.size, overtakenBy: textOf(checkpoint) } : {}
      await setMark(truth.cells, { madeAt: now, ...mark, ...overtaken })
      return report('behind')
    }
    if (shown.size < own.size) return report('stale')
    if (shown.root !== own.root) {
      const contradiction = { first: stored.head.note, second: textOf(checkpoint) }
      await setMark(truth.cells, { madeAt: now, ...mark, overtakenAt: shown.size, contradiction })
      throw new NodeError(
        'log-forked',
        `two signed checkpoints of ${origin} at size ${own.size} have different roots: ${own.root} here, ${shown.root} shown`,
      )
    }
    if (mark === undefined || mark.resumedAt !== undefined) return report('not-frozen')
    await setMark(truth.cells, resumedMark(mark, now))
    return report('resumed')
  } finally {
    await truth.close()
  }
}

function textOf(note: string | Uint8Array): string {
  return typeof note === 'string' ? note : Buffer.from(note).toString('utf8')
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
