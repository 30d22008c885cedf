/**
 * Which keys and signatures are refused by their form alone, before any arithmetic. Libraries
 * disagree about these (that is why they are decided here, once, for server and browser):
 *
 * - Ed25519 (RFC 8032 §5.1.7): the public key and R must be canonical encodings (y < p) and not of
 *   the points of order 1, 2, 4 or 8: under such a key signatures verify for many messages, and Node
 *   refuses such an R where other libraries accept it. S must be below the group order L, or a
 *   signature could be changed into another one.
 * - ES256 (FIPS 186-5 §6.4): r and s between 1 and n − 1, and s at most n/2, because (r, n − s) is
 *   valid whenever (r, s) is.
 * - ML-DSA-44 (FIPS 204): lengths alone. Every 1,312 bytes are a key, and what a signature may not be (a coefficient of z
 *   out of range, hints that are not in their one order) Algorithms 3, 8 and 21 of the standard refuse themselves.
 *
 * All of it is public data: nothing here needs to be constant time. Bytes are compared from the most
 * significant on, so almost every call ends at its first byte.
 */

/**
 * EdDSA is Ed25519, ES256 is ECDSA with SHA-256 on P-256, ML-DSA-44 is pure ML-DSA with an empty context (RFC 9964). The
 * names are those of COSE and JOSE.
 */
export type Algorithm = 'EdDSA' | 'ES256' | 'ML-DSA-44'

/** Signatures on curves have 64 bytes: R || S, and r || s. */
export const signatureLength = 64

/** Bytes of a public key and of a signature (FIPS 204 §4, table 2). */
export const mlDsa44 = { publicKey: 1312, signature: 2420 } as const

/** Whether an Ed25519 public key is 32 bytes, canonical, and not of small order. */
export function isStrictEd25519Key(publicKey: Uint8Array): boolean {
  return publicKey.length === 32 && isStrictPoint(publicKey)
}

/** Whether an Ed25519 signature is 64 bytes with a canonical R that is not of small order, and S < L. */
export function isStrictEd25519Signature(signature: Uint8Array): boolean {
  if (signature.length !== signatureLength) return false
  return isStrictPoint(signature) && compare(signature.subarray(32), groupOrder, 0xff) < 0
}

/** Whether a P-256 public key is an uncompressed point by its length and first byte. */
export function isUncompressedP256Key(publicKey: Uint8Array): boolean {
  return publicKey.length === 65 && publicKey[0] === 0x04
}

/** Whether an ES256 signature is r || s with both in range and s low. */
export function isStrictEs256Signature(signature: Uint8Array): boolean {
  if (signature.length !== signatureLength) return false
  const r = signature.subarray(0, 32)
  const s = signature.subarray(32)
  return isBelow(zero, r) && isBelow(r, p256Order) && isBelow(zero, s) && !isBelow(p256HalfOrder, s)
}

/** Whether a key has the length of an ML-DSA-44 public key. */
export function isMlDsa44Key(publicKey: Uint8Array): boolean {
  return publicKey.length === mlDsa44.publicKey
}

/** Whether a signature has the length of ML-DSA-44. */
export function isMlDsa44Signature(signature: Uint8Array): boolean {
  return signature.length === mlDsa44.signature
}

/** The same signature with its low s. Expects one that is 64 bytes with s in range. */
export function withLowS(signature: Uint8Array): Uint8Array {
  const s = signature.subarray(32)
  if (!isBelow(p256HalfOrder, s)) return signature
  const low = Uint8Array.from(signature)
  let borrow = 0
  for (let i = 31; i >= 0; i--) {
    const difference = (p256Order[i] ?? 0) - (s[i] ?? 0) - borrow
    low[32 + i] = difference & 0xff
    borrow = difference < 0 ? 1 : 0
  }
  return low
}

/** Whether the first 32 bytes encode y canonically, and not one of the y of small order, whatever the sign of x. */
function isStrictPoint(encoded: Uint8Array): boolean {
  if (compare(encoded, fieldPrime, withoutSign) >= 0) return false
  for (const small of smallOrderY) if (compare(encoded, small, withoutSign) === 0) return false
  return true
}

/** The last byte of an encoded point without the sign of x, its highest bit (RFC 8032 §5.1.2). */
const withoutSign = 0x7f

/**
 * Below zero, zero or above for 32 bytes, least significant first and with a mask on the last of them, against a number
 * that is written most significant first. Most pairs differ in the first byte that is looked at.
 */
function compare(littleEndian: Uint8Array, number: Uint8Array, mask: number): number {
  const first = ((littleEndian[31] ?? 0) & mask) - (number[0] ?? 0)
  if (first !== 0) return first
  for (let i = 1; i < 32; i++) {
    const difference = (littleEndian[31 - i] ?? 0) - (number[i] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

/** Whether one number is below another, both of 32 bytes, most significant first. */
function isBelow(a: Uint8Array, b: Uint8Array): boolean {
  for (let i = 0; i < 32; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0)
    if (difference !== 0) return difference < 0
  }
  return false
}

function number(hex: string): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, i) => Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16))
}

const zero = new Uint8Array(32)

/** p = 2^255 − 19, the field of edwards25519 (RFC 8032 §5.1). */
const fieldPrime = number('7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed')

/** L, the order of the prime-order group of edwards25519 (RFC 8032 §5.1). */
const groupOrder = number('1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed')

/** n, the order of P-256 (SP 800-186 §3.2.1.3), and the largest whole number up to n/2. */
const p256Order = number('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551')
const p256HalfOrder = number('7fffffff800000007fffffffffffffffde737d56d38bcf4279dce5617e3192a8')

/** The y of the eight points whose order divides the cofactor; each stands for both signs of x. */
const smallOrderY: readonly Uint8Array[] = [
  // Order 1: (0, 1).
  number('0000000000000000000000000000000000000000000000000000000000000001'),
  // Order 2: (0, −1).
  number('7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffec'),
  // Order 4: (±√−1, 0).
  zero,
  // Order 8: the two y whose double is 0.
  number('05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826'),
  number('7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7'),
]
