/**
 * What nodes bring each other of a private case, before it is padded and sealed as a message is: a move on its way to the
 * seat, a move with the order that the seat gave it, or a refusal. Canonical JSON (RFC 8785), statements in base64url.
 *
 *     {"fields":[…],"move":"<COSE_Sign1>"}
 *     {"fields":[…],"move":"<COSE_Sign1>","order":"<COSE_Sign1>"}
 *     {"refusal":"<COSE_Sign1>"}
 *
 * `fields` opens those sealed fields of the move that the recipient may see.
 */
import { type SealedField, StatementError, canonicalJsonBytes, parseIJson, sealedFieldSchema } from '@comity/statement'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { NodeError } from '../../../node-error.ts'

export interface MoveParcel {
  readonly move: Uint8Array
  readonly fields: readonly SealedField[]
}

export interface OrderParcel extends MoveParcel {
  readonly order: Uint8Array
}

export interface RefusalParcel {
  readonly refusal: Uint8Array
}

export type Parcel = MoveParcel | OrderParcel | RefusalParcel

const bytes = Type.String({ pattern: '^[A-Za-z0-9_-]+$', maxLength: 90_000 })
const fields = Type.Array(sealedFieldSchema, { maxItems: 64 })
const closed = <P extends Parameters<typeof Type.Object>[0]>(properties: P) =>
  Type.Object(properties, { additionalProperties: false })

const schema = Compile(
  Type.Union([
    closed({ fields, move: bytes }),
    closed({ fields, move: bytes, order: bytes }),
    closed({ refusal: bytes }),
  ]),
)

export function encodeParcel(parcel: Parcel): Uint8Array {
  if ('refusal' in parcel) return canonicalJsonBytes({ refusal: base64url(parcel.refusal) })
  const { move, fields: opened } = parcel
  const order = 'order' in parcel ? { order: base64url(parcel.order) } : {}
  return canonicalJsonBytes({ fields: opened, move: base64url(move), ...order })
}

/**
 * What came out of a seal, where it is of a case; undefined where it is something else. Strict: one parcel has one
 * writing. Throws `malformed-message`.
 */
export function openParcel(content: Uint8Array): Parcel | undefined {
  const value = read(content)
  if (typeof value !== 'object' || value === null) return undefined
  if (!('move' in value) && !('refusal' in value)) return undefined
  if (!schema.Check(value)) throw malformed('its members are not those of a move, an order or a refusal')
  const parcel: Parcel =
    'refusal' in value
      ? { refusal: bytesOf(value.refusal) }
      : {
          move: bytesOf(value.move),
          fields: value.fields,
          ...('order' in value ? { order: bytesOf(value.order) } : {}),
        }
  if (!Buffer.from(encodeParcel(parcel)).equals(content)) throw malformed('it is not in canonical form')
  return parcel
}

function read(content: Uint8Array): unknown {
  try {
    return parseIJson(content)
  } catch (error) {
    if (error instanceof StatementError) return undefined
    throw error
  }
}

function bytesOf(text: string): Uint8Array {
  return Buffer.from(text, 'base64url')
}

function base64url(statement: Uint8Array): string {
  return Buffer.from(statement).toString('base64url')
}

/** What is inside is nobody's business: the message says what is wrong and repeats nothing. */
function malformed(why: string): NodeError {
  return new NodeError('malformed-message', `the seal was opened, and what is in it is of no case: ${why}`)
}
