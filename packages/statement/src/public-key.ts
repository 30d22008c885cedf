import { type Static, Type } from 'typebox'
import { fromBase64Url, toBase64Url } from './base64url.ts'
import { decodeCbor, encodeCbor } from './cbor-value.ts'
import { COSE_ALGORITHM } from './cose-labels.ts'
import type { KeyAlgorithm, StatementCrypto } from './crypto-port.ts'
import { bigEndian, ed25519Y, isCanonicalY, isEd25519Point, isP256Point, isSmallOrderY } from './curves.ts'
import type { PartyJwk } from './seal-key.ts'
import { StatementError } from './statement-error.ts'

/** A raw public key: Ed25519 32 bytes, P-256 uncompressed point 65 bytes, ML-DSA-44 1,312 bytes. */
export interface PublicKey {
  readonly alg: KeyAlgorithm
  readonly bytes: Uint8Array
}

const coordinate = Type.String({ pattern: '^[A-Za-z0-9_-]{43}$' })

/** 1,312 bytes in unpadded base64url. */
const mlDsa44Key = Type.String({ pattern: '^[A-Za-z0-9_-]{1750}$' })

/**
 * The public keys that can stand in a payload, with no other member: RFC 8037, RFC 7518 §6.2, and RFC 9964 §3 for those
 * that only cosign checkpoints.
 */
export const jwkSchema = Type.Union([
  Type.Object(
    { kty: Type.Literal('OKP'), crv: Type.Literal('Ed25519'), x: coordinate },
    { additionalProperties: false },
  ),
  Type.Object(
    { kty: Type.Literal('EC'), crv: Type.Literal('P-256'), x: coordinate, y: coordinate },
    { additionalProperties: false },
  ),
  Type.Object(
    { kty: Type.Literal('AKP'), alg: Type.Literal('ML-DSA-44'), pub: mlDsa44Key },
    { additionalProperties: false },
  ),
])

/** A public key as JSON (RFC 7517). */
export type Jwk = Static<typeof jwkSchema>

const COSE_KTY = 1
const COSE_KID = 2
const COSE_ALG = 3
const COSE_CRV = -1
const COSE_X = -2
const COSE_Y = -3
/** Of key type 7, AKP (RFC 9964 §3). */
const COSE_PUB = -1
const KTY_AKP = 7
const ML_DSA_44_BYTES = 1312

/**
 * Refuses a key no statement may be verified with: wrong length, not on its curve, not canonical
 * (`bad-key`), or of small order (`small-order-key`), with which a signature proves nothing.
 */
export function checkPublicKey(key: PublicKey): void {
  if (key.alg === 'EdDSA') {
    if (key.bytes.length !== 32) throw badKey(`an Ed25519 key has 32 bytes, not ${key.bytes.length}`)
    const y = ed25519Y(key.bytes)
    if (isSmallOrderY(y)) throw new StatementError('small-order-key', 'the Ed25519 key is a point of small order')
    if (!isCanonicalY(y)) throw badKey('the Ed25519 key is not in canonical form: y is not below p')
    if (!isEd25519Point(y)) throw badKey('the Ed25519 key is no point of the curve')
    return
  }
  if (key.alg === 'ML-DSA-44') {
    // Every string of that length is a key (FIPS 204 Algorithm 23).
    if (key.bytes.length === ML_DSA_44_BYTES) return
    throw badKey(`an ML-DSA-44 key has ${ML_DSA_44_BYTES} bytes, not ${key.bytes.length}`)
  }
  if (key.bytes.length !== 65 || key.bytes[0] !== 4) {
    throw badKey('a P-256 key is an uncompressed point: 0x04 and twice 32 bytes')
  }
  if (!isP256Point(bigEndian(key.bytes.subarray(1, 33)), bigEndian(key.bytes.subarray(33)))) {
    throw badKey('the P-256 key is no point of the curve')
  }
}

/** JWK of a key that `checkPublicKey` accepts. */
export function jwkOf(key: PublicKey): Jwk {
  if (key.alg === 'ML-DSA-44') return { kty: 'AKP', alg: 'ML-DSA-44', pub: toBase64Url(key.bytes) }
  return key.alg === 'EdDSA'
    ? { kty: 'OKP', crv: 'Ed25519', x: toBase64Url(key.bytes) }
    : { kty: 'EC', crv: 'P-256', x: toBase64Url(key.bytes.subarray(1, 33)), y: toBase64Url(key.bytes.subarray(33)) }
}

/** Raw key of a JWK to verify with, checked. Throws `bad-key`, also for a key that only seals, or `small-order-key`. */
export function publicKeyOf(jwk: PartyJwk): PublicKey {
  return checked(decodeJwk(jwk))
}

/** Raw key of a JWK that `publicKeyOf` has accepted before: not checked against its curve again. */
export function decodeJwk(jwk: PartyJwk): PublicKey {
  if (jwk.kty === 'AKP') {
    const bytes = fromBase64Url(jwk.pub)
    if (bytes === undefined) throw badKey('pub is not unpadded base64url')
    return { alg: jwk.alg, bytes }
  }
  if (jwk.kty === 'OKP' && jwk.crv === 'X25519')
    throw badKey('an X25519 key opens sealed messages and verifies nothing')
  const x = fromBase64Url(jwk.x)
  if (x?.length !== 32) throw badKey('x is not 32 bytes in unpadded base64url')
  if (jwk.kty === 'OKP') return { alg: 'EdDSA', bytes: x }
  const y = fromBase64Url(jwk.y)
  if (y?.length !== 32) throw badKey('y is not 32 bytes in unpadded base64url')
  return { alg: 'ES256', bytes: uncompressed(x, y) }
}

