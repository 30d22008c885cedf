import type { CheckedEntry } from '../../reading/check-entries.ts'
import { indexOf } from '../../register/position.ts'
import { batchLimit } from '../../pipeline/sequencer.ts'
import { FederationError } from '../federation-error.ts'

/** A node closes a batch at 1,024 entries; what a crash left open before it may come on top. An audit has the same limit. */
const longestBatch = 4 * batchLimit

/** How far a log's time may be ahead of this node's clock, in seconds. */
export const clockTolerance = 300

/** What stands at the beginning of every log, by index. */
const beginning = ['party', 'policy', 'time'] as const

/** Throws FederationError `wrong-beginning`, `wrong-keeper`: else nothing in the log could be judged. */
export function requireBeginning(entries: readonly CheckedEntry[], origin: string, keeper: string): void {
  for (const [index, kind] of beginning.entries()) {
    const each = entries[index]
    if (each === undefined || 'malformed' in each || each.signature !== 'right' || each.entry.statement.kind !== kind) {
      throw new FederationError(
        'wrong-beginning',
        `${origin} does not begin with its keeper, its policy and its first time, all signed: entry ${index} is no such ${kind}`,
      )
    }
    if (each.entry.statement.iss !== keeper) {
      throw new FederationError(
        'wrong-keeper',
        `${origin} is kept by ${each.entry.statement.iss}, and was to be the log of ${keeper}`,
      )
    }
  }
}

/**
 * Throws FederationError `time-in-future` for a time leaf of the keeper that is ahead of `now`, and with it everything
 * that it closes: that waits until this node's clock has come there.
 */
export function requirePast(entries: readonly CheckedEntry[], origin: string, keeper: string, now: number): void {
  for (const each of entries) {
    if ('malformed' in each) continue
    const { kind, iss, iat } = each.entry.statement
    if (kind !== 'time' || iss !== keeper || iat <= now + clockTolerance) continue
    throw new FederationError(
      'time-in-future',
      `entry ${indexOf(each.position)} of ${origin} says that it is ${iat}, ${Math.round(iat - now)} s ahead of this node's clock: at most ${clockTolerance} s are taken`,
    )
  }
}

/** Throws FederationError `batch-open` where no time leaf of the keeper closes what has come since the last. */
export function requireClosing(openFrom: number, size: number, origin: string): void {
  if (size - openFrom <= longestBatch) return
  throw new FederationError(
    'batch-open',
    `no time leaf of the keeper closes the entries of ${origin} from ${openFrom} on: after ${longestBatch} there is one`,
  )
}
