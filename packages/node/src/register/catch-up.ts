import { toHex } from '@comity/statement'
import { NodeError } from '../node-error.ts'
import type { Bench } from '../judge/judge.ts'
import { type Unclosed, decodeEntry, foldBatch } from './fold.ts'
import type { Register } from './register.ts'

/** Where the entries come from: the node's own stream, a mirror, or an audited log. */
export interface Leaves {
  readonly size: number
  leaves(from: number, to: number): Uint8Array[]
}

/** Entries decoded between two looks at the stream; also about how many share a transaction. */
const chunk = 2048

/**
 * Folds a log's own entries from `from` on into the register. Returns those at the end that no time leaf closes yet:
 * after a crash in the middle of an append there may be some, durable but acknowledged to nobody.
 *
 * Throws `log-forked` where the judge refuses what the log holds: this node wrote it, so one of the two is damaged.
 */
export function catchUp(
  source: Leaves,
  from: number,
  register: Register,
  bench: Omit<Bench, 'size'>,
  onProgress?: (done: number, total: number) => void,
): readonly Unclosed[] {
  let open: Unclosed[] = []
  let batchStart = from
  for (let start = from; start < source.size; start += chunk) {
    const end = Math.min(start + chunk, source.size)
    register.begin()
    for (const [i, leaf] of source.leaves(start, end).entries()) {
      const entry = decodeEntry(start + i, leaf)
      open.push(entry)
      if (entry.statement.kind !== 'time') continue
      foldBatch(open, entry.statement.iat, register, { ...bench, size: batchStart }, (voided, reason) => {
        throw new NodeError(
          'log-forked',
          `entry ${voided.position} of ${bench.origin} would be refused now: ${reason.message}`,
        )
      })
      batchStart = start + i + 1
      open = []
    }
    register.commit({ size: batchStart, root: toHex(bench.root(batchStart)) })
    onProgress?.(end, source.size)
  }
  return open
}
