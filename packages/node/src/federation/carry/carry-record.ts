/**
 * A carried file: what nodes without a link between them exchange on a stick. It is a bag of the resources that a node
 * serves (C2SP tlog-tiles, documents), so that a reader verifies it as it verifies a peer.
 *
 * ```
 * "comity-carry/1\n"
 * u32 h   u32 b   u32 CRC-32C of the eight bytes before and of the head     (big-endian)
 * head    h bytes of JSON, at most 4,096
 * body    b bytes
 * u32     CRC-32C of the body
 * …       further records
 * ```
 *
 * A checksum finds what a stick has spoilt. What somebody has forged is found by what is verified anyway.
 */
import { crc32c } from '@comity/store'
import { Type } from 'typebox'
import type { Static } from 'typebox'
import { Compile } from 'typebox/compile'
import { documentLimit } from '../../documents.ts'

export const magic = Buffer.from('comity-carry/1\n')

/** Bytes before the head of a record, and after its body. */
export const frameBytes = 12
export const sumBytes = 4

export const maxHeadBytes = 4096
export const maxBodyBytes = documentLimit

const text = (maxLength: number) => Type.String({ minLength: 1, maxLength })
const size = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })
const strict = { additionalProperties: false }

const exported = Type.Object({ type: Type.Literal('export'), by: text(256), origin: text(255), at: size }, strict)
/** Which part of a log follows: entries from `since` on, up to a head of `size`. */
const logHead = Type.Object(
  { type: Type.Literal('log'), origin: text(255), keeper: text(256), since: size, size },
  strict,
)
/** `from`: the body lacks so many bytes at the beginning of the resource. */
const resource = Type.Object(
  { type: Type.Literal('resource'), origin: text(255), path: text(200), from: Type.Optional(size) },
  strict,
)
const document = Type.Object(
  { type: Type.Literal('document'), digest: Type.String({ pattern: '^sha256:[0-9a-f]{64}$' }) },
  strict,
)
/** The body is a JWS (RFC 7515 §7.1) over the SHA-256 of all bytes before this record. */
const end = Type.Object({ type: Type.Literal('end') }, strict)

const recordHead = Type.Union([exported, logHead, resource, document, end])
export type RecordHead = Static<typeof recordHead>
export type LogHead = Static<typeof logHead>

const checked = Compile(recordHead)

/** What stands before the body of a record. */
export function encodeHead(head: RecordHead, bodyBytes: number): Uint8Array {
  const json = Buffer.from(JSON.stringify(head))
  const frame = Buffer.alloc(frameBytes)
  frame.writeUInt32BE(json.length, 0)
  frame.writeUInt32BE(bodyBytes, 4)
  frame.writeUInt32BE(crc32c(json, crc32c(frame.subarray(0, 8))), 8)
  return Buffer.concat([frame, json])
}

/** What stands behind it. */
export function encodeSum(sum: number): Uint8Array {
  const bytes = Buffer.alloc(sumBytes)
  bytes.writeUInt32BE(sum)
  return bytes
}

/** Lengths of head and body; undefined where they are more than a record may have. */
export function decodeFrame(frame: Uint8Array): { readonly head: number; readonly body: number } | undefined {
  const view = Buffer.from(frame.buffer, frame.byteOffset, frame.length)
  const [head, body] = [view.readUInt32BE(0), view.readUInt32BE(4)]
  return head === 0 || head > maxHeadBytes || body > maxBodyBytes ? undefined : { head, body }
}

/** The head of a record; undefined where it is not what was written. */
export function decodeHead(frame: Uint8Array, json: Uint8Array): RecordHead | undefined {
  const view = Buffer.from(frame.buffer, frame.byteOffset, frame.length)
  if (view.readUInt32BE(8) !== crc32c(json, crc32c(frame.subarray(0, 8)))) return undefined
  try {
    const head: unknown = JSON.parse(Buffer.from(json).toString('utf8'))
    return checked.Check(head) ? head : undefined
  } catch {
    return undefined
  }
}
