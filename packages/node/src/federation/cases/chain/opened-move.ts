import { sha256 } from '@comity/crypto'
import {
  type MovePayload,
  type SealedField,
  type Statement,
  decodeStatement,
  digestText,
  readPayloadAs,
  sealedFieldDigest,
} from '@comity/statement'
import type { Move } from '@comity/procedures'
import { crypto } from '../../../crypto-port.ts'
import { NodeError } from '../../../node-error.ts'

/** A move of a private case, with as much of it as is seen. */
export interface OpenedMove {
  readonly statement: Statement
  readonly payload: MovePayload
  /** What it says: the fields in the clear, and those that were opened. */
  readonly body: Readonly<Record<string, unknown>>
  /** Fields of it that stay sealed. */
  readonly hidden: readonly string[]
  /** SHA-256 of the signed move, its signature included: `sha256:<hex>`. */
  readonly digest: string
}

/**
 * Reads a move and the fields that come with it. Who wrote it is not checked yet. Throws StatementError; `bad-body` for a
 * field that is not the one of its digest, or that stands in the clear too.
 */
export function openMove(bytes: Uint8Array, fields: readonly SealedField[]): OpenedMove {
  const statement = decodeStatement(bytes, crypto)
  if (statement.kind !== 'move' || statement.receipts.length > 0)
    throw new NodeError('malformed-message', 'what is signed is no move, or carries receipts')
  const payload = readPayloadAs(statement, 'move')
  const { body: clear, sealed = {} } = payload
  const body: Record<string, unknown> = { ...clear }
  for (const name of Object.keys(sealed))
    if (Object.hasOwn(clear, name))
      throw new NodeError('bad-body', `${name} is sealed, and stands in the clear too`, { pointer: `/sealed/${name}` })
  for (const field of fields) {
    const { name } = field
    if (!Object.hasOwn(sealed, name) || sealedFieldDigest(field, crypto) !== sealed[name])
      throw new NodeError('bad-body', `what was given as ${name} is not what the move seals under that name`, {
        pointer: `/sealed/${name}`,
      })
    if (Object.hasOwn(body, name))
      throw new NodeError('bad-body', `${name} was given twice`, { pointer: `/sealed/${name}` })
    // Own data property, whatever the name.
    Object.defineProperty(body, name, { value: field.value, enumerable: true, configurable: true, writable: true })
  }
  const hidden = Object.keys(sealed).filter((name) => !Object.hasOwn(body, name))
  return { statement, payload, body, hidden, digest: digestText(sha256(statement.leaf)) }
}

/** As the reducer takes it, at the time of its order; `judged` where the seat has taken it, and is somebody else. */
export function moveAt({ statement, payload, body, hidden }: OpenedMove, at: number, judged: boolean): Move {
  const { id, iss, sub } = statement
  return {
    statement: id,
    name: payload.move,
    by: iss,
    urn: sub,
    body,
    ...(hidden.length === 0 ? {} : { hidden }),
    ...(judged ? { judged } : {}),
    at,
    filedAt: at,
  }
}
