import { type Static, Type } from 'typebox'
import { at, closed, digest, pageOf, pageQuery, partyUrn } from './fields.ts'

export const csafProblemsQuery = pageQuery({ party: Type.Optional(partyUrn) })
export type CsafProblemsQuery = Static<typeof csafProblemsQuery>

export const csafFault = closed({
  test: Type.String({
    description:
      '`schema`, the number of a mandatory test of CSAF 2.0 (`6.1.11`), or `tlp`, `name`, `withheld`, `limits` for what keeps a valid document out',
  }),
  pointer: Type.String({ description: 'where in the document (RFC 6901)' }),
  message: Type.String(),
  right: Type.Optional(Type.String({ description: 'what would be right' })),
})
export type CsafFault = Static<typeof csafFault>

/** The latest revision of an advisory whose CSAF document is not listed. */
export const csafProblem = closed({
  party: partyUrn,
  advisory: Type.String({ description: 'URN of the advisory' }),
  document: digest,
  at,
  faults: Type.Array(csafFault, { description: 'at most 50' }),
})
export type CsafProblem = Static<typeof csafProblem>

export const csafProblemsResponse = pageOf(csafProblem)
export type CsafProblemsResponse = Static<typeof csafProblemsResponse>

export const csafKeyResponse = closed({
  fingerprint: Type.String({ description: '40 hexadecimal digits: the key that signs from now on' }),
  listed: Type.Array(Type.String(), { description: 'fingerprints of every key that stays listed, the newest last' }),
})
export type CsafKeyResponse = Static<typeof csafKeyResponse>
