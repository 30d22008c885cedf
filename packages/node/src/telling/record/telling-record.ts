import type { UntoldCode } from '../channels/outcome.ts'
import type { Told } from '../words/told.ts'
import type { SubscriptionAdded } from './telling-event.ts'

/** What the sealed column of a subscription's row holds. */
export interface SubscriptionRecord extends Omit<SubscriptionAdded, 'type'> {
  /** Alerts up to this cursor were composed into messages. */
  readonly cursor: string
  /** When the last messages were composed, as many as an hour may have, oldest first. */
  readonly composedAt: readonly number[]
  /** When somebody was last told. */
  readonly toldAt?: number
  /** How the last message ended, if it did not come. */
  readonly failed?: { readonly code: UntoldCode; readonly status?: number; readonly at: number }
  /** Messages given up since somebody was last told: the next one says so. */
  readonly missed: number
}

/** What the sealed column of a message's row holds. */
export interface TellingRecord {
  readonly id: string
  readonly told: Told
  readonly at: number
}

/** What the sealed columns are bound to. */
export const placeOfSubscription = (row: number): string => `subscription ${row}`
export const placeOfTelling = (row: number): string => `telling ${row}`
