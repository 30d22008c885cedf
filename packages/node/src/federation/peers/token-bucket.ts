/** How often something may happen: `perSecond` in the long run, `burst` at once. */
export interface Rate {
  readonly perSecond: number
  readonly burst: number
}

/** Parts of a token that sums of many fractions lose. */
const rounding = 1e-6

/** Tokens that come back with time. Times are milliseconds of a clock that never goes back. */
export class TokenBucket {
  readonly #rate: Rate
  #tokens: number
  #at: number

  /** A full bucket. */
  constructor(rate: Rate, now: number) {
    this.#rate = rate
    this.#tokens = rate.burst
    this.#at = now
  }

  /** Takes `cost` tokens and returns 0, or takes none and returns the milliseconds until there are enough. */
  take(now: number, cost = 1): number {
    const wait = this.waitOf(now, cost)
    if (wait === 0) this.#tokens = Math.max(0, this.#tokens - cost)
    return wait
  }

  /** The milliseconds until there are `cost` tokens; 0 where there are. */
  waitOf(now: number, cost = 1): number {
    const { perSecond, burst } = this.#rate
    this.#tokens = Math.min(burst, this.#tokens + (Math.max(0, now - this.#at) / 1000) * perSecond)
    this.#at = Math.max(this.#at, now)
    if (this.#tokens + rounding >= cost) return 0
    // Rounded up, so that whoever waits that long finds them.
    return Math.max(1, Math.ceil(((cost - this.#tokens) / perSecond) * 1000 - rounding))
  }

  /** Whether it is as full as it can be: then a new one would do as well. */
  isFull(now: number): boolean {
    return this.waitOf(now, this.#rate.burst) === 0
  }
}
