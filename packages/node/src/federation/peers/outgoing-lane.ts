import { FederationError } from '../federation-error.ts'
import { type Rate, TokenBucket } from './token-bucket.ts'

/** Calls to one peer that may be under way at a time, and how often one may begin. */
export interface LaneLimits extends Rate {
  readonly atOnce: number
}

/** A full-speed mirror reads some forty bundles of 256 entries a second. */
export const defaultLane: LaneLimits = { atOnce: 8, perSecond: 200, burst: 400 }

/** Calls that wait for their turn at most: who piles up more has lost count. */
const waitingAtMost = 1024

/** The longest that a peer's Retry-After is heeded, in milliseconds. */
const longestPause = 3_600_000

/** Reading and writing wait apart: a node that takes no statements at the moment serves its log as ever. */
export type CallKind = 'read' | 'write'

export interface LaneParts {
  readonly name: string
  readonly limits?: LaneLimits
  /** Milliseconds of a clock that never goes back. */
  readonly clock: () => number
  /** Whole seconds since the epoch. */
  readonly now: () => number
}

/** All calls to one destination: a few at a time, not too often, and not while it asked to be left alone. */
export class OutgoingLane {
  readonly #parts: LaneParts
  readonly #limits: LaneLimits
  readonly #bucket: TokenBucket
  readonly #waiting = new Set<() => void>()
  readonly #notBefore: Record<CallKind, number> = { read: 0, write: 0 }
  #underWay = 0
  #timer: NodeJS.Timeout | undefined

  constructor(parts: LaneParts) {
    this.#parts = parts
    this.#limits = parts.limits ?? defaultLane
    this.#bucket = new TokenBucket(this.#limits, parts.clock())
  }

  /** Nothing is under way and nothing is remembered that would count later. */
  get isIdle(): boolean {
    const now = this.#parts.clock()
    const { read, write } = this.#notBefore
    return this.#underWay === 0 && this.#waiting.size === 0 && Math.max(read, write) <= now && this.#bucket.isFull(now)
  }

  /** Resolves when a call may begin, with what ends it. Throws `peer-busy`, and the reason of an aborted `signal`. */
  async enter(kind: CallKind, signal: AbortSignal | undefined): Promise<() => void> {
    this.#refuse(kind)
    signal?.throwIfAborted()
    if (this.#waiting.size > 0 || !this.#begin()) await this.#turn(signal)
    let isOver = false
    return () => {
      if (isOver) return
      isOver = true
      this.#underWay -= 1
      this.#next()
    }
  }

  /** The destination asked to be left alone for so many seconds. */
  pause(kind: CallKind, seconds: number): void {
    const until = this.#parts.clock() + Math.min(seconds * 1000, longestPause)
    this.#notBefore[kind] = Math.max(this.#notBefore[kind], until)
  }

  #refuse(kind: CallKind): void {
    const { name, clock, now } = this.#parts
    const left = this.#notBefore[kind] - clock()
    if (left > 0) {
      const seconds = Math.ceil(left / 1000)
      throw new FederationError('peer-busy', `${name} asked to be left alone for ${seconds} s more`, {
        retryAt: now() + seconds,
      })
    }
    if (this.#waiting.size >= waitingAtMost) {
      throw new FederationError('peer-busy', `${waitingAtMost} calls to ${name} wait for their turn already`, {
        retryAt: now() + 1,
      })
    }
  }

  #begin(): boolean {
    if (this.#underWay >= this.#limits.atOnce) return false
    const wait = this.#bucket.take(this.#parts.clock())
    if (wait > 0) {
      if (this.#timer === undefined) this.#timer = setTimeout(() => this.#waited(), wait)
      return false
    }
    this.#underWay += 1
    return true
  }

  #waited(): void {
    this.#timer = undefined
    this.#next()
  }

  /** A place in the queue; whoever is aborted leaves it. */
  #turn(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const begin = (): void => {
        signal?.removeEventListener('abort', abort)
        resolve()
      }
      const abort = (): void => {
        this.#waiting.delete(begin)
        reject(signal?.reason)
      }
      this.#waiting.add(begin)
      signal?.addEventListener('abort', abort, { once: true })
    })
  }

  #next(): void {
    for (const begin of this.#waiting) {
      if (!this.#begin()) return
      this.#waiting.delete(begin)
      begin()
    }
  }
}
