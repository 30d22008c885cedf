import { type Static, Type } from 'typebox'
import { STATEMENT_ID } from './examples.ts'
import { closed, seconds, size, text } from './fields.ts'
import { defineKind } from './kind.ts'
import { statement } from './subjects.ts'

export const refusalPayload = closed({
  code: Type.String({ pattern: '^[a-z0-9]+(?:-[a-z0-9]+)*$', maxLength: 64, description: 'stable problem code' }),
  detail: text(2000, 'what was wrong and what would be right'),
  at: seconds,
  size: { ...size, description: 'size of the log whose state it was judged by' },
})

/** Payload of a `refusal`. */
export type RefusalPayload = Static<typeof refusalPayload>

export const refusalKind = defineKind({
  name: 'refusal',
  title: 'Refusal',
  purpose:
    "The node's signed answer to an authentic statement that it does not append, with a stable code. It is returned to whoever filed, not logged; it proves that something was filed and when.",
  schema: refusalPayload,
  sub: statement,
  roles: ['receipt'],
  logged: false,
  example: {
    sub: `urn:comity:statement:${STATEMENT_ID}`,
    payload: { code: 'key-without-kind', detail: 'the key may not sign advisory', at: 1_795_219_200, size: 1200 },
  },
})
