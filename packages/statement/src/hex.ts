const byteToHex: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** Lowercase hexadecimal of `bytes`. A table, because `Uint8Array.prototype.toHex` is not in Node 24. */
export function toHex(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += byteToHex[byte]
  return text
}

/** The bytes written in `text`, or undefined unless it is lowercase hexadecimal of an even length. */
export function fromHex(text: string): Uint8Array | undefined {
  if (text.length % 2 !== 0 || !/^[0-9a-f]*$/.test(text)) return undefined
  const bytes = new Uint8Array(text.length / 2)
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(text.slice(2 * i, 2 * i + 2), 16)
  return bytes
}
