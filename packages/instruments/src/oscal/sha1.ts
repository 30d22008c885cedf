/**
 * SHA-1 (FIPS 180-4 §6.1), which version 5 UUIDs are made of. No security rests on it; it stands here because the
 * browser's own is asynchronous and this room imports nothing.
 */
export function sha1(data: Uint8Array): Uint8Array {
  const state = Uint32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0)
  const padded = pad(data)
  const words = new Uint32Array(80)
  for (let at = 0; at < padded.byteLength; at += 64) compress(state, padded, at, words)
  const digest = new DataView(new ArrayBuffer(20))
  for (const [i, word] of state.entries()) digest.setUint32(4 * i, word)
  return new Uint8Array(digest.buffer)
}

/** A one bit, zeros, and the length in bits: FIPS 180-4 §5.1.1. */
function pad(data: Uint8Array): DataView {
  const bytes = new Uint8Array(64 * Math.ceil((data.length + 9) / 64))
  bytes.set(data)
  bytes[data.length] = 0x80
  const view = new DataView(bytes.buffer)
  view.setBigUint64(bytes.length - 8, 8n * BigInt(data.length))
  return view
}

function compress(state: Uint32Array, block: DataView, at: number, words: Uint32Array): void {
  for (let t = 0; t < 16; t += 1) words[t] = block.getUint32(at + 4 * t)
  for (let t = 16; t < 80; t += 1)
    words[t] = rotate(word(words, t - 3) ^ word(words, t - 8) ^ word(words, t - 14) ^ word(words, t - 16), 1)
  let [a, b, c, d, e] = [word(state, 0), word(state, 1), word(state, 2), word(state, 3), word(state, 4)]
  for (let t = 0; t < 80; t += 1) {
    const mixed = (rotate(a, 5) + round(t, b, c, d) + e + word(words, t)) >>> 0
    ;[a, b, c, d, e] = [mixed, a, rotate(b, 30), c, d]
  }
  for (const [i, value] of [a, b, c, d, e].entries()) state[i] = word(state, i) + value
}

/** The logical function of a step with its constant: FIPS 180-4 §4.1.1 and §4.2.1. */
function round(t: number, b: number, c: number, d: number): number {
  if (t < 20) return ((b & c) ^ (~b & d)) + 0x5a827999
  if (t < 40) return (b ^ c ^ d) + 0x6ed9eba1
  if (t < 60) return ((b & c) ^ (b & d) ^ (c & d)) + 0x8f1bbcdc
  return (b ^ c ^ d) + 0xca62c1d6
}

function rotate(value: number, by: number): number {
  return ((value << by) | (value >>> (32 - by))) >>> 0
}

/** Every index that is asked for exists. */
function word(words: Uint32Array, at: number): number {
  return words[at] ?? 0
}
