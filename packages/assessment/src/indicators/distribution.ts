import type { ByCountry } from './by-country.ts'
import { type Indicator, valueIn, type YearValue } from './indicator.ts'
import { type Inequality, lorenz } from './lorenz.ts'
import type { Amounts } from './rir-statistics.ts'

/** What people of a country have, in numbers that can be set side by side. */
export interface CountryResources {
  /** ISO 3166-1, two letters. */
  readonly country: string
  readonly population: YearValue
  /** IPv4 addresses, networks of /48 of IPv6, AS numbers; absent where a source does not have that type. */
  readonly amounts: Partial<Amounts>
  /** Percentage of the population that uses the internet. */
  readonly users?: YearValue
}

/** Figures for each person, or each million of them. */
export interface PerPerson {
  readonly ipv4PerPerson?: number
  readonly ipv6SitesPerPerson?: number
  readonly asnsPerMillion?: number
  /** People who use the internet, by the percentage of the year that the source has. */
  readonly internetUsers?: number
}

/** What is compared between countries. */
export const measures = ['ipv4', 'ipv6', 'asn', 'users'] as const
export type Measure = (typeof measures)[number]

export const measureTitles: Readonly<Record<Measure, string>> = {
  ipv4: 'IPv4 addresses registered',
  ipv6: 'IPv6 networks of /48 registered',
  asn: 'AS numbers registered',
  users: 'people who use the internet',
}

/** Countries that could not be compared, and why: in one source and not in the other. */
export interface Unmatched {
  readonly withoutPopulation: readonly string[]
  readonly withoutResources: readonly string[]
}

/**
 * Puts what is registered beside the people of each country, by code. A country whose population the source knows and
 * for which nothing is registered has 0 where the files are of all registries; else it is named and left out, as one
 * without a population always is.
 *
 * @param year of the population; the latest that the source has for each country when absent
 */
export function distributionOf(
  registered: Pick<ByCountry, 'countries' | 'isWhole'>,
  population: Indicator,
  { users, year }: { readonly users?: Indicator | undefined; readonly year?: number | undefined } = {},
): { readonly countries: readonly CountryResources[]; readonly unmatched: Unmatched } {
  const codes = [...new Set([...registered.countries.keys(), ...population.values.keys()])].sort()
  const countries = codes.flatMap((country): readonly CountryResources[] => {
    const people = valueIn(population, country, year)
    if (people === undefined || people.value === 0) return []
    if (!registered.isWhole && !registered.countries.has(country)) return []
    const online = users === undefined ? undefined : valueIn(users, country)
    return [
      {
        country,
        population: people,
        amounts: registered.countries.get(country) ?? { asn: 0, ipv4: 0, ipv6: 0 },
        ...(online === undefined ? {} : { users: online }),
      },
    ]
  })
  return {
    countries,
    unmatched: {
      withoutPopulation: codes.filter((code) => (valueIn(population, code, year)?.value ?? 0) === 0),
      withoutResources: codes.filter((code) => !registered.countries.has(code)),
    },
  }
}

export function perPerson({ population, amounts, users }: CountryResources): PerPerson {
  const people = population.value
  return {
    ...(amounts.ipv4 === undefined ? {} : { ipv4PerPerson: amounts.ipv4 / people }),
    ...(amounts.ipv6 === undefined ? {} : { ipv6SitesPerPerson: amounts.ipv6 / people }),
    ...(amounts.asn === undefined ? {} : { asnsPerMillion: (1_000_000 * amounts.asn) / people }),
    ...(users === undefined ? {} : { internetUsers: (people * users.value) / 100 }),
  }
}

/** How unequally something is spread over people; countries for which the source has no value stay out of it. */
export function inequalityOf(measure: Measure, countries: readonly CountryResources[]): Inequality | undefined {
  return lorenz(
    countries.flatMap((each) => {
      const amount = measure === 'users' ? perPerson(each).internetUsers : each.amounts[measure]
      return amount === undefined ? [] : [{ population: each.population.value, amount }]
    }),
  )
}
