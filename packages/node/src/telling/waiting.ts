import { NodeError } from '../node-error.ts'

/** Reads of one party that may wait at a time, and of all parties together. */
const perParty = 8
const inAll = 1024

/** Readers that wait for something to come. Each is looked after again whenever something may have. */
export class Waiting {
  readonly #waiters = new Set<() => void>()
  readonly #byParty = new Map<string, number>()

  /**
   * Resolves with what `look` finds, or with undefined after `milliseconds`, or when `signal` says that nobody reads any
   * more. Throws `too-many-requests` where too many wait already.
   */
  async for<T>(
    party: string,
    {
      look,
      milliseconds,
      signal,
    }: { look: () => T | undefined; milliseconds: number; signal?: AbortSignal | undefined },
  ): Promise<T | undefined> {
    const count = this.#byParty.get(party) ?? 0
    if (count >= perParty || this.#waiters.size >= inAll) {
      throw new NodeError('too-many-requests', `at most ${perParty} reads of one party wait at a time: end one first`)
    }
    this.#byParty.set(party, count + 1)
    try {
      return await this.#wait(look, milliseconds, signal)
    } finally {
      const left = (this.#byParty.get(party) ?? 1) - 1
      if (left === 0) this.#byParty.delete(party)
      else this.#byParty.set(party, left)
    }
  }

  /** Something may have come. */
  wake(): void {
    for (const waiter of this.#waiters) waiter()
  }

  /** Ends all that wait: with nothing. */
  end(): void {
    this.#ended.abort()
  }

  readonly #ended = new AbortController()

  #wait<T>(look: () => T | undefined, milliseconds: number, signal: AbortSignal | undefined): Promise<T | undefined> {
    const over = AbortSignal.any([this.#ended.signal, ...(signal === undefined ? [] : [signal])])
    if (over.aborted) return Promise.resolve(undefined)
    return new Promise<T | undefined>((resolve, reject) => {
      const end = (): void => {
        clearTimeout(timer)
        this.#waiters.delete(again)
        over.removeEventListener('abort', give)
      }
      const give = (): void => {
        end()
        resolve(undefined)
      }
      const again = (): void => {
        try {
          const found = look()
          if (found === undefined) return
          end()
          resolve(found)
        } catch (error) {
          end()
          reject(error)
        }
      }
      const timer = setTimeout(give, milliseconds)
      over.addEventListener('abort', give)
      this.#waiters.add(again)
      // It may have come between the caller's own look and this.
      again()
    })
  }
}
