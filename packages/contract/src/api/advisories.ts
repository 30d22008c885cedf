import type { AdvisoryPayload } from '@comity/statement'
import { type Static, Type } from 'typebox'
import { closed, digest, names, oneOf, pageOf, pageQuery, partyUrn, place } from './fields.ts'

const urn = Type.String({
  pattern: '^urn:comity:advisory:[0-9a-f]{64}:[A-Za-z0-9._~%-]{1,400}$',
  description: 'advisory URN',
})

export const advisoryParams = closed({ urn })

export const advisoriesQuery = pageQuery({
  party: Type.Optional(partyUrn),
  id: Type.Optional(
    Type.String({ minLength: 1, maxLength: 400, description: "the publisher's own identifier, exactly" }),
  ),
})
export type AdvisoriesQuery = Static<typeof advisoriesQuery>

const advisorySummary = {
  urn: Type.String(),
  id: Type.String({ description: "the publisher's own identifier" }),
  party: partyUrn,
  title: Type.String(),
  modified: Type.String(),
  severity: Type.Optional(Type.String({ description: 'CVSS vector' })),
  remedy: Type.Boolean({ description: 'whether it names a remedy' }),
  withdrawn: Type.Boolean(),
  document: Type.Optional(digest),
  statement: place,
}
export const advisory = closed(advisorySummary)
export type AdvisorySummary = Static<typeof advisory>

export const advisoriesResponse = pageOf(advisory)
export type AdvisoriesResponse = Static<typeof advisoriesResponse>

export const acknowledgement = closed({
  party: partyUrn,
  names,
  state: oneOf(['affected', 'not_affected', 'mitigated', 'remedied']),
  justification: Type.Optional(Type.String()),
  revision: Type.Optional(Type.String({ description: 'id of the advisory statement it answers' })),
  statement: place,
})

export const advisoryResponse = closed({
  ...advisorySummary,
  names,
  payload: Type.Unsafe<AdvisoryPayload>({ type: 'object', description: 'payload of the latest `advisory` statement' }),
  revisions: Type.Array(closed({ title: Type.String(), modified: Type.String(), statement: place }), {
    description: 'every statement of it, newest first, at most 100',
  }),
  acknowledgements: Type.Array(acknowledgement, { description: 'newest first, at most 200' }),
})
export type AdvisoryResponse = Static<typeof advisoryResponse>
