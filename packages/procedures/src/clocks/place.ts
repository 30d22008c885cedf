import { Temporal } from 'temporal-polyfill'
import type Holidays from 'date-holidays'
import { ProcedureError } from '../procedure-error.ts'
import { holidayBooks } from './holidays.ts'

/**
 * Where a clock runs: the time zone whose days are counted, and the State, with a region where that matters, whose
 * holidays and working week are known.
 */
export interface Place {
  /** IANA name, such as `Europe/Paris`; `UTC` where nobody said otherwise. */
  readonly zone: string
  /** ISO 3166-1, two letters; 3166-2 behind a hyphen, such as `DE-BY`. Absent where only days of the calendar count. */
  readonly region?: string
}

/**
 * Days of rest in States whose week does not end with Saturday and Sunday, as ISO 8601 numbers them: Monday is 1.
 * Unverified: gathered from common knowledge, not from the law of each State; agreed clocks go before them.
 */
const restDays: Readonly<Record<string, readonly number[]>> = {
  AE: [6, 7],
  AF: [5],
  BD: [5, 6],
  BH: [5, 6],
  DJ: [5],
  DZ: [5, 6],
  EG: [5, 6],
  IL: [5, 6],
  IQ: [5, 6],
  IR: [5],
  JO: [5, 6],
  KW: [5, 6],
  LY: [5, 6],
  MV: [5, 6],
  NP: [6],
  OM: [5, 6],
  PS: [5, 6],
  QA: [5, 6],
  SA: [5, 6],
  SD: [5, 6],
  SY: [5, 6],
  YE: [5, 6],
}

const commonRest: readonly number[] = [6, 7]

/** Throws ProcedureError `unknown-place` for a zone that no clock knows and a region whose holidays are not known. */
export function requirePlace({ zone, region }: Place): void {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(zone)
  } catch (cause) {
    throw new ProcedureError(
      'unknown-place',
      `"${zone.slice(0, 80)}" is no time zone: give one by its IANA name, such as Europe/Paris`,
      { cause },
    )
  }
  if (region !== undefined) bookOf(region)
}

/** Whether people of a place work on that day. */
export function isWorkingDay(day: Temporal.PlainDate, region: string): boolean {
  const state = region.slice(0, 2)
  if ((restDays[state] ?? commonRest).includes(day.dayOfWeek)) return false
  return !holidaysOf(region, day.year).has(day.toString())
}

/** By region and year: computing a year's holidays takes milliseconds. */
const years = new Map<string, ReadonlySet<string>>()
const yearsKept = 512

function holidaysOf(region: string, year: number): ReadonlySet<string> {
  const name = `${region} ${year}`
  const known = years.get(name)
  if (known !== undefined) return known
  const days = new Set(
    bookOf(region)
      .getHolidays(year)
      .filter(({ type }) => type === 'public')
      .flatMap(({ date }) => date.slice(0, 10)),
  )
  if (years.size >= yearsKept) years.clear()
  years.set(name, days)
  return days
}

const books = new Map<string, Holidays>()

function bookOf(region: string): Holidays {
  const known = books.get(region)
  if (known !== undefined) return known
  const [state = '', part] = region.split('-', 2)
  const Books = holidayBooks()
  const isState = Object.hasOwn(new Books().getCountries(), state)
  if (!isState || (part !== undefined && !Object.hasOwn(new Books().getStates(state), part))) {
    throw new ProcedureError(
      'unknown-place',
      `the holidays of "${region.slice(0, 20)}" are not known: name a State by its two letters (ISO 3166-1), with a region behind a hyphen where that matters`,
    )
  }
  const book = part === undefined ? new Books(state) : new Books(state, part)
  books.set(region, book)
  return book
}
