import assert from 'node:assert/strict'
import { test } from 'node:test'
import { simulate } from './simulation.ts'

test('five nodes in bad weather, with power cuts and a forger, agree in the end and prove the forgery', async () => {
  const report = await simulate({ seed: 1, nodes: 5, rounds: 25, liars: true })
  assert.ok(report.statements > 50, JSON.stringify(report))
  assert.ok(report.crashes > 0, JSON.stringify(report))
  assert.ok(report.proofs > 0, JSON.stringify(report))
  assert.ok(report.mirrors >= 4, JSON.stringify(report))
})
