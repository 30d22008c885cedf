import {
  CborReader,
  INDEFINITE,
  MAJOR_ARRAY,
  MAJOR_BYTES,
  MAJOR_MAP,
  MAJOR_SIMPLE,
  MAJOR_TAG,
  MAJOR_UINT,
} from './cbor-read.ts'
import { CborWriter, headBytes, stringBytes } from './cbor-write.ts'
import { TAG_SIGN1 } from './cose-labels.ts'
import { StatementError } from './statement-error.ts'

/** The four parts of a COSE_Sign1 (RFC 9052 §4.2), as views into the bytes they were read from. */
export interface Sign1 {
  readonly protectedBytes: Uint8Array
  /** The unprotected header map, not looked into; it is well-formed CBOR. */
  readonly unprotectedBytes: Uint8Array
  /** Undefined when detached (`nil`). */
  readonly payload: Uint8Array | undefined
  readonly signature: Uint8Array
}

const NIL = 0xf6
/** "Signature1" as a text string. */
const SIGNATURE1 = Uint8Array.from([0x6a, ...new TextEncoder().encode('Signature1')])
const EMPTY_MAP = Uint8Array.of(0xa0)

/**
 * Reads the tagged outer array. Lengths that are longer than needed and an array of indefinite
 * length are tolerated, because the outer array is re-made before anything is hashed; strings in
 * chunks are not.
 * Throws StatementError `not-cbor`, `wrong-tag` or `non-canonical`.
 */
export function readSign1(bytes: Uint8Array): Sign1 {
  const reader = new CborReader(bytes)
  if (!reader.headIs(MAJOR_TAG, TAG_SIGN1)) {
    const found = reader.major === MAJOR_TAG ? `tag ${reader.argument}` : 'no tag'
    throw new StatementError('wrong-tag', `${found} in front of the array; a COSE_Sign1 has tag ${TAG_SIGN1}`)
  }
  const isFour = reader.headIs(MAJOR_ARRAY, 4)
  const indefinite = reader.major === MAJOR_ARRAY && reader.argument === INDEFINITE
  if (!isFour && !indefinite) throw new StatementError('not-cbor', 'tag 18 is not followed by an array of four')
  const protectedBytes = byteString(reader, 'the protected header')
  const unprotectedBytes = readMap(reader)
  const payload = payloadOrNil(reader)
  const signature = byteString(reader, 'the signature')
  if (indefinite && reader.take(1)[0] !== 0xff)
    throw new StatementError('not-cbor', 'the array has more than four items')
  if (!reader.done) {
    throw new StatementError(
      'not-cbor',
      `${bytes.length - reader.at} bytes follow the statement; send one statement alone`,
    )
  }
  return { protectedBytes, unprotectedBytes, payload, signature }
}

/** Size of what `writeSign1` writes with an empty unprotected header. */
export function sign1Bytes(
  sign1: Pick<Sign1, 'protectedBytes' | 'signature'> & { readonly payload: Uint8Array },
): number {
  const { protectedBytes, payload, signature } = sign1
  return 3 + stringBytes(protectedBytes.length) + stringBytes(payload.length) + stringBytes(signature.length)
}

/** Writes a tagged COSE_Sign1 deterministically. Without `unprotectedBytes` the map is empty. */
export function writeSign1(
  protectedBytes: Uint8Array,
  payload: Uint8Array | undefined,
  signature: Uint8Array,
  unprotectedBytes: Uint8Array = EMPTY_MAP,
): Uint8Array {
  const payloadSize = payload === undefined ? 1 : stringBytes(payload.length)
  const writer = new CborWriter(
    2 + stringBytes(protectedBytes.length) + unprotectedBytes.length + payloadSize + stringBytes(signature.length),
  )
  writer.head(MAJOR_TAG, TAG_SIGN1)
  writer.head(MAJOR_ARRAY, 4)
  writer.byteString(protectedBytes)
  writer.raw(unprotectedBytes)
  if (payload === undefined) writer.head(MAJOR_SIMPLE, NIL & 31)
  else writer.byteString(payload)
  writer.byteString(signature)
  return writer.bytes
}

/**
 * What is signed: `["Signature1", protected, h'', payload]` (RFC 9052 §4.4). SHA-256 of these bytes
 * is the identifier of a statement.
 */
export function sigStructure(protectedBytes: Uint8Array, payload: Uint8Array): Uint8Array {
  const writer = new CborWriter(
    1 + SIGNATURE1.length + stringBytes(protectedBytes.length) + headBytes(0) + stringBytes(payload.length),
  )
  writer.head(MAJOR_ARRAY, 4)
  writer.raw(SIGNATURE1)
  writer.byteString(protectedBytes)
  writer.head(MAJOR_BYTES, 0)
  writer.byteString(payload)
  return writer.bytes
}

/**
 * The value of one unsigned label in an unprotected header map, as encoded, or undefined. Other
 * entries are stepped over: nothing vouches for them.
 */
export function unprotectedEntry(unprotectedBytes: Uint8Array, label: number): Uint8Array | undefined {
  if (unprotectedBytes.length === 1) return undefined
  const reader = new CborReader(unprotectedBytes)
  reader.head()
  const count = reader.argument === INDEFINITE ? Number.POSITIVE_INFINITY : reader.argument
  let found: Uint8Array | undefined
  for (let i = 0; i < count && unprotectedBytes[reader.at] !== 0xff; i++) {
    const keyAt = reader.skip()
    const valueAt = reader.skip()
    const key = new CborReader(unprotectedBytes, keyAt)
    key.head()
    if (key.major !== MAJOR_UINT || key.argument !== label) continue
    if (found !== undefined)
      throw new StatementError('not-cbor', `label ${label} stands twice in the unprotected header`)
    found = unprotectedBytes.subarray(valueAt, reader.at)
  }
  return found
}

function readMap(reader: CborReader): Uint8Array {
  const start = reader.at
  if (reader.bytes[start] === 0xa0) return reader.take(1)
  const end = skipped(reader)
  if ((reader.bytes[start] ?? 0) >> 5 !== MAJOR_MAP) {
    throw new StatementError('not-cbor', 'the unprotected header is not a map')
  }
  return reader.bytes.subarray(start, end)
}

function skipped(reader: CborReader): number {
  reader.skip()
  return reader.at
}

function payloadOrNil(reader: CborReader): Uint8Array | undefined {
  if (reader.bytes[reader.at] === NIL) {
    reader.at++
    return undefined
  }
  return byteString(reader, 'the payload')
}

function byteString(reader: CborReader, what: string): Uint8Array {
  reader.head()
  if (reader.major !== MAJOR_BYTES) throw new StatementError('not-cbor', `${what} is not a byte string`)
  if (reader.argument === INDEFINITE) {
    throw new StatementError('non-canonical', `${what} is a string in chunks; give its length`)
  }
  return reader.take(reader.argument)
}
