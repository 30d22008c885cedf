import { hash } from 'node:crypto'

/**
 * SHA-256 (FIPS 180-4), 32 bytes.
 *
 * Taking the digest as a latin1 string (which `hash` calls `binary`) and copying its characters is
 * twice as fast as taking it as a Buffer: creating the Buffer costs more than hashing 65 bytes.
 */
export function sha256(data: Uint8Array): Uint8Array {
  const characters = hash('sha256', data, 'binary')
  const digest = new Uint8Array(32)
  for (let i = 0; i < 32; i++) digest[i] = characters.charCodeAt(i)
  return digest
}

/** SHA-256 as lowercase hex. */
export function sha256Hex(data: Uint8Array): string {
  return hash('sha256', data, 'hex')
}
