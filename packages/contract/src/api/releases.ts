/** One release with what its documents show, and notices of supply restrictions. */
import type { ReleasePayload, SupplyPayload } from '@comity/statement'
import { type Static, Type } from 'typebox'
import { at, closed, digest, names, oneOf, pageOf, pageQuery, partyUrn, place } from './fields.ts'
import { release } from './products.ts'

export const releaseParams = closed({
  urn: Type.String({
    pattern: '^urn:comity:product:[0-9a-f]{64}:[a-z0-9._-]{1,64}@[A-Za-z0-9%._~-]{1,400}$',
    description: 'release URN',
  }),
})

const tie = {
  outcome: oneOf(['tied', 'contradicted', 'untied']),
  says: Type.String(),
}

const level = closed({
  level: Type.Integer({ minimum: 0, maximum: 4 }),
  because: Type.Array(Type.String()),
  next: Type.Array(Type.String(), { description: 'what the next level would need; empty at the highest' }),
})

const builtItem = closed({
  document: digest,
  where: Type.String({ description: 'the item in the document: a pointer or a line; empty for the whole' }),
  form: oneOf(['bundle', 'envelope', 'statement']),
  predicateType: Type.Optional(Type.String()),
  builder: Type.Optional(Type.String({ description: 'who built it, as the provenance says' })),
  source: Type.Optional(Type.String({ description: 'the repository that it was built from, as the provenance says' })),
  signature: oneOf(['right', 'wrong', 'unchecked']),
  says: Type.String({ description: 'whose signature it bears, or why none counts' }),
})

export const releaseResponse = closed({
  ...release.properties,
  names,
  payload: Type.Unsafe<ReleasePayload>({ type: 'object', description: 'payload of the latest `release` statement' }),
  evidence: closed({
    items: Type.Array(builtItem),
    artifacts: Type.Array(closed({ artifact: Type.String(), ...tie })),
    sbom: Type.Array(closed(tie)),
    build: {
      ...level,
      description: 'SLSA build level without a list of builders: only the relier can say whom to trust',
    },
    source: { ...level, description: 'SLSA source level, likewise' },
    gaps: Type.Array(closed({ gap: Type.String(), says: Type.String() }), {
      description: 'what the record lacks; no error and no verdict',
    }),
  }),
  versions: Type.Array(place, { description: 'statements about it that took effect, newest first, at most 100' }),
})
export type ReleaseResponse = Static<typeof releaseResponse>

export const supplyQuery = pageQuery({ party: Type.Optional(partyUrn) })
export type SupplyQuery = Static<typeof supplyQuery>

/** One restriction as it was stated last. */
export const supplyNotice = closed({
  urn: Type.String(),
  party: partyUrn,
  action: oneOf(['announced', 'suspended', 'limited', 'ended', 'lifted']),
  from: at,
  until: Type.Optional(at),
  payload: Type.Unsafe<SupplyPayload>({ type: 'object', description: 'payload of the latest `supply` statement' }),
  unsaid: Type.Array(oneOf(['citation', 'jurisdiction', 'until', 'alternatives', 'appeal', 'notice']), {
    description: 'what the notice does not say; `notice`: it came after the restriction began',
  }),
  statement: place,
})
export type SupplyNotice = Static<typeof supplyNotice>

export const supplyResponse = pageOf(supplyNotice)
export type SupplyResponse = Static<typeof supplyResponse>
