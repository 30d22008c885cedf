import type { ProcedureErrorCode } from '@comity/procedures'

/** What a node refuses or cannot do, beside what `StatementError` says about a statement itself. Codes are stable. */
export type NodeErrorCode =
  // refusals by the judge: anyone who holds the log prefix comes to the same
  | 'clock-in-future'
  | 'continuation-missing'
  | 'duplicate-party'
  | 'duplicate-statement'
  | 'kind-not-admitted'
  | 'not-home'
  | 'not-the-keeper'
  | 'not-yours'
  | 'party-not-admitted'
  | 'signed-before-move'
  | 'time-decreases'
  | 'unknown-advisory'
  | 'unknown-notice'
  | 'unknown-document'
  | 'unknown-party'
  | 'unknown-product'
  | 'unknown-provision'
  | 'wrong-bootstrap'
  | 'wrong-continuation'
  | 'wrong-cut'
  | 'wrong-party-type'
  // refusals by the judge of a case's seat; what the procedure itself says of a move keeps its code
  | ProcedureErrorCode
  | 'not-public'
  | 'reserved-slug'
  | 'wrong-procedure'
  | 'wrong-seat'
  // refusals at admission, by this node alone
  | 'digest-mismatch'
  | 'document-too-large'
  | 'missing-document'
  | 'not-authorised'
  | 'statement-too-large'
  | 'too-many-requests'
  // what the vault answers its hosted parties
  | 'bad-cursor'
  | 'bad-name'
  | 'inventory-too-large'
  | 'too-many-inventories'
  | 'too-many-suppliers'
  | 'unknown-inventory'
  | 'unknown-match'
  | 'unknown-supplier'
  | 'unknown-token'
  // what telling people answers: to hosted parties, and to the keeper about his mail relay
  | 'bad-relay'
  | 'bad-subscription'
  | 'no-relay'
  | 'too-many-subscriptions'
  | 'unknown-feed'
  | 'unknown-subscription'
  // what the inbox answers: to whoever brings a sealed message, and to its hosted parties
  | 'attachment-broken'
  | 'attachment-incomplete'
  | 'attachment-too-large'
  | 'erased'
  | 'link-expired'
  | 'malformed-message'
  | 'message-too-large'
  | 'message-too-old'
  | 'not-committed'
  | 'not-delivered'
  | 'not-sealed'
  | 'seal-broken'
  | 'seal-key-expired'
  | 'unknown-attachment'
  | 'unknown-author'
  | 'unknown-correspondence'
  | 'unknown-link'
  | 'unknown-message'
  | 'unknown-recipient'
  | 'unknown-seal-key'
  | 'wrong-opener'
  | 'wrong-recipient'
  // about private cases and what is to be submitted later: to their parties, and between their nodes
  | 'case-is-public'
  | 'order-forked'
  | 'order-gap'
  | 'unknown-case'
  | 'unknown-order'
  | 'unknown-submission'
  // of sources of documents that a keeper has a node follow
  | 'bad-source'
  | 'source-busy'
  | 'unknown-source'
  // what the node itself is in no state to do
  | 'already-founded'
  | 'closed'
  | 'frozen'
  | 'log-forked'
  | 'missing-key'
  | 'not-founded'
  | 'storage-failed'

export class NodeError extends Error {
  override readonly name = 'NodeError'
  readonly code: NodeErrorCode
  /** JSON pointer into the payload, where one member of it is what is wrong. */
  readonly pointer: string | undefined

  constructor(
    code: NodeErrorCode,
    message: string,
    { pointer, ...options }: ErrorOptions & { readonly pointer?: string | undefined } = {},
  ) {
    super(message, options)
    this.code = code
    this.pointer = pointer
  }
}
