/** Private cases, filed and read with the token of a party: what they show beside what every case does. */
import { type Static, Type } from 'typebox'
import { closed, digest, named, oneOf, pageOf, statementId } from './fields.ts'
import { clockStandings } from './procedures.ts'
import { sealedField } from './submissions.ts'

const caseUrn = Type.String({ pattern: '^urn:comity:case:[0-9a-f]{64}:[a-z0-9][a-z0-9.-]{0,63}$' })

const partyStanding = closed({
  ...named.properties,
  said: Type.Record(Type.String(), Type.Unknown(), { description: 'what it said last, by the names of the fields' }),
  silent: Type.Boolean({ description: 'it has said nothing of what is asked; that is no answer' }),
  clocks: Type.Array(
    closed({ name: Type.String(), title: Type.String(), standing: oneOf(clockStandings), deadline: Type.String() }),
  ),
})

export const roleStandings = closed({
  role: Type.String(),
  count: Type.Integer({ minimum: 0 }),
  silent: Type.Integer({ minimum: 0, description: 'how many of them have said nothing' }),
  parties: Type.Array(partyStanding, { description: 'the first 50, those who came first' }),
})

/** The order of the seat, as far as the party of the token sees it. */
export const seatChain = closed({
  head: { ...statementId, description: 'the newest order that all parties see: the next move names it as `after`' },
  fork: Type.Optional(
    closed({
      order: statementId,
      why: oneOf(['second-order', 'unknown-order'], 'the seat has signed two orders that cannot both stand'),
    }),
  ),
  fault: Type.Optional(
    // the seat took a move that the procedure does not allow
    closed({ order: statementId, code: Type.String(), detail: Type.String() }),
  ),
  unverified: Type.Integer({
    minimum: 0,
    description:
      'of the moves in the timeline those whose author is at home in a log that the node does not know: the seat vouches',
  }),
})

/** A signed move of a private case, with what opens its sealed fields. */
export const fileMoveBody = closed({
  move: Type.String({
    minLength: 1,
    maxLength: 90_000,
    pattern: '^[A-Za-z0-9_-]+$',
    description: 'the signed move, unpadded base64url',
  }),
  fields: Type.Array(sealedField, { maxItems: 64 }),
})
export type FileMoveBody = Static<typeof fileMoveBody>

export const fileMoveResponse = closed({
  id: statementId,
  case: caseUrn,
  state: oneOf(['waiting', 'taken', 'refused'], '`waiting`: on its way to the seat, or to be judged there'),
  duplicate: Type.Boolean(),
})
export type FileMoveResponse = Static<typeof fileMoveResponse>

const bytes = Type.String({ description: 'a COSE_Sign1 in unpadded base64url' })

/** What proves the order of a private case, as far as the party sees it. */
export const caseOrdersResponse = pageOf(
  closed({
    id: { ...statementId, description: 'of the order' },
    thread: Type.Optional(digest),
    n: Type.Integer({ minimum: 0 }),
    order: bytes,
    move: bytes,
    fields: Type.Array(sealedField),
  }),
)
export type CaseOrdersResponse = Static<typeof caseOrdersResponse>
