import { createPrivateKey, createPublicKey, generateKeyPairSync, sign as nodeSign, type KeyObject } from 'node:crypto'
import { CryptoError } from './errors.ts'
import { withLowS, type Algorithm } from './strict-form.ts'

/** A private key that signs. Its bytes leave it only through `pkcs8`. */
export interface PrivateKey {
  readonly alg: Algorithm
  /** Raw: 32 bytes for Ed25519, 0x04 || x || y for P-256. */
  readonly publicKey: Uint8Array
  /** 64 bytes. ES256 signatures have a low s, and differ each time. */
  sign(message: Uint8Array): Uint8Array
  /** PKCS #8 PrivateKeyInfo in DER (RFC 5208), unencrypted: handle with care. */
  pkcs8(): Uint8Array
}

/** A new key from the system's random generator. */
export function generateKeyPair(alg: Algorithm): PrivateKey {
  const pair = alg === 'EdDSA' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return privateKey(pair.privateKey)
}

/**
 * The key in a PKCS #8 document.
 *
 * @throws CryptoError `bad-private-key` if it is none, `unsupported-algorithm` if it is neither
 * Ed25519 nor P-256. The messages never quote the input.
 */
export function privateKeyFromPkcs8(der: Uint8Array): PrivateKey {
  return privateKey(importPkcs8(der))
}

/**
 * The Ed25519 key of a 32-byte seed (RFC 8032 §5.1.5), the same each time: for tests and for vectors.
 *
 * @throws CryptoError `bad-private-key` if the seed has another length.
 */
export function ed25519FromSeed(seed: Uint8Array): PrivateKey {
  if (seed.length !== 32) {
    throw new CryptoError('bad-private-key', `an Ed25519 seed has 32 bytes, this has ${seed.length}`)
  }
  return privateKeyFromPkcs8(Buffer.concat([ed25519Pkcs8Prefix, seed]))
}

/** PrivateKeyInfo of Ed25519 up to the seed (RFC 8410 §7). */
const ed25519Pkcs8Prefix = Buffer.from('302e020100300506032b657004220420', 'hex')

function importPkcs8(der: Uint8Array): KeyObject {
  try {
    return createPrivateKey({ key: Buffer.from(der), format: 'der', type: 'pkcs8' })
  } catch {
    throw new CryptoError('bad-private-key', 'the bytes are not an unencrypted PKCS #8 private key in DER')
  }
}

function privateKey(key: KeyObject): PrivateKey {
  const alg = algorithmOf(key)
  const publicKey = rawPublicKey(alg, key)
  return {
    alg,
    publicKey,
    sign(message) {
      if (alg === 'EdDSA') return new Uint8Array(nodeSign(null, message, key))
      return withLowS(new Uint8Array(nodeSign('sha256', message, { key, dsaEncoding: 'ieee-p1363' })))
    },
    pkcs8: () => new Uint8Array(key.export({ format: 'der', type: 'pkcs8' })),
  }
}

function algorithmOf(key: KeyObject): Algorithm {
  if (key.asymmetricKeyType === 'ed25519') return 'EdDSA'
  if (key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1') return 'ES256'
  throw new CryptoError('unsupported-algorithm', `a key of type ${key.asymmetricKeyType}: use Ed25519 or P-256`)
}

/** The raw key is the end of the SubjectPublicKeyInfo, whose length before it is fixed. */
function rawPublicKey(alg: Algorithm, key: KeyObject): Uint8Array {
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' })
  return Uint8Array.from(spki.subarray(alg === 'EdDSA' ? -32 : -65))
}
