import { SIGNATURE_BYTES } from './cose-labels.ts'
import type { Algorithm, StatementCrypto } from './crypto-port.ts'
import { L25519, N256 } from './curves.ts'
import type { PublicKey } from './public-key.ts'
import type { Statement } from './statement.ts'
import { StatementError } from './statement-error.ts'

/** n of P-256, n / 2 and L of Ed25519 as 32 big-endian bytes, compared without big integers. */
const P256_N = bytesOf(N256)
const P256_HALF = bytesOf(N256 >> 1n)
const ED25519_L = bytesOf(L25519)

/**
 * Refuses a signature that somebody else could have made from a valid one: ES256 with the higher
 * of the two possible `s` (`high-s`), and any `s` outside its range (`wrong-signature`; RFC 8032
 * §5.1.7, FIPS 186-5).
 */
export function checkSignatureForm(alg: Algorithm, signature: Uint8Array): void {
  if (signature.length !== SIGNATURE_BYTES) {
    throw new StatementError(
      'wrong-signature',
      `the signature has ${signature.length} bytes; ${alg} has ${SIGNATURE_BYTES}`,
    )
  }
  if (alg === 'EdDSA') {
    if (compareReversed(signature, 32, ED25519_L) >= 0) {
      throw new StatementError('wrong-signature', 'S of the Ed25519 signature is not below the group order')
    }
    return
  }
  if (compareAt(signature, 32, P256_N) >= 0) {
    throw new StatementError('wrong-signature', 's of the ES256 signature is not below the group order')
  }
  if (compareAt(signature, 32, P256_HALF) > 0) {
    throw new StatementError('high-s', 's of the ES256 signature is above half the group order; sign with the lower s')
  }
}

/**
 * Verifies a statement under `key`.
 * Throws StatementError `bad-key` (the statement names another algorithm), `high-s` or
 * `wrong-signature`. The key's own form is checked where it enters: `publicKeyOf`, `decodeCoseKey`.
 */
export function verifySignature(statement: Statement, key: PublicKey, crypto: StatementCrypto): void {
  checkAlgorithm(statement.alg, key)
  checkSignatureForm(statement.alg, statement.signature)
  if (!crypto.verify(statement.alg, key.bytes, statement.toBeSigned, statement.signature)) throw mismatch(statement)
}

/** Like `verifySignature`, off the main thread where the crypto port can. */
export async function verifySignatureAsync(
  statement: Statement,
  key: PublicKey,
  crypto: StatementCrypto,
): Promise<void> {
  if (crypto.verifyAsync === undefined) return verifySignature(statement, key, crypto)
  checkAlgorithm(statement.alg, key)
  checkSignatureForm(statement.alg, statement.signature)
  if (!(await crypto.verifyAsync(statement.alg, key.bytes, statement.toBeSigned, statement.signature))) {
    throw mismatch(statement)
  }
}

function checkAlgorithm(alg: Algorithm, key: PublicKey): void {
  if (key.alg !== alg) {
    throw new StatementError('bad-key', `the statement says ${alg} and the key it names is for ${key.alg}`)
  }
}

function mismatch(statement: Statement): StatementError {
  return new StatementError('wrong-signature', `the signature is not that of key ${statement.kidHex} over these bytes`)
}

/** Compares 32 big-endian bytes of `bytes` from `offset` with `limit`. */
function compareAt(bytes: Uint8Array, offset: number, limit: Uint8Array): number {
  for (let i = 0; i < 32; i++) {
    const difference = (bytes[offset + i] ?? 0) - (limit[i] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

/** The same for 32 little-endian bytes. */
function compareReversed(bytes: Uint8Array, offset: number, limit: Uint8Array): number {
  for (let i = 0; i < 32; i++) {
    const difference = (bytes[offset + 31 - i] ?? 0) - (limit[i] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

function bytesOf(value: bigint): Uint8Array {
  const bytes = new Uint8Array(32)
  for (let i = 31, left = value; i >= 0; i--, left >>= 8n) bytes[i] = Number(left & 255n)
  return bytes
}
