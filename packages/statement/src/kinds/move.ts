import { type Static, Type } from 'typebox'
import { CASE, ORIGIN, PARTY_B } from './examples.ts'
import { closed, documents, origin, statementId } from './fields.ts'
import { defineKind } from './kind.ts'
import { anyCase } from './subjects.ts'

/** Members of a body; nothing that a procedure asks for comes near. */
const MAX_BODY_MEMBERS = 64

/** What a move says is its procedure's to demand, and is checked at the seat; here it is a JSON object and no more. */
const body = Type.Unsafe<Readonly<Record<string, unknown>>>({
  type: 'object',
  maxProperties: MAX_BODY_MEMBERS,
  description: 'what the move says: its schema is that of the move in its procedure',
})

/** Fields of the body that fewer see than the move itself; in a private case alone. */
const sealed = Type.Unsafe<Readonly<Record<string, string>>>({
  type: 'object',
  minProperties: 1,
  maxProperties: MAX_BODY_MEMBERS,
  patternProperties: { '^[A-Za-z][A-Za-z0-9-]{0,63}$': { type: 'string', pattern: '^sha256:[0-9a-f]{64}$' } },
  additionalProperties: false,
  description: 'of a private case: fields that not everybody who sees the move sees, each by a salted digest',
})

const place = closed({
  zone: Type.String({
    pattern: '^[A-Za-z][A-Za-z0-9_+-]*(?:\\/[A-Za-z0-9_+-]+){0,2}$',
    maxLength: 64,
    description: 'time zone by its IANA name, such as `Europe/Paris`',
  }),
  region: Type.Optional(
    Type.String({
      pattern: '^[A-Z]{2}(?:-[A-Z0-9]{1,3})?$',
      description: 'State whose working days and holidays count (ISO 3166-1), with a region behind a hyphen (3166-2)',
    }),
  ),
})

export const movePayload = closed({
  procedure: Type.String({
    pattern: '^[a-z][a-z0-9-]{0,39}/[1-9][0-9]{0,3}$',
    description: 'procedure and version, such as `dispute/1`; a case keeps the one that it was opened with',
  }),
  move: Type.String({
    pattern: '^[a-z][a-z0-9-]{0,63}$',
    description: 'name of the move in that procedure, or of one that every procedure has',
  }),
  seat: origin,
  place: Type.Optional(place),
  body,
  documents: Type.Optional(documents),
  after: Type.Optional({
    ...statementId,
    description:
      'of a private case: id of the newest order which all parties see that its author has; a seat that shows two orders is caught by it',
  }),
  sealed: Type.Optional(sealed),
})

/** Payload of a `move`. */
export type MovePayload = Static<typeof movePayload>

export const moveKind = defineKind({
  name: 'move',
  title: 'Move',
  purpose:
    "One step of a party in a case. It takes effect in the log of the case's seat, in that log's order; filed in its author's home log before a clock ran out, it is in time there, even if the seat had not taken it yet or refused it. The move that opens a case says where its clocks run, UTC where it says nothing.",
  schema: movePayload,
  sub: anyCase,
  example: {
    sub: CASE,
    payload: {
      procedure: 'dispute/1',
      move: 'notify',
      seat: ORIGIN,
      place: { zone: 'Africa/Nairobi', region: 'KE' },
      body: {
        respondents: [PARTY_B],
        subject: 'Updates that differ by place',
        urgency: 'urgent',
        basis: 'Two builds of one release differ.',
      },
    },
  },
})
