/**
 * Keys to which messages are sealed with ECDH-ES (RFC 7518 §4.6): X25519 (RFC 7748, RFC 8037) or P-256. An X25519 key
 * opens messages and signs nothing, so it stands apart from the keys that verify signatures.
 */
import { type Static, Type } from 'typebox'
import { fromBase64Url } from './base64url.ts'
import { encodeCbor } from './cbor-value.ts'
import type { StatementCrypto } from './crypto-port.ts'
import { jwkSchema, keyThumbprint, publicKeyOf } from './public-key.ts'
import { StatementError } from './statement-error.ts'

export const x25519JwkSchema = Type.Object(
  { kty: Type.Literal('OKP'), crv: Type.Literal('X25519'), x: Type.String({ pattern: '^[A-Za-z0-9_-]{43}$' }) },
  { additionalProperties: false },
)

/** An X25519 public key as JSON (RFC 8037). */
export type X25519Jwk = Static<typeof x25519JwkSchema>

/** Every public key that a party statement can list. */
export const partyJwkSchema = Type.Union([...jwkSchema.anyOf, x25519JwkSchema])
export type PartyJwk = Static<typeof partyJwkSchema>

const P = 2n ** 255n - 19n

/**
 * The u coordinates of the points of order 1, 2, 4 and 8 on Curve25519 and its twist, below p: with them everybody
 * knows the shared secret (RFC 7748 §6.1).
 */
const SMALL_ORDER_U: ReadonlySet<bigint> = new Set([
  0n,
  1n,
  P - 1n,
  0xb8495f16056286fdb1329ceb8d09da6ac49ff1fae35616aeb8413b7c7aebe0n,
  0x57119fd0dd4e22d8868e1c58c45c44045bef839c55b1d0b1248c50a3bc959c5fn,
])

/** Whether this is a key that seals and signs nothing. */
export function isX25519(jwk: PartyJwk): jwk is X25519Jwk {
  return 'crv' in jwk && jwk.crv === 'X25519'
}

/**
 * Raw X25519 public key, 32 bytes, checked. One key has one writing: coordinates from p on and a set top bit, which
 * RFC 7748 would reduce, are refused. Throws StatementError `bad-key` or `small-order-key`.
 */
export function x25519KeyOf(jwk: X25519Jwk): Uint8Array {
  const bytes = fromBase64Url(jwk.x)
  if (bytes?.length !== 32) throw new StatementError('bad-key', 'x is not 32 bytes in unpadded base64url')
  const u = bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n)
  if (u >= P) throw new StatementError('bad-key', 'the X25519 key is not in canonical form: u is not below p')
  if (SMALL_ORDER_U.has(u)) throw new StatementError('small-order-key', 'the X25519 key is a point of small order')
  return bytes
}

/** Thumbprint (RFC 9679) of any key of a party, 32 bytes. Throws StatementError `bad-key` or `small-order-key`. */
export function partyKeyThumbprint(jwk: PartyJwk, crypto: StatementCrypto): Uint8Array {
  if (!isX25519(jwk)) return keyThumbprint(publicKeyOf(jwk), crypto)
  // COSE_Key of RFC 9053 §7.2: kty OKP (1), crv X25519 (4)
  return crypto.sha256(
    encodeCbor(
      new Map<number, unknown>([
        [1, 1],
        [-1, 4],
        [-2, x25519KeyOf(jwk)],
      ]),
    ),
  )
}
