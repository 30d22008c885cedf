/**
 * CRC-32C (Castagnoli, reflected polynomial 0x82F63B78), the checksum of RFC 3720 and of most
 * storage formats. Node's own `zlib.crc32` is the other CRC-32, which detects less.
 *
 * Eight bytes a step over eight tables (slicing-by-8): measured 0.6 to 0.7 GB/s on one core; sixteen
 * tables were not faster.
 */
const polynomial = 0x82f63b78
const tables = makeTables()

function makeTables(): Int32Array {
  const made = new Int32Array(8 * 256)
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >>> 1) ^ polynomial : crc >>> 1
    made[byte] = crc
  }
  for (let index = 256; index < made.length; index++) {
    const before = made[index - 256] ?? 0
    made[index] = (before >>> 8) ^ (made[before & 0xff] ?? 0)
  }
  return made
}

/**
 * The checksum of `bytes[from, to)`, as an unsigned 32-bit number. `before` is the checksum of what
 * comes before them, so that `crc32c(b, crc32c(a))` is the checksum of a and b together.
 */
export function crc32c(bytes: Uint8Array, before = 0, from = 0, to = bytes.length): number {
  const table = tables
  let crc = ~before
  let at = from
  for (const end = to - 7; at < end; at += 8) {
    crc ^= (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24)
    crc =
      (table[1792 + (crc & 0xff)] ?? 0) ^
      (table[1536 + ((crc >>> 8) & 0xff)] ?? 0) ^
      (table[1280 + ((crc >>> 16) & 0xff)] ?? 0) ^
      (table[1024 + (crc >>> 24)] ?? 0) ^
      (table[768 + (bytes[at + 4] ?? 0)] ?? 0) ^
      (table[512 + (bytes[at + 5] ?? 0)] ?? 0) ^
      (table[256 + (bytes[at + 6] ?? 0)] ?? 0) ^
      (table[bytes[at + 7] ?? 0] ?? 0)
  }
  for (; at < to; at++) crc = (crc >>> 8) ^ (table[(crc ^ (bytes[at] ?? 0)) & 0xff] ?? 0)
  return ~crc >>> 0
}

/** As `crc32c` over one unsigned 32-bit number written as four little-endian bytes. */
export function crc32cOfWord(word: number, before = 0): number {
  const table = tables
  const crc = ~before ^ word
  const sum =
    (table[768 + (crc & 0xff)] ?? 0) ^
    (table[512 + ((crc >>> 8) & 0xff)] ?? 0) ^
    (table[256 + ((crc >>> 16) & 0xff)] ?? 0) ^
    (table[crc >>> 24] ?? 0)
  return ~sum >>> 0
}
