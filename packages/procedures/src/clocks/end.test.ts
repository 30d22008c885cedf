import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Temporal } from 'temporal-polyfill'
import { endOf, momentText } from './end.ts'
import type { Length } from './length.ts'
import { isWorkingDay, type Place, requirePlace } from './place.ts'

const at = (text: string): number => Date.parse(text) / 1000
const ends = (start: string, length: Length, place: Place): string => momentText(endOf(at(start), length, place), place)

test('hours are exact, also where clocks are set forward or back', () => {
  const paris = { zone: 'Europe/Paris' }
  assert.equal(ends('2026-03-28T12:00:00Z', { hours: 24 }, paris), '2026-03-29T14:00:00+02:00[Europe/Paris]')
  assert.equal(ends('2026-10-24T12:00:00Z', { hours: 24 }, paris), '2026-10-25T13:00:00+01:00[Europe/Paris]')
})

test('days end with the last of them where the clock is, also on days of 23 and 25 hours', () => {
  const paris = { zone: 'Europe/Paris' }
  assert.equal(ends('2026-03-19T09:30:00Z', { days: 10 }, paris), '2026-03-29T23:59:59+02:00[Europe/Paris]')
  assert.equal(ends('2026-10-15T09:30:00Z', { days: 10 }, paris), '2026-10-25T23:59:59+01:00[Europe/Paris]')
  // Late in the evening in UTC it is the next day already in Tokyo.
  assert.equal(
    ends('2026-05-01T22:00:00Z', { days: 1 }, { zone: 'Asia/Tokyo' }),
    '2026-05-03T23:59:59+09:00[Asia/Tokyo]',
  )
  // There is no midnight on the day on which Beirut sets its clocks forward.
  assert.equal(
    ends('2026-03-27T10:00:00Z', { days: 1 }, { zone: 'Asia/Beirut' }),
    '2026-03-28T23:59:59+02:00[Asia/Beirut]',
  )
})

test('months end on the same day, or on the last where there is none', () => {
  const utc = { zone: 'UTC' }
  assert.equal(ends('2027-01-31T10:00:00Z', { months: 1 }, utc), '2027-02-28T23:59:59+00:00[UTC]')
  assert.equal(ends('2026-11-22T10:00:00Z', { months: 12 }, utc), '2027-11-22T23:59:59+00:00[UTC]')
  assert.equal(ends('2028-02-29T10:00:00Z', { months: 12 }, utc), '2029-02-28T23:59:59+00:00[UTC]')
})

test('working days leave out the weekend and the holidays of the place', () => {
  // Easter 2026 is on 5 April: Good Friday and Easter Monday are days of rest in Germany.
  const berlin = { zone: 'Europe/Berlin', region: 'DE' }
  assert.equal(ends('2026-04-01T08:00:00Z', { workingDays: 3 }, berlin), '2026-04-08T23:59:59+02:00[Europe/Berlin]')
  // Epiphany is one in Bavaria and none in Berlin.
  const bavaria = { zone: 'Europe/Berlin', region: 'DE-BY' }
  assert.equal(ends('2026-01-05T08:00:00Z', { workingDays: 1 }, bavaria), '2026-01-07T23:59:59+01:00[Europe/Berlin]')
  assert.equal(ends('2026-01-05T08:00:00Z', { workingDays: 1 }, berlin), '2026-01-06T23:59:59+01:00[Europe/Berlin]')
  // Where the week ends with Friday and Saturday, Sunday is a day of work.
  const cairo = { zone: 'Africa/Cairo', region: 'EG' }
  assert.equal(ends('2026-11-19T08:00:00Z', { workingDays: 1 }, cairo), '2026-11-22T23:59:59+02:00[Africa/Cairo]')
})

test('working days run over the night on which clocks change, and end with the day as it is then', () => {
  const berlin = { zone: 'Europe/Berlin', region: 'DE' }
  assert.equal(ends('2026-03-27T09:00:00Z', { workingDays: 1 }, berlin), '2026-03-30T23:59:59+02:00[Europe/Berlin]')
  assert.equal(ends('2026-10-23T09:00:00Z', { workingDays: 1 }, berlin), '2026-10-26T23:59:59+01:00[Europe/Berlin]')
  assert.equal(ends('2026-03-27T09:00:00Z', { hours: 72 }, berlin), '2026-03-30T11:00:00+02:00[Europe/Berlin]')
})

test('what is no place is said', () => {
  assert.throws(() => requirePlace({ zone: 'Mars/Olympus' }), { code: 'unknown-place', message: /IANA/ })
  assert.throws(() => requirePlace({ zone: 'UTC', region: 'XX' }), { code: 'unknown-place', message: /ISO 3166-1/ })
  assert.throws(() => requirePlace({ zone: 'UTC', region: 'de' }), { code: 'unknown-place' })
  assert.throws(() => endOf(0, { workingDays: 1 }, { zone: 'UTC' }), { code: 'unknown-place', message: /which State/ })
  requirePlace({ zone: 'Africa/Nairobi', region: 'KE' })
})

test('an end lies behind its start, never on a day of rest, and a longer length never ends earlier', () => {
  const place = fc.constantFrom<Required<Place>>(
    { zone: 'America/Santiago', region: 'CL' },
    { zone: 'Asia/Kolkata', region: 'IN' },
    { zone: 'Europe/Warsaw', region: 'PL' },
    { zone: 'Africa/Casablanca', region: 'MA' },
    { zone: 'Pacific/Chatham', region: 'NZ' },
    { zone: 'Asia/Riyadh', region: 'SA' },
  )
  const unit = fc.constantFrom('hours', 'days', 'workingDays', 'months')
  const moment = fc.integer({ min: at('2020-01-01'), max: at('2035-01-01') })
  fc.assert(
    fc.property(moment, fc.integer({ min: 1, max: 30 }), unit, place, (start, count, of, where) => {
      const length = { [of]: count } as unknown as Length // one member, of the name and the form that a length has
      const longer = { [of]: count + 1 } as unknown as Length
      const end = endOf(start, length, where)
      assert.ok(end > start)
      assert.ok(endOf(start, longer, where) > end)
      if (of !== 'workingDays') return
      const day = Temporal.Instant.fromEpochMilliseconds(end * 1000)
        .toZonedDateTimeISO(where.zone)
        .toPlainDate()
      assert.ok(isWorkingDay(day, where.region), `${day.toString()} in ${where.region}`)
    }),
    { numRuns: 300 },
  )
})
