import assert from 'node:assert/strict'
import { test } from 'node:test'
import { manualClock } from './clock.ts'

test('a manual clock moves when told to, by whole seconds, never back', () => {
  const clock = manualClock(100)
  clock.advance(20)
  assert.equal(clock.now(), 120)
  assert.throws(() => clock.advance(-1), RangeError)
  assert.throws(() => clock.advance(0.5), RangeError)
})
