import type { SourceBudget } from '../source/source-budget.ts'

/** Octets that come in pieces, taken by line or as a whole; never more than one item is held. */
export class OctetQueue {
  readonly #pieces: AsyncIterator<Uint8Array>
  readonly #budget: SourceBudget
  #held = new Uint8Array(0)
  #start = 0
  #end = 0
  #isOver = false

  constructor(pieces: AsyncIterable<Uint8Array>, budget: SourceBudget) {
    this.#pieces = pieces[Symbol.asyncIterator]()
    this.#budget = budget
  }

  /** What came and was not taken. */
  held(): Uint8Array {
    return this.#held.subarray(this.#start, this.#end)
  }

  /** Waits for more; false at the end. Throws `too-large` where more is held already than one item may have. */
  async more(): Promise<boolean> {
    if (this.#isOver) return false
    this.#budget.checkItem(this.#end - this.#start)
    const { done, value } = await this.#pieces.next()
    if (done === true) {
      this.#isOver = true
      return false
    }
    this.#append(value)
    return true
  }

  /** Throws `too-large` for a document of so many octets. */
  checkSize(octets: number): void {
    this.#budget.checkItem(octets)
  }

  /** Where the octet stands first among those held; waits until it has come. */
  async find(octet: number): Promise<number | undefined> {
    for (let from = 0; ;) {
      const at = this.held().indexOf(octet, from)
      if (at >= 0) return at
      from = this.#end - this.#start
      if (!(await this.more())) return undefined
    }
  }

  /** Where the first octet behind `from` stands that is no space. */
  async findOther(from: number): Promise<number | undefined> {
    for (let at = from; ; at += 1) {
      if (at >= this.#end - this.#start && !(await this.more())) return undefined
      if ((this.held()[at] ?? 0) > 0x20) return at
    }
  }

  /** All that is left. Throws `too-large`. */
  async rest(): Promise<Uint8Array> {
    while (await this.more()) {
      // until the end
    }
    this.#budget.checkItem(this.#end - this.#start)
    return this.#take(this.#end - this.#start)
  }

  /** The next line without its end; undefined after the last. One that is too large is passed over to its end. */
  async line(): Promise<Uint8Array | 'too-large' | undefined> {
    let isTooLarge = false
    for (let from = 0; ;) {
      const at = this.held().indexOf(0x0a, from)
      if (at >= 0) {
        const line = this.#take(at)
        this.#start += 1
        return isTooLarge || at > this.#budget.limits.itemBytes ? 'too-large' : line
      }
      from = this.#end - this.#start
      if (from > this.#budget.limits.itemBytes) {
        isTooLarge = true
        this.#start = this.#end
        from = 0
      }
      const { done, value } = this.#isOver ? { done: true, value: undefined } : await this.#pieces.next()
      if (done === true || value === undefined) {
        this.#isOver = true
        if (isTooLarge) return 'too-large'
        return from === 0 ? undefined : this.#take(from)
      }
      this.#append(value)
    }
  }

  /** Lets go of what the octets come from. */
  async close(): Promise<void> {
    await this.#pieces.return?.()
  }

  #take(octets: number): Uint8Array {
    const taken = this.#held.slice(this.#start, this.#start + octets)
    this.#start += octets
    return taken
  }

  /** Doubling, and moving what is held to the front, keep the copying linear however small the pieces are. */
  #append(piece: Uint8Array): void {
    const length = this.#end - this.#start
    if (this.#end + piece.length > this.#held.length) {
      const needed = length + piece.length
      const target = needed * 2 > this.#held.length ? new Uint8Array(Math.max(needed * 2, 4096)) : this.#held
      target.set(this.#held.subarray(this.#start, this.#end))
      this.#held = target
      this.#start = 0
      this.#end = length
    }
    this.#held.set(piece, this.#end)
    this.#end += piece.length
  }
}
