import { type Static, Type } from 'typebox'
import { CASE, DIGEST } from './examples.ts'
import { closed, document } from './fields.ts'
import { defineKind } from './kind.ts'
import { anyCase } from './subjects.ts'

export const recordPayload = closed({
  procedure: Type.String({
    pattern: '^[a-z][a-z0-9-]{0,39}/[1-9][0-9]{0,3}$',
    description: 'procedure and version of the case',
  }),
  state: Type.String({
    pattern: '^[a-z][a-z0-9-]{0,39}$',
    description: 'the state with which this became public, as the procedure says',
  }),
  documents: Type.Array(document, {
    minItems: 1,
    maxItems: 1,
    description:
      'the record: the moves that are public from now on, each as it was signed, with the orders of the seat',
  }),
})

/** Payload of a `record`. */
export type RecordPayload = Static<typeof recordPayload>

export const recordKind = defineKind({
  name: 'record',
  title: 'Record of a private case',
  purpose:
    'What of a private case is public from a state on, as its procedure says: signed moves with the places that the seat gave them. Made by the node that keeps the seat. Whoever holds it checks every signature, and that nothing public is left out between two orders.',
  schema: recordPayload,
  sub: anyCase,
  roles: ['receipt'],
  example: {
    sub: CASE,
    payload: {
      procedure: 'disclosure/1',
      state: 'published',
      documents: [{ digest: DIGEST, size: 4213, type: 'application/vnd.comity.case-record+json' }],
    },
  },
})
