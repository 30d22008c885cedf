import { decodeCanonicalCbor } from './cbor-value.ts'
import { FOREIGN, HASH_ENVELOPE, isComityContentType, kindOf } from './content-type.ts'
import {
  algorithmOf,
  CLAIM_IAT,
  CLAIM_ISS,
  CLAIM_SUB,
  KID_BYTES,
  LABEL_ALG,
  LABEL_CONTENT_TYPE,
  LABEL_CRIT,
  LABEL_CWT_CLAIMS,
  LABEL_KID,
  LABEL_PAYLOAD_HASH_ALG,
  LABEL_PAYLOAD_LOCATION,
  LABEL_PREIMAGE_CONTENT_TYPE,
} from './cose-labels.ts'
import { isPartyUrn } from './identifiers.ts'
import { MAX_CLAIM_BYTES } from './limits.ts'
import type { ProtectedHeader } from './protected-header.ts'
import { StatementError } from './statement-error.ts'

/** Bytes of the digests a Hash Envelope may carry: SHA-256, SHA-384, SHA-512 (RFC 9054). */
const HASH_BYTES: ReadonlyMap<unknown, number> = new Map([
  [-16, 32],
  [-43, 48],
  [-44, 64],
])

const OWN_LABELS: ReadonlySet<unknown> = new Set([LABEL_ALG, LABEL_CONTENT_TYPE, LABEL_KID, LABEL_CWT_CLAIMS])
const OWN_CLAIMS: ReadonlySet<unknown> = new Set([CLAIM_ISS, CLAIM_SUB, CLAIM_IAT])
const UNDERSTOOD: ReadonlySet<unknown> = new Set([
  ...OWN_LABELS,
  LABEL_PAYLOAD_HASH_ALG,
  LABEL_PREIMAGE_CONTENT_TYPE,
  LABEL_PAYLOAD_LOCATION,
])

type HeaderMap = ReadonlyMap<unknown, unknown>

/**
 * Reads any protected header: the project's own, a Hash Envelope (RFC 9995) or that of another
 * SCITT client. Slower than `readOwnHeader`, and says exactly what is wrong.
 * Throws StatementError `not-cbor`, `non-canonical`, `missing-algorithm`, `unknown-algorithm`,
 * `bad-key`, `missing-claim`, `bad-claim`, `bad-subject`, `bad-content-type` or `unknown-header`.
 */
export function readGeneralHeader(bytes: Uint8Array, payload: Uint8Array): ProtectedHeader {
  const header = decodeCanonicalCbor(bytes, 'the protected header')
  if (!(header instanceof Map)) throw new StatementError('not-cbor', 'the protected header is not a map')
  const alg = readAlgorithm(header)
  const kid = readKid(header)
  refuseUnknownCritical(header)
  const { kind, contentType } = readContentType(header, payload)
  const own = kind !== HASH_ENVELOPE && kind !== FOREIGN
  if (own) {
    const extra = [...header.keys()].find((key) => !OWN_LABELS.has(key))
    if (extra !== undefined) {
      throw new StatementError(
        'unknown-header',
        `header ${String(extra)} has no place in a statement of kind ${kind}; it has 1, 3, 4 and 15`,
      )
    }
  }
  return { alg, kid, kind, contentType, ...readClaims(header, own) }
}

function readAlgorithm(header: HeaderMap): ProtectedHeader['alg'] {
  const number = header.get(LABEL_ALG)
  if (number === undefined) {
    throw new StatementError('missing-algorithm', 'no algorithm (label 1) in the protected header')
  }
  const alg = algorithmOf(number)
  if (alg === undefined) {
    throw new StatementError(
      'unknown-algorithm',
      `algorithm ${String(number)} is not known; use EdDSA (-8) or ES256 (-7)`,
    )
  }
  return alg
}

function readKid(header: HeaderMap): Uint8Array {
  const kid = header.get(LABEL_KID)
  if (!(kid instanceof Uint8Array) || kid.length !== KID_BYTES) {
    throw new StatementError('bad-key', 'kid (label 4) is not the 32-byte thumbprint of a key (RFC 9679)')
  }
  return kid
}

