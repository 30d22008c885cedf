import { ed25519 } from '@noble/curves/ed25519.js'
import { p256 } from '@noble/curves/nist.js'
import { sha512 } from '@noble/hashes/sha2.js'
import { ml_dsa44 } from '@noble/post-quantum/ml-dsa.js'
import {
  isMlDsa44Key,
  isMlDsa44Signature,
  isStrictEd25519Key,
  isStrictEd25519Signature,
  isStrictEs256Signature,
  isUncompressedP256Key,
  type Algorithm,
} from '../strict-form.ts'

/**
 * Verifies a signature with a raw public key; the same verdict as on Node. False for anything that
 * is not right: it never throws on bad keys or signatures.
 */
export function verify(alg: Algorithm, publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  try {
    if (alg === 'EdDSA') return verifyEd25519(publicKey, message, signature)
    if (alg === 'ES256') return verifyEs256(publicKey, message, signature)
    return alg === 'ML-DSA-44' && verifyMlDsa44(publicKey, message, signature)
  } catch {
    // The library throws for what is not a point of the curve: that is a verdict too.
    return false
  }
}

/** The same, for callers that also run where it is truly asynchronous. */
export function verifyAsync(
  alg: Algorithm,
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  return Promise.resolve(verify(alg, publicKey, message, signature))
}

/**
 * RFC 8032 §5.1.7 without the cofactor: R must be the encoding of S·B − k·A, byte for byte. The
 * library's own check multiplies by the cofactor and so accepts mixed-order keys in signatures that
 * OpenSSL refuses; and two verdicts about one log are one too many.
 */
function verifyEd25519(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (!isStrictEd25519Key(publicKey) || !isStrictEd25519Signature(signature)) return false
  const { Point } = ed25519
  const encodedR = signature.subarray(0, 32)
  const A = Point.fromBytes(publicKey)
  const S = fromLittleEndian(signature.subarray(32))
  const k = Point.Fn.create(
    fromLittleEndian(sha512.create().update(encodedR).update(publicKey).update(message).digest()),
  )
  const R = Point.BASE.multiplyUnsafe(S).subtract(A.multiplyUnsafe(k))
  return R.toBytes().every((byte, i) => byte === encodedR[i])
}

function verifyEs256(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (!isUncompressedP256Key(publicKey) || !isStrictEs256Signature(signature)) return false
  return p256.verify(signature, message, publicKey, { lowS: true, prehash: true, format: 'compact' })
}

function verifyMlDsa44(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  return isMlDsa44Key(publicKey) && isMlDsa44Signature(signature) && ml_dsa44.verify(signature, message, publicKey)
}

function fromLittleEndian(bytes: Uint8Array): bigint {
  let hex = '0x'
  for (const byte of bytes.toReversed()) hex += byte.toString(16).padStart(2, '0')
  return BigInt(hex)
}
