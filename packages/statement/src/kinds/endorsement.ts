import { type Static, Type } from 'typebox'
import { PARTY_B } from './examples.ts'
import { closed, date, documents, oneOf } from './fields.ts'
import { defineKind } from './kind.ts'
import { otherParty } from './subjects.ts'

export const endorsementPayload = closed({
  claims: Type.Array(oneOf(['name', 'type', 'state', 'domain', 'keys']), {
    minItems: 1,
    maxItems: 5,
    description: 'what the endorser has checked',
  }),
  domain: Type.Optional(
    Type.String({ pattern: '^[a-z0-9.-]+$', maxLength: 253, description: 'the domain that was checked' }),
  ),
  checked: Type.Optional(date),
  documents: Type.Optional(documents),
})

/** Payload of an `endorsement`. */
export type EndorsementPayload = Static<typeof endorsementPayload>

export const endorsementKind = defineKind({
  name: 'endorsement',
  title: 'Endorsement',
  purpose:
    "One party's signed word that another is who it says. It implies no recognition of a State or government, and counts only for those whose trust policy names the endorser.",
  schema: endorsementPayload,
  sub: otherParty,
  check: ({ claims, domain }) =>
    claims.includes('domain') === (domain !== undefined)
      ? undefined
      : { pointer: '/domain', message: 'claim domain and the domain itself come together' },
  example: {
    sub: PARTY_B,
    payload: { claims: ['name', 'domain'], domain: 'north.invalid', checked: '2026-11-20T09:00:00Z' },
  },
})
