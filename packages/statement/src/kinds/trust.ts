import { type Static, Type } from 'typebox'
import { PARTY_A, PARTY_B } from './examples.ts'
import { closed, firstRepeated, list, party, stateCode } from './fields.ts'
import { defineKind } from './kind.ts'
import { policyProblem } from './log-text.ts'
import { ownParty } from './subjects.ts'

export const trustPayload = closed({
  witnesses: Type.String({
    maxLength: 16_384,
    description: 'witnesses and quorum as C2SP tlog-policy text; empty for none',
  }),
  endorsers: list(party, 256, 'whose endorsements count'),
  inspectors: list(party, 256, 'whose inspections and rebuilds count'),
  states: Type.Record(stateCode, party, {
    additionalProperties: false,
    maxProperties: 300,
    description: 'which party is followed for a State',
  }),
})

/** Payload of a `trust` policy. */
export type TrustPayload = Static<typeof trustPayload>

export const trustKind = defineKind({
  name: 'trust',
  title: 'Trust policy',
  purpose:
    "A relier's own list of whose witnesses, endorsements and inspections it accepts, and whom it follows where several claim one State. There is no default list. It is named by the SHA-256 of its payload, may stay out of every log, and may be empty.",
  schema: trustPayload,
  sub: ownParty,
  check: ({ witnesses, endorsers, inspectors }) => {
    for (const [name, parties] of [
      ['endorsers', endorsers],
      ['inspectors', inspectors],
    ] as const) {
      const index = firstRepeated(parties)
      if (index >= 0) return { pointer: `/${name}/${index}`, message: 'this party stands above already' }
    }
    return witnesses === '' ? undefined : policyProblem('/witnesses', witnesses)
  },
  example: { sub: PARTY_A, payload: { witnesses: '', endorsers: [PARTY_B], inspectors: [], states: { XB: PARTY_B } } },
})
