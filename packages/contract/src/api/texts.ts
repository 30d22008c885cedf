/** The two texts as the API serves them. */
import { partyTypes, provisionIds } from '@comity/instruments'
import { type Static, Type } from 'typebox'
import { closed, oneOf } from './fields.ts'

const citation = closed({
  letter: Type.String(),
  place: Type.String(),
  symbol: Type.Optional(Type.String()),
  text: Type.String(),
})

export const provision = closed({
  id: oneOf(provisionIds),
  instrument: oneOf(['code', 'gids']),
  citation,
  title: Type.String(),
  binds: Type.Array(oneOf(partyTypes)),
  duty: oneOf(['to-do', 'not-to-do', 'both']),
  summary: Type.String(),
  does: Type.String(),
  onRecord: Type.String(),
})

export const instrument = closed({
  id: oneOf(['code', 'gids']),
  urn: Type.String(),
  title: Type.String(),
  shortTitle: Type.String(),
  date: Type.String(),
  symbol: Type.Union([Type.String(), Type.Null()]),
  verified: Type.Boolean(),
  source: Type.String(),
  openTo: Type.String(),
  provisions: Type.Array(provision),
})

export const instrumentsResponse = closed({ instruments: Type.Array(instrument) })
export type InstrumentsResponse = Static<typeof instrumentsResponse>

export const provisionParams = closed({ id: Type.String({ maxLength: 32, description: 'such as `gids-8`' }) })

export const provisionResponse = closed({
  provision,
  norms: Type.Array(
    closed({
      norm: closed({ id: Type.String(), citation: Type.String(), summary: Type.String() }),
      relation: oneOf(['equivalent', 'subset', 'superset', 'intersects']),
      why: Type.String(),
    }),
  ),
  notice: Type.String(),
})
export type ProvisionResponse = Static<typeof provisionResponse>

const laterParagraph = closed({
  number: Type.Integer({ minimum: 1 }),
  summary: Type.String(),
  from: Type.Array(oneOf(provisionIds), { description: 'provisions of the earlier text that it goes back to' }),
  relation: oneOf(['kept', 'narrower', 'wider', 'rephrased', 'new']),
  change: Type.String(),
  verified: Type.Boolean(),
})

/** Later texts of an instrument, each with its mapping to the provisions. */
export const laterVersionsResponse = closed({
  instrument: oneOf(['code', 'gids']),
  versions: Type.Array(
    closed({
      instrument: oneOf(['code', 'gids']),
      symbol: Type.String(),
      date: Type.String(),
      source: Type.String(),
      paragraphs: Type.Array(laterParagraph),
      dropped: Type.Array(closed({ provision: oneOf(provisionIds), what: Type.String(), verified: Type.Boolean() })),
    }),
  ),
  notice: Type.String(),
})
export type LaterVersionsResponse = Static<typeof laterVersionsResponse>
