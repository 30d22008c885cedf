import { type EquivocationProof, LogError, type VerifierKey } from '@comity/log'
import { StoreError } from '@comity/store'
import { NodeError } from '../../node-error.ts'
import type { Register } from '../../register/register.ts'
import { FederationError } from '../federation-error.ts'
import { type Comparison, HeadComparison, setFollowed } from './head-comparison.ts'
import { type Head, hasSameRoot, readHead } from './head.ts'
import { HeadReader } from './head-reader.ts'
import type { MirrorCopy } from './mirror-copy.ts'
import type { MirrorFold, Slice } from './mirror-fold.ts'
import type { MirrorSources } from './mirror-sources.ts'
import { type MirrorPace, type MirrorState, Schedule } from './mirror-state.ts'
import type { PeerLog } from './peer-log.ts'
import type { Slots } from './slots.ts'

export type { Comparison } from './head-comparison.ts'

export interface MirrorParts {
  readonly origin: string
  readonly copy: MirrorCopy
  readonly register: Register
  readonly fold: MirrorFold
  readonly sources: MirrorSources
  /** Log keys pinned when the peer was added. */
  readonly pinned: readonly VerifierKey[]
  readonly pace: MirrorPace
  /** From 0 to below 1. */
  readonly random: () => number
  /** Entries that are in memory at a time, a multiple of 256. */
  readonly windowEntries: number
  /** Entries are read for a few logs at a time. */
  readonly slots: Slots
  readonly slice: Slice
}

/**
 * Follows one log: asks for its newest head, and verifies everything that it covers before any of it counts.
 *
 * Driven from outside by {@link step}. What it holds is in the copy, so that a process may die at any moment.
 */
export class Mirror {
  readonly #parts: MirrorParts
  readonly #schedule: Schedule
  readonly #comparison: HeadComparison
  #sources: MirrorSources
  #pinned: readonly VerifierKey[]
  /** One piece of work at a time. */
  #turn: Promise<unknown> = Promise.resolve()
  #isClosed = false
  #reader: HeadReader | undefined
  #lastError: MirrorState['lastError']
  #hasFailed = false
  #firstTryAt = 0
  #lastSuccessAt = 0
  #wholeAt = 0
  #nextTryAt = 0
  /** Seconds that the log took for its newest checkpoint. */
  #answeredIn = 0
  /** A head that the log's own node showed unasked, and that is to be read. */
  #shown: Head | undefined

  constructor(parts: MirrorParts) {
    this.#parts = parts
    this.#schedule = new Schedule(parts.pace, parts.random)
    this.#sources = parts.sources
    this.#pinned = parts.pinned
    const { copy, register, fold, slice } = parts
    this.#comparison = new HeadComparison({ copy, register, fold, slice, pinned: () => this.#pinned })
  }

  get origin(): string {
    return this.#parts.origin
  }

  get keeper(): string {
    return this.copy.record.keeper
  }

  /** The entries, the tree and the head that are held. */
  get copy(): MirrorCopy {
    return this.#parts.copy
  }

  /** Why the log is quarantined, if it is: everybody can check it. */
  get evidence(): EquivocationProof | undefined {
    return this.copy.record.evidence
  }

  get isQuarantined(): boolean {
    return this.copy.record.state === 'quarantined'
  }

  /** Folds what the copy holds and the register does not. */
  catchUp(onProgress?: (done: number, total: number) => void): Promise<void> {
    return this.#inTurn(() => this.#parts.fold.catchUp(onProgress))
  }

