/**
 * The way of a move from its author's home log to the seat of its case. A node takes over by itself what is filed in logs
 * that it follows, for cases whose seat is its own log: first what its log lacks of the author's party statements, with
 * their approvals, then the move with its own, in the order in which it was filed. Whoever is not followed files here
 * himself.
 *
 * Everything is read from the register, so that a copy that came by carrier serves as well as one from the network. What
 * was taken stands in the own log and what was refused in a record; nothing else has to survive a crash.
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Cells } from '@comity/store'
import { positionOf } from '../../register/position.ts'
import { changedParties, type Filing, filingsIn, type Followed, followedLogs, isTaken } from './filings.ts'
import { progressAfter, SeatRecord, type SeatRefusal } from './seat-record.ts'
import { stopOf, take, takeParty, type TakeParts } from './take.ts'
import { dueIn, inOrder, nextWave } from './waves.ts'

/** Moves of one log that are looked at in one go. */
const lookedAtOnce = 256

/** How long the seat rests when too much is under way, in milliseconds. */
const restMilliseconds = 1000

export interface SeatParts extends TakeParts {
  readonly cells: Cells
  /** Of the own log. */
  readonly origin: string
}

export class Seat {
  readonly #parts: SeatParts
  readonly #record: SeatRecord
  /** How far each log was searched for changes of parties since the start, by origin. */
  readonly #searched = new Map<string, number>()
  #onError: ((error: unknown) => void) | undefined
  #running: Promise<void> | undefined
  #isAsked = false
  #timer: NodeJS.Timeout | undefined
  #isClosed = false

  constructor(parts: SeatParts) {
    this.#parts = parts
    this.#record = new SeatRecord(parts.cells)
  }

  /** What the seat did not take of what was filed elsewhere for a case, the latest first. */
  refusalsOf(urn: string): readonly SeatRefusal[] {
    return this.#record.refusalsOf(urn)
  }

  /** How many moves it has refused, ever: the number changes with each. */
  get refused(): number {
    return this.#record.refused
  }

  /** Takes over what is there, and from now on whatever {@link wake} says has come. `onError` hears of what failed. */
  start(onError: (error: unknown) => void): void {
    this.#onError = onError
    this.wake()
  }

  /** Something of a followed log came into the register, or documents that were waited for. */
  wake(): void {
    if (this.#onError === undefined || this.#isClosed) return
    if (this.#running !== undefined) {
      this.#isAsked = true
      return
    }
    const report = this.#onError
    this.#running = this.step()
      .catch((error: unknown) => this.#rest(error, report))
      .finally(() => {
        this.#running = undefined
        if (!this.#isAsked) return
        this.#isAsked = false
        this.wake()
      })
  }

  /** Ends after what is under way. */
  async stop(): Promise<void> {
    this.#isClosed = true
    clearTimeout(this.#timer)
    await this.#running
  }

  /** Takes over everything that followed logs hold for cases here. Throws when this node cannot take statements now. */
  async step(): Promise<void> {
    const followed = followedLogs(this.#parts.database)
    while (await this.#takeSome(followed)) await nextTurn()
    // After the moves: what a party signed before it changed its keys was signed with those that it had.
    for (const log of followed) await this.#takeChanges(log)
  }

  /** A full queue empties within a second, and a node that is stopped for good says so itself. */
  #rest(error: unknown, report: (error: unknown) => void): void {
    const stop = stopOf(error)
    if (stop === undefined) return report(error)
    if (stop !== 'too-many-requests' || this.#isClosed) return
    this.#timer = setTimeout(() => this.wake(), restMilliseconds).unref()
  }

  /** Takes over some of what all logs hold, the first filed first. Returns whether there is more. */
  async #takeSome(followed: readonly Followed[]): Promise<boolean> {
    const { database, origin: seat } = this.#parts
    if (this.#isClosed) return false
    const looks = followed.flatMap((log) => {
      const before = this.#record.progressOf(log.origin)
      if (before.upTo >= log.size && before.waiting.length === 0) return []
      return [{ ...log, before, ...filingsIn(database, log, seat, before, lookedAtOnce) }]
    })
    const isDue = dueIn(looks)
    const due = looks.flatMap(({ filings }) => filings.filter(isDue)).toSorted(inOrder)
    const undecided = due.filter((filing) => !this.#record.isRefused(filing.id) && !isTaken(database, filing))
    const waiting = await this.#takeAll(undecided)
    let hasMore = false
    for (const { origin, size, before, filings, seenTo } of looks) {
      const own = (filing: Filing): boolean => filing.origin === origin
      const beyond = filings.find((filing) => !isDue(filing))
      const after = progressAfter(waiting.filter(own), beyond, seenTo ?? size)
      const isNews =
        undecided.filter(own).length > waiting.filter(own).length || after.waiting.join() !== before.waiting.join()
      await this.#record.advance(origin, after, isNews)
      // What waits in too great a number holds its log up, and is tried again when something comes.
      if (after.upTo > before.upTo && after.upTo < size) hasMore = true
    }
    return hasMore
  }

  /** Takes moves over, those of one party or one case after each other. Returns those that have to wait. */
  async #takeAll(filings: readonly Filing[]): Promise<readonly Filing[]> {
    const waiting: Filing[] = []
    let left = filings
    while (left.length > 0 && !this.#isClosed) {
      const { wave, rest, held } = nextWave(left, waiting)
      waiting.push(...held)
      const outcomes = await Promise.all(wave.map((filing) => take(this.#parts, filing)))
      for (const [i, outcome] of outcomes.entries()) {
        const filing = wave[i]
        if (filing === undefined || outcome === 'taken') continue
        if (outcome === 'later') waiting.push(filing)
        else await this.#record.refuse(outcome)
      }
      left = rest
    }
    return [...waiting, ...left]
  }

  /** Copies of newer party statements, of parties with a part in an open case here. */
  async #takeChanges({ log, origin, size }: Followed): Promise<void> {
    const from = this.#searched.get(origin) ?? 0
    if (from >= size || this.#isClosed) return
    for (const party of changedParties(this.#parts.database, log, positionOf(log, from)))
      if (!this.#isClosed) await takeParty(this.#parts, origin, party, positionOf(log, size))
    this.#searched.set(origin, size)
    await nextTurn()
  }
}
