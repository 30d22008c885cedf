import type { Arrival } from '../receiving/arrivals.ts'
import type { Taken } from '../receiving/reception.ts'

/** The inbox of one party, here or on another node. */
export interface Destination {
  deliver(sealed: Uint8Array): Promise<Pick<Taken, 'receipt' | 'attachments'>>
  state(ticket: string): Promise<Arrival>
  putList(ticket: string, list: Uint8Array): Promise<void>
  putChunk(ticket: string, index: number, chunk: Uint8Array): Promise<void>
  /** The receipt that names the attachment. */
  finish(ticket: string): Promise<Uint8Array>
}

/** A node said no to a message. */
export class DeliveryRefused extends Error {
  override readonly name = 'DeliveryRefused'
  /** Its problem code. */
  readonly code: string
  /** Seconds after which it asks to be tried again. */
  readonly retryAfter: number | undefined
  /** The key to seal to, where the one that was used has expired. */
  readonly sealKey: string | undefined

  constructor(code: string, more: { readonly retryAfter?: number; readonly sealKey?: string; cause?: unknown } = {}) {
    super(`the message was refused: ${code}`, more.cause === undefined ? undefined : { cause: more.cause })
    this.code = code
    this.retryAfter = more.retryAfter
    this.sealKey = more.sealKey
  }
}

/** Refusals that no later attempt changes: what was brought is wrong, or is wanted no more. */
export const finalRefusals: ReadonlySet<string> = new Set([
  'attachment-broken',
  'attachment-too-large',
  'erased',
  'key-without-kind',
  'key-without-role',
  'malformed-message',
  'message-too-large',
  'message-too-old',
  'not-sealed',
  'order-forked',
  'revoked-key',
  'schema-violation',
  'wrong-recipient',
  'wrong-signature',
])
