import assert from 'node:assert/strict'
import { test } from 'node:test'
import { killRounds } from './soak/kill-rounds.ts'

test('acknowledged-is-durable: ten rounds of kill -9 under load, then an audit', async () => {
  const { statements, size } = await killRounds({ rounds: 10, seed: 20_111_209 })
  assert.ok(statements > 0)
  assert.ok(size > statements)
})
