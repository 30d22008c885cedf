import { createPublicKey, verify as nodeVerify, type KeyObject, type SigningOptions } from 'node:crypto'
import {
  isStrictEd25519Key,
  isStrictEd25519Signature,
  isMlDsa44Key,
  isMlDsa44Signature,
  isStrictEs256Signature,
  isUncompressedP256Key,
  type Algorithm,
} from './strict-form.ts'

/**
 * Verifies a signature with a raw public key. False for anything that is not right: it never throws
 * on bad keys or signatures.
 *
 * @param alg `EdDSA`: Ed25519, cofactorless (RFC 8032 §5.1.7). `ES256`: ECDSA with SHA-256 on P-256,
 * low-S only. `ML-DSA-44`: pure, with an empty context (FIPS 204 §5.3).
 * @param publicKey 32 bytes for Ed25519; 0x04 || x || y (65 bytes) for P-256; 1,312 bytes for ML-DSA-44.
 * @param signature 64 bytes: R || S, or r || s; 2,420 bytes for ML-DSA-44.
 */
export function verify(alg: Algorithm, publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  const key = hasStrictForm(alg, signature) ? keyObject(alg, publicKey) : undefined
  return key !== undefined && nodeVerify(digestOf(alg), message, keyArgument(alg, key), signature)
}

/**
 * The same verdict, computed on a thread of libuv's pool, so that all cores verify while one thread
 * sequences. `UV_THREADPOOL_SIZE` says how many threads there are (4 by default).
 */
export function verifyAsync(
  alg: Algorithm,
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  const key = hasStrictForm(alg, signature) ? keyObject(alg, publicKey) : undefined
  if (key === undefined) return Promise.resolve(false)
  const { promise, resolve, reject } = Promise.withResolvers<boolean>()
  nodeVerify(digestOf(alg), message, keyArgument(alg, key), signature, (error, valid) => {
    if (error === null) resolve(valid)
    else reject(error)
  })
  return promise
}

type ParsedKeys = Map<string, KeyObject | undefined>

/**
 * Parsed keys by their bytes, least recently used first; undefined for those refused. Parsing a key costs about as much
 * as half a verification.
 */
const parsed: Readonly<Record<Algorithm, ParsedKeys>> = { EdDSA: new Map(), ES256: new Map(), 'ML-DSA-44': new Map() }

/** How many are kept: a few MiB for the small ones, as much for the large. */
const maxKeys: Readonly<Record<Algorithm, number>> = { EdDSA: 4096, ES256: 4096, 'ML-DSA-44': 256 }

/** No key of any algorithm is longer. */
const maxKeyBytes = 1312

function keyObject(alg: Algorithm, publicKey: Uint8Array): KeyObject | undefined {
  if (publicKey.length > maxKeyBytes) return undefined
  const keys = parsed[alg]
  const name = Buffer.from(publicKey.buffer, publicKey.byteOffset, publicKey.byteLength).toString('latin1')
  const isKnown = keys.has(name)
  const key = isKnown ? keys.get(name) : importKey(alg, publicKey)
  // While there is room for twice as many, nothing will be dropped soon, and the order need not be kept.
  if (isKnown && keys.size < maxKeys[alg] / 2) return key
  if (isKnown) keys.delete(name)
  keys.set(name, key)
  if (keys.size > maxKeys[alg]) {
    for (const oldest of keys.keys()) {
      keys.delete(oldest)
      break
    }
  }
  return key
}

function importKey(alg: Algorithm, publicKey: Uint8Array): KeyObject | undefined {
  if (!hasKeyForm[alg](publicKey)) return undefined
  const key = Buffer.concat([spkiPrefix[alg], publicKey])
  try {
    return createPublicKey({ key, format: 'der', type: 'spki' })
  } catch {
    // Not a point of the curve: a verdict about the key, not a failure of this process.
    return undefined
  }
}

const hasKeyForm: Readonly<Record<Algorithm, (publicKey: Uint8Array) => boolean>> = {
  EdDSA: isStrictEd25519Key,
  ES256: isUncompressedP256Key,
  'ML-DSA-44': isMlDsa44Key,
}

/** SubjectPublicKeyInfo up to the raw key: RFC 8410 §4, RFC 5480 §2, RFC 9881 §4. */
const spkiPrefix: Readonly<Record<Algorithm, Buffer>> = {
  EdDSA: Buffer.from('302a300506032b6570032100', 'hex'),
  ES256: Buffer.from('3059301306072a8648ce3d020106082a8648ce3d030107034200', 'hex'),
  'ML-DSA-44': Buffer.from('30820532300b06096086480165030403110382052100', 'hex'),
}

function hasStrictForm(alg: Algorithm, signature: Uint8Array): boolean {
  if (alg === 'EdDSA') return isStrictEd25519Signature(signature)
  if (alg === 'ES256') return isStrictEs256Signature(signature)
  return alg === 'ML-DSA-44' && isMlDsa44Signature(signature)
}

function digestOf(alg: Algorithm): string | null {
  return alg === 'ES256' ? 'sha256' : null
}

/** ECDSA signatures are r || s here, not DER. A bare key costs the calling thread 15 µs less than one with options. */
function keyArgument(alg: Algorithm, key: KeyObject): KeyObject | ({ key: KeyObject } & SigningOptions) {
  return alg === 'ES256' ? { key, dsaEncoding: 'ieee-p1363' } : key
}
