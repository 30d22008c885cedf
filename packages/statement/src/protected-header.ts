import { CborReader, MAJOR_BYTES, MAJOR_TEXT, MAJOR_UINT } from './cbor-read.ts'
import { CborWriter, headBytes, stringBytes } from './cbor-write.ts'
import { contentTypeOf, kindOf } from './content-type.ts'
import {
  algorithmOf,
  CLAIM_IAT,
  CLAIM_ISS,
  CLAIM_SUB,
  COSE_ALGORITHM,
  KID_BYTES,
  LABEL_ALG,
  LABEL_CONTENT_TYPE,
  LABEL_CWT_CLAIMS,
  LABEL_KID,
} from './cose-labels.ts'
import type { Algorithm } from './crypto-port.ts'
import { isPartyUrn } from './identifiers.ts'
import { MAX_CLAIM_BYTES } from './limits.ts'
import { StatementError } from './statement-error.ts'

/** What a protected header says. `kind` is `hash-envelope` or empty for what is not the project's. */
export interface ProtectedHeader {
  readonly alg: Algorithm
  readonly kid: Uint8Array
  readonly kind: string
  readonly contentType: string
  readonly iss: string
  readonly sub: string
  /** Whole seconds since the epoch. */
  readonly iat: number
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const encoder = new TextEncoder()

/**
 * Writes the one protected header a statement of the project can have:
 *
 *     { 1: alg, 3: content type, 4: kid, 15: { 1: iss, 2: sub, 6: iat } }
 *
 * Throws StatementError `bad-key` or `bad-claim` for a kid or a time that could not be written.
 */
export function encodeProtectedHeader(header: Omit<ProtectedHeader, 'contentType'>): Uint8Array {
  if (header.kid.length !== KID_BYTES) throw new StatementError('bad-key', 'kid is not a thumbprint of 32 bytes')
  if (!Number.isSafeInteger(header.iat) || header.iat < 0) {
    throw new StatementError('bad-claim', `iat ${header.iat} is not a whole number of seconds since the epoch`)
  }
  const contentType = encoder.encode(contentTypeOf(header.kind))
  const iss = encoder.encode(header.iss)
  const sub = encoder.encode(header.sub)
  const strings = stringBytes(contentType.length) + stringBytes(iss.length) + stringBytes(sub.length)
  const writer = new CborWriter(10 + strings + stringBytes(header.kid.length) + headBytes(header.iat))
  writer.head(5, 4)
  writer.head(0, LABEL_ALG)
  writer.head(1, -1 - COSE_ALGORITHM[header.alg])
  writer.head(0, LABEL_CONTENT_TYPE)
  writer.textString(contentType)
  writer.head(0, LABEL_KID)
  writer.byteString(header.kid)
  writer.head(0, LABEL_CWT_CLAIMS)
  writer.head(5, 3)
  writer.head(0, CLAIM_ISS)
  writer.textString(iss)
  writer.head(0, CLAIM_SUB)
  writer.textString(sub)
  writer.head(0, CLAIM_IAT)
  writer.head(0, header.iat)
  return writer.bytes
}

/**
 * Reads exactly what `encodeProtectedHeader` writes, and nothing else. Undefined for everything
 * else, be it foreign or wrong; `readGeneralHeader` then says which. This is the hot path.
 */
export function readOwnHeader(bytes: Uint8Array): ProtectedHeader | undefined {
  // a4 map(4), 01 alg -7 or -8, 03 content type
  if (bytes[0] !== 0xa4 || bytes[1] !== LABEL_ALG || bytes[3] !== LABEL_CONTENT_TYPE) return undefined
  const alg = algorithmOf(0x1f - (bytes[2] ?? 0))
  const reader = new CborReader(bytes, 4)
  try {
    const contentType = text(reader)
    const kind = contentType === undefined ? undefined : kindOf(contentType)
    if (alg === undefined || contentType === undefined || kind === undefined) return undefined
    if (!label(reader, LABEL_KID)) return undefined
    if (!reader.headIs(MAJOR_BYTES, KID_BYTES) || !reader.shortest) return undefined
    const kid = reader.take(KID_BYTES)
    if (!label(reader, LABEL_CWT_CLAIMS) || bytes[reader.at++] !== 0xa3 || !label(reader, CLAIM_ISS)) return undefined
    const iss = text(reader)
    if (iss === undefined || !isPartyUrn(iss) || !label(reader, CLAIM_SUB)) return undefined
    const sub = text(reader)
    if (!sub || !label(reader, CLAIM_IAT)) return undefined
    reader.head()
    if (reader.major !== MAJOR_UINT || !reader.shortest || !reader.done) return undefined
    return { alg, kid, kind, contentType, iss, sub, iat: reader.argument }
  } catch {
    return undefined // truncated, or text that is not UTF-8: said precisely by readGeneralHeader
  }
}

function label(reader: CborReader, expected: number): boolean {
  return reader.bytes[reader.at++] === expected
}

function text(reader: CborReader): string | undefined {
  reader.head()
  if (reader.major !== MAJOR_TEXT || !reader.shortest || reader.argument > MAX_CLAIM_BYTES) return undefined
  return utf8.decode(reader.take(reader.argument))
}
