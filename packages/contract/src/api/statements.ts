import { type Static, Type } from 'typebox'
import { at, closed, documentReference, index, kid, oneOf, pageOf, pageQuery, partyUrn, statementId } from './fields.ts'
import { problemSchema } from '../problem.ts'

export const statementParams = closed({ id: statementId })

export const statementsQuery = pageQuery({
  party: Type.Optional(partyUrn),
  kind: Type.Optional(Type.String({ pattern: '^[a-z][a-z0-9-]*$', maxLength: 40 })),
  from: Type.Optional({
    ...index,
    description: 'list in the order of the log, from this index on; without it the newest come first',
  }),
})
export type StatementsQuery = Static<typeof statementsQuery>

const header = {
  id: statementId,
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
  documents: Type.Array(closed({ ...documentReference.properties, status: oneOf(['present', 'withheld', 'absent']) })),
  links: closed({ raw: Type.String(), receipt: Type.String(), party: Type.String() }),
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
