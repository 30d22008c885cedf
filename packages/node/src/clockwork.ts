import { type TreeHashes, type View, WalKeeper } from '@comity/store'
import type { Documents } from './documents.ts'
import type { FindingsKeeper } from './findings.ts'
import type { SignedHead } from './pipeline/ledger.ts'
import type { Sequencer } from './pipeline/sequencer.ts'
import { rangeOf } from './register/position.ts'

/** How often, in milliseconds, the findings of busy parties are renewed at the most. */
const renewEvery = 1000

/** What takes long is done less often: of the time, renewing gets no more than one part in so many. */
const renewShare = 100

/** Findings are no older than this many milliseconds, however long renewing them takes. */
const renewLatest = 30_000

/** Parties whose findings are renewed in one go: about as long as a batch takes. */
const renewedAtOnce = 8

const daySeconds = 86_400

/** Hashes are made durable about every so many entries; after a crash the rest is hashed again from the stream. */
const hashesPerSync = 4096

export interface ClockworkParts {
  readonly sequencer: Sequencer
  readonly findings: FindingsKeeper
  readonly documents: Documents
  readonly hashes: TreeHashes
  readonly reader: View
  /** The connection that writes the register. */
  readonly writer: View
  readonly keeper: string
  /** Entries whose hashes are durable at the start. */
  readonly size: number
  /** Whole seconds since the epoch. */
  readonly now: () => number
  /** Registers the findings of the day; absent where the node has no key for that. */
  readonly publishFindings?: () => Promise<unknown>
}

/**
 * The chores of a node, by the clock and after each batch: heartbeats, findings, durable hashes, the removal of
 * documents that nobody cites. A chore that fails is no reason to register nothing any more.
 */
export class Clockwork {
  readonly #parts: ClockworkParts
  readonly #timers: NodeJS.Timeout[] = []
  #renewTimer: NodeJS.Timeout | undefined
  /** How long the last renewal took, in milliseconds, over all its parts. */
  #renewalTook = 0
  #walKeeper: WalKeeper | undefined
  #onError: (error: unknown) => void = () => {}
  #hashedUpTo: number

  constructor(parts: ClockworkParts) {
    this.#parts = parts
    this.#hashedUpTo = parts.size
  }

  /** `onError` hears of every chore that failed from now on; it is tried again at its next time. */
  start(onError: (error: unknown) => void, everyMinute: readonly (() => unknown)[] = []): void {
    this.#onError = onError
    const { sequencer, documents, now, writer } = this.#parts
    const betweenBatches = (work: () => void) => sequencer.betweenBatches(work)
    this.#walKeeper = new WalKeeper(writer, betweenBatches, (error) => this.report(error))
    this.#every(60_000, () => sequencer.heartbeat())
    for (const chore of everyMinute) this.#every(60_000, chore)
    this.#every(600_000, () => this.#publishDaily())
    this.#every(3_600_000, () => documents.sweep(now()))
  }

  /** To be called before the views are closed. */
  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer)
    clearTimeout(this.#renewTimer)
    await this.#walKeeper?.close()
  }

  /** Hears of what failed beside the log. */
  report(error: unknown): void {
    this.#onError(error)
  }

  afterBatch(head: SignedHead): void {
    this.renewSoon()
    if (head.size - this.#hashedUpTo < hashesPerSync) return
    this.#hashedUpTo = head.size
    // The next write to the hashes says so too, and that ends the registering.
    this.#parts.hashes.sync(head.size).catch((error: unknown) => this.report(error))
  }

  /** Renews, after a moment, the findings of whom something new concerns. */
  renewSoon(): void {
    this.#renewTimer ??= setTimeout(() => {
      this.#renewTimer = undefined
      this.#renewalTook = 0
      this.#renew(this.#parts.findings.changed())
    }, renewPause(this.#renewalTook)).unref()
  }

  #every(milliseconds: number, chore: () => unknown): void {
    const run = () => void Promise.try(chore).catch((error: unknown) => this.report(error))
    this.#timers.push(setInterval(run, milliseconds).unref())
  }

  /** A few parties at a time, so that the next batch need not wait for all of them. */
  #renew(changed: string[]): void {
    const { sequencer, findings } = this.#parts
    const renewed = sequencer.betweenBatches(() => {
      const begun = performance.now()
      findings.renew(changed.splice(0, renewedAtOnce))
      this.#renewalTook += performance.now() - begun
      if (changed.length > 0) setImmediate(() => this.#renew(changed))
    })
    // Those parties stay marked, and are tried again after the next batch.
    renewed.catch((error: unknown) => this.report(error))
  }

  async #publishDaily(): Promise<void> {
    const { publishFindings, reader, keeper, now } = this.#parts
    if (publishFindings === undefined) return
    // Also those that still wait for approvals.
    const row = reader
      .prepare(
        "SELECT at FROM entry JOIN party USING (party) WHERE urn = ? AND party.party < ? AND kind = 'findings' ORDER BY position DESC LIMIT 1",
      )
      .get(keeper, rangeOf(0).to)
    if (row !== undefined && now() - Number(row['at']) < daySeconds) return
    await publishFindings()
  }
}

/** Milliseconds until findings are renewed again, after a renewal that took so many. */
export function renewPause(took: number): number {
  return Math.min(renewLatest, Math.max(renewEvery, took * renewShare))
}
