/** Lets asynchronous actions have their turn one after the other, in the order they were asked for. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve()

  /** Runs the action after all before it, whether those succeeded or not. */
  take<T>(action: () => Promise<T>): Promise<T> {
    const result = this.#last.then(action, action)
    this.#last = result.catch(() => undefined)
    return result
  }

  /** Resolves when every action asked for so far has ended. */
  async idle(): Promise<void> {
    await this.#last
  }
}
