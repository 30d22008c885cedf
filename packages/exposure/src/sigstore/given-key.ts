/** Public keys that envelopes are verified under, as PEM or JWK: Ed25519 and P-256 (ES256). */
import { createHash, createPublicKey, type JsonWebKey, type KeyObject, verify } from 'node:crypto'
import { ExposureError } from '../exposure-error.ts'
import type { DsseKey } from '../provenance/dsse.ts'
import { isDerSignature } from '../provenance/der-signature.ts'

/** A key that somebody gives to verify with. */
export interface GivenKey extends DsseKey {
  readonly object: KeyObject
}

/**
 * Reads a public key in PEM (`-----BEGIN PUBLIC KEY-----`). `owner` says whose it is. Throws `ExposureError`
 * `bad-public-key` for what is no such key, a private one included.
 */
export function keyOfPem(pem: string, owner: string): GivenKey {
  if (!pem.trimStart().startsWith('-----BEGIN PUBLIC KEY-----') || pem.length > 65_536) {
    throw bad('a public key in PEM begins with -----BEGIN PUBLIC KEY-----')
  }
  let key: KeyObject
  try {
    key = createPublicKey(pem)
  } catch {
    throw bad('this PEM holds no public key')
  }
  return keyOf(key, owner)
}

/** The same of a JWK (RFC 7517). */
export function keyOfJwk(jwk: JsonWebKey, owner: string): GivenKey {
  try {
    return keyOf(createPublicKey({ key: jwk, format: 'jwk' }), owner)
  } catch (error) {
    if (error instanceof ExposureError) throw error
    throw bad('this JWK holds no public key')
  }
}

function keyOf(object: KeyObject, owner: string): GivenKey {
  const { kty, crv, x, y } = object.export({ format: 'jwk' })
  if (kty === 'OKP' && crv === 'Ed25519' && x !== undefined) {
    return {
      owner,
      object,
      kid: thumbprint([0xa3, 0x01, 0x01, 0x20, 0x06, 0x21, 0x58, 0x20], x),
      verifies: (message, signature) => signature.length === 64 && verify(null, message, object, signature),
    }
  }
  if (kty === 'EC' && crv === 'P-256' && x !== undefined && y !== undefined) {
    return {
      owner,
      object,
      kid: thumbprint([0xa4, 0x01, 0x02, 0x20, 0x01, 0x21, 0x58, 0x20], x, [0x22, 0x58, 0x20], y),
      verifies: (message, signature) => {
        const dsaEncoding = isDerSignature(signature) ? 'der' : 'ieee-p1363'
        return verify('sha256', message, { key: object, dsaEncoding }, signature)
      },
    }
  }
  throw bad('an Ed25519 or P-256 key is needed')
}

/** RFC 9679: SHA-256 of the COSE_Key with its required members alone. */
function thumbprint(...parts: readonly (readonly number[] | string)[]): string {
  const hash = createHash('sha256')
  for (const part of parts)
    hash.update(typeof part === 'string' ? Buffer.from(part, 'base64url') : Uint8Array.from(part))
  return hash.digest('hex')
}

function bad(message: string): ExposureError {
  return new ExposureError('bad-public-key', message)
}
