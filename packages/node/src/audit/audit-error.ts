/** Why an audit could not be carried out at all. What it finds about a log is no error: see `Difference`. */
export type AuditErrorCode =
  /** The address or folder could not be read: network, permissions, a server that fails. */
  | 'source-unreachable'
  /** What was read is no Comity log: no checkpoint, or a folder without streams. */
  | 'no-log'
  /** The trust policy, or a file that was to be compared with the log, could not be read. */
  | 'bad-option'
  /** The caller gave up. */
  | 'aborted'

/** Thrown where an audit cannot be carried out; `code` says why. */
export class AuditError extends Error {
  override readonly name = 'AuditError'
  readonly code: AuditErrorCode

  constructor(code: AuditErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
