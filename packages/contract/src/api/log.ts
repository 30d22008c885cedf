/** The log itself, and what the node says about itself. */
import { coreKinds, fields, type PolicyPayload } from '@comity/statement'
import { type Static, Type } from 'typebox'
import { at, closed, digest, index, logSize, names, origin, partyUrn, statementId } from './fields.ts'

export const statusResponse = closed({
  origin,
  keeper: closed({ urn: partyUrn, names }),
  size: logSize,
  root: digest,
  at,
  verifierKeys: Type.Array(Type.String(), {
    description: "the keeper's log keys as verifier keys (C2SP signed-note), to check the checkpoint with",
  }),
  witnessKeys: Type.Array(Type.String(), {
    description:
      'keys under which this node cosigns the logs of its peers, as verifier keys (C2SP tlog-cosignature); empty where it is no witness',
  }),
  parties: Type.Integer({ minimum: 0 }),
  cases: closed({
    open: Type.Integer({ minimum: 0, description: 'cases whose seat is this log, as their last moves left them' }),
    due: Type.Optional({
      ...closed({ urn: Type.String(), clock: Type.String(), at }),
      description: 'which of their clocks runs out next',
    }),
  }),
  ruleset: closed({ version: Type.String(), digest }),
  sample: Type.Boolean({ description: 'whether this register is a sample with fictitious parties' }),
  accepting: Type.Boolean({ description: 'whether statements are taken at the moment' }),
  software: closed({ name: Type.String(), version: Type.String() }),
})
export type StatusResponse = Static<typeof statusResponse>

const policyPayload = coreKinds.find((kind) => kind.name === 'policy')?.schema ?? Type.Unknown()

export const policyResponse = closed({
  id: statementId,
  index,
  policy: Type.Unsafe<PolicyPayload>({
    ...policyPayload,
    description: 'payload of the `policy` statement in force for the next entry',
  }),
})
export type PolicyResponse = Static<typeof policyResponse>

export const healthResponse = closed({
  status: fields.oneOf(['ok', 'unavailable']),
  detail: Type.Optional(Type.String()),
})
export type HealthResponse = Static<typeof healthResponse>
