/**
 * Which keys and signatures are refused by their form alone, before any arithmetic. Libraries
 * disagree about these (that is why they are decided here, once, for server and browser):
 *
 * - Ed25519 (RFC 8032 §5.1.7): the public key must be a canonical encoding (y < p) and not one of
 *   the points of order 1, 2, 4 or 8, under which signatures verify for many messages; S must be
 *   below the group order L, or a signature could be changed into another one.
 * - ES256 (FIPS 186-5 §6.4): r and s between 1 and n − 1, and s at most n/2, because (r, n − s) is
 *   valid whenever (r, s) is.
 *
 * All of it is public data: nothing here needs to be constant time.
 */

/** EdDSA is Ed25519, ES256 is ECDSA with SHA-256 on P-256. The names are those of COSE and JOSE. */
export type Algorithm = 'EdDSA' | 'ES256'

/** Both algorithms have signatures of 64 bytes: R || S, and r || s. */
export const signatureLength = 64

/** Whether an Ed25519 public key is 32 bytes, canonical, and not of small order. */
export function isStrictEd25519Key(publicKey: Uint8Array): boolean {
  if (publicKey.length !== 32) return false
  const y = littleEndian(publicKey) & ((1n << 255n) - 1n)
  return y < fieldPrime && !smallOrderY.has(y)
}

/** Whether an Ed25519 signature is 64 bytes with S < L. */
export function isStrictEd25519Signature(signature: Uint8Array): boolean {
  return signature.length === signatureLength && littleEndian(signature.subarray(32)) < groupOrder
}

/** Whether a P-256 public key is an uncompressed point by its length and first byte. */
export function isUncompressedP256Key(publicKey: Uint8Array): boolean {
  return publicKey.length === 65 && publicKey[0] === 0x04
}

/** Whether an ES256 signature is r || s with both in range and s low. */
export function isStrictEs256Signature(signature: Uint8Array): boolean {
  if (signature.length !== signatureLength) return false
  const r = bigEndian(signature.subarray(0, 32))
  const s = bigEndian(signature.subarray(32))
  return r > 0n && r < p256Order && s > 0n && s <= p256Order / 2n
}

/** The same signature with its low s. Expects one that is 64 bytes with s in range. */
export function withLowS(signature: Uint8Array): Uint8Array {
  const s = bigEndian(signature.subarray(32))
  if (s <= p256Order / 2n) return signature
  const low = Uint8Array.from(signature)
  let rest = p256Order - s
  for (let i = 63; i >= 32; i--) {
    low[i] = Number(rest & 0xffn)
    rest >>= 8n
  }
  return low
}

/** p = 2^255 − 19, the field of edwards25519 (RFC 8032 §5.1). */
const fieldPrime = (1n << 255n) - 19n

/** L, the order of the prime-order group of edwards25519 (RFC 8032 §5.1). */
const groupOrder = (1n << 252n) + 27742317777372353535851937790883648493n

/** n, the order of P-256 (SP 800-186 §3.2.1.3). */
const p256Order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n

/**
 * The y coordinates of the eight points whose order divides the cofactor: 1 (order 1), −1 (order 2),
 * 0 (order 4), and ±y8 (order 8), where y8 solves the doubling equation that leads to y = 0. Each
 * stands for both signs of x.
 */
const y8 = 0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n
const smallOrderY: ReadonlySet<bigint> = new Set([0n, 1n, fieldPrime - 1n, y8, fieldPrime - y8])

function bigEndian(bytes: Uint8Array): bigint {
  let hex = '0x'
  for (const byte of bytes) hex += hexOf[byte]
  return BigInt(hex)
}

function littleEndian(bytes: Uint8Array): bigint {
  return bigEndian(bytes.toReversed())
}

const hexOf = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))
