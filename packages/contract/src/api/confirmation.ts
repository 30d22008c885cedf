/** What others say about when a statement was there. */
import { type Static, Type } from 'typebox'
import { at, closed, digest, index, logSize, oneOf, origin, statementId } from './fields.ts'

export const entryTime = closed({
  basis: oneOf(
    ['confirmed', 'claimed', 'contested'],
    "confirmed: witnesses bound it within five minutes; claimed: the keeper's word alone; contested: outside what witnesses say",
  ),
  notAfter: Type.Optional({ ...at, description: 'a quorum of witnesses had seen the entry by then' }),
  notBefore: Type.Optional({ ...at, description: 'cosignatures of a quorum from then stand in the log before it' }),
  trust: Type.Optional({
    ...digest,
    description: "the keeper's `trust` statement that names witnesses and quorum; without one all is claimed",
  }),
})
export type EntryTimeResponse = Static<typeof entryTime>

const keyId = Type.String({ pattern: '^[0-9a-f]{8}$', description: 'key ID of a signed note (C2SP signed-note)' })
const name = Type.String({ description: 'name of the witness in its signature lines' })

export const confirmationResponse = closed({
  id: statementId,
  origin,
  index,
  at: { ...at, description: 'time of the time leaf that closes its batch' },
  time: entryTime,
  cosignatures: Type.Array(closed({ name, keyId, at, size: logSize }), {
    description: 'the first known cosignature of each key over a checkpoint that covers the statement',
  }),
  witnesses: Type.Array(
    closed({
      origin,
      keys: Type.Array(Type.String(), { description: 'verifier keys (C2SP tlog-cosignature)' }),
      cosigned: Type.Boolean({ description: 'whether one of its cosignatures covers the statement' }),
    }),
    { description: 'the witnesses that this node asks' },
  ),
  proofs: Type.Array(Type.String(), {
    description:
      'offline proofs (C2SP tlog-proof) under the newest cosigned checkpoints, the one with most cosignatures first',
  }),
})
export type ConfirmationResponse = Static<typeof confirmationResponse>
