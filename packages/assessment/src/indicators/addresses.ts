/** An IPv4 address in dotted decimal, strictly: no leading zeros. Undefined for anything else. */
export function ipv4Number(text: string): bigint | undefined {
  const parts = text.split('.')
  if (parts.length !== 4) return undefined
  let value = 0
  for (const part of parts) {
    if (!/^(?:0|[1-9][0-9]{0,2})$/.test(part) || Number(part) > 255) return undefined
    value = value * 256 + Number(part)
  }
  return BigInt(value)
}

/** An IPv6 address in the hexadecimal forms of RFC 4291 §2.2 (1 and 2). Undefined for anything else. */
export function ipv6Number(text: string): bigint | undefined {
  const [head = '', tail, ...more] = text.split('::')
  if (more.length > 0) return undefined
  const before = digitsOf(head)
  const after = digitsOf(tail ?? '')
  if (before === undefined || after === undefined) return undefined
  const missing = 32 - before.length - after.length
  if (tail === undefined ? missing !== 0 : missing < 4) return undefined
  return BigInt(`0x${before}${'0'.repeat(missing)}${after}`)
}

const groups = /^[0-9a-fA-F]{1,4}(?::[0-9a-fA-F]{1,4}){0,7}$/

/** Groups separated by colons as four digits each; nothing of nothing, undefined for what are no groups. */
function digitsOf(text: string): string | undefined {
  if (text === '') return ''
  if (!groups.test(text)) return undefined
  let digits = ''
  for (const group of text.split(':')) digits += group.padStart(4, '0')
  return digits
}
