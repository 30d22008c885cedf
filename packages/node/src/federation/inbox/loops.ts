/** A piece of work: does a bounded part of it and resolves with when it wants to be called next, in whole seconds. */
export type Step = (now: number) => Promise<number>

/** How long a loop that failed waits, in seconds. */
const afterFailure = 60

/**
 * Works that go on for ever, each at its own pace: a peer that answers slowly does not keep the hourly commitment
 * waiting. Driven by timers where a node serves, by hand elsewhere.
 */
export class Loops {
  readonly #steps: readonly Step[]
  readonly #now: () => number
  readonly #onError: (error: unknown) => void
  readonly #timers = new Map<Step, NodeJS.Timeout>()
  readonly #running = new Map<Step, Promise<void>>()
  readonly #woken = new Set<Step>()
  #isStarted = false

  constructor(steps: readonly Step[], now: () => number, onError: (error: unknown) => void) {
    this.#steps = steps
    this.#now = now
    this.#onError = onError
  }

  /** Calls each once, one after the other. Resolves with the earliest time that one of them asked for. */
  async step(now: number): Promise<number> {
    let next = Infinity
    for (const step of this.#steps) next = Math.min(next, await step(now))
    return next
  }

  start(): void {
    this.#isStarted = true
    for (const step of this.#steps) this.#run(step)
  }

  /** There may be something to do earlier than was thought. */
  wake(): void {
    if (!this.#isStarted) return
    for (const step of this.#steps) {
      if (this.#running.has(step)) this.#woken.add(step)
      else this.#run(step)
    }
  }

  async stop(): Promise<void> {
    this.#isStarted = false
    for (const timer of this.#timers.values()) clearTimeout(timer)
    this.#timers.clear()
    await Promise.all(this.#running.values())
  }

  #run(step: Step): void {
    clearTimeout(this.#timers.get(step))
    this.#woken.delete(step)
    const running = this.#attempt(step).then((next) => {
      this.#running.delete(step)
      if (!this.#isStarted) return
      const seconds = this.#woken.has(step) ? 0 : Math.max(0, next - this.#now())
      this.#timers.set(step, setTimeout(() => this.#run(step), seconds * 1000).unref())
    })
    this.#running.set(step, running)
  }

  async #attempt(step: Step): Promise<number> {
    try {
      return await step(this.#now())
    } catch (error) {
      this.#onError(error)
      return this.#now() + afterFailure
    }
  }
}
