/**
 * What the stream `vault` records of sealed messages. Bytes are in base64url. A correspondence has a key of its own,
 * under which everything about it is written: to erase it is to destroy that key.
 */
import type { CaseEvent } from '../../cases/record/case-event.ts'

/** A key with which the party opens messages. Under the party's key. */
export interface SealKeyAdded {
  readonly type: 'seal-key'
  readonly kid: string
  /** Key of the keyring that the private key is encrypted under: destroyed when the seal key's time is over. */
  readonly key: string
  /** The private JWK, encrypted. */
  readonly jwk: string
  readonly at: number
}

/** A correspondence begins here. Under the party's key. */
export interface CorrespondenceOpened {
  readonly type: 'correspondence'
  /** 64 hex digits, as in the `sub` of its messages. */
  readonly correspondence: string
  /** Key of the keyring under which all else of it is written. */
  readonly key: string
  readonly at: number
}

/** How a message came or goes. Under the correspondence's key, as all that follow. */
export interface MessageRecorded {
  readonly type: 'message'
  readonly direction: 'sent' | 'received'
  /** Tagged COSE_Sign1 of kind `message`. */
  readonly message: string
  readonly sizeClass: number
  /** What its leaf in the hourly commitment is salted with. */
  readonly salt: string
  /** The keys of its attachments, and the sealed blobs of their chunk lists where those are here. */
  readonly attachments: readonly { readonly key: string; readonly list?: string }[]
  readonly at: number
  /** The receipt that was given for it; of a received one. */
  readonly receipt?: string
}

/** The list of an attachment's chunks came. */
export interface ChunkListReceived {
  readonly type: 'chunk-list'
  /** Id of the message. */
  readonly message: string
  readonly n: number
  /** Sealed blob that holds it. */
  readonly list: string
  readonly at: number
}

/** The last chunk of an attachment came; the receipt names all attachments that are whole now. */
export interface AttachmentWhole {
  readonly type: 'attachment-whole'
  readonly message: string
  readonly n: number
  readonly receipt: string
  readonly at: number
}

/** What became of a message that was sent, for one of those it went to. */
export interface DeliveryNoted {
  readonly type: 'delivery'
  readonly message: string
  readonly to: string
  /** `taken`: it is there, attachments still missing · `delivered`: all of it is · `failed`: it never will be. */
  readonly state: 'taken' | 'delivered' | 'failed'
  readonly receipt?: string
  /** Problem code, where it failed. */
  readonly code?: string
  readonly at: number
}

/** A message was put behind a link. */
export interface LinkMade {
  readonly type: 'link'
  /** 32 hex digits: where it is found. */
  readonly link: string
  readonly message: string
  /** Sealed blob that holds what the link opens, encrypted under a key that is in the link alone. */
  readonly blob: string
  /** SHA-256 of what only an opened link can show, hex. */
  readonly opener: string
  readonly expiresAt: number
  readonly at: number
}

/** A link was opened for the first time. */
export interface LinkOpened {
  readonly type: 'link-opened'
  readonly link: string
  readonly receipt: string
  readonly at: number
}

/** A correspondence is gone, and its key is to be destroyed. Under the party's key. */
export interface CorrespondenceErased {
  readonly type: 'correspondence-erased'
  readonly correspondence: string
  readonly key: string
  readonly at: number
}

/** There was a sealed message, of whom and to whom ever. Under the node's key, and without a name. */
export interface TrafficNoted {
  readonly type: 'traffic'
  /** Leaf hash, hex. */
  readonly leaf: string
}

/** The traffic so far was committed to. Under the node's key. */
export interface TrafficCommitted {
  readonly type: 'commitment'
  readonly hour: number
  /** What the padding and the places of the leaves follow from. */
  readonly secret: string
  /** How many leaves it covers, from the first that none before it covers. */
  readonly count: number
  /** `sha256:<hex>` */
  readonly root: string
}

export type InboxEvent =
  | SealKeyAdded
  | CorrespondenceOpened
  | MessageRecorded
  | ChunkListReceived
  | AttachmentWhole
  | DeliveryNoted
  | LinkMade
  | LinkOpened
  | CorrespondenceErased
  | TrafficNoted
  | TrafficCommitted
  | CaseEvent
