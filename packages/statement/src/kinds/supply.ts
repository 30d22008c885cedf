import { type Static, Type } from 'typebox'
import { PARTY_A, PRODUCT, STATEMENT_ID } from './examples.ts'
import {
  closed,
  date,
  documents,
  list,
  oneOf,
  party,
  product,
  secondsOf,
  stateCode,
  statementId,
  text,
  url,
} from './fields.ts'
import { defineKind } from './kind.ts'
import { ownSupply } from './subjects.ts'

const reason = closed({
  ground: oneOf(
    ['law', 'court-order', 'sanction', 'export-control', 'security', 'safety', 'commercial', 'shortage', 'other'],
    'what the restriction rests on',
  ),
  text: text(2000, 'the reason, in words'),
  citation: Type.Optional(text(500, 'the rule, order or contract term, so that others can find it')),
  jurisdiction: Type.Optional({ ...stateCode, description: 'State whose rule it is, two letters (ISO 3166-1)' }),
})

export const supplyPayload = closed({
  action: oneOf(
    ['announced', 'suspended', 'limited', 'ended', 'lifted'],
    '`announced`: to come into force on `from`; `lifted`: the restriction that it `replaces` ends',
  ),
  products: Type.Optional(list(product, 64, 'products concerned, of whatever party')),
  goods: Type.Optional(text(1000, 'what else is concerned, where no product is on record')),
  affects: closed({
    everybody: Type.Optional(Type.Literal(true)),
    states: Type.Optional(list(stateCode, 64, 'users in these States')),
    parties: Type.Optional(list(party, 64, 'these parties')),
    others: Type.Optional(text(500, 'a group that is neither, in words; never a person')),
  }),
  from: date,
  until: Type.Optional({ ...date, description: 'when it ends by itself; absent where no end is foreseen' }),
  reasons: Type.Array(reason, { minItems: 1, maxItems: 16 }),
  alternatives: Type.Optional(text(2000, 'how those concerned can go on: substitutes, last deliveries, exceptions')),
  appeal: Type.Optional(closed({ text: text(1000, 'where and how it can be contested'), url: Type.Optional(url) })),
  replaces: Type.Optional({ ...statementId, description: 'id of the notice this one replaces' }),
  documents: Type.Optional(documents),
})

/** Payload of a `supply` notice. */
export type SupplyPayload = Static<typeof supplyPayload>

export const supplyKind = defineKind({
  name: 'supply',
  title: 'Notice of a supply restriction',
  purpose:
    'Says that supply is cut, limited or resumed: of what, for whom, from when, and for which reasons. It is the word of whoever restricts, raises nobody’s level, and stands beside what those concerned answer. A later one about the same restriction replaces it.',
  schema: supplyPayload,
  sub: ownSupply,
  check: ({ action, products = [], goods, affects, from, until, replaces }) => {
    if (products.length === 0 && goods === undefined) {
      return { pointer: '/products', message: 'name at least one product, or say in goods what is concerned' }
    }
    const { everybody, states = [], parties = [], others } = affects
    if (everybody === undefined && states.length === 0 && parties.length === 0 && others === undefined) {
      return { pointer: '/affects', message: 'say whom it concerns: everybody, states, parties or others' }
    }
    if (until !== undefined && secondsOf(until) < secondsOf(from))
      return { pointer: '/until', message: 'lies before from' }
    return action === 'lifted' && replaces === undefined
      ? { pointer: '/replaces', message: 'says which notice is lifted' }
      : undefined
  },
  example: {
    sub: `urn:comity:supply:${PARTY_A.slice('urn:comity:party:'.length)}:gateway-2027`,
    payload: {
      action: 'suspended',
      products: [PRODUCT],
      affects: { states: ['XB'] },
      from: '2027-01-01T00:00:00Z',
      until: '2027-06-30T23:59:59Z',
      reasons: [
        {
          ground: 'export-control',
          text: 'A licence is needed and was not given yet.',
          citation: 'Export Act (fictitious), section 4',
          jurisdiction: 'XA',
        },
      ],
      alternatives: 'What is installed goes on working; security updates are not concerned.',
      appeal: { text: 'Licensing office of XA, within 30 days' },
      replaces: STATEMENT_ID,
    },
  },
})