/**
 * Thumbprint of a key (RFC 9679): SHA-256 of the deterministic COSE_Key that has only its required
 * members, `{1: kty, -1: crv, -2: x}` and for P-256 `-3: y`; for ML-DSA-44 `{1: kty, 3: alg, -1: pub}` (RFC 9964 §6).
 * This is `kid` everywhere; 32 bytes.
 */
export function keyThumbprint(key: PublicKey, crypto: StatementCrypto): Uint8Array {
  return crypto.sha256(encodeCbor(requiredMembers(key)))
}

/** COSE_Key with `kid` and `alg` (RFC 9052 §7), as `/.well-known/scitt-keys/{kid}` serves it. */
export function encodeCoseKey(key: PublicKey, crypto: StatementCrypto): Uint8Array {
  return encodeCbor(coseKeyMap(key, crypto))
}

/** COSE Key Set: an array of COSE_Keys (RFC 9052 §7). */
export function encodeCoseKeySet(keys: readonly PublicKey[], crypto: StatementCrypto): Uint8Array {
  return encodeCbor(keys.map((key) => coseKeyMap(key, crypto)))
}

/** Reads one COSE_Key. Throws `bad-key` for what is no Ed25519, P-256 or ML-DSA-44 public key, or `small-order-key`. */
export function decodeCoseKey(bytes: Uint8Array): PublicKey {
  return keyOfMap(decodeCbor(bytes, 'the COSE_Key', 'bad-key'))
}

/** Reads a COSE Key Set. Keys of other types are skipped, as RFC 9052 §7 asks. */
export function decodeCoseKeySet(bytes: Uint8Array): readonly PublicKey[] {
  const set = decodeCbor(bytes, 'the COSE Key Set', 'bad-key')
  if (!Array.isArray(set)) throw badKey('a COSE Key Set is an array of keys')
  return set.filter((item: unknown) => item instanceof Map && isKnownType(item)).map(keyOfMap)
}

function coseKeyMap(key: PublicKey, crypto: StatementCrypto): Map<number, unknown> {
  return requiredMembers(key).set(COSE_KID, keyThumbprint(key, crypto)).set(COSE_ALG, COSE_ALGORITHM[key.alg])
}

function requiredMembers(key: PublicKey): Map<number, unknown> {
  const map = new Map<number, unknown>()
  if (key.alg === 'EdDSA') return map.set(COSE_KTY, 1).set(COSE_CRV, 6).set(COSE_X, key.bytes)
  if (key.alg === 'ML-DSA-44') {
    return map.set(COSE_KTY, KTY_AKP).set(COSE_ALG, COSE_ALGORITHM[key.alg]).set(COSE_PUB, key.bytes)
  }
  return map
    .set(COSE_KTY, 2)
    .set(COSE_CRV, 1)
    .set(COSE_X, key.bytes.subarray(1, 33))
    .set(COSE_Y, key.bytes.subarray(33))
}

function isKnownType(map: ReadonlyMap<unknown, unknown>): boolean {
  const kty = map.get(COSE_KTY)
  const crv = map.get(COSE_CRV)
  return (kty === 1 && crv === 6) || (kty === 2 && crv === 1) || isMlDsa44(map)
}

function isMlDsa44(map: ReadonlyMap<unknown, unknown>): boolean {
  return map.get(COSE_KTY) === KTY_AKP && map.get(COSE_ALG) === COSE_ALGORITHM['ML-DSA-44']
}

function keyOfMap(map: unknown): PublicKey {
  if (!(map instanceof Map) || !isKnownType(map)) {
    throw badKey('neither an Ed25519 (OKP) nor a P-256 (EC2) nor an ML-DSA-44 (AKP) key')
  }
  if (isMlDsa44(map)) {
    const pub: unknown = map.get(COSE_PUB)
    if (!(pub instanceof Uint8Array)) throw badKey('pub is no byte string')
    return checked({ alg: 'ML-DSA-44', bytes: pub })
  }
  const x: unknown = map.get(COSE_X)
  if (!(x instanceof Uint8Array) || x.length !== 32) throw badKey('x is not 32 bytes')
  if (map.get(COSE_KTY) === 1) return checked({ alg: 'EdDSA', bytes: x })
  const y: unknown = map.get(COSE_Y)
  if (!(y instanceof Uint8Array) || y.length !== 32) throw badKey('y is not 32 bytes; compressed points are not read')
  return checked({ alg: 'ES256', bytes: uncompressed(x, y) })
}

function uncompressed(x: Uint8Array, y: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(65)
  bytes[0] = 4
  bytes.set(x, 1)
  bytes.set(y, 33)
  return bytes
}

function checked(key: PublicKey): PublicKey {
  checkPublicKey(key)
  return key
}

function badKey(message: string): StatementError {
  return new StatementError('bad-key', message)
}
