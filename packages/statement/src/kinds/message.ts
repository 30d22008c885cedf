import { type Static, Type } from 'typebox'
import { DIGEST, PARTY_B } from './examples.ts'
import { closed, digest, firstRepeated, list, mediaType, party, size, statementId, text } from './fields.ts'
import { defineKind } from './kind.ts'
import { correspondence } from './subjects.ts'

/** What goes with a message beside it, in sealed chunks. */
const attachment = closed({
  name: Type.String({
    minLength: 1,
    maxLength: 200,
    pattern: '^[^/\\\\\\u0000-\\u001f\\u007f]+$',
    description: 'a file name without a path',
  }),
  type: mediaType,
  size: { ...size, description: 'bytes of the file' },
  digest: { ...digest, description: 'SHA-256 of the file' },
  sealed: {
    ...digest,
    description: 'SHA-256 of the list of its sealed chunks, which also binds the key they are sealed with',
  },
})

export const messagePayload = closed({
  to: list(party, 16, 'parties it is sealed to, its author not among them'),
  other: Type.Optional(text(200, 'to whom else it goes, who has no node: an office, in the words of its author')),
  subject: Type.Optional(text(200)),
  text: text(48_000),
  previous: Type.Optional({
    ...statementId,
    description:
      'id of the message before this one by the same author in the same correspondence: shows that none is missing',
  }),
  answers: Type.Optional({ ...statementId, description: 'id of the message that this one answers' }),
  attachments: Type.Optional(list(attachment, 16)),
})

/** Payload of a `message`. */
export type MessagePayload = Static<typeof messagePayload>

export const messageKind = defineKind({
  name: 'message',
  title: 'Message',
  purpose:
    'What one party writes to others, signed, and sealed to them before it travels. It names whom it is for, so that nobody can pass it on as if it had been written to somebody else; it is never logged, and shown to third parties only where somebody who holds it discloses it.',
  schema: messagePayload,
  sub: correspondence,
  logged: false,
  check: ({ to, other, attachments = [] }, { iss }) => {
    if (to.length === 0 && other === undefined) return { pointer: '/to', message: 'is empty, and `other` names nobody' }
    const own = to.indexOf(iss)
    if (own >= 0) return { pointer: `/to/${own}`, message: 'is the author' }
    const twice = firstRepeated(to)
    if (twice >= 0) return { pointer: `/to/${twice}`, message: 'stands above already' }
    const same = firstRepeated(attachments.map(({ name }) => name))
    return same < 0 ? undefined : { pointer: `/attachments/${same}/name`, message: 'stands above already' }
  },
  example: {
    sub: `urn:comity:correspondence:${'c0'.repeat(32)}`,
    payload: {
      to: [PARTY_B],
      subject: 'Request 2026/114',
      text: 'We ask for the records described in the attachment.',
      attachments: [{ name: 'request.pdf', type: 'application/pdf', size: 48_213, digest: DIGEST, sealed: DIGEST }],
    },
  },
})
