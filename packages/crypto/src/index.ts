/**
 * SHA-256, Merkle hashing, Ed25519, ES256 and ML-DSA-44 on Node. `browser.ts` exports the part that verifies,
 * with the same verdict on every input. See README.md.
 */
export { CryptoError, type CryptoErrorCode } from './errors.ts'
export type { Algorithm } from './strict-form.ts'
export { sha256, sha256Hex } from './sha256.ts'
export type { TreeHasher } from './merkle.ts'
export { treeHasher } from './tree-hasher.ts'
export { verify, verifyAsync } from './verify.ts'
export {
  ed25519FromSeed,
  generateKeyPair,
  mlDsa44FromSeed,
  privateKeyFromPkcs8,
  type PrivateKey,
} from './private-key.ts'
export { constantTimeEqual, randomBytes } from './random.ts'
