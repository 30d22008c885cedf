import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { test } from 'node:test'
import { endOf } from './end.ts'
import { holidayBooks, useHolidays } from './holidays.ts'

const start = Date.UTC(2026, 11, 23, 10) / 1000

test('holidays are loaded when a clock first counts working days, and not before', () => {
  const isLoaded = (): boolean =>
    Object.keys(createRequire(import.meta.url).cache).some((path) => path.includes('date-holidays'))
  endOf(start, { days: 3 }, { zone: 'Europe/Paris' })
  assert.ok(!isLoaded())
  endOf(start, { workingDays: 3 }, { zone: 'Europe/Paris', region: 'FR' })
  assert.ok(isLoaded())
})

test('a browser that cannot load them is given them', () => {
  const known = holidayBooks()
  class Given extends known {}
  useHolidays(Given)
  assert.equal(holidayBooks(), Given)
  useHolidays(known)
})
