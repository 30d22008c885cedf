import type { MessagePayload } from '@comity/statement'

/** How far a message has come to one of those it goes to. */
export interface DeliveryStanding {
  readonly to: string
  readonly state: 'waiting' | 'taken' | 'delivered' | 'failed'
  /** Receipt of delivery, COSE_Sign1 in base64url: the newest. */
  readonly receipt?: string
  /** Problem code, where it failed. */
  readonly code?: string
  /** Of its newest change, whole seconds since the epoch. */
  readonly at: number
}

/** What the sealed column of a message's row holds: all of it but its text. */
export interface MessageRecord extends Pick<MessagePayload, 'to' | 'other' | 'subject' | 'previous' | 'answers'> {
  /** Statement id, 64 hex digits. */
  readonly id: string
  /** 64 hex digits. */
  readonly correspondence: string
  readonly direction: 'sent' | 'received'
  readonly author: string
  readonly iat: number
  /** When it was written into this vault. */
  readonly at: number
  readonly sizeClass: number
  readonly attachments: NonNullable<MessagePayload['attachments']>
  /** The receipt that this node gave for it; of a received one. */
  readonly receipt?: string
  /** Of a sent one, in the order of `to`. */
  readonly deliveries: readonly DeliveryStanding[]
}

/** What the sealed column of a seal key's row holds. */
export interface SealKeyRecord {
  readonly kid: string
  /** Encrypted under the row's own key, base64url. */
  readonly jwk: string
  readonly at: number
}

/** What the sealed column of a link's row holds. */
export interface LinkRecord {
  /** 32 hex digits. */
  readonly link: string
  readonly opener: string
  readonly at: number
  readonly openedAt?: number
  /** Receipt of its first opening, base64url. */
  readonly receipt?: string
}

/** What the sealed column of a commitment's row holds. */
export interface CommitmentRecord {
  readonly secret: string
}

/** What the sealed columns are bound to: a ciphertext is worth nothing in another row. */
export const placeOf = {
  sealKey: (row: number) => `seal key ${row}`,
  correspondence: (row: number) => `correspondence ${row}`,
  message: (row: number) => `message ${row}`,
  link: (row: number) => `link ${row}`,
  commitment: (hour: number) => `commitment ${hour}`,
} as const
