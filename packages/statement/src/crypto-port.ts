/** Signature algorithms of statements by the names of RFC 9053; COSE numbers are in `cose-labels.ts`. */
export type Algorithm = 'EdDSA' | 'ES256'

/** Algorithms of the keys that parties list: witnesses cosign with ML-DSA-44 too (RFC 9964), which signs no statement. */
export type KeyAlgorithm = Algorithm | 'ML-DSA-44'

/**
 * The cryptography this room needs, injected so that the same code runs on a server and in a
 * browser. `@comity/crypto` has both implementations.
 *
 * Raw keys: Ed25519 32 bytes (RFC 8032), P-256 uncompressed point 65 bytes (SEC 1 §2.3.3).
 * Signatures: 64 bytes, for ES256 `r || s` (RFC 9053 §2.1).
 */
export interface StatementCrypto {
  sha256(bytes: Uint8Array): Uint8Array
  /** Optional shortcut: on Node the hex form is twice as fast as the bytes. */
  sha256Hex?(bytes: Uint8Array): string
  verify(algorithm: Algorithm, publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean
  /** Optional: verification off the main thread. */
  verifyAsync?(
    algorithm: Algorithm,
    publicKey: Uint8Array,
    message: Uint8Array,
    signature: Uint8Array,
  ): Promise<boolean>
}

/** Whoever holds a private key. `kid` is the key's thumbprint (RFC 9679), 32 bytes. */
export interface Signer {
  readonly kid: Uint8Array
  readonly alg: Algorithm
  sign(message: Uint8Array): Uint8Array
}
