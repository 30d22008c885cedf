/**
 * The way of a move from its author's home log to the seat of its case. A node takes over by itself what is filed in logs
 * that it follows, for cases whose seat is its own log: first what its log lacks of the author's party statements, with
 * their approvals, then the move with its own, in the order of the log where it was filed. Whoever is not followed files
 * here himself.
 *
 * Everything is read from the register, so that a copy that came by carrier serves as well as one from the network. What
 * was taken stands in the own log and what was refused in a record; nothing else has to survive a crash.
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { type Statement, StatementError, decodeStatement } from '@comity/statement'
import type { Cells } from '@comity/store'
import { crypto } from '../../crypto-port.ts'
import { NodeError } from '../../node-error.ts'
import { Refused } from '../../pipeline/sequencer.ts'
import type { Database } from '../../register/database.ts'
import { indexOf, positionOf } from '../../register/position.ts'
import {
  changedParties,
  type Filing,
  filingsIn,
  followedLogs,
  isTaken,
  lackingFor,
  lackingOf,
  type Standing,
} from './filings.ts'
import { type Progress, SeatRecord, type SeatRefusal } from './seat-record.ts'
import { nextWave } from './waves.ts'
import { whyNot } from './why-not.ts'

/** Moves of one log that are looked at in one go. */
const lookedAtOnce = 256

/** Moves that wait for something, such as a document, beside which the log is read on; more hold it up. */
const waitingMost = 256

/** Party statements that are taken over for one party at a time: nobody changes its keys so often. */
const chainMost = 1000

/** How long the seat rests when too much is under way, in milliseconds. */
const restMilliseconds = 1000

export interface SeatParts {
  /** Committed rows of the register. */
  readonly database: Database
  readonly cells: Cells
  /** Of the own log. */
  readonly origin: string
  /** The bytes of an entry of a followed log; undefined where its copy cannot be read. */
  readonly leaf: (origin: string, index: number) => Uint8Array | undefined
  readonly submit: (bytes: Uint8Array) => Promise<unknown>
  /** The keeper's signed word that this log does not take a statement. */
  readonly refuse: (statement: Statement, reason: NodeError | StatementError) => Uint8Array
  /** Whole seconds since the epoch. */
  readonly now: () => number
}

/** `later`: not yet, and nothing else of that log has to wait for it. */
type Outcome = 'taken' | 'later' | SeatRefusal

