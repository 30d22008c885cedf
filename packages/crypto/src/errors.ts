/**
 * - `unsupported-algorithm`: not Ed25519, nor ECDSA on P-256, nor ML-DSA-44.
 * - `bad-private-key`: the bytes are not a private key of such an algorithm.
 * - `bad-hash`: a tree node of something that is not two SHA-256 hashes.
 */
export type CryptoErrorCode = 'unsupported-algorithm' | 'bad-private-key' | 'bad-hash'

/** The one error class of this room. Verifying never throws: what is not right does not verify. */
export class CryptoError extends Error {
  readonly code: CryptoErrorCode

  constructor(code: CryptoErrorCode, message: string) {
    super(message)
    this.name = 'CryptoError'
    this.code = code
  }
}
