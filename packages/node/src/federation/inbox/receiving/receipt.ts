import {
  type DeliveryPayload,
  StatementError,
  decodeStatement,
  maySign,
  publicKeyFor,
  readPayloadAs,
  statementUrn,
  verifySignature,
} from '@comity/statement'
import { crypto } from '../../../crypto-port.ts'
import { NodeError } from '../../../node-error.ts'
import type { Author } from '../message/opened-message.ts'

/** Whom a receipt has to come from, and what it has to be about. */
export interface Expected {
  /** The party that keeps the node, as its log has it. */
  readonly keeper: { readonly urn: string; readonly author: Author }
  /** Statement id and `sha256:` digest of the message. */
  readonly message: string
  readonly digest: string
  readonly to: string
}

/**
 * Reads a receipt of delivery and checks that it is the one that was to be given. Throws StatementError, and
 * `wrong-recipient` for a receipt about something else.
 */
export function checkReceipt(bytes: Uint8Array, { keeper, message, digest, to }: Expected): DeliveryPayload {
  const statement = decodeStatement(bytes, crypto)
  const payload = readPayloadAs(statement, 'delivery')
  if (statement.iss !== keeper.urn) throw new StatementError('wrong-party', 'the receipt is of another node')
  if (statement.sub !== statementUrn(message) || payload.digest !== digest || payload.to !== to) {
    throw new NodeError('wrong-recipient', 'the receipt is about another message, or for somebody else')
  }
  const { state } = keeper.author
  const key = publicKeyFor(state, statement.kidHex)
  if (key === undefined)
    throw new StatementError('unknown-key', 'the receipt is signed by none of the keys of its node')
  verifySignature(statement, key, crypto)
  // It was made this moment, so a key that has ended cannot have made it.
  maySign(state, statement.kidHex, 'delivery', Number.MAX_SAFE_INTEGER)
  return payload
}
