import type { ProblemCode } from '@comity/contract'

/** What is wrong with a request as such; what it carries has errors of its own. */
export class RequestError extends Error {
  override readonly name = 'RequestError'
  readonly code: ProblemCode
  /** JSON pointer into the body, where there is one. */
  readonly pointer: string | undefined
  /** The connection is of no more use: the rest of the request would have to be read first. */
  readonly closes: boolean
  /** Seconds after which the request would be taken, where that is known. */
  readonly retryAfter: number | undefined

  constructor(
    code: ProblemCode,
    message: string,
    more: { pointer?: string; closes?: boolean; retryAfter?: number; cause?: unknown } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause })
    this.code = code
    this.pointer = more.pointer
    this.closes = more.closes ?? false
    this.retryAfter = more.retryAfter
  }
}
