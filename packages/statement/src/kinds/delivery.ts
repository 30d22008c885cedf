import { type Static, Type } from 'typebox'
import { DIGEST, PARTY_B, STATEMENT_ID } from './examples.ts'
import { closed, digest, list, oneOf, party, seconds } from './fields.ts'
import { defineKind } from './kind.ts'
import { statement } from './subjects.ts'

export const deliveryPayload = closed({
  digest: { ...digest, description: 'SHA-256 of the message as it was signed, its signature included' },
  sizeClass: Type.Integer({
    minimum: 1,
    maximum: 16_777_216,
    description: 'bytes it was padded to before it was sealed',
  }),
  at: { ...seconds, description: 'when it was taken, or opened' },
  to: Type.Optional({ ...party, description: 'for whom the node took it; absent for a link' }),
  how: oneOf(['inbox', 'link'], '`inbox`: a node took it for its party; `link`: whoever had the link opened it'),
  attachments: list(
    digest,
    16,
    'lists of sealed chunks (`sealed` in the message) of the attachments that are there, whole',
  ),
})

/** Payload of a `delivery`. */
export type DeliveryPayload = Static<typeof deliveryPayload>

export const deliveryKind = defineKind({
  name: 'delivery',
  title: 'Receipt of delivery',
  purpose:
    "A node's signed word that a sealed message has arrived: for the party it was sealed to, or at the one who opened the link to it. It is returned to the sender and kept there, not logged.",
  schema: deliveryPayload,
  sub: statement,
  roles: ['receipt'],
  logged: false,
  check: ({ how, to }) =>
    (how === 'inbox') === (to !== undefined)
      ? undefined
      : { pointer: '/to', message: 'stands with how inbox, and only there' },
  example: {
    sub: `urn:comity:statement:${STATEMENT_ID}`,
    payload: { digest: DIGEST, sizeClass: 4096, at: 1_795_219_200, to: PARTY_B, how: 'inbox', attachments: [] },
  },
})
