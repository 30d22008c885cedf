import { type Static, Type } from 'typebox'
import { ORIGIN } from './examples.ts'
import { closed, firstRepeated, list, MAX_DOCUMENT_BYTES, oneOf, party } from './fields.ts'
import { defineKind } from './kind.ts'
import { origin } from './subjects.ts'
import { MAX_LEAF_BYTES } from '../limits.ts'

export const policyPayload = closed({
  filing: oneOf(['token', 'listed', 'open'], 'who may file: holders of a token, the parties under `admits`, or anyone'),
  kinds: Type.Array(Type.String({ pattern: '^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$', maxLength: 40 }), {
    minItems: 1,
    maxItems: 256,
    description: 'kinds this log takes; `hash-envelope` for the Hash Envelopes of other clients',
  }),
  limits: closed({
    statementBytes: Type.Integer({ minimum: 1024, maximum: MAX_LEAF_BYTES }),
    documentBytes: Type.Integer({ minimum: 0, maximum: MAX_DOCUMENT_BYTES }),
    clockSkewSeconds: Type.Integer({ minimum: 0, maximum: 86_400, description: 'how far `iat` may lie in the future' }),
  }),
  admits: closed({
    parties: Type.Union([Type.Literal('any'), list(party, 512)], {
      description: 'whose statements are taken, unless filing is open',
    }),
  }),
})

/** Payload of a log's `policy`. */
export type PolicyPayload = Static<typeof policyPayload>

export const policyKind = defineKind({
  name: 'policy',
  title: 'Registration policy',
  purpose:
    'The rules by which a log takes statements, in the log itself, in force from the next index. Whoever replays the log judges every entry by the policy that was in force there (RFC 9943).',
  schema: policyPayload,
  sub: origin,
  check: ({ kinds }) => {
    const index = firstRepeated(kinds)
    return index < 0 ? undefined : { pointer: `/kinds/${index}`, message: 'this kind stands above already' }
  },
  example: {
    sub: ORIGIN,
    payload: {
      filing: 'token',
      kinds: ['party', 'approval', 'policy', 'time', 'adherence', 'product', 'release', 'advisory'],
      limits: { statementBytes: 65_535, documentBytes: 268_435_456, clockSkewSeconds: 120 },
      admits: { parties: 'any' },
    },
  },
})
