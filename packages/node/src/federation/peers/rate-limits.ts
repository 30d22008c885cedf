/**
 * How often others may ask for what costs this node something: cosignatures, deliveries, hints. What is served as a file
 * (checkpoint, tiles, documents) is free.
 */
import { isIP, isIPv6 } from 'node:net'
import { groupsOf, scopeOf } from './network-address.ts'
import { type Rate, TokenBucket } from './token-bucket.ts'

/** Buckets kept at most. The oldest go first, and a new one is full: what is forgotten is only a little of a limit. */
const defaultKept = 16_384

/** Which limits there are, by name; undefined for none. */
export type Rates<Name extends string> = Readonly<Record<Name, Rate | undefined>>

/** Token buckets by the name of a limit and by who asks. */
export class RateLimits<Name extends string> {
  readonly #rates: Rates<Name>
  readonly #now: () => number
  readonly #kept: number
  /** By limit and key, least recently used first. */
  readonly #buckets = new Map<string, TokenBucket>()

  /** `now` in milliseconds of a clock that never goes back. */
  constructor(rates: Rates<Name>, now: () => number = () => performance.now(), kept = defaultKept) {
    this.#rates = rates
    this.#now = now
    this.#kept = kept
  }

  /**
   * Takes `cost` from the bucket of `key` under the limit `name` and returns 0, or takes nothing and returns the whole
   * seconds after which it makes sense to ask again.
   */
  take(name: Name, key: string, cost = 1): number {
    const rate = this.#rates[name]
    if (rate === undefined) return 0
    const now = this.#now()
    const id = `${name} ${key}`
    const bucket = this.#buckets.get(id) ?? new TokenBucket(rate, now)
    this.#buckets.delete(id)
    this.#buckets.set(id, bucket)
    const wait = bucket.take(now, Math.min(cost, rate.burst))
    this.#forget(now)
    return Math.ceil(wait / 1000)
  }

  /** The whole seconds until `key` may ask again; 0 for now. Takes nothing. */
  waitOf(name: Name, key: string): number {
    const rate = this.#rates[name]
    const bucket = this.#buckets.get(`${name} ${key}`)
    return rate === undefined || bucket === undefined ? 0 : Math.ceil(bucket.waitOf(this.#now()) / 1000)
  }

  /** Buckets at hand. */
  get size(): number {
    return this.#buckets.size
  }

  /** Drops the oldest beyond what is kept, and a few that have filled up again: those say nothing any more. */
  #forget(now: number): void {
    let looks = 2
    for (const [id, bucket] of this.#buckets) {
      if (this.#buckets.size <= this.#kept && (looks-- === 0 || !bucket.isFull(now))) return
      this.#buckets.delete(id)
    }
  }
}

/**
 * Who asks, as far as an address tells: an IPv4 address, or the /64 that one subscriber has of IPv6. Undefined for this
 * machine itself: what comes from there is the keeper's own, or a proxy that did not say for whom it asks.
 */
export function addressKey(address: string): string | undefined {
  if (isIP(address) === 0) return address
  if (!isIPv6(address)) return address.startsWith('127.') ? undefined : address
  if (address.includes('%')) return address
  const groups = groupsOf(address)
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff
  if (isMapped)
    return addressKey(
      groups
        .slice(6)
        .flatMap((group) => [group >> 8, group & 0xff])
        .join('.'),
    )
  if (scopeOf(address) === 'private' && groups[0] === 0) return undefined
  return `${groups
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(':')}::/64`
}
