/** Lets work under one name run one after the other, in the order of the calls; work under other names does not wait. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>()

  take<T>(name: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(name)
    const turn = before === undefined ? work() : before.then(work, work)
    this.#last.set(name, turn)
    const forget = (): void => {
      if (this.#last.get(name) === turn) this.#last.delete(name)
    }
    turn.then(forget, forget)
    return turn
  }

  /** Names under which something runs or waits. */
  get size(): number {
    return this.#last.size
  }
}
