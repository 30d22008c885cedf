import { AssessmentError } from '../assessment-error.ts'
import type { Problems } from './problems.ts'

/** A value of an indicator for one year. */
export interface YearValue {
  readonly year: number
  readonly value: number
}

/** An indicator of the World Bank as read from a file. */
export interface Indicator {
  /** What the caller calls the file. */
  readonly name: string
  /** The indicator's code, such as `SP.POP.TOTL`. */
  readonly id: string
  readonly title: string
  /** Day of the source's last update, as it says, `YYYY-MM-DD`; absent where it says none. */
  readonly updated?: string
  /** By country (ISO 3166-1, two letters), years ascending; years without a value are left out. */
  readonly values: ReadonlyMap<string, readonly YearValue[]>
  /** Rows, or lines, of what is no country: regions, groups of income, the world. */
  readonly aggregates: number
  /** Years of countries for which the source gives no value. */
  readonly empty: number
  readonly problems: Problems
}

/** The value for a year, or without a year the latest one; undefined where the source has none. */
export function valueIn(indicator: Indicator, country: string, year?: number): YearValue | undefined {
  const values = indicator.values.get(country) ?? []
  return year === undefined ? values.at(-1) : values.find((each) => each.year === year)
}

/** Gathers the values of one indicator. */
export class Values {
  empty = 0
  aggregates = 0
  readonly #byCountry = new Map<string, Map<number, number>>()
  readonly #problems: Problems

  constructor(problems: Problems) {
    this.#problems = problems
  }

  add(line: number, country: string, year: number, value: number): void {
    const years = this.#byCountry.get(country) ?? new Map<number, number>()
    this.#byCountry.set(country, years)
    if (years.has(year)) this.#problems.add(line, 'repeated', `${country} has a value for ${year} already`)
    else years.set(year, value)
  }

  sorted(): ReadonlyMap<string, readonly YearValue[]> {
    const countries = [...this.#byCountry].sort(([a], [b]) => (a < b ? -1 : 1))
    return new Map(
      countries.map(([country, years]) => [
        country,
        [...years].map(([year, value]) => ({ year, value })).sort((a, b) => a.year - b.year),
      ]),
    )
  }
}

/** A year as the World Bank writes it. Undefined for quarters, months and ranges. */
export function yearOf(text: string): number | undefined {
  return /^[12][0-9]{3}$/.test(text) ? Number(text) : undefined
}

export function noIndicator(name: string, why: string): AssessmentError {
  return new AssessmentError('bad-source', `${name} is no indicator of the World Bank: ${why}`)
}
