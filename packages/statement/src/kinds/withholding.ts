import { type Static, Type } from 'typebox'
import { closed, oneOf, text } from './fields.ts'
import { defineKind } from './kind.ts'
import { document } from './subjects.ts'

export const withholdingPayload = closed({
  ground: oneOf(
    ['court-order', 'statute', 'data-protection', 'third-party-rights', 'coordinated-disclosure', 'public-safety'],
    'why the document is not served',
  ),
  basis: Type.Optional(closed({ instrument: text(200), article: text(64) })),
})

/** Payload of a `withholding`. */
export type WithholdingPayload = Static<typeof withholdingPayload>

export const withholdingKind = defineKind({
  name: 'withholding',
  title: 'Withholding',
  purpose:
    'Says that a document is no longer served, and on what ground. The log stays whole: the digest remains, and a finding that cites the document counts it as absent.',
  schema: withholdingPayload,
  sub: document,
  example: {
    sub: `urn:comity:document:sha256:${'d1'.repeat(32)}`,
    payload: { ground: 'court-order', basis: { instrument: 'Code of Civil Procedure (fictitious)', article: '12' } },
  },
})
