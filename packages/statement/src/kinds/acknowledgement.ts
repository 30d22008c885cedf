import { type Static, Type } from 'typebox'
import { STATEMENT_ID } from './examples.ts'
import { closed, documents, justification, oneOf, statementId, text } from './fields.ts'
import { defineKind } from './kind.ts'
import { anyAdvisory } from './subjects.ts'

export const acknowledgementPayload = closed({
  advisory: { ...statementId, description: 'id of the advisory statement that was received' },
  state: oneOf(['affected', 'not_affected', 'mitigated', 'remedied']),
  justification: Type.Optional(justification),
  release: Type.Optional(text(128, 'version in use after the remedy')),
  documents: Type.Optional(documents),
})

/** Payload of an `acknowledgement`. */
export type AcknowledgementPayload = Static<typeof acknowledgementPayload>

export const acknowledgementKind = defineKind({
  name: 'acknowledgement',
  title: 'Acknowledgement',
  purpose:
    "A user of a product says that it was told of an advisory and, if it chooses, how it stands: affected, not affected and why, mitigated, remedied. It is all that ever leaves an operator's inventory.",
  schema: acknowledgementPayload,
  sub: anyAdvisory,
  check: ({ state, justification }) =>
    (state === 'not_affected') === (justification !== undefined)
      ? undefined
      : { pointer: '/justification', message: 'stands with state not_affected, and only there' },
  example: {
    sub: `urn:comity:advisory:${'a1'.repeat(32)}:NORTH-2026-001`,
    payload: { advisory: STATEMENT_ID, state: 'affected' },
  },
})
