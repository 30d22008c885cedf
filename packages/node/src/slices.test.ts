import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inSlices } from './slices.ts'

test('what takes long lets others have their turn in between, and keeps its order', async () => {
  const seen: number[] = []
  let turns = 0
  const counting = setInterval(() => turns++, 1)
  await inSlices(Array(40).keys(), (item) => {
    const until = performance.now() + 2
    while (performance.now() < until);
    seen.push(item)
  })
  clearInterval(counting)
  assert.deepEqual(seen, [...Array(40).keys()])
  assert.ok(turns >= 10, `${turns} turns for others in 80 ms of work`)
})

test('what fails in a later slice is heard of', async () => {
  const slow = (item: number): void => {
    const until = performance.now() + 3
    while (performance.now() < until);
    if (item === 7) throw new RangeError('seven')
  }
  await assert.rejects(inSlices(Array(10).keys(), slow), RangeError)
})