/** RFC 9052 §3.1: what is marked critical and not understood must not be processed. */
function refuseUnknownCritical(header: HeaderMap): void {
  const critical = header.get(LABEL_CRIT)
  if (critical === undefined) return
  if (!Array.isArray(critical) || critical.length === 0) {
    throw new StatementError('unknown-header', 'crit (label 2) is not a list of labels')
  }
  const unknown = critical.find((label) => !UNDERSTOOD.has(label) || !header.has(label))
  if (unknown !== undefined) {
    throw new StatementError('unknown-header', `header ${String(unknown)} is marked critical and not understood here`)
  }
}

function readContentType(header: HeaderMap, payload: Uint8Array): { kind: string; contentType: string } {
  const contentType = header.get(LABEL_CONTENT_TYPE)
  const hashAlgorithm = header.get(LABEL_PAYLOAD_HASH_ALG)
  if (hashAlgorithm !== undefined) {
    if (contentType !== undefined) {
      throw new StatementError('bad-content-type', 'a hash envelope has label 259 and no content type (label 3)')
    }
    checkHashEnvelope(hashAlgorithm, payload)
    const preimage = header.get(LABEL_PREIMAGE_CONTENT_TYPE)
    return { kind: HASH_ENVELOPE, contentType: typeof preimage === 'string' ? preimage : '' }
  }
  if (typeof contentType !== 'string' || contentType === '') {
    throw new StatementError('bad-content-type', 'no content type (label 3) as text in the protected header')
  }
  if (!isComityContentType(contentType)) return { kind: FOREIGN, contentType }
  const kind = kindOf(contentType)
  if (kind === undefined) {
    throw new StatementError(
      'bad-content-type',
      `${JSON.stringify(contentType)} is not of the form application/vnd.comity.KIND.v1+json`,
    )
  }
  return { kind, contentType }
}

function checkHashEnvelope(algorithm: unknown, payload: Uint8Array): void {
  const length = HASH_BYTES.get(algorithm)
  if (length === undefined) {
    throw new StatementError(
      'unknown-algorithm',
      `payload hash algorithm ${String(algorithm)} is not known; use SHA-256 (-16)`,
    )
  }
  if (payload.length !== length) {
    throw new StatementError(
      'bad-claim',
      `the payload has ${payload.length} bytes; a digest by ${String(algorithm)} has ${length}`,
    )
  }
}

function readClaims(header: HeaderMap, own: boolean): { iss: string; sub: string; iat: number } {
  const claims: unknown = header.get(LABEL_CWT_CLAIMS)
  if (!(claims instanceof Map)) {
    throw new StatementError('missing-claim', 'no CWT claims (label 15) in the protected header (RFC 9597)')
  }
  const iss: unknown = claims.get(CLAIM_ISS)
  const sub: unknown = claims.get(CLAIM_SUB)
  const iat: unknown = claims.get(CLAIM_IAT)
  for (const [name, value] of [
    ['iss', iss],
    ['sub', sub],
    ['iat', iat],
  ] as const) {
    if (value === undefined) throw new StatementError('missing-claim', `claim ${name} is missing`)
  }
  if (typeof iss !== 'string' || !isPartyUrn(iss)) {
    throw new StatementError('bad-claim', 'iss is not urn:comity:party: with 64 lowercase hexadecimal digits')
  }
  if (typeof sub !== 'string' || sub === '' || new TextEncoder().encode(sub).length > MAX_CLAIM_BYTES) {
    throw new StatementError('bad-subject', `sub is not text of 1 to ${MAX_CLAIM_BYTES} bytes`)
  }
  if (typeof iat !== 'number' || !Number.isSafeInteger(iat) || iat < 0) {
    throw new StatementError('bad-claim', 'iat is not a whole number of seconds since the epoch')
  }
  if (own) {
    const extra = [...claims.keys()].find((key) => !OWN_CLAIMS.has(key))
    if (extra !== undefined) {
      throw new StatementError(
        'bad-claim',
        `claim ${String(extra)} has no place in a statement; it has iss, sub and iat`,
      )
    }
  }
  return { iss, sub, iat }
}
