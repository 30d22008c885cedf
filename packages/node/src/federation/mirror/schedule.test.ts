import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Schedule, defaultPace } from './mirror-state.ts'

/** The rest that a log comes to which has no news and takes so many seconds to say so. */
function restOf(took: number): number {
  const schedule = new Schedule(defaultPace, () => 1)
  schedule.afterSuccess(true, took)
  return Array.from({ length: 20 }, () => schedule.afterSuccess(false, took)).at(-1) ?? Number.NaN
}

test('a quiet log is asked again within a second where asking is cheap, and rarely over a slow line', () => {
  assert.ok(restOf(0.005) < 1)
  assert.ok(Math.abs(restOf(0.07) - 0.7) < 1e-9)
  assert.equal(restOf(0.3), 3)
  assert.equal(restOf(0.8), 5)
  assert.equal(restOf(60), 5)
})

test('a log with news is asked again at once, however slow it is, and one that fails twice as late each time', () => {
  const schedule = new Schedule(defaultPace, () => 1)
  assert.equal(schedule.afterSuccess(true, 3), defaultPace.busy)
  const waits = Array.from({ length: 12 }, () => schedule.afterFailure())
  assert.deepEqual(waits.slice(0, 4), [1, 2, 4, 8])
  assert.equal(waits.at(-1), defaultPace.longestRetry)
  schedule.afterSuccess(false, 0)
  assert.equal(schedule.afterFailure(), 1)
})
