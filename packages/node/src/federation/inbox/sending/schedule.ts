import { waitAfter } from './backoff.ts'

interface Planned {
  attempts: number
  nextAt: number
}

/** When each delivery is tried again. In memory: after a restart everything is due, and spreads out by itself. */
export class Schedule {
  readonly #planned = new Map<string, Planned>()
  readonly #random: () => number

  /** `random` in [0, 1). */
  constructor(random: () => number) {
    this.#random = random
  }

  isDue(name: string, now: number): boolean {
    return (this.#planned.get(name)?.nextAt ?? 0) <= now
  }

  /** When the first of these is due, whole seconds since the epoch; undefined where there are none. */
  next(names: Iterable<string>): number | undefined {
    let first: number | undefined
    for (const name of names) first = Math.min(first ?? Infinity, this.#planned.get(name)?.nextAt ?? 0)
    return first
  }

  /** An attempt failed. `atLeast`: seconds that the other side asked to be left alone. */
  failed(name: string, now: number, atLeast = 0): void {
    const attempts = (this.#planned.get(name)?.attempts ?? 0) + 1
    this.#planned.set(name, { attempts, nextAt: now + Math.max(atLeast, waitAfter(attempts, this.#random())) })
  }

  /** It goes on at once, or is over. */
  forget(name: string): void {
    this.#planned.delete(name)
  }

  /** Drops what is not among these any more. */
  keep(names: ReadonlySet<string>): void {
    for (const name of this.#planned.keys()) if (!names.has(name)) this.#planned.delete(name)
  }
}
