/** What goes wrong between nodes. Codes are stable: they stand in problems, in peers' states and in metrics. */
export type FederationErrorCode =
  // before anything is sent
  | 'bad-peer-url'
  | 'not-a-peer'
  | 'private-address'
  // of the connection and the answer
  | 'peer-unreachable'
  | 'peer-too-slow'
  | 'peer-answer-too-large'
  | 'peer-answer-malformed'
  | 'peer-redirects'
  | 'peer-busy'
  | 'peer-answers-otherwise'
  // of what the peer is
  | 'peer-unverified'
  | 'wrong-keeper'
  | 'wrong-log-key'
  // of the list of peers
  | 'bad-verifier-key'
  | 'own-log'
  | 'unknown-peer'
  | 'too-many-peers'
  // of a log that is followed: its head
  | 'no-log'
  | 'head-malformed'
  | 'wrong-origin'
  | 'head-unsigned'
  | 'head-behind'
  | 'head-too-large'
  | 'equivocated'
  // of a log that is followed: what its head covers
  | 'entries-missing'
  | 'entries-malformed'
  | 'entries-differ'
  | 'tiles-missing'
  | 'tiles-differ'
  | 'wrong-beginning'
  | 'batch-open'
  | 'time-in-future'
  // of the copy of it
  | 'mirror-damaged'
  | 'mirror-not-written'
  // of a witness that is asked
  | 'witness-refuses'
  | 'witness-ahead'
  | 'witness-clock'
  | 'witness-answer-malformed'
  // of a log that was carried by hand
  | 'carry-malformed'
  | 'carry-truncated'
  | 'carry-damaged'
  | 'carry-too-large'
  | 'carry-gap'
  | 'carry-wrong-signature'

export interface FederationErrorDetails extends ErrorOptions {
  /** Whole seconds since the epoch before which it makes no sense to try again. */
  readonly retryAt?: number
}

/** The one error of the federation. Its message is for keepers: it may name addresses. */
export class FederationError extends Error {
  override readonly name = 'FederationError'
  readonly code: FederationErrorCode
  readonly retryAt: number | undefined

  constructor(code: FederationErrorCode, message: string, { retryAt, ...options }: FederationErrorDetails = {}) {
    super(message, options)
    this.code = code
    this.retryAt = retryAt
  }
}
