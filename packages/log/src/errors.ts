/**
 * Why an input was refused. The codes are stable; the message says what was wrong with which input
 * and what would be right.
 *
 * - `malformed-*`: the bytes are not of the format; nothing of them was used.
 * - `too-large`: over a documented limit of this library.
 * - `out-of-range`: an index, size or width that does not exist in this tree.
 * - `proof-invalid`: well-formed, but it does not prove what it should.
 * - `signature-invalid`: a known key's signature does not verify; the whole note is refused.
 * - `signature-missing`: no signature of a known key.
 * - `wrong-origin`: a genuine checkpoint, of another log.
 * - `quorum-not-met`: too few cosignatures under the policy that was given.
 * - `ambiguous-key`: two given keys share name and key ID.
 * - `damaged-tile`: stored hashes contradict each other; this node must not answer from them.
 */
export type LogErrorCode =
  | 'malformed-note'
  | 'malformed-key'
  | 'malformed-checkpoint'
  | 'malformed-cosignature'
  | 'malformed-proof'
  | 'malformed-policy'
  | 'malformed-request'
  | 'malformed-path'
  | 'malformed-bundle'
  | 'malformed-hash'
  | 'too-large'
  | 'out-of-range'
  | 'proof-invalid'
  | 'signature-invalid'
  | 'signature-missing'
  | 'wrong-origin'
  | 'quorum-not-met'
  | 'ambiguous-key'
  | 'damaged-tile'

/** The one error class of this room. */
export class LogError extends Error {
  readonly code: LogErrorCode

  constructor(code: LogErrorCode, message: string) {
    super(message)
    this.name = 'LogError'
    this.code = code
  }
}
