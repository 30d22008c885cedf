/** Copies of other nodes' logs that this one keeps. */
import { type Static, Type } from 'typebox'
import { closed, logSize, origin, partyUrn } from './fields.ts'

const note = Type.String({ maxLength: 1_048_576, description: 'a signed checkpoint of the log, C2SP signed note' })
const hash = Type.String({ minLength: 44, maxLength: 44, description: '32 bytes in base64' })

export const mirrorSchema = closed({
  origin,
  keeper: partyUrn,
  size: { ...logSize, description: 'entries under the checkpoint that is served here' },
  quarantined: Type.Boolean({ description: 'whether the log contradicted itself: nothing more of it is taken' }),
  path: Type.String({ description: 'where the copy is served on this node, as `/checkpoint` and `/tile/` are' }),
})
export type MirrorSummary = Static<typeof mirrorSchema>

export const mirrorsResponse = closed({ mirrors: Type.Array(mirrorSchema) })
export type MirrorsResponse = Static<typeof mirrorsResponse>

/** As the room `log` defines it. */
export const equivocationProof = closed({
  format: Type.Literal('comity equivocation 1'),
  origin,
  first: { ...note, description: 'the signed checkpoint that covers no more entries than the other' },
  second: note,
  prefix: Type.Optional(
    closed({
      root: { ...hash, description: 'the root that the tree of `second` has at the size of `first`, base64' },
      proof: Type.Array(hash, { maxItems: 64, description: 'consistency proof from there to the root of `second`' }),
    }),
  ),
  keys: Type.Optional(
    Type.Array(Type.String({ maxLength: 4096 }), {
      maxItems: 64,
      description: 'verifier keys of the log; not believed',
    }),
  ),
  keeper: Type.Optional(partyUrn),
})
