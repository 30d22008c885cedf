/**
 * Standard Base64 with padding (RFC 4648 §4), strict in the one way that matters here: there is
 * exactly one accepted text for every byte string (§3.5: the unused bits must be zero).
 */

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

const valueOf = new Int8Array(128).fill(-1)
for (let i = 0; i < 64; i++) valueOf[alphabet.charCodeAt(i)] = i

const digitOf = Uint8Array.from(alphabet, (digit) => digit.charCodeAt(0))
const pad = '='.charCodeAt(0)

/**
 * Base64 of the bytes, padded. By way of character codes: put together from its 3,232 characters, a signature of ML-DSA-44
 * takes ten times as long, and as long again when it is written.
 */
export function toBase64(bytes: Uint8Array): string {
  const codes = new Uint8Array(Math.ceil(bytes.length / 3) * 4)
  for (let from = 0, to = 0; from < bytes.length; from += 3, to += 4) {
    const b0 = bytes[from] ?? 0
    const b1 = bytes[from + 1] ?? 0
    const b2 = bytes[from + 2] ?? 0
    codes[to] = digitOf[b0 >> 2] ?? 0
    codes[to + 1] = digitOf[((b0 & 3) << 4) | (b1 >> 4)] ?? 0
    codes[to + 2] = from + 1 < bytes.length ? (digitOf[((b1 & 15) << 2) | (b2 >> 6)] ?? 0) : pad
    codes[to + 3] = from + 2 < bytes.length ? (digitOf[b2 & 63] ?? 0) : pad
  }
  return decoder.decode(codes)
}

/** Every digit is ASCII. */
const decoder = new TextDecoder()

/** The bytes, or undefined if the text is not the Base64 that `toBase64` would write. */
export function fromBase64(text: string): Uint8Array | undefined {
  if (text.length % 4 !== 0) return undefined
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
  const digits = text.length - padding
  const bytes = new Uint8Array((text.length / 4) * 3 - padding)
  let bits = 0
  let pending = 0
  let length = 0
  for (let i = 0; i < digits; i++) {
    const value = valueOf[text.charCodeAt(i)] ?? -1
    if (value < 0) return undefined
    pending = ((pending << 6) | value) & 0xffff
    bits += 6
    if (bits >= 8) {
      bits -= 8
      bytes[length++] = (pending >> bits) & 0xff
    }
  }
  const unused = pending & ((1 << bits) - 1)
  return unused === 0 ? bytes : undefined
}
