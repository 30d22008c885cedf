/**
 * Whole numbers under 2^31 as bytes: seven bits to a byte, the lowest first, the eighth set where more
 * follow (unsigned LEB128).
 *
 *     0x05            5
 *     0xac 0x02       300 = 0x2c + (0x02 << 7)
 */
import { ExposureError } from '../exposure-error.ts'

/** Puts numbers one behind the other, in memory of its own that is used again and again. */
export class VarintWriter {
  #bytes = new Uint8Array(1024)
  #length = 0

  write(value: number): void {
    if (this.#length + maxBytes > this.#bytes.length) this.#grow()
    let rest = value
    while (rest > 0x7f) {
      this.#bytes[this.#length++] = (rest & 0x7f) | 0x80
      rest >>>= 7
    }
    this.#bytes[this.#length++] = rest
  }

  /** The bytes written since the last call, until the next number is written. */
  take(): Uint8Array {
    const taken = this.#bytes.subarray(0, this.#length)
    this.#length = 0
    return taken
  }

  #grow(): void {
    const larger = new Uint8Array(this.#bytes.length * 2)
    larger.set(this.#bytes)
    this.#bytes = larger
  }
}

/** The numbers that `bytes` hold. Errors: `bad-index` where the last one is cut off. */
export function readVarints(bytes: Uint8Array): number[] {
  const values: number[] = []
  let value = 0
  let shift = 0
  for (const byte of bytes) {
    value |= (byte & 0x7f) << shift
    if (byte < 0x80) {
      values.push(value)
      value = 0
      shift = 0
    } else shift += 7
  }
  if (shift !== 0) throw new ExposureError('bad-index', 'a list of numbers is cut off; rebuild the index')
  return values
}

/** Longest number: 31 bits. */
const maxBytes = 5
