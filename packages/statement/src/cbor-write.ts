/** How many bytes the shortest head for `argument` has (RFC 8949 §4.2.1). */
export function headBytes(argument: number): number {
  if (argument < 24) return 1
  if (argument < 0x100) return 2
  if (argument < 0x1_0000) return 3
  return argument < 0x1_0000_0000 ? 5 : 9
}

/** Writes deterministic CBOR into a buffer whose exact size the caller has computed. */
export class CborWriter {
  readonly bytes: Uint8Array
  at = 0

  constructor(size: number) {
    this.bytes = new Uint8Array(size)
  }

  /** Major type and argument in the shortest form. */
  head(major: number, argument: number): void {
    const type = major << 5
    const { bytes } = this
    if (argument < 24) {
      bytes[this.at++] = type | argument
    } else if (argument < 0x100) {
      bytes[this.at++] = type | 24
      bytes[this.at++] = argument
    } else if (argument < 0x1_0000) {
      bytes[this.at++] = type | 25
      bytes[this.at++] = argument >> 8
      bytes[this.at++] = argument & 0xff
    } else {
      const width = argument < 0x1_0000_0000 ? 4 : 8
      bytes[this.at++] = type | (width === 4 ? 26 : 27)
      for (let i = width - 1; i >= 0; i--) bytes[this.at++] = Math.floor(argument / 256 ** i) % 256
    }
  }

  /** Bytes as they are. */
  raw(value: Uint8Array): void {
    this.bytes.set(value, this.at)
    this.at += value.length
  }

  /** A byte string. */
  byteString(value: Uint8Array): void {
    this.head(2, value.length)
    this.raw(value)
  }

  /** A text string, given as UTF-8. */
  textString(utf8: Uint8Array): void {
    this.head(3, utf8.length)
    this.raw(utf8)
  }
}

/** Size of a byte or text string of `length` bytes with its head. */
export function stringBytes(length: number): number {
  return headBytes(length) + length
}
