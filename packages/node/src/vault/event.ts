/** What the stream `vault` records, each under the key of the partition that it concerns or under the node's own. */
import type { InboxEvent } from '../federation/inbox/record/inbox-event.ts'
import type { FollowedDocument } from './followed-document.ts'
import type { TellingEvent } from '../telling/record/telling-event.ts'

/** A party is hosted from here on. `lookup` is the key of its tags, base64url. Under the party's key. */
export interface PartitionOpened {
  readonly type: 'partition'
  readonly party: string
  readonly lookup: string
  readonly at: number
}

/** A token was issued; only the hash of its secret is kept, hex. Under the party's key if it is bound to one. */
export interface TokenIssued {
  readonly type: 'token'
  readonly id: string
  readonly hash: string
  readonly party: string | null
  readonly admin: boolean
  readonly label: string
  readonly at: number
}

/** Under the same key as its {@link TokenIssued}. */
export interface TokenRevoked {
  readonly type: 'token-revoked'
  readonly id: string
  readonly at: number
}

/** A document came in, new or in place of the one that the inventory had. Under the party's key. */
export interface InventoryAdded {
  readonly type: 'inventory'
  readonly id: string
  readonly name: string
  /** Digest of the sealed blob that holds it, compressed with gzip. */
  readonly blob: string
  /** Of the document, `sha256:<hex>`, and its size in octets. */
  readonly digest: string
  readonly bytes: number
  readonly at: number
}

/** Under the party's key. `blobs` go with it. */
export interface InventoryRemoved {
  readonly type: 'inventory-removed'
  readonly id: string
  readonly blobs: readonly string[]
  readonly at: number
}

/** A supplier is believed from here on, in place of what was believed of it. Under the party's key. */
export interface SupplierBelieved {
  readonly type: 'supplier'
  readonly id: string
  /** URN of a party, or address of a source. */
  readonly supplier: string
  readonly packages: readonly string[]
  readonly at: number
}

/** It is believed no longer. Under the party's key. */
export interface SupplierDropped {
  readonly type: 'supplier-dropped'
  readonly supplier: string
  readonly at: number
}

/** A party is hosted no longer, and its key is to be destroyed. Under the node's own key, for it must stay readable. */
export interface PartitionErased {
  readonly type: 'erased'
  /** The partition's identifier, which says nothing about the party. */
  readonly partition: string
  readonly blobs: readonly string[]
  readonly at: number
}

/**
 * Advisories of a log that this node mirrors, and answers to advisories, were looked at up to an index. Those of `taken` were matched, in this order,
 * some of them `without` their document, which is withheld; those of `waiting` have none here so far. By the index at
 * which each took effect. Under the node's own key.
 */
export interface AdvisoriesTaken {
  readonly type: 'advisories'
  readonly origin: string
  readonly upTo: number
  readonly taken: readonly number[]
  readonly without: readonly number[]
  readonly waiting: readonly number[]
  readonly at: number
}

/**
 * What has changed at a source that this node follows without statements: documents, each a public blob, and names of
 * those that it has no more. Under the node's own key.
 */
export interface DocumentsFollowed {
  readonly type: 'followed'
  readonly origin: string
  readonly put: readonly FollowedDocument[]
  readonly removed: readonly string[]
  readonly at: number
}

export type VaultEvent =
  | AdvisoriesTaken
  | DocumentsFollowed
  | PartitionOpened
  | TokenIssued
  | TokenRevoked
  | InventoryAdded
  | InventoryRemoved
  | PartitionErased
  | SupplierBelieved
  | SupplierDropped
  | InboxEvent
  | TellingEvent
