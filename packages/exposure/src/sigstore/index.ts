/** The door `@comity/exposure/sigstore`: verifying what was signed. It runs on Node alone. */
export { authenticate, type Reliance } from './authenticate.ts'
export { type GivenKey, keyOfJwk, keyOfPem } from './given-key.ts'
export { looksLikeTrustedRoot, parseTrustedRoot, type PinnedRoot } from './trusted-root.ts'
export { type BundleMatter, verifyBundle } from './verify-bundle.ts'
