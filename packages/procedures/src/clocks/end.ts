import { Temporal } from 'temporal-polyfill'
import { ProcedureError } from '../procedure-error.ts'
import type { Length } from './length.ts'
import { isWorkingDay, type Place } from './place.ts'

/** No holiday lasts as long: a place without a single working day in it is a mistake in the data. */
const longestRest = 60

/**
 * When a clock that starts at `start` has run out, in seconds since the epoch.
 *
 * Hours are exact, whatever clocks on walls do. Days and months do not count the day of the start and end with the last
 * second of the last day, in the zone of the place: `the period expires with the end of the day`, as in most laws (for
 * one, Regulation 1182/71 art. 3). Working days leave out what the place does not work on.
 *
 * Throws ProcedureError `unknown-place` for working days of a place without a region.
 */
export function endOf(start: number, length: Length, place: Place): number {
  if ('hours' in length) return start + Math.round(length.hours * 3600)
  const begins = Temporal.Instant.fromEpochMilliseconds(start * 1000).toZonedDateTimeISO(place.zone)
  const last = lastDay(begins.toPlainDate(), length, place)
  // The first moment of the next day, less one second: a day is not always 24 hours long, and 0:00 does not always exist.
  const next = last.add({ days: 1 }).toZonedDateTime(place.zone)
  return Math.floor(next.epochMilliseconds / 1000) - 1
}

function lastDay(first: Temporal.PlainDate, length: Exclude<Length, { hours: number }>, { region }: Place) {
  if ('days' in length) return first.add({ days: length.days })
  if ('months' in length) return first.add({ months: length.months })
  if (region === undefined)
    throw new ProcedureError('unknown-place', 'working days are those of a place: say of which State the clock is')
  let day = first
  let rest = 0
  for (let left = length.workingDays; left > 0;) {
    day = day.add({ days: 1 })
    if (isWorkingDay(day, region)) {
      left -= 1
      rest = 0
    } else if (++rest > longestRest) {
      throw new ProcedureError(
        'unknown-place',
        `${region} has no working day in ${longestRest} days: its holidays are wrong`,
      )
    }
  }
  return day
}

/** The moment as people read it, with hour and zone: `2026-11-22T23:59:59+01:00[Europe/Paris]`. */
export function momentText(at: number, { zone }: Pick<Place, 'zone'>): string {
  return Temporal.Instant.fromEpochMilliseconds(at * 1000)
    .toZonedDateTimeISO(zone)
    .toString()
}
