import { type Static, Type } from 'typebox'
import {
  at,
  closed,
  documentReference,
  index,
  kid,
  oneOf,
  origin,
  pageOf,
  pageQuery,
  partyUrn,
  statementId,
} from './fields.ts'
import { problemSchema } from '../problem.ts'
import { entryTime } from './confirmation.ts'

export const statementParams = closed({ id: statementId })

export const statementsQuery = pageQuery({
  id: Type.Optional(
    Type.String({
      pattern: '^[0-9a-f]{8,64}$',
      description:
        'how its identifier begins. Those that begin so are listed in their order, on one page; no other filter applies',
    }),
  ),
  origin: Type.Optional({ ...origin, description: 'a log that this node mirrors; its own where none is named' }),
  party: Type.Optional(partyUrn),
  kind: Type.Optional(Type.String({ pattern: '^[a-z][a-z0-9-]*$', maxLength: 40 })),
  pending: Type.Optional(
    Type.Boolean({ description: 'true: only those that wait for further signatures of their own party' }),
  ),
  from: Type.Optional({
    ...index,
    description: 'list in the order of the log, from this index on; without it the newest come first',
  }),
})
export type StatementsQuery = Static<typeof statementsQuery>

const header = {
  id: statementId,
  origin: { ...origin, description: 'the log it stands in' },
  index,
  kind: Type.String({ description: '`hash-envelope` for a foreign Hash Envelope' }),
  iss: partyUrn,
  sub: Type.String(),
  iat: { ...at, description: 'time its author claims' },
  at: { ...at, description: 'time of the time leaf that closes its batch' },
  effective: Type.Union([index, Type.Null()], {
    description: 'index at which it took effect; null while it waits for approvals, and for foreign statements',
  }),
}
export const statementSummary = closed(header)
export type StatementSummary = Static<typeof statementSummary>

export const statementQuery = closed({
  origin: Type.Optional({
    ...origin,
    description: 'the log it is looked up in; else the own one, then those mirrored',
  }),
})
export type StatementQuery = Static<typeof statementQuery>

/** An entry of a mirrored log without effect. */
export const voidEntry = closed({
  origin,
  index,
  code: Type.String({ description: 'the code with which its judge, or the decoder of statements, refuses it' }),
  detail: Type.String(),
})
export const voidEntriesQuery = pageQuery({
  origin: { ...origin, description: 'a log that this node mirrors' },
})
export type VoidEntriesQuery = Static<typeof voidEntriesQuery>
export const voidEntriesResponse = pageOf(voidEntry)
export type VoidEntriesResponse = Static<typeof voidEntriesResponse>

export const statementsResponse = pageOf(statementSummary)
export type StatementsResponse = Static<typeof statementsResponse>

export const statementResponse = closed({
  ...header,
  contentType: Type.String(),
  alg: oneOf(['EdDSA', 'ES256']),
  kid,
  payload: Type.Unknown({ description: 'the payload as JSON; null for a foreign statement. The signed bytes: `raw`' }),
  pending: Type.Optional(
    closed({
      have: Type.Integer({ minimum: 1, description: 'distinct keys that have signed, its own among them' }),
      need: Type.Integer({ minimum: 2 }),
    }),
  ),
  approvals: Type.Array(closed({ kid, index })),
  time: {
    ...entryTime,
    description: "what `at` rests on, under the keeper's own trust policy; of a mirrored log its keeper's word alone",
  },
  documents: Type.Array(closed({ ...documentReference.properties, status: oneOf(['present', 'withheld', 'absent']) })),
  links: closed({
    raw: Type.String(),
    receipt: Type.Optional(Type.String({ description: 'absent for a mirrored log: ask its own node' })),
    party: Type.String(),
  }),
})
export type StatementResponse = Static<typeof statementResponse>

const registered = closed({
  id: statementId,
  index,
  duplicate: Type.Boolean({ description: 'it was registered before; this is its first receipt' }),
  receipt: Type.String({ description: 'COSE_Sign1 in unpadded base64url' }),
})
export type RegisteredItem = Static<typeof registered>

/** Each item of the request, in its order. */
export const batchResponse = closed({
  results: Type.Array(Type.Union([registered, closed({ problem: problemSchema })])),
})
export type BatchResponse = Static<typeof batchResponse>
