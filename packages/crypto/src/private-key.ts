import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign as nodeSign,
  type KeyObject,
  type SigningOptions,
} from 'node:crypto'
import { CryptoError } from './errors.ts'
import { mlDsa44, withLowS, type Algorithm } from './strict-form.ts'

/** A private key that signs. Its bytes leave it only through `pkcs8`. */
export interface PrivateKey<A extends Algorithm = Algorithm> {
  readonly alg: A
  /** Raw: 32 bytes for Ed25519, 0x04 || x || y for P-256, 1,312 bytes for ML-DSA-44. */
  readonly publicKey: Uint8Array
  /** 64 bytes, 2,420 for ML-DSA-44. ES256 signatures have a low s; these and ML-DSA-44 differ each time. */
  sign(message: Uint8Array): Uint8Array
  /** The same on a thread of libuv's pool: ML-DSA-44 takes about a millisecond. */
  signAsync(message: Uint8Array): Promise<Uint8Array>
  /** PKCS #8 PrivateKeyInfo in DER (RFC 5208; RFC 9881 for ML-DSA-44), unencrypted: handle with care. */
  pkcs8(): Uint8Array
}

/** A new key from the system's random generator. */
export function generateKeyPair<A extends Algorithm>(alg: A): PrivateKey<A> {
  return privateKey(alg, newKey[alg]())
}

const newKey: Readonly<Record<Algorithm, () => KeyObject>> = {
  EdDSA: () => generateKeyPairSync('ed25519').privateKey,
  ES256: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
  'ML-DSA-44': () => generateKeyPairSync('ml-dsa-44').privateKey,
}

/**
 * The key in a PKCS #8 document.
 *
 * @throws CryptoError `bad-private-key` if it is none, `unsupported-algorithm` if it is none of
 * Ed25519, P-256 and ML-DSA-44. The messages never quote the input.
 */
export function privateKeyFromPkcs8(der: Uint8Array): PrivateKey {
  const key = importPkcs8(der)
  return privateKey(algorithmOf(key), key)
}

/**
 * The Ed25519 key of a 32-byte seed (RFC 8032 §5.1.5), the same each time: for tests and for vectors.
 *
 * @throws CryptoError `bad-private-key` if the seed has another length.
 */
export function ed25519FromSeed(seed: Uint8Array): PrivateKey<'EdDSA'> {
  if (seed.length !== 32) {
    throw new CryptoError('bad-private-key', `an Ed25519 seed has 32 bytes, this has ${seed.length}`)
  }
  return privateKey('EdDSA', importPkcs8(Buffer.concat([ed25519Pkcs8Prefix, seed])))
}

/** PrivateKeyInfo of Ed25519 up to the seed (RFC 8410 §7). */
const ed25519Pkcs8Prefix = Buffer.from('302e020100300506032b657004220420', 'hex')

/**
 * The ML-DSA-44 key of a 32-byte seed (FIPS 204 §6.1, ξ), the same each time: for tests and for vectors. Its signatures
 * are not.
 *
 * @throws CryptoError `bad-private-key` if the seed has another length.
 */
export function mlDsa44FromSeed(seed: Uint8Array): PrivateKey<'ML-DSA-44'> {
  if (seed.length !== 32) {
    throw new CryptoError('bad-private-key', `an ML-DSA-44 seed has 32 bytes, this has ${seed.length}`)
  }
  return privateKey('ML-DSA-44', importPkcs8(Buffer.concat([mlDsa44Pkcs8Prefix, seed])))
}

/** PrivateKeyInfo of ML-DSA-44 in its form with the seed alone, up to the seed (RFC 9881 §6). */
const mlDsa44Pkcs8Prefix = Buffer.from('3034020100300b060960864801650304031104228020', 'hex')

function importPkcs8(der: Uint8Array): KeyObject {
  try {
    return createPrivateKey({ key: Buffer.from(der), format: 'der', type: 'pkcs8' })
  } catch {
    throw new CryptoError('bad-private-key', 'the bytes are not an unencrypted PKCS #8 private key in DER')
  }
}

function privateKey<A extends Algorithm>(alg: A, key: KeyObject): PrivateKey<A> {
  const publicKey = rawPublicKey(alg, key)
  return {
    alg,
    publicKey,
    sign(message) {
      if (alg !== 'ES256') return new Uint8Array(nodeSign(null, message, key))
      return withLowS(new Uint8Array(nodeSign('sha256', message, { key, dsaEncoding: 'ieee-p1363' })))
    },
    async signAsync(message) {
      if (alg !== 'ES256') return new Uint8Array(await signOnThread(null, message, key))
      return withLowS(new Uint8Array(await signOnThread('sha256', message, { key, dsaEncoding: 'ieee-p1363' })))
    },
    pkcs8: () => new Uint8Array(key.export({ format: 'der', type: 'pkcs8' })),
  }
}

/** On a thread of libuv's pool. */
function signOnThread(
  digest: string | null,
  message: Uint8Array,
  key: KeyObject | ({ key: KeyObject } & SigningOptions),
): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>()
  nodeSign(digest, message, key, (error, signature) => {
    if (error === null) resolve(signature)
    else reject(error)
  })
  return promise
}

function algorithmOf(key: KeyObject): Algorithm {
  if (key.asymmetricKeyType === 'ed25519') return 'EdDSA'
  if (key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1') return 'ES256'
  if (key.asymmetricKeyType === 'ml-dsa-44') return 'ML-DSA-44'
  const advice = 'use Ed25519, P-256 or, for witnesses, ML-DSA-44'
  throw new CryptoError('unsupported-algorithm', `a key of type ${key.asymmetricKeyType}: ${advice}`)
}

/** The raw key is the end of the SubjectPublicKeyInfo, whose length before it is fixed. */
function rawPublicKey(alg: Algorithm, key: KeyObject): Uint8Array {
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' })
  return Uint8Array.from(spki.subarray(-publicKeyLength[alg]))
}

const publicKeyLength: Readonly<Record<Algorithm, number>> = { EdDSA: 32, ES256: 65, 'ML-DSA-44': mlDsa44.publicKey }
