/** How number resources and access are spread over people: figures with their data and their method. */
import { type Static, Type } from 'typebox'
import { closed, oneOf } from './fields.ts'

const measure = oneOf(['ipv4', 'ipv6', 'asn', 'users'])
const country = Type.String({ pattern: '^[A-Z]{2}$', description: 'ISO 3166-1' })
const amount = Type.Number({ minimum: 0 })
const share = Type.Number({ minimum: 0, maximum: 1 })

const resourcesSource = closed({
  of: Type.Array(oneOf(['population', 'ipv4', 'ipv6', 'asn', 'users'])),
  title: Type.String(),
  publisher: Type.String(),
  date: Type.String({ description: 'day of the data, or of the copy that they were taken from' }),
  url: Type.Optional(Type.String()),
  licence: Type.Optional(Type.String()),
  note: Type.Optional(Type.String()),
})

const inequality = closed({
  measure,
  title: Type.String(),
  countries: Type.Integer({ minimum: 1 }),
  gini: share,
  points: Type.Array(closed({ population: share, amount: share }), {
    description: 'the Lorenz curve, from (0, 0) to (1, 1)',
  }),
})

const countryFigures = closed({
  country,
  population: amount,
  populationYear: Type.Optional(Type.Integer()),
  ipv4: Type.Optional({ ...amount, description: 'addresses registered' }),
  ipv6: Type.Optional({ ...amount, description: 'networks of /48 registered' }),
  asn: Type.Optional({ ...amount, description: 'AS numbers registered' }),
  usersPercent: Type.Optional(Type.Number({ minimum: 0, maximum: 100 })),
  usersYear: Type.Optional(Type.Integer()),
  ipv4PerPerson: Type.Optional(amount),
  ipv6SitesPerPerson: Type.Optional(amount),
  asnsPerMillion: Type.Optional(amount),
  internetUsers: Type.Optional(amount),
})

export const resourcesResponse = closed({
  notice: Type.String(),
  method: Type.String(),
  sources: Type.Array(resourcesSource),
  inequality: Type.Array(inequality),
  unmatched: closed({ withoutPopulation: Type.Array(country), withoutResources: Type.Array(country) }),
  countries: Type.Array(countryFigures, { description: 'in the order of their codes, and of no figure' }),
})
export type ResourcesResponse = Static<typeof resourcesResponse>
