/**
 * Base64 of RFC 4648, with either alphabet (§4, §5) and with padding or without, as DSSE allows for what it carries.
 * Nothing else: no white space, no mix of both alphabets, no bits left over at the end.
 */
export function fromBase64(text: string): Uint8Array | undefined {
  const unpadded = text.endsWith('==') ? text.slice(0, -2) : text.endsWith('=') ? text.slice(0, -1) : text
  if (unpadded !== text && text.length % 4 !== 0) return undefined
  if (unpadded.length % 4 === 1) return undefined
  const octets = new Uint8Array(Math.floor((unpadded.length * 3) / 4))
  let alphabets = 0
  let bits = 0
  let held = 0
  let at = 0
  for (let i = 0; i < unpadded.length; i += 1) {
    const code = unpadded.charCodeAt(i)
    const value = code < 128 ? (values[code] ?? -1) : -1
    if (value < 0) return undefined
    if (code === 0x2b || code === 0x2f) alphabets |= 1
    else if (code === 0x2d || code === 0x5f) alphabets |= 2
    held = ((held << 6) | value) & 0xfff
    bits += 6
    if (bits < 8) continue
    bits -= 8
    octets[at] = (held >> bits) & 0xff
    at += 1
  }
  const leftOver = held & ((1 << bits) - 1)
  return leftOver === 0 && alphabets !== 3 ? octets : undefined
}

/** Value of each character of both alphabets; -1 for all others. */
const values = new Int8Array(128).fill(-1)
for (const [value, character] of [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'].entries()) {
  values[character.charCodeAt(0)] = value
}
values[0x2d] = 62
values[0x5f] = 63
