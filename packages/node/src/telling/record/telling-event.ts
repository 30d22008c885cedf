/**
 * What the stream `vault` records of telling people. All of it under the key of the party that is told: once that is
 * destroyed nobody knows any more whom this node told of what.
 */
import type { UntoldCode } from '../channels/outcome.ts'
import type { Told } from '../words/told.ts'

/** How much leaves the vault: that there is something to look at, or what. */
export type Detail = 'none' | 'full'

/** By which way a party is told. */
export type Channel =
  | { readonly kind: 'mail'; readonly to: string }
  /** `secret`: `whsec_…`, which its messages are signed with. */
  | { readonly kind: 'webhook'; readonly url: string; readonly secret: string }
  /** `hash`: of the secret in the address of the feed, SHA-256 in hex. */
  | { readonly kind: 'feed'; readonly hash: string }

/** A party wants to be told, of what comes from here on. */
export interface SubscriptionAdded {
  readonly type: 'subscription'
  /** 16 hex digits. */
  readonly id: string
  readonly channel: Channel
  readonly label: string
  readonly detail: Detail
  /** Messages in an hour at the most. */
  readonly perHour: number
  readonly at: number
}

export interface SubscriptionRemoved {
  readonly type: 'subscription-removed'
  readonly id: string
  readonly at: number
}

/** A message was composed: from here on it is brought, until a {@link TellingEnded} names it. */
export interface TellingComposed {
  readonly type: 'telling'
  /** 32 hex digits: what its receivers know it by. */
  readonly id: string
  readonly subscription: string
  /** Cursor of the last alert that is in it. */
  readonly upTo: string
  readonly told: Told
  readonly at: number
}

/** What was new is harmless again before anybody was told: there is no message. */
export interface AlertsPassed {
  readonly type: 'alerts-passed'
  readonly subscription: string
  /** Cursor of the last of them. */
  readonly upTo: string
  readonly at: number
}

/** What became of a message. */
export interface TellingEnded {
  readonly type: 'told'
  readonly telling: string
  readonly subscription: string
  readonly code?: UntoldCode
  readonly status?: number
  readonly at: number
}

export type TellingEvent = SubscriptionAdded | SubscriptionRemoved | TellingComposed | AlertsPassed | TellingEnded
