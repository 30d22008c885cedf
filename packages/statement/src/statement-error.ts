/**
 * What can be wrong with a statement, a payload, a key or a receipt. The codes are stable: they are
 * the problem codes of the HTTP API and stand in signed refusals, so none is ever renamed.
 */
export const statementErrorCodes = [
  // outer form (RFC 9052)
  'not-cbor',
  'non-canonical',
  'wrong-tag',
  'unknown-algorithm',
  'missing-algorithm',
  'payload-missing',
  'statement-too-large',
  // claims (RFC 9597) and content type
  'missing-claim',
  'bad-claim',
  'bad-subject',
  'bad-content-type',
  'unknown-header',
  // signatures and keys
  'wrong-signature',
  'high-s',
  'small-order-key',
  'bad-key',
  'unknown-key',
  'revoked-key',
  'not-yet-valid-key',
  'key-without-role',
  'key-without-kind',
  // parties
  'wrong-party',
  'threshold-not-met',
  'key-not-committed',
  'wrong-previous',
  // payloads
  'unknown-kind',
  'not-i-json',
  'schema-violation',
  // receipts (RFC 9942)
  'bad-receipt',
] as const

export type StatementErrorCode = (typeof statementErrorCodes)[number]

/** The only error this room throws for bad input. `pointer` is a JSON pointer into the payload (RFC 6901). */
export class StatementError extends Error {
  readonly code: StatementErrorCode
  readonly pointer: string | undefined

  constructor(code: StatementErrorCode, message: string, pointer?: string) {
    super(message)
    this.name = 'StatementError'
    this.code = code
    this.pointer = pointer
  }
}
