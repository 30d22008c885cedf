import { AssessmentError } from '../assessment-error.ts'
import { isCountry } from './countries.ts'
import type { CountryResources } from './distribution.ts'
import { type ResourcesReport, resourcesReport, type ResourcesSource } from './report.ts'

/** What `samples/resources.json` holds: figures of one day, with where each is from. */
interface SampleFile {
  /** Day of the registries' statistics. */
  readonly dated: string
  readonly populationYear: number
  readonly sources: readonly ResourcesSource[]
  /** Countries with numbers registered whose population the source does not have. */
  readonly withoutPopulation: readonly string[]
  readonly countries: readonly {
    readonly country: string
    readonly population: number
    readonly ipv4: number
    /** Networks of /48. */
    readonly ipv6: number
    /** Percentage of the population, in `usersYear`. */
    readonly users?: number
    readonly usersYear?: number
  }[]
}

/**
 * The figures of the sample file.
 *
 * @throws AssessmentError `bad-source` for a file of another form
 */
export function sampleReport(text: string): ResourcesReport {
  // Safe: the file is part of this project, and what could be mistaken in it is looked at here and in its test.
  const sample = JSON.parse(text) as SampleFile
  const countries = sample.countries.map((row): CountryResources => {
    const { country, population, ipv4, ipv6, users, usersYear } = row
    if (!isCountry(country) || !(population > 0) || !(ipv4 >= 0) || !(ipv6 >= 0)) {
      throw new AssessmentError('bad-source', `the sample has a row of another form: ${JSON.stringify(row)}`)
    }
    return {
      country,
      population: { year: sample.populationYear, value: population },
      amounts: { ipv4, ipv6 },
      ...(users === undefined || usersYear === undefined ? {} : { users: { year: usersYear, value: users } }),
    }
  })
  const withoutResources = countries.filter(({ amounts }) => amounts.ipv4 === 0 && amounts.ipv6 === 0)
  const unmatched = {
    withoutPopulation: sample.withoutPopulation,
    withoutResources: withoutResources.map(({ country }) => country),
  }
  return resourcesReport(countries, unmatched, sample.sources)
}
