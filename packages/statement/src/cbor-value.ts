import { decode, encode, rfc8949EncodeOptions } from 'cborg'
import { CborReader } from './cbor-read.ts'
import { StatementError, type StatementErrorCode } from './statement-error.ts'

/**
 * Decodes any CBOR value with cborg: maps become Map, duplicate keys, tags and trailing bytes are
 * refused. The depth is measured first, because cborg recurses.
 * Throws StatementError with `code`.
 */
export function decodeCbor(bytes: Uint8Array, what: string, code: StatementErrorCode = 'not-cbor'): unknown {
  try {
    const reader = new CborReader(bytes)
    reader.skip()
    if (!reader.done) throw new StatementError(code, `${bytes.length - reader.at} bytes too many`)
    return decode(bytes, { useMaps: true, rejectDuplicateMapKeys: true, strict: false, allowIndefinite: true })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new StatementError(code, `${what} cannot be read as CBOR: ${reason}`)
  }
}

/** Like `decodeCbor`, and refuses with `non-canonical` what is not deterministic (RFC 8949 §4.2.1). */
export function decodeCanonicalCbor(bytes: Uint8Array, what: string): unknown {
  const value = decodeCbor(bytes, what)
  if (!equalBytes(encodeCbor(value), bytes)) {
    throw new StatementError(
      'non-canonical',
      `${what} is not deterministic CBOR: sort map keys by their bytes and write the shortest lengths`,
    )
  }
  return value
}

/** Deterministic CBOR (RFC 8949 §4.2.1). */
export function encodeCbor(value: unknown): Uint8Array {
  const bytes = encode(value, rfc8949EncodeOptions)
  // on Node cborg hands out Buffers, whose `slice` and `toString` mean something else
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** Not constant-time: for public values only. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}
