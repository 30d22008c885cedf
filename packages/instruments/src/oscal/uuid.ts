import { sha1 } from './sha1.ts'

/** The namespace of names that are URLs, URNs among them: RFC 9562 §6.6. */
const urlNamespace = Uint8Array.of(
  0x6b,
  0xa7,
  0xb8,
  0x11,
  0x9d,
  0xad,
  0x11,
  0xd1,
  0x80,
  0xb4,
  0,
  0xc0,
  0x4f,
  0xd4,
  0x30,
  0xc8,
)

/**
 * The version 5 UUID of a URN (RFC 9562 §5.5): the same name has the same UUID, whoever writes it and whenever.
 *
 * OSCAL wants a UUID for everything that is referred to; one drawn at random would make every export of the same data
 * another document.
 */
export function uuidOf(urn: string): string {
  const name = new TextEncoder().encode(urn)
  const bytes = new Uint8Array(urlNamespace.length + name.length)
  bytes.set(urlNamespace)
  bytes.set(name, urlNamespace.length)
  const digest = sha1(bytes).subarray(0, 16)
  digest[6] = ((digest[6] ?? 0) & 0x0f) | 0x50
  digest[8] = ((digest[8] ?? 0) & 0x3f) | 0x80
  const hex = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
