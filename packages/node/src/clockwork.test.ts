import assert from 'node:assert/strict'
import { test } from 'node:test'
import { renewPause } from './clockwork.ts'

test('findings are renewed every second, and less often the longer that takes', () => {
  assert.equal(renewPause(0), 1000)
  assert.equal(renewPause(10), 1000)
  assert.equal(renewPause(100), 10_000)
  assert.equal(renewPause(60_000), 30_000)
})
