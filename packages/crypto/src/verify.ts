import { createPublicKey, verify as nodeVerify, type KeyObject, type SigningOptions } from 'node:crypto'
import {
  isStrictEd25519Key,
  isStrictEd25519Signature,
  isStrictEs256Signature,
  isUncompressedP256Key,
  type Algorithm,
} from './strict-form.ts'

/**
 * Verifies a signature with a raw public key. False for anything that is not right: it never throws
 * on bad keys or signatures.
 *
 * @param alg `EdDSA`: Ed25519, cofactorless (RFC 8032 §5.1.7). `ES256`: ECDSA with SHA-256 on P-256,
 * low-S only.
 * @param publicKey 32 bytes for Ed25519; 0x04 || x || y (65 bytes) for P-256.
 * @param signature 64 bytes: R || S, or r || s.
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

/** Parsed keys by algorithm and bytes, least recently used first; undefined for those refused. */
const keys = new Map<string, KeyObject | undefined>()

/** Parsing a key costs about as much as half a verification; 4,096 parsed keys take a few MiB. */
const maxKeys = 4096

function keyObject(alg: Algorithm, publicKey: Uint8Array): KeyObject | undefined {
  if (publicKey.length > 65) return undefined
  const name = alg + Buffer.from(publicKey.buffer, publicKey.byteOffset, publicKey.byteLength).toString('latin1')
  const isKnown = keys.has(name)
  const key = isKnown ? keys.get(name) : importKey(alg, publicKey)
  if (isKnown) keys.delete(name)
  keys.set(name, key)
  if (keys.size > maxKeys) {
    for (const oldest of keys.keys()) {
      keys.delete(oldest)
      break
    }
  }
  return key
}

function importKey(alg: Algorithm, publicKey: Uint8Array): KeyObject | undefined {
  const hasForm = alg === 'EdDSA' ? isStrictEd25519Key(publicKey) : isUncompressedP256Key(publicKey)
  if (!hasForm) return undefined
  const key = Buffer.concat([spkiPrefix[alg], publicKey])
  try {
    return createPublicKey({ key, format: 'der', type: 'spki' })
  } catch {
    // Not a point of the curve: a verdict about the key, not a failure of this process.
    return undefined
  }
}

/** SubjectPublicKeyInfo up to the raw key: RFC 8410 §4, RFC 5480 §2. */
const spkiPrefix: Readonly<Record<Algorithm, Buffer>> = {
  EdDSA: Buffer.from('302a300506032b6570032100', 'hex'),
  ES256: Buffer.from('3059301306072a8648ce3d020106082a8648ce3d030107034200', 'hex'),
}

function hasStrictForm(alg: Algorithm, signature: Uint8Array): boolean {
  if (alg === 'EdDSA') return isStrictEd25519Signature(signature)
  return alg === 'ES256' && isStrictEs256Signature(signature)
}

function digestOf(alg: Algorithm): string | null {
  return alg === 'EdDSA' ? null : 'sha256'
}

/** ECDSA signatures are r || s here, not DER. A bare key costs the calling thread 15 µs less than one with options. */
function keyArgument(alg: Algorithm, key: KeyObject): KeyObject | ({ key: KeyObject } & SigningOptions) {
  return alg === 'EdDSA' ? key : { key, dsaEncoding: 'ieee-p1363' }
}
