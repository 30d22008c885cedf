import { MAX_CBOR_DEPTH } from './limits.ts'
import { StatementError } from './statement-error.ts'

/** Major types of CBOR (RFC 8949 §3.1). */
export const MAJOR_UINT = 0
export const MAJOR_NINT = 1
export const MAJOR_BYTES = 2
export const MAJOR_TEXT = 3
export const MAJOR_ARRAY = 4
export const MAJOR_MAP = 5
export const MAJOR_TAG = 6
export const MAJOR_SIMPLE = 7

const BREAK = 0xff
/** `argument` of an item whose length is not given (RFC 8949 §3.2). */
export const INDEFINITE = -1

/**
 * Reads CBOR item heads one after the other. It exists beside cborg because the outer array and
 * the protected header of a statement have a fixed shape: reading just that shape costs about a
 * seventh of decoding with cborg and checking that the bytes were canonical (measured: 3 µs, 22 µs).
 * `cbor-read.test.ts` and `statement.test.ts` hold the two together.
 *
 * Every method throws StatementError `not-cbor` when the bytes end early.
 */
export class CborReader {
  readonly bytes: Uint8Array
  at: number
  /** Set by `head()`. */
  major = 0
  /** Set by `head()`: length, count, value or tag number; `INDEFINITE` where none is given. */
  argument = 0
  /** Set by `head()`: whether the head was as short as it can be (RFC 8949 §4.2.1). */
  shortest = true

  constructor(bytes: Uint8Array, at = 0) {
    this.bytes = bytes
    this.at = at
  }

  get done(): boolean {
    return this.at >= this.bytes.length
  }

  /** Reads one head. Additional information 28–30 is not well-formed. */
  head(): void {
    const initial = this.bytes[this.at++]
    if (initial === undefined) throw truncated(this.at - 1)
    this.major = initial >> 5
    const info = initial & 31
    this.shortest = true
    if (info < 24) {
      this.argument = info
    } else if (info === 24) {
      this.argument = this.#uint(1)
      this.shortest = this.argument >= 24
    } else if (info === 25) {
      this.argument = this.#uint(2)
      this.shortest = this.argument >= 0x100
    } else if (info === 26) {
      this.argument = this.#uint(4)
      this.shortest = this.argument >= 0x1_0000
    } else if (info === 27) {
      this.argument = this.#uint(8)
      this.shortest = this.argument >= 0x1_0000_0000
    } else if (info === 31 && this.major >= MAJOR_BYTES && this.major !== MAJOR_TAG) {
      this.argument = INDEFINITE
      this.shortest = false
    } else {
      throw new StatementError('not-cbor', `byte 0x${initial.toString(16)} at ${this.at - 1} starts no CBOR item`)
    }
  }

  /** Reads one head and says whether it is exactly this one, in any width. */
  headIs(major: number, argument: number): boolean {
    this.head()
    return this.major === major && this.argument === argument
  }

  /** The next `length` bytes, as a view. */
  take(length: number): Uint8Array {
    const end = this.at + length
    if (end > this.bytes.length) throw truncated(this.bytes.length)
    const view = this.bytes.subarray(this.at, end)
    this.at = end
    return view
  }

  /**
   * Steps over one item of any shape and returns its first offset. Iterative and at most
   * MAX_CBOR_DEPTH deep, so that hostile nesting costs neither stack nor time. Strings in
   * chunks are refused, nothing this room reads has them.
   */
  skip(): number {
    const start = this.at
    /** Items still to read on each open level; INDEFINITE until a break. */
    const open: number[] = [1]
    while (open.length > 0) {
      const level = open.length - 1
      const left = open[level] ?? 0
      if (left === 0) {
        open.pop()
        continue
      }
      if (this.bytes[this.at] === BREAK) {
        if (left !== INDEFINITE) throw new StatementError('not-cbor', `unexpected break at ${this.at}`)
        this.at++
        open.pop()
        continue
      }
      if (left !== INDEFINITE) open[level] = left - 1
      this.head()
      const children = this.#contents()
      if (children === 0) continue
      if (open.length > MAX_CBOR_DEPTH) {
        throw new StatementError('not-cbor', `CBOR nested deeper than ${MAX_CBOR_DEPTH} at ${this.at}`)
      }
      open.push(children)
    }
    return start
  }

  /** Steps over what belongs to the head just read and returns how many items it contains. */
  #contents(): number {
    switch (this.major) {
      case MAJOR_BYTES:
      case MAJOR_TEXT:
        if (this.argument === INDEFINITE) {
          throw new StatementError('non-canonical', `string in chunks at ${this.at - 1}; give its length`)
        }
        this.take(this.argument)
        return 0
      case MAJOR_ARRAY:
        return this.argument
      case MAJOR_MAP:
        return this.argument === INDEFINITE ? INDEFINITE : 2 * this.argument
      case MAJOR_TAG:
        return 1
      case MAJOR_SIMPLE:
        if (this.argument === INDEFINITE) throw new StatementError('not-cbor', `unexpected break at ${this.at - 1}`)
        return 0
      default:
        return 0
    }
  }

  #uint(width: 1 | 2 | 4 | 8): number {
    if (this.at + width > this.bytes.length) throw truncated(this.bytes.length)
    let value = 0
    for (let i = 0; i < width; i++) value = value * 256 + (this.bytes[this.at++] ?? 0)
    if (value > Number.MAX_SAFE_INTEGER && this.major !== MAJOR_SIMPLE) {
      throw new StatementError('not-cbor', `number above 2^53 at ${this.at - width}`)
    }
    return value
  }
}

function truncated(at: number): StatementError {
  return new StatementError('not-cbor', `CBOR ends in the middle of an item at byte ${at}`)
}
