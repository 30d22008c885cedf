/** Why somebody was not told. Codes are stable: they stand in the journal and in what a party sees of its subscriptions. */
export type UntoldCode =
  /** The node was given no mail relay. */
  | 'no-relay'
  /** No connection, no name, a broken or a silent one. */
  | 'not-reached'
  /** The other side could not be trusted: TLS failed, or it offers none. */
  | 'not-trusted'
  /** The relay does not take the node's name and password. */
  | 'not-authorised'
  /** It is an address that hosted parties may not lead the node to. */
  | 'not-permitted'
  /** It answered, and not with yes. `status` says with what. */
  | 'refused'
  /** It answered that nobody is there any more (HTTP 410). */
  | 'gone'
  /** All attempts together took too long. */
  | 'not-in-time'

/** How an attempt to tell somebody ended. */
export type Outcome =
  | { readonly told: true }
  | {
      readonly told: false
      readonly code: UntoldCode
      /** Of HTTP or SMTP (RFC 5321 §4.2), where there was an answer. */
      readonly status?: number
      /** No later attempt changes it. */
      readonly isFinal: boolean
      /** Seconds that the other side asked to be left alone. */
      readonly retryAfter?: number
    }

/** It did not work now, and may later. */
export function untold(
  code: UntoldCode,
  more: { readonly status?: number; readonly retryAfter?: number } = {},
): Outcome {
  return { told: false, code, isFinal: false, ...more }
}

/** It did not work and never will. */
export function never(code: UntoldCode, status?: number): Outcome {
  return { told: false, code, isFinal: true, ...(status === undefined ? {} : { status }) }
}