/** A followed log, as far as it is folded. */
interface Followed {
  readonly log: number
  readonly origin: string
  readonly size: number
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
    for (const followed of followedLogs(this.#parts.database)) {
      if (this.#isClosed) return
      await this.#takeMoves(followed)
      await this.#takeChanges(followed)
      await nextTurn()
    }
  }

  /** What made the seat stop: a full queue empties within a second, and a node that is stopped says so itself. */
  #rest(error: unknown, report: (error: unknown) => void): void {
    if (error instanceof NodeError && stops.has(error.code)) {
      if (error.code !== 'too-many-requests' || this.#isClosed) return
      this.#timer = setTimeout(() => this.wake(), restMilliseconds).unref()
      return
    }
    report(error)
  }

  async #takeMoves({ log, origin, size }: Followed): Promise<void> {
    const { database, origin: seat } = this.#parts
    for (let hasMore = true; hasMore && !this.#isClosed;) {
      const before = this.#record.progressOf(origin)
      if (before.upTo >= size && before.waiting.length === 0) return
      const { filings, seenTo } = filingsIn(database, log, seat, before, lookedAtOnce)
      hasMore = seenTo !== undefined
      const undecided = filings.filter((filing) => !this.#record.isRefused(filing.id) && !isTaken(database, filing))
      const waiting = await this.#takeAll(undecided, origin)
      const upTo = seenTo === undefined ? size : indexOf(seenTo)
      const after = progressAfter(waiting, upTo)
      const isNews = undecided.length > waiting.length || after.waiting.join() !== before.waiting.join()
      await this.#record.advance(origin, after, isNews)
      // What has to wait holds the rest up, and is tried again when something comes.
      if (after.upTo < upTo) return
    }
  }

  /** Takes moves over, those of one party or one case after each other. Returns those that have to wait. */
  async #takeAll(filings: readonly Filing[], origin: string): Promise<readonly Filing[]> {
    const waiting: Filing[] = []
    let left = filings
    while (left.length > 0 && !this.#isClosed) {
      const { wave, rest, held } = nextWave(left, waiting)
      const outcomes = await Promise.all(wave.map((filing) => this.#take(filing, origin)))
      waiting.push(...held)
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

  async #take(filing: Filing, origin: string): Promise<Outcome> {
    const { database, now } = this.#parts
    const impossible = whyNot(database, filing, now())
    if (impossible !== undefined) return this.#refusal(filing, origin, impossible)
    const lacking = lackingFor(database, filing)
    if (lacking.length > chainMost) return this.#refusal(filing, origin, tooLong(filing))
    let fault: NodeError | StatementError | undefined
    for (const each of lacking) {
      const bytes = this.#bytes(origin, each)
      if (bytes === undefined) return 'later'
      try {
        await this.#parts.submit(bytes)
      } catch (error) {
        const reason = reasonOf(error)
        if (reason === undefined || (reason === error && stops.has(reason.code))) throw error
        if (each.id !== filing.id) {
          // What the log says of the move is what counts; why it does not know its author is what is wrong then.
          fault ??= reason
          continue
        }
        if (passing.has(reason.code)) return 'later'
        if (error instanceof Refused && !isForeign(reason.code))
          return this.#refusal(filing, origin, reason, error.refusal)
        return this.#refusal(filing, origin, fault ?? reason)
      }
    }
    return 'taken'
  }

  /** Copies of newer party statements, of parties with a part in an open case here. */
  async #takeChanges({ log, origin, size }: Followed): Promise<void> {
    const { database } = this.#parts
    const from = this.#searched.get(origin) ?? 0
    if (from >= size) return
    for (const party of changedParties(database, log, positionOf(log, from))) {
      const lacking = lackingOf(database, party, positionOf(log, size))
      for (const each of lacking.slice(0, chainMost)) {
        if (this.#isClosed) return
        const bytes = this.#bytes(origin, each)
        if (bytes === undefined) return
        try {
          await this.#parts.submit(bytes)
        } catch (error) {
          const reason = reasonOf(error)
          if (reason === undefined || (reason === error && stops.has(reason.code))) throw error
          // The policy may not admit it, or another word of the party's stands here in its place: then so it stays.
          break
        }
      }
    }
    this.#searched.set(origin, size)
  }

  #bytes(origin: string, { position }: Standing): Uint8Array | undefined {
    return this.#parts.leaf(origin, indexOf(position))
  }

  #refusal(
    { id, urn, name, by, position, at }: Filing,
    origin: string,
    reason: NodeError | StatementError,
    signed?: Uint8Array,
  ): Outcome {
    const index = indexOf(position)
    const bytes = this.#parts.leaf(origin, index)
    if (bytes === undefined) return 'later'
    const refusal = signed ?? this.#parts.refuse(decodeStatement(bytes, crypto), reason)
    return {
      id,
      urn,
      name,
      by,
      origin,
      index,
      at,
      code: reason.code,
      detail: reason.message.slice(0, 1000),
      refusedAt: this.#parts.now(),
      refusal: Buffer.from(refusal).toString('base64url'),
    }
  }
}

/** Reasons that lie in the node and not in what it is given: everything waits. */
const stops: ReadonlySet<string> = new Set([
  'too-many-requests',
  'closed',
  'frozen',
  'storage-failed',
  'missing-key',
  'not-founded',
  'log-forked',
])

/** Reasons that pass: the document is on its way, and the clock of the other node a little ahead. */
const passing: ReadonlySet<string> = new Set(['missing-document', 'clock-in-future'])

/** The log does not know who signed it: what kept his party statements out says more. */
function isForeign(code: string): boolean {
  return code === 'unknown-party' || code === 'unknown-key'
}

function reasonOf(error: unknown): NodeError | StatementError | undefined {
  if (error instanceof Refused) return error.reason
  return error instanceof NodeError || error instanceof StatementError ? error : undefined
}

function tooLong({ by }: Filing): NodeError {
  return new NodeError(
    'unknown-party',
    `this log lacks more than ${chainMost} party statements of ${by}: bring them here first`,
  )
}

/** How far a log was looked at when these moves have to wait: up to the first that is one too many. */
function progressAfter(waiting: readonly Filing[], upTo: number): Progress {
  const indexes = waiting.map(({ position }) => indexOf(position))
  const excess = waiting.slice(waitingMost).map(({ position, effective }) => indexOf(Math.min(position, effective)))
  return { upTo: Math.min(upTo, ...excess), waiting: indexes.slice(0, waitingMost) }
}