  /** Whether the log counts in the cuts of this node. To be called between batches. */
  setFollowed(isFollowed: boolean): void {
    setFollowed(this.#parts.register, isFollowed)
  }

  /** Where the log is read from and which keys are pinned, from the next step on. */
  redirect(sources: MirrorSources, pinned: readonly VerifierKey[]): void {
    this.#sources = sources
    this.#pinned = pinned
    this.#nextTryAt = 0
  }

  /** Entries, verified and folded; what is missing, and since when. `now` in seconds since the epoch. */
  state(now: number): MirrorState {
    const { register, fold } = this.#parts
    const { size } = fold
    const entriesBehind = Math.max(0, this.#comparison.newest - size)
    const since = this.#wholeAt === 0 ? this.#firstTryAt : this.#wholeAt
    const isWhole = entriesBehind === 0 && !this.#hasFailed && this.#wholeAt > 0
    const error = this.#lastError
    return {
      origin: this.origin,
      keeper: this.keeper,
      state: this.#condition(entriesBehind),
      size,
      headAt: register.lastAt,
      entriesBehind,
      secondsBehind: isWhole || since === 0 ? 0 : Math.max(0, Math.round(now - since)),
      voidEntries: this.#voidEntries(),
      documentsWanted: 0,
      lastSuccessAt: Math.floor(this.#lastSuccessAt),
      nextTryAt: this.isQuarantined || this.#isClosed ? 0 : Math.ceil(this.#nextTryAt),
      ...(error === undefined ? {} : { lastError: error }),
    }
  }

  /**
   * Does one bounded piece of work: a look at the newest head, and some windows of entries where there are new ones.
   * Returns when it wants to be called next, in seconds since the epoch like `now`, fractions included.
   *
   * Rejects only with what nobody foresaw; what goes wrong with the peer is in the {@link state}.
   */
  step(now: number): Promise<number> {
    return this.#inTurn(async () => {
      if (this.isQuarantined || this.#isClosed) return (this.#nextTryAt = Number.POSITIVE_INFINITY)
      if (this.#firstTryAt === 0) this.#firstTryAt = now
      try {
        if (await this.#follow(now)) this.#nextTryAt = now
      } catch (error) {
        const known = asFederationError(error, this.origin)
        if (known === undefined) {
          this.#nextTryAt = now + this.#schedule.afterFailure()
          throw error
        }
        this.#failed(known, now)
      }
      return this.isQuarantined ? Number.POSITIVE_INFINITY : this.#nextTryAt
    })
  }

  /**
   * Compares a head of this log that was seen elsewhere: with a witness, at another mirror, in somebody's receipt. What
   * contradicts the log's own head quarantines it.
   *
   * Throws FederationError `head-malformed`, `wrong-origin`, `head-unsigned`: then it shows nothing about the log.
   */
  compare(note: string | Uint8Array): Promise<Comparison> {
    return this.#inTurn(() => this.#compare(readHead(note, this.origin)))
  }

  /**
   * Hears the newest checkpoint from the log's own node. A later one is read at the next step as it is: it need not be
   * kept, nor asked for again. Everything else is compared; throws as {@link compare} does.
   */
  hear(note: string | Uint8Array): Promise<Comparison> {
    return this.#inTurn(async () => {
      const head = readHead(note, this.origin)
      const known = Math.max(this.copy.size, this.copy.head?.size ?? 0)
      const isNext = head.size > known && this.#shown === undefined && this.#sources.isOwn
      if (!isNext || this.isQuarantined || this.#isClosed) return this.#compare(head)
      this.#comparison.requireKnown(head)
      this.#shown = head
      this.#nextTryAt = 0
      return 'later'
    })
  }

  /** Ends after the window under way. What was verified is durable. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#reader?.stop()
    await this.#turn
    await this.copy.close()
  }

  async #compare(head: Head): Promise<Comparison> {
    try {
      const found = await this.#comparison.compare(head)
      if (found === 'later') this.#nextTryAt = 0
      return found
    } catch (error) {
      if (error instanceof FederationError && error.code === 'equivocated') return 'contradicts'
      throw error
    }
  }

  /** Returns whether there is more to do at once. */
  async #follow(now: number): Promise<boolean> {
    const { copy, fold, slots } = this.#parts
    await fold.catchUp()
    const source = this.#sources.current(now)
    if (source === undefined) throw new FederationError('peer-unreachable', `no address is known for ${this.origin}`)
    const target = copy.head
    if (target !== undefined && copy.size < target.size) {
      // What the process before had begun.
      return slots.run(() => this.#goOn(target, source, now))
    }
    const shown = this.#shown
    this.#shown = undefined
    if (shown !== undefined && shown.size > copy.size) return slots.run(() => this.#takeShown(shown, source, now))
    if (shown !== undefined) await this.#comparison.compareHeld(shown)
    const asked = performance.now()
    const head = readHead(await source.checkpoint(), this.origin)
    this.#answeredIn = (performance.now() - asked) / 1000
    if (head.size <= copy.size) {
      await this.#comparison.compareHeld(head)
      if (this.#sources.isOwn && this.#comparison.newest > head.size) throw this.#behind(head)
      this.#succeeded(now, false)
      return false
    }
    return slots.run(() => this.#take(head, source, now))
  }

  /** Reads what a newer head covers. Returns whether there is more of it. */
  async #take(head: Head, source: PeerLog, now: number): Promise<boolean> {
    const reader = this.#newReader(head, source, now)
    await reader.authenticate()
    return this.#read(reader, now)
  }

  /** The same for one that was not asked for. Where that fails it is kept that the log signed it. */
  async #takeShown(head: Head, source: PeerLog, now: number): Promise<boolean> {
    try {
      const isMore = await this.#take(head, source, now)
      // A later one may have been seen meanwhile.
      return isMore || (!this.#isClosed && this.#comparison.newest > this.copy.size)
    } catch (error) {
      if (error instanceof FederationError) await this.#comparison.compare(head)
      throw error
    }
  }

  /** Reads on to a head that is kept already; the log may deny it by now. There may be a newer one. */
  async #goOn(target: Head, source: PeerLog, now: number): Promise<boolean> {
    try {
      await this.#read(this.#newReader(target, source, now), now)
      return !this.#isClosed
    } catch (error) {
      if (!(error instanceof FederationError) || !denials.has(error.code)) throw error
      const head = readHead(await source.checkpoint(), this.origin)
      if (head.size < target.size || (head.size === target.size && hasSameRoot(head, target.root))) throw error
      const reader = this.#newReader(head, source, now)
      await reader.authenticate(target)
      return this.#read(reader, now)
    }
  }

  async #read(reader: HeadReader, now: number): Promise<boolean> {
    this.#reader = reader
    try {
      const isComplete = await reader.read()
      await this.#comparison.compareSeen()
      this.#succeeded(now, true)
      return !isComplete && !this.#isClosed
    } finally {
      this.#reader = undefined
    }
  }

  #newReader(head: Head, source: PeerLog, now: number): HeadReader {
    const { copy, register, fold, windowEntries } = this.#parts
    const comparison = this.#comparison
    return new HeadReader({ head, source, now, copy, register, fold, pinned: this.#pinned, windowEntries, comparison })
  }

  #behind(head: Head): FederationError {
    const shown = `${this.origin} shows a checkpoint of ${head.size} entries`
    return new FederationError('head-behind', `${shown}, and has signed one of ${this.#comparison.newest}: it is older`)
  }

  #succeeded(now: number, hadNews: boolean): void {
    this.#hasFailed = false
    this.#lastSuccessAt = now
    this.#sources.succeeded()
    if (this.#sources.isOwn) this.#lastError = undefined
    if (this.copy.size >= this.#comparison.newest) this.#wholeAt = now
    this.#nextTryAt = now + this.#schedule.afterSuccess(hadNews, this.#answeredIn)
  }

  #failed(error: FederationError, now: number): void {
    this.#hasFailed = true
    const { code, message, retryAt = 0 } = error
    if (this.#sources.isOwn || this.#lastError === undefined) this.#lastError = { code, message, at: Math.floor(now) }
    const isElsewhere = !ownFaults.has(code) && this.#sources.failed(now)
    this.#nextTryAt = isElsewhere ? now : Math.max(retryAt, now + this.#schedule.afterFailure())
  }

  #condition(entriesBehind: number): MirrorState['state'] {
    if (this.isQuarantined) return 'quarantined'
    if (this.#hasFailed) return 'unreachable'
    if (this.#lastSuccessAt === 0) return 'not-yet'
    return entriesBehind > 0 ? 'behind' : 'following'
  }

  #voidEntries(): number {
    const { database, range } = this.#parts.register
    const row = database
      .prepare('SELECT count(*) AS n FROM void WHERE position >= ? AND position < ?')
      .get(range.from, range.to)
    return Number(row?.['n'] ?? 0)
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work)
    this.#turn = done.catch(() => undefined)
    return done
  }
}

/** Answers with which a log may deny a head that it signed. */
const denials: ReadonlySet<string> = new Set([
  'entries-missing',
  'entries-malformed',
  'entries-differ',
  'tiles-missing',
  'tiles-differ',
])

/** Nobody else can do anything about these. */
const ownFaults: ReadonlySet<string> = new Set([
  'mirror-damaged',
  'mirror-not-written',
  'equivocated',
  'time-in-future',
])

/** What went wrong, in the codes of the federation; undefined for what nobody foresaw. */
function asFederationError(error: unknown, origin: string): FederationError | undefined {
  if (error instanceof FederationError) return error
  const isDamage = error instanceof LogError || (error instanceof StoreError && error.code === 'damaged')
  if (isDamage) {
    const what = `the copy of ${origin} is damaged: ${error.message}. Restore a backup of this node`
    return new FederationError('mirror-damaged', what, { cause: error })
  }
  const isOwn = error instanceof StoreError || error instanceof NodeError
  if (!isOwn) return undefined
  const what = `the copy of ${origin} could not be written: ${error.message}`
  return new FederationError('mirror-not-written', what, { cause: error })
}
