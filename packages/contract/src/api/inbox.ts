/** Sealed messages: what nodes bring each other, and what a party does with its own inbox. */
import { type Static, Type } from 'typebox'
import { at, closed, digest, kid, oneOf, pageOf, pageQuery, partyUrn, statementId } from './fields.ts'

const count = Type.Integer({ minimum: 0 })
const bytes = Type.String({ description: 'bytes in unpadded base64url' })
const correspondence = Type.String({ pattern: '^[0-9a-f]{64}$', description: '64 hexadecimal digits' })
const ticket = Type.String({ pattern: '^[0-9a-f]{32}$', description: 'under which an attachment is brought' })
const hexId = Type.String({ pattern: '^[0-9a-f]{32}$', description: '32 hexadecimal digits' })

// between nodes

export const inboxParams = closed({
  party: Type.String({ pattern: '^[0-9a-f]{64}$', description: 'hex of the party' }),
})
export const arrivalParams = closed({ party: inboxParams.properties.party, ticket })
export const chunkParams = closed({
  party: inboxParams.properties.party,
  ticket,
  index: Type.Integer({ minimum: 0, description: 'chunks are numbered from 0' }),
})

export const takenResponse = closed({
  receipt: { ...bytes, description: 'signed receipt of delivery, a `delivery` statement' },
  attachments: Type.Array(closed({ ticket, whole: Type.Boolean() }), {
    description: 'of each attachment, in the order of the message, under which ticket it is brought',
  }),
})
export type TakenResponse = Static<typeof takenResponse>

export const arrivalResponse = closed({
  count: { ...count, description: 'chunks that it takes' },
  hasList: Type.Boolean({ description: 'whether the list of its chunks is here' }),
  isWhole: Type.Boolean(),
  have: { ...bytes, description: 'one bit a chunk, the first in the highest bit of the first byte' },
})
export type ArrivalResponse = Static<typeof arrivalResponse>

export const wholeResponse = closed({ receipt: bytes })
export type WholeResponse = Static<typeof wholeResponse>

// a party's own inbox

export const sealKeyBody = closed({
  jwk: Type.Object({}, { additionalProperties: true, description: 'private JWK of X25519 or P-256' }),
})
export type SealKeyBody = Static<typeof sealKeyBody>
export const sealKeyResponse = closed({ kid })
export type SealKeyResponse = Static<typeof sealKeyResponse>

export const sealKeysResponse = closed({
  keys: Type.Array(
    closed({
      kid,
      state: oneOf(
        ['current', 'ended', 'unnamed', 'expired'],
        '`ended`: messages on their way are still opened · `unnamed`: no party statement has named it yet',
      ),
    }),
  ),
})
export type SealKeysResponse = Static<typeof sealKeysResponse>

export const beginUploadBody = closed({
  size: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description: 'bytes of the file' }),
})
export type BeginUploadBody = Static<typeof beginUploadBody>

export const uploadResponse = closed({
  id: hexId,
  size: count,
  count: { ...count, description: 'chunks that it takes' },
  chunkBytes: { ...count, description: 'bytes of every chunk but the last' },
  have: Type.Array(count, { description: 'chunks that are here' }),
})
export type UploadResponse = Static<typeof uploadResponse>

export const uploadParams = closed({ id: hexId })
export const uploadChunkParams = closed({ id: hexId, index: Type.Integer({ minimum: 0 }) })

export const uploadedResponse = closed({
  sealed: { ...digest, description: 'digest of the list of its sealed chunks: what the message names it by' },
})
export type UploadedResponse = Static<typeof uploadedResponse>

export const sendBody = closed({
  message: Type.String({
    minLength: 1,
    maxLength: 90_000,
    pattern: '^[A-Za-z0-9_-]+$',
    description: 'the signed message, unpadded base64url',
  }),
  uploads: Type.Array(hexId, { maxItems: 16, description: 'its attachments, in their order' }),
})
export type SendBody = Static<typeof sendBody>

const delivery = closed({
  to: partyUrn,
  state: oneOf(
    ['waiting', 'taken', 'delivered', 'failed'],
    '`taken`: the message is there, attachments are not yet · `failed`: it never will be',
  ),
  receipt: Type.Optional(bytes),
  code: Type.Optional(Type.String({ description: 'problem code, where it failed' })),
  at,
})

const attachment = closed({
  name: Type.String(),
  type: Type.String(),
  size: count,
  digest,
  sealed: digest,
})

const message = {
  id: statementId,
  correspondence,
  direction: oneOf(['sent', 'received']),
  author: partyUrn,
  to: Type.Array(partyUrn),
  other: Type.Optional(Type.String()),
  subject: Type.Optional(Type.String()),
  previous: Type.Optional(statementId),
  answers: Type.Optional(statementId),
  iat: { ...at, description: 'when it was signed' },
  at: { ...at, description: 'when it came into this vault' },
  sizeClass: count,
  attachments: Type.Array(attachment),
  whole: Type.Array(Type.Boolean(), { description: 'of each attachment, whether all of it is here' }),
  gap: Type.Boolean({ description: 'the message before it, by the same author, has not arrived yet' }),
  receipt: Type.Optional({ ...bytes, description: 'the receipt that this node gave for it' }),
  deliveries: Type.Array(delivery),
}
export const messageSchema = closed(message)
export type MessageSummary = Static<typeof messageSchema>

export const sendResponse = closed({ id: statementId, correspondence, duplicate: Type.Boolean() })
export type SendResponse = Static<typeof sendResponse>

export const messagesQuery = pageQuery({ correspondence: Type.Optional(correspondence) })
export type MessagesQuery = Static<typeof messagesQuery>
export const messagesResponse = pageOf(messageSchema)
export type MessagesResponse = Static<typeof messagesResponse>

export const messageParams = closed({ id: statementId })
export const attachmentParams = closed({ id: statementId, n: Type.Integer({ minimum: 0, maximum: 15 }) })

export const messageResponse = closed({
  ...message,
  text: Type.String(),
  statement: { ...bytes, description: 'the message as it was signed' },
  links: Type.Array(closed({ expiresAt: at, openedAt: Type.Optional(at), receipt: Type.Optional(bytes) })),
})
export type MessageResponse = Static<typeof messageResponse>

export const correspondenceParams = closed({ correspondence })
export const correspondenceResponse = closed({
  previous: Type.Optional({ ...statementId, description: "the party's own newest message there" }),
  others: Type.Array(partyUrn),
})
export type CorrespondenceResponse = Static<typeof correspondenceResponse>

export const makeLinkBody = closed({ expiresAt: at })
export type MakeLinkBody = Static<typeof makeLinkBody>
export const makeLinkResponse = closed({
  url: Type.String({ description: 'with the secret behind the #; shown this once, and kept by nobody' }),
  expiresAt: at,
})
export type MakeLinkResponse = Static<typeof makeLinkResponse>

// links

export const linkParams = closed({ link: hexId })
export const linkChunkParams = closed({
  link: hexId,
  n: Type.Integer({ minimum: 0, maximum: 15 }),
  index: Type.Integer({ minimum: 0 }),
})
export const linkOpenedBody = closed({ opener: Type.String({ pattern: '^[A-Za-z0-9_-]{43}$' }) })
export type LinkOpenedBody = Static<typeof linkOpenedBody>
export const linkOpenedResponse = closed({ receipt: bytes, at })
export type LinkOpenedResponse = Static<typeof linkOpenedResponse>
