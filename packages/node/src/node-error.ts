/** What a node refuses or cannot do, beside what `StatementError` says about a statement itself. Codes are stable. */
export type NodeErrorCode =
  // refusals by the judge: anyone who holds the log prefix comes to the same
  | 'clock-in-future'
  | 'duplicate-party'
  | 'kind-not-admitted'
  | 'not-home'
  | 'not-the-keeper'
  | 'not-yours'
  | 'party-not-admitted'
  | 'time-decreases'
  | 'unknown-advisory'
  | 'unknown-document'
  | 'unknown-party'
  | 'unknown-product'
  | 'unknown-provision'
  | 'wrong-bootstrap'
  | 'wrong-cut'
  | 'wrong-party-type'
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
  | 'unknown-inventory'
  | 'unknown-match'
  | 'unknown-token'
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

  constructor(code: NodeErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
