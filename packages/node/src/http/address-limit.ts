import { RateLimits, addressKey } from '../federation/peers/rate-limits.ts'
import type { Rate } from '../federation/peers/token-bucket.ts'

/** How many posts one address has in one go, and how many a second after that. */
export type PostRate = Rate

/** For who has no token: nobody files by hand as fast, and who has more to file sends batches or asks for a token. */
export const defaultPostRate: PostRate = { burst: 1000, perSecond: 20 }

/** How many addresses are remembered, those that were heard of last. */
const addressesKept = 10_000

/**
 * Holds back by their address those of whom nothing else is known: a bucket each, which fills up again with time.
 *
 * Who reaches the node from its own machine is not held back: that is its keeper, or a proxy that stands for everybody.
 */
export class AddressLimit {
  readonly #limits: RateLimits<'post'>

  /** `now` in milliseconds of a clock that never goes back. */
  constructor(rate: PostRate, now?: () => number) {
    this.#limits = new RateLimits({ post: rate }, now, addressesKept)
  }

  /** Addresses that are remembered. */
  get size(): number {
    return this.#limits.size
  }

  /** Counts one post. Returns 0 where it may pass, else after how many whole seconds the next one may. */
  take(address: string): number {
    const key = addressKey(address)
    return key === undefined ? 0 : this.#limits.take('post', key)
  }
}
