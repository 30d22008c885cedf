/** Nesting of items that are only skipped. Statements and receipts need 5. */
const maxDepth = 32

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true })

/** UTF-8 of a text, as CBOR has it. */
export function textBytes(value: string): Uint8Array {
  return encoder.encode(value)
}

/**
 * Walks over CBOR (RFC 8949) without building values: enough to cut a sequence into its items and to read an error.
 *
 * Only definite lengths, as deterministic encoding demands (RFC 8949 §4.2.1). Throws RangeError with the offset where
 * the bytes are no such CBOR, or end too early.
 */
export class CborCursor {
  readonly #bytes: Uint8Array
  offset: number
  #major = 0
  #argument = 0

  constructor(bytes: Uint8Array, offset = 0) {
    this.#bytes = bytes
    this.offset = offset
  }

  get atEnd(): boolean {
    return this.offset >= this.#bytes.length
  }

  /** Moves past one whole item. */
  skip(): void {
    // Items still to come, per open container: a loop, so that nesting cannot exhaust the stack.
    const open: number[] = [1]
    while (open.length > 0) {
      const top = open.length - 1
      const left = open[top] ?? 0
      if (left === 0) {
        open.pop()
        continue
      }
      open[top] = left - 1
      this.#head()
      if (this.#major === 2 || this.#major === 3) this.#take(this.#argument)
      else if (this.#major === 4) open.push(this.#argument)
      else if (this.#major === 5) open.push(this.#argument * 2)
      else if (this.#major === 6) open.push(1)
      if (open.length > maxDepth) throw this.#fault('items are nested too deeply')
    }
  }

  /** Enters a map and returns how many pairs it has. */
  map(): number {
    this.#head()
    if (this.#major !== 5) throw this.#fault('expected a map')
    return this.#argument
  }

  integerOrText(): number | string {
    this.#head()
    if (this.#major === 0) return this.#argument
    if (this.#major === 1) return -1 - this.#argument
    if (this.#major === 3) return this.#decode(this.#take(this.#argument))
    throw this.#fault('expected an integer or a text')
  }

  text(): string {
    this.#head()
    if (this.#major !== 3) throw this.#fault('expected a text')
    return this.#decode(this.#take(this.#argument))
  }

  bytes(): Uint8Array {
    this.#head()
    if (this.#major !== 2) throw this.#fault('expected a byte string')
    return this.#take(this.#argument)
  }

  #head(): void {
    const initial = this.#bytes[this.offset]
    if (initial === undefined) throw this.#fault('the bytes end inside an item')
    this.#major = initial >> 5
    const short = initial & 31
    this.offset += 1
    if (short < 24) {
      this.#argument = short
      return
    }
    if (short > 27) throw this.#fault('an indefinite or reserved length')
    let argument = 0
    for (const byte of this.#take(1 << (short - 24))) argument = argument * 256 + byte
    this.#argument = argument
    // Major types 0, 1 and 7 carry values, not lengths: any size will do.
    const isLength = this.#major >= 2 && this.#major <= 5
    if (isLength && argument > this.#bytes.length) throw this.#fault('a length beyond the end')
  }

  #take(count: number): Uint8Array {
    const end = this.offset + count
    if (end > this.#bytes.length) throw this.#fault('the bytes end inside an item')
    const taken = this.#bytes.subarray(this.offset, end)
    this.offset = end
    return taken
  }

  #decode(bytes: Uint8Array): string {
    try {
      return decoder.decode(bytes)
    } catch {
      throw this.#fault('a text that is not UTF-8')
    }
  }

  #fault(what: string): RangeError {
    return new RangeError(`${what} at byte ${this.offset}`)
  }
}
