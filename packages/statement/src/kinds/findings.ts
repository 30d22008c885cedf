import { type Static, Type } from 'typebox'
import { DIGEST, ORIGIN, ROOT } from './examples.ts'
import { closed, digest, documents, logPrefix, seconds, text } from './fields.ts'
import { defineKind } from './kind.ts'
import { origin } from './subjects.ts'

export const findingsPayload = closed({
  cut: Type.Array(logPrefix, { minItems: 1, maxItems: 256, description: 'the log prefixes read, sorted by origin' }),
  at: { ...seconds, description: 'time of a time leaf in the cut, whole seconds since the epoch' },
  ruleset: closed({ version: text(64), digest }),
  trust: Type.Union([digest, Type.Null()], { description: "digest of the trust policy's payload, or null for none" }),
  digest: { ...digest, description: 'root (RFC 9162) over the findings of all parties, sorted by party' },
  documents: Type.Optional(documents),
})

/** Payload of a `findings` statement. */
export type FindingsPayload = Static<typeof findingsPayload>

export const findingsKind = defineKind({
  name: 'findings',
  title: 'Findings',
  purpose:
    'Records what was computed from which log prefixes, at what time, by which rules and trust policy, with the digest of the result; so that anybody can compute it again and compare to the bit.',
  schema: findingsPayload,
  sub: { ...origin, form: 'the origin of the log it is published in' },
  check: ({ cut }) => {
    const index = cut.findIndex((prefix, i) => i > 0 && prefix.origin <= (cut[i - 1]?.origin ?? ''))
    return index < 0 ? undefined : { pointer: `/cut/${index}/origin`, message: 'origins are sorted, each stands once' }
  },
  example: {
    sub: ORIGIN,
    payload: {
      cut: [{ origin: ORIGIN, size: 1200, root: ROOT }],
      at: 1_795_219_200,
      ruleset: { version: '1', digest: DIGEST },
      trust: null,
      digest: ROOT,
    },
  },
})
