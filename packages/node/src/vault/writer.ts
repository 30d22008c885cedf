import { randomBytes } from '@comity/crypto'
import { StoreError, type Truth } from '@comity/store'
import { NodeError } from '../node-error.ts'
import type { KeyedEvent, VaultPen } from './desk.ts'
import type { VaultFold } from './fold.ts'
import { type Journal, nodeKeyId } from './journal.ts'
import { keyIdOf } from './partition.ts'

/** Hears how many records, advisories and answers are reduced, of how many that waited. */
export type OnProgress = (done: number, total: number) => void

export interface WriterParts {
  readonly truth: Truth
  readonly journal: Journal
  readonly fold: VaultFold
  /** Whole seconds since the epoch. */
  readonly now: () => number
}

/** The one who writes in a vault: one work after the other, and matching in slices whenever nobody else is at it. */
export class VaultWriter {
  readonly #truth: Truth
  readonly #journal: Journal
  readonly #fold: VaultFold
  readonly #now: () => number
  /** Ends when the last of the works that were begun has ended: they run one after the other. */
  #lastTurn: Promise<unknown> = Promise.resolve()
  #matching: Promise<void> | undefined
  #woken = false
  #failure: NodeError | undefined
  #closed = false
  readonly #listeners = new Set<() => void>()

  constructor({ truth, journal, fold, now }: WriterParts) {
    this.#truth = truth
    this.#journal = journal
    this.#fold = fold
    this.#now = now
  }

  /** Brings the view up to the journal, from nothing if need be. */
  async begin(onProgress: OnProgress | undefined): Promise<void> {
    await this.#reporting(onProgress, async () => {
      await this.#turn(() => this.#fold.catchUp())
    })
    this.wake()
  }

  /** A turn that writes, on a view that is up to date. Rejects with `closed` and `storage-failed`. */
  write<T>(work: (pen: VaultPen) => Promise<T>): Promise<T> {
    if (this.#closed) return Promise.reject(new NodeError('closed', 'the vault is closed'))
    return this.#turn(async () => {
      try {
        await this.#fold.catchUp()
        return await work({
          host: (party, at) => this.#host(party, at),
          record: (events) => this.#record(events),
        })
      } catch (error) {
        throw error instanceof StoreError ? asFailure(error) : error
      }
    })
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  wake(): void {
    if (this.#closed) return
    this.#woken = true
    this.#matching ??= this.#match()
  }

  async settled(onProgress?: OnProgress): Promise<void> {
    await this.#reporting(onProgress, async () => {
      this.wake()
      await this.#matching
    })
    if (this.#failure !== undefined) throw this.#failure
  }

  get failure(): NodeError | undefined {
    return this.#failure
  }

  /** Nothing is begun any more. */
  stop(): void {
    this.#closed = true
  }

  /** Ends with the works under way. */
  async ended(): Promise<void> {
    await this.#matching
    await this.#lastTurn
  }

  async #reporting(onProgress: OnProgress | undefined, work: () => Promise<void>): Promise<void> {
    if (onProgress !== undefined) {
      const total = this.#fold.waiting
      let done = 0
      // What comes meanwhile is done on top.
      this.#fold.onReduced = (count) => onProgress(Math.min(total, (done += count)), total)
    }
    try {
      await work()
    } finally {
      if (onProgress !== undefined) this.#fold.onReduced = undefined
    }
  }

  async #match(): Promise<void> {
    // The batch that woke us is being answered in this turn of the event loop.
    await new Promise((resolve) => setImmediate(resolve))
    try {
      while (this.#woken) {
        this.#woken = false
        while (
          !this.#closed &&
          (await this.#turn(
            () => this.#matchSome(),
            (hasMatched) => hasMatched,
          ))
        );
      }
      this.#failure = undefined
    } catch (cause) {
      this.#failure = asFailure(cause)
    } finally {
      this.#matching = undefined
    }
  }

  /** Returns whether anything was written: then there may be more. */
  async #matchSome(): Promise<boolean> {
    if (await this.#fold.catchUp()) return true
    if ((await this.#fold.advance()) > 0) return true
    const event = this.#fold.mirrored(this.#now())
    if (event === undefined) return false
    await this.#record([{ keyId: nodeKeyId, event }])
    return true
  }

  /** The key under which a party's events are written, and the event that opens its partition if it has none. */
  async #host(party: string, at: number): Promise<{ keyId: string; opening: KeyedEvent[] }> {
    const partition = this.#fold.accounts.partitions.of(party)
    if (partition !== undefined) return { keyId: partition.keyId, opening: [] }
    const keyId = keyIdOf(Buffer.from(randomBytes(16)).toString('hex'))
    await this.#truth.keyring.createKey(keyId)
    const lookup = Buffer.from(randomBytes(32)).toString('base64url')
    return { keyId, opening: [{ keyId, event: { type: 'partition', party, lookup, at } }] }
  }

  /** Makes events durable, then takes them up from the journal as a start after a crash would. */
  async #record(events: readonly KeyedEvent[]): Promise<void> {
    await this.#journal.append(this.#fold.cursor, events)
    await this.#fold.catchUp()
  }

  /** Whoever listens hears of it, unless `isChange` says that nothing was written. */
  #turn<T>(work: () => Promise<T>, isChange: (result: T) => boolean = () => true): Promise<T> {
    const turn = this.#lastTurn.then(work)
    this.#lastTurn = turn.then(
      (result) => isChange(result) && this.#listeners.forEach((listener) => listener()),
      () => undefined,
    )
    return turn
  }
}

/** Its message is seen by others than the party: what was being done stays in `cause`. */
export function asFailure(cause: unknown): NodeError {
  if (cause instanceof NodeError) return cause
  return new NodeError('storage-failed', 'the vault could not be read or written: mend that, then try again', { cause })
}
