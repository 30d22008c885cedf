/**
 * Just enough arithmetic to say whether a public key is a point of its curve. Variable in time
 * (about 0.06 ms), which is right for public values that are checked once, when a key is registered.
 */
const P25519 = 2n ** 255n - 19n
const D25519 = 37095705934669439343138083508754565189542113879843219016388785533085940283555n

const P256 = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn
const B256 = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn
/** Order of the P-256 group; also the limit of `s` in an ES256 signature. */
export const N256 = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n
/** Order of the Ed25519 base point (RFC 8032 §5.1). */
export const L25519 = 2n ** 252n + 27742317777372353535851937790883648493n

/** `y` of one point of order 8 (hexadecimal 05fc…e826). */
const Y8 = 0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n

/** `y` of the eight points of small order of Ed25519: 1, -1, 0 and the two of order 8. */
const SMALL_ORDER_Y: ReadonlySet<bigint> = new Set([0n, 1n, P25519 - 1n, Y8, P25519 - Y8])

/** Big-endian bytes as a number. */
export function bigEndian(bytes: Uint8Array): bigint {
  let value = 0n
  for (const byte of bytes) value = (value << 8n) | BigInt(byte)
  return value
}

/** `y` of an encoded Ed25519 point (RFC 8032 §5.1.2), without its sign bit. */
export function ed25519Y(publicKey: Uint8Array): bigint {
  return bigEndian(Uint8Array.from(publicKey).reverse()) & (2n ** 255n - 1n)
}

/** Whether `y`, reduced modulo p, belongs to a point of order 1, 2, 4 or 8. */
export function isSmallOrderY(y: bigint): boolean {
  return SMALL_ORDER_Y.has(y % P25519)
}

/** Whether `y` is written in its one canonical form, below p. */
export function isCanonicalY(y: bigint): boolean {
  return y < P25519
}

/** Whether some `x` exists with -x² + y² = 1 + d x² y² (RFC 8032 §5.1.3). */
export function isEd25519Point(y: bigint): boolean {
  const y2 = (y * y) % P25519
  const u = (y2 - 1n + P25519) % P25519
  const v = (D25519 * y2 + 1n) % P25519
  // u/v is a square exactly if u*v is one
  return jacobi((u * v) % P25519, P25519) >= 0
}

/** Whether y² = x³ - 3x + b over P-256, with both coordinates below p. */
export function isP256Point(x: bigint, y: bigint): boolean {
  if (x >= P256 || y >= P256) return false
  return (y * y - (x * x * x - 3n * x + B256)) % P256 === 0n
}

/**
 * The Jacobi symbol (a/n) for odd n: for a prime n, 1 if a is a square modulo n, 0 if n divides it, else -1. By
 * quadratic reciprocity, a sixth of the time of a power by Euler's criterion.
 */
function jacobi(a: bigint, n: bigint): number {
  let sign = 1
  let [top, bottom] = [a % n, n]
  while (top !== 0n) {
    for (; (top & 1n) === 0n; top >>= 1n) {
      const rest = bottom & 7n
      if (rest === 3n || rest === 5n) sign = -sign
    }
    if ((top & 3n) === 3n && (bottom & 3n) === 3n) sign = -sign
    ;[top, bottom] = [bottom % top, top]
  }
  return bottom === 1n ? sign : 0
}
