import type { Algorithm, KeyAlgorithm } from './crypto-port.ts'

/** COSE_Sign1_Tagged (RFC 9052 §2). */
export const TAG_SIGN1 = 18

/** Header parameters: RFC 9052 §3.1, RFC 9597 (CWT claims), RFC 9942 (receipts), RFC 9995 (hash envelope). */
export const LABEL_ALG = 1
export const LABEL_CRIT = 2
export const LABEL_CONTENT_TYPE = 3
export const LABEL_KID = 4
export const LABEL_CWT_CLAIMS = 15
export const LABEL_PAYLOAD_HASH_ALG = 258
export const LABEL_PREIMAGE_CONTENT_TYPE = 259
export const LABEL_PAYLOAD_LOCATION = 260
export const LABEL_RECEIPTS = 394
export const LABEL_VDS = 395
export const LABEL_VDP = 396

/** CWT claims (RFC 8392 §3.1). */
export const CLAIM_ISS = 1
export const CLAIM_SUB = 2
export const CLAIM_IAT = 6

/** Verifiable data structure RFC9162_SHA256 and its proof types (RFC 9942 §5). */
export const VDS_RFC9162_SHA256 = 1
export const VDP_INCLUSION = -1
export const VDP_CONSISTENCY = -2

/** SHA-256 in COSE (RFC 9054); in CBOR a digest is written `[-16, bstr]`. */
export const COSE_SHA256 = -16

/** COSE numbers of algorithms (RFC 9053 §2, RFC 9964 §5). */
export const COSE_ALGORITHM: Readonly<Record<KeyAlgorithm, number>> = { EdDSA: -8, ES256: -7, 'ML-DSA-44': -48 }

/** The algorithm of a COSE number that statements are signed with, or undefined for every other. */
export function algorithmOf(number: unknown): Algorithm | undefined {
  if (number === -8) return 'EdDSA'
  if (number === -7) return 'ES256'
  return undefined
}

/** Length in bytes of a signature of either algorithm, and of `kid` (RFC 9679 with SHA-256). */
export const SIGNATURE_BYTES = 64
export const KID_BYTES = 32
