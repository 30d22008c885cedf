import {
  type CountryResources,
  inequalityOf,
  type Measure,
  measures,
  measureTitles,
  perPerson,
  type PerPerson,
  type Unmatched,
} from './distribution.ts'
import { type LorenzPoint, lorenzMethod } from './lorenz.ts'

/** Where figures are from. */
export interface ResourcesSource {
  /** What of the report rests on it: `population`, or measures. */
  readonly of: readonly ('population' | Measure)[]
  readonly title: string
  readonly publisher: string
  /** Day of the data, or of the copy that they were taken from, `YYYY-MM-DD`. */
  readonly date: string
  readonly url?: string | undefined
  readonly licence?: string | undefined
  readonly note?: string | undefined
}

export interface CountryReport extends PerPerson {
  readonly country: string
  readonly population: number
  readonly populationYear?: number
  readonly ipv4?: number
  readonly ipv6?: number
  readonly asn?: number
  readonly usersPercent?: number
  readonly usersYear?: number
}

export interface MeasureReport {
  readonly measure: Measure
  readonly title: string
  /** Countries that it is over. */
  readonly countries: number
  readonly gini: number
  readonly points: readonly LorenzPoint[]
}

/** Figures with their data and their method. */
export interface ResourcesReport {
  readonly notice: string
  readonly method: string
  readonly sources: readonly ResourcesSource[]
  readonly inequality: readonly MeasureReport[]
  readonly unmatched: Unmatched
  /** In the order of their codes; there is no order by any figure. */
  readonly countries: readonly CountryReport[]
}

/** To be shown wherever the figures are. */
export const resourcesNotice =
  'Registration is not use: a number counts for the country that its holder is registered in, wherever it is used. Codes are those of ISO 3166-1 and say nothing about the status of a territory. No finding about any party rests on these figures.'

/** All figures of a distribution; a measure for which nothing is known is left out. */
export function resourcesReport(
  countries: readonly CountryResources[],
  unmatched: Unmatched,
  sources: readonly ResourcesSource[],
): ResourcesReport {
  return {
    notice: resourcesNotice,
    method: lorenzMethod,
    sources,
    inequality: measures.flatMap((measure): readonly MeasureReport[] => {
      const found = inequalityOf(measure, countries)
      if (found === undefined) return []
      const { gini, points } = found
      return [{ measure, title: measureTitles[measure], countries: points.length - 1, gini, points }]
    }),
    unmatched,
    countries: countries.map(countryReport),
  }
}

function countryReport(of: CountryResources): CountryReport {
  const { country, population, amounts, users } = of
  return {
    country,
    population: population.value,
    populationYear: population.year,
    ...amounts,
    ...(users === undefined ? {} : { usersPercent: users.value, usersYear: users.year }),
    ...perPerson(of),
  }
}
