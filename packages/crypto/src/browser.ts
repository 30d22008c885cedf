/**
 * What a browser needs to check a log: the same names, shapes and verdicts as `index.ts`, over
 * @noble instead of node:crypto. It holds no private keys.
 */
export { CryptoError, type CryptoErrorCode } from './errors.ts'
export type { Algorithm } from './strict-form.ts'
export { sha256, sha256Hex, treeHasher } from './browser/sha256.ts'
export type { TreeHasher } from './merkle.ts'
export { verify, verifyAsync } from './browser/verify.ts'
