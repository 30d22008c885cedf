/**
 * Concise problem details (RFC 9290), as SCITT clients read errors:
 *
 *     { -1: title, -2: detail, "urn:comity:problem": { "code": tstr, ? "pointer": tstr, ? "refusal": bstr } }
 *
 * -1 and -2 are the standard entries; the URI names a custom entry (RFC 9290 §3.2), which clients that do not know it
 * skip. `code` is the stable code, `refusal` the keeper's signed refusal.
 */
import { CborCursor, textBytes } from './cbor-cursor.ts'

export interface ConciseProblem {
  readonly title: string
  readonly detail?: string | undefined
  readonly code?: string | undefined
  readonly pointer?: string | undefined
  /** COSE_Sign1. */
  readonly refusal?: Uint8Array | undefined
}

const customEntry = 'urn:comity:problem'

/** Encodes deterministically (RFC 8949 §4.2.1: keys in bytewise order). */
export function encodeConciseProblem({ title, detail, code, pointer, refusal }: ConciseProblem): Uint8Array {
  const own = [
    ...(code === undefined ? [] : [text('code'), text(code)]),
    ...(pointer === undefined || pointer === '' ? [] : [text('pointer'), text(pointer)]),
    ...(refusal === undefined ? [] : [text('refusal'), withHead(2, refusal)]),
  ]
  const entries = [
    negative(-1),
    text(title),
    ...(detail === undefined ? [] : [negative(-2), text(detail)]),
    ...(own.length === 0 ? [] : [text(customEntry), head(5, own.length / 2), ...own]),
  ]
  const pairs = 1 + (detail === undefined ? 0 : 1) + (own.length === 0 ? 0 : 1)
  return concat([head(5, pairs), ...entries])
}

/** Reads what another service may have sent: unknown entries are skipped. Undefined where it is no such map. */
export function decodeConciseProblem(bytes: Uint8Array): ConciseProblem | undefined {
  const found: { title?: string; detail?: string; code?: string; pointer?: string; refusal?: Uint8Array } = {}
  const cursor = new CborCursor(bytes)
  try {
    for (let left = cursor.map(); left > 0; left--) {
      const key = cursor.integerOrText()
      if (key === -1) found.title = cursor.text()
      else if (key === -2) found.detail = cursor.text()
      else if (key === customEntry) readOwn(cursor, found)
      else cursor.skip()
    }
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
  return found.title === undefined ? undefined : { ...found, title: found.title }
}

function readOwn(cursor: CborCursor, found: { code?: string; pointer?: string; refusal?: Uint8Array }): void {
  for (let left = cursor.map(); left > 0; left--) {
    const key = cursor.integerOrText()
    if (key === 'code') found.code = cursor.text()
    else if (key === 'pointer') found.pointer = cursor.text()
    else if (key === 'refusal') found.refusal = cursor.bytes()
    else cursor.skip()
  }
}

function text(value: string): Uint8Array {
  return withHead(3, textBytes(value))
}

function negative(value: number): Uint8Array {
  return head(1, -1 - value)
}

function withHead(major: number, content: Uint8Array): Uint8Array {
  return concat([head(major, content.length), content])
}

/** Initial byte and argument; arguments here are lengths below 2^32. */
function head(major: number, argument: number): Uint8Array {
  const top = major << 5
  if (argument < 24) return Uint8Array.of(top | argument)
  if (argument < 0x100) return Uint8Array.of(top | 24, argument)
  if (argument < 0x10000) return Uint8Array.of(top | 25, argument >> 8, argument & 0xff)
  return Uint8Array.of(top | 26, argument >>> 24, (argument >> 16) & 0xff, (argument >> 8) & 0xff, argument & 0xff)
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const result = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let offset = 0
  for (const part of parts) {
    result.set(part, offset)
    offset += part.length
  }
  return result
}
