import type { Static } from 'typebox'
import { STATEMENT_ID } from './examples.ts'
import { closed } from './fields.ts'
import { defineKind } from './kind.ts'
import { statement } from './subjects.ts'

export const approvalPayload = closed({})

/** Payload of an `approval`: all it says is in its subject and its signature. */
export type ApprovalPayload = Static<typeof approvalPayload>

export const approvalKind = defineKind({
  name: 'approval',
  title: 'Approval',
  purpose:
    'A further signature of the same party under one of its statements, where the party itself has set a threshold for that kind. It may come before or after the statement, which takes effect where the last needed signature arrives. A recovery key approves too, and then counts for a recovery alone.',
  schema: approvalPayload,
  sub: statement,
  roles: ['approve'],
  example: { sub: `urn:comity:statement:${STATEMENT_ID}`, payload: {} },
})
