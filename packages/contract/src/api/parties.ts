import { jwkSchema, partyJwkSchema } from '@comity/statement'
import { type Static, Type } from 'typebox'
import { contact } from './contacts.ts'
import {
  at,
  closed,
  index,
  kid,
  names,
  oneOf,
  origin,
  pageOf,
  pageQuery,
  partyType,
  partyUrn,
  place,
  provisionId,
  statementId,
} from './fields.ts'

export const partiesQuery = pageQuery({
  type: Type.Optional(partyType),
  state: Type.Optional(Type.String({ pattern: '^[A-Z]{2}$', description: 'claimed State, two letters' })),
  q: Type.Optional(Type.String({ minLength: 1, maxLength: 100, description: 'part of a name' })),
})
export type PartiesQuery = Static<typeof partiesQuery>

const summary = {
  urn: partyUrn,
  names,
  type: partyType,
  state: Type.Optional(Type.String({ description: 'the State it claims to be or to belong to' })),
  home: { ...origin, description: 'the log that its latest party statement names' },
  origin: { ...origin, description: 'the log that this is from: its home, or the one that it is about to leave' },
  founded: { ...index, description: 'index there of its first party statement, a copy where it moved there' },
}

export const partySummary = closed(summary)
export type PartySummary = Static<typeof partySummary>

export const partiesResponse = pageOf(partySummary)
export type PartiesResponse = Static<typeof partiesResponse>

export const partyParams = closed({ urn: partyUrn })

const partyKey = closed({
  kid,
  jwk: partyJwkSchema,
  roles: Type.Array(oneOf(['sign', 'approve', 'seal', 'log', 'receipt', 'witness'])),
  kinds: Type.Optional(Type.Array(Type.String())),
  from: { ...index, description: 'first index at which it counts' },
  to: Type.Optional({ ...index, description: 'first index at which it counts no more' }),
  compromisedSince: Type.Optional({ ...at, description: 'its statements from this time on are contested' }),
})

const word = closed({ provision: provisionId, text: Type.String() })

const objection = closed({
  by: closed({ party: partyUrn, names }),
  at,
  precludes: Type.Boolean({ description: 'it keeps the instrument from holding between the two' }),
  text: Type.Optional(Type.String()),
  statement: closed({ id: statementId, origin, index }),
})

/** What a party reserves about a provision, and who objects to that. */
export const reservation = closed({
  ...word.properties,
  objections: Type.Array(objection, { description: 'those that stand, the first first; none decides what binds' }),
})
export type Reservation = Static<typeof reservation>

/** A party's latest word on one instrument. */
const bond = closed({
  ...place.properties,
  instrument: oneOf(['code', 'gids']),
  form: oneOf(['adherence', 'support']),
  version: Type.Optional(Type.String({ description: 'symbol of the text that it names, where it names one' })),
  declarations: Type.Array(word),
  reservations: Type.Array(reservation),
  withdrawnAfter: Type.Optional(at),
})

const endorsement = closed({
  ...place.properties,
  by: partyUrn,
  names,
  claims: Type.Array(Type.String()),
  domain: Type.Optional(Type.String()),
  checked: Type.Optional(Type.String()),
})

export const partyResponse = closed({
  ...summary,
  statement: { ...statementId, description: 'id of its latest party statement: the `previous` of the next one' },
  contacts: Type.Array(contact),
  domains: Type.Array(Type.String()),
  keys: Type.Array(partyKey),
  thresholds: Type.Record(Type.String(), Type.Integer({ minimum: 1 })),
  next: Type.Optional(Type.String({ description: 'digest of the keys it has committed to' })),
  recovery: Type.Optional(closed({ threshold: Type.Integer(), keys: Type.Array(closed({ kid, jwk: jwkSchema })) })),
  versions: Type.Array(closed({ id: statementId, index, at })),
  stays: Type.Array(
    closed({
      origin,
      from: { ...index, description: 'index of the party statement with which it begins' },
      to: Type.Optional({ ...index, description: 'index behind its move to the next' }),
    }),
    { description: 'where it was at home, in order: what it stated there in that time counts' },
  ),
  instruments: Type.Array(bond),
  endorsements: Type.Array(endorsement, { description: 'newest first, at most 100' }),
})
export type PartyResponse = Static<typeof partyResponse>
