/** What a run of a source works with, and what it comes to. */
import type { Asker } from './ask.ts'
import type { Item, Items } from './items.ts'
import type { SourceLog } from './source-log.ts'
import type { EndedRun, RunCounts, SourceRecord } from './source-record.ts'
import type { Source, SourceFault } from './source.ts'

export interface Run {
  readonly source: Source
  readonly log: SourceLog
  readonly items: Items
  readonly asker: Asker
  /** Ends the run; what is durable by then stays. */
  readonly signal: AbortSignal
  /** Whole seconds since the epoch. */
  readonly now: () => number
  /** Makes the octets of a document durable. `digest`: `sha256:<hex>`. */
  readonly put: (digest: string, bytes: Uint8Array) => Promise<unknown>
  /** Hears how many documents of how many were looked at. */
  readonly onProgress: (done: number, total: number) => void
}

/** How a run ended, but for its times. */
export type RunResult = Omit<EndedRun, 'record' | 'at' | 'begunAt'>

/** Faults of a run that are kept with their text. */
export const runFaultsKept = 100

/** Seconds after which a document that was refused is looked at again, although nothing says that it changed. */
export const lookAgainAfter = 86_400

/** What the network or the server did: it may be otherwise in a minute. */
const passing: ReadonlySet<string> = new Set(['not-answered', 'bad-answer', 'cut-off', 'key'])

export function isPassing(faults: readonly SourceFault[]): boolean {
  return faults.some(({ test }) => passing.has(test))
}

/**
 * Whether a document that is listed with this stamp is to be fetched: it is new, another revision, was refused for what may
 * have passed or by other rules, or a day ago; or the list gives no stamps, and it was taken a day ago.
 */
export function isDue(known: Item | undefined, stamp: string, rules: string, now: number): boolean {
  if (known === undefined) return true
  const { refused } = known
  if (refused !== undefined) {
    const isOther = refused.stamp !== stamp || refused.rules !== rules
    return isOther || isPassing(refused.faults) || now - refused.at >= lookAgainAfter
  }
  return stamp === '' ? now - known.at >= lookAgainAfter : known.stamp !== stamp
}

/** Counts as a run goes. */
export class Tally {
  items = 0
  taken = 0
  refused = 0
  gone = 0
  /** A document is missing that the next run may get. */
  isPartial = false
  readonly #faults: SourceFault[] = []

  add(...faults: readonly SourceFault[]): void {
    this.#faults.push(...faults.slice(0, runFaultsKept - this.#faults.length))
  }

  get faults(): readonly SourceFault[] {
    return this.#faults
  }

  counts(received: number): RunCounts {
    const { items, taken, refused, gone } = this
    return { items, taken, refused, gone, received }
  }
}

/** Records that a document was refused, unless that is what the last record of it says, on the same day. */
export async function refuse(
  { log, items, now }: Pick<Run, 'log' | 'items' | 'now'>,
  refusal: { item: string; list: string; stamp: string; rules: string; faults: readonly SourceFault[] },
): Promise<void> {
  const at = now()
  const before = items.find(log.stream, refusal.item)?.refused
  const isSame =
    before !== undefined &&
    before.stamp === refusal.stamp &&
    before.rules === refusal.rules &&
    JSON.stringify(before.faults) === JSON.stringify(refusal.faults) &&
    at - before.at < lookAgainAfter
  if (!isSame) await log.append([{ record: 'refused', at, ...refusal }])
}

/** Records which documents the source has no more: those of lists that were read, and of lists that it has no more. */
export async function recordGone(
  { log, items, now }: Pick<Run, 'log' | 'items' | 'now'>,
  { listed, isRead }: { listed: ReadonlySet<string>; isRead: (list: string) => boolean },
): Promise<number> {
  const gone = items.names(log.stream).filter(({ item, list }) => isRead(list) && !listed.has(item))
  const at = now()
  await log.append(gone.map(({ item }): SourceRecord => ({ record: 'gone', at, item })))
  return gone.length
}

/** Calls `work` for each, several at a time. What it throws ends all of it, once those under way are done. */
export async function severalAtOnce<T>(
  each: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  let next = 0
  let failed = false
  const worker = async (): Promise<void> => {
    while (!failed) {
      const item = each[next++]
      if (item === undefined) return
      try {
        await work(item)
      } catch (error) {
        failed = true
        throw error
      }
    }
  }
  const settled = await Promise.allSettled(Array.from({ length: Math.min(atOnce, each.length) }, worker))
  for (const outcome of settled) if (outcome.status === 'rejected') throw outcome.reason
}
