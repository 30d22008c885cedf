import { isIPv6 } from 'node:net'

/** How many posts one address has in one go, and how many a second after that. */
export interface PostRate {
  readonly burst: number
  readonly perSecond: number
}

/** For who has no token: nobody files by hand as fast, and who has more to file sends batches or asks for a token. */
export const defaultPostRate: PostRate = { burst: 1000, perSecond: 20 }

/** How many addresses are remembered, those that were heard of last. */
const addressesKept = 10_000

interface Bucket {
  readonly left: number
  /** Milliseconds. */
  readonly at: number
}

/**
 * Holds back by their address those of whom nothing else is known: a bucket each, which fills up again with time.
 *
 * Who reaches the node from its own machine is not held back: that is its keeper, or a proxy that stands for everybody.
 */
export class AddressLimit {
  readonly #rate: PostRate
  /** Milliseconds of a clock that never goes back. */
  readonly #now: () => number
  readonly #buckets = new Map<string, Bucket>()

  constructor(rate: PostRate, now: () => number = () => performance.now()) {
    this.#rate = rate
    this.#now = now
  }

  /** Addresses that are remembered. */
  get size(): number {
    return this.#buckets.size
  }

  /** Counts one post. Returns 0 where it may pass, else after how many whole seconds the next one may. */
  take(address: string): number {
    const name = subscriberOf(address)
    if (name === undefined) return 0
    const { burst, perSecond } = this.#rate
    const now = this.#now()
    const before = this.#buckets.get(name) ?? { left: burst, at: now }
    const filled = Math.min(burst, before.left + ((now - before.at) / 1000) * perSecond)
    const mayPass = filled >= 1
    this.#buckets.delete(name)
    this.#buckets.set(name, { left: mayPass ? filled - 1 : filled, at: now })
    for (const oldest of this.#buckets.keys()) {
      if (this.#buckets.size <= addressesKept) break
      this.#buckets.delete(oldest)
    }
    return mayPass ? 0 : Math.max(1, Math.ceil((1 - filled) / perSecond))
  }
}

/** What one subscriber has: an address of IPv4, or 64 bits of IPv6. Undefined for this machine itself. */
function subscriberOf(address: string): string | undefined {
  const plain = address.replace(/^::ffff:(?=[0-9.]+$)/i, '')
  if (plain === '::1' || plain.startsWith('127.')) return undefined
  return isIPv6(plain) ? networkOf(plain) : plain
}

function networkOf(address: string): string {
  const [head = '', tail] = address.split('::', 2)
  const before = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const left = tail === undefined ? 0 : 8 - before.length - after.length
  const groups = [...before, ...Array<string>(Math.max(0, left)).fill('0'), ...after]
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')
}
