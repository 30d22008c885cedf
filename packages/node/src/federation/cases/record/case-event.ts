/**
 * What the stream `vault` records of private cases. Statements are in base64url. A case has a key of its own in each
 * partition, under which everything about it is written: to erase it for one party is to destroy that key.
 */
import type { SealedField } from '@comity/statement'

/** A private case begins here. Under the party's key. */
export interface PrivateCaseOpened {
  readonly type: 'private-case'
  /** `urn:comity:case:…` */
  readonly case: string
  /** Key of the keyring under which all else of it is written. */
  readonly key: string
  readonly at: number
}

/** A move on its way: of the party itself to the seat, or at the seat before it is judged. Under the case's key, as all that follow. */
export interface CaseMoveFiled {
  readonly type: 'case-move'
  readonly direction: 'sent' | 'received'
  readonly move: string
  readonly fields: readonly SealedField[]
  /** The seat's party. */
  readonly to: string
  /** The receipt that was given for it; of a received one. */
  readonly receipt?: string
  readonly at: number
}

/** A move has its place: the seat gave it here, or its order came with it. */
export interface CaseMoveOrdered {
  readonly type: 'case-order'
  readonly order: string
  readonly move: string
  /** Those that the party may see. */
  readonly fields: readonly SealedField[]
  /** Whether the author's signature was checked: the keys of who is at home in an unknown log are not known. */
  readonly verified: boolean
  readonly receipt?: string
  readonly at: number
}

/** The seat refused a move of the party, or refuses one here. */
export interface CaseMoveRefused {
  readonly type: 'case-refusal'
  /** Id of the move. */
  readonly move: string
  readonly refusal: string
  readonly receipt?: string
  readonly at: number
}

/** Something has to go to a party: its newest state is in {@link CaseMailNoted}. */
export interface CaseMailed {
  readonly type: 'case-mail'
  readonly to: string
  readonly what: 'move' | 'order' | 'refusal'
  /** Number of the record that holds it. */
  readonly record: number
  /** What its leaf in the hourly commitment is salted with. */
  readonly salt: string
  readonly at: number
}

/** What became of it. */
export interface CaseMailNoted {
  readonly type: 'case-mail-noted'
  /** Number of the record of its {@link CaseMailed}. */
  readonly mail: number
  readonly state: 'delivered' | 'failed'
  readonly receipt?: string
  readonly code?: string
  readonly at: number
}

/** Evidence that the seat has given two orders: what came, beside what is here. */
export interface CaseForkSeen {
  readonly type: 'case-fork'
  /** The order that contradicts the chain here, or the one whose move knows of another chain. */
  readonly order: string
  readonly move: string
  readonly why: 'second-order' | 'unknown-order'
  readonly at: number
}

/** A case is gone for the party, and its key is to be destroyed. Under the party's key. */
export interface PrivateCaseErased {
  readonly type: 'private-case-erased'
  readonly case: string
  readonly key: string
  readonly at: number
}

/** A document that comes with a statement which is submitted later, in a sealed blob. */
export interface KeptDocument {
  readonly digest: string
  readonly size: number
  readonly mediaType: string
  readonly blob: string
}

/** A statement, signed and complete, that enters the log at its minute and is sealed until then. Under the party's key. */
export interface SubmissionPrepared {
  readonly type: 'submission'
  /** 32 hex digits. */
  readonly id: string
  readonly statement: string
  readonly documents: readonly KeptDocument[]
  /** Of a move of a private case, which goes to its seat: what opens its sealed fields. */
  readonly fields?: readonly SealedField[]
  /** When it is submitted, in seconds since the epoch. */
  readonly due: number
  readonly at: number
}

/** What became of it. Under the party's key. */
export interface SubmissionEnded {
  readonly type: 'submission-ended'
  readonly id: string
  readonly state: 'registered' | 'refused' | 'cancelled'
  /** Place in the log. */
  readonly index?: number
  readonly code?: string
  readonly detail?: string
  /** Blobs that go with it. */
  readonly blobs: readonly string[]
  readonly at: number
}

export type CaseEvent =
  | PrivateCaseOpened
  | CaseMoveFiled
  | CaseMoveOrdered
  | CaseMoveRefused
  | CaseMailed
  | CaseMailNoted
  | CaseForkSeen
  | PrivateCaseErased
  | SubmissionPrepared
  | SubmissionEnded
