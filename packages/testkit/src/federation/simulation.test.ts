import assert from 'node:assert/strict'
import { test } from 'node:test'
import { simulate } from './simulation.ts'

test('five nodes in bad weather, with power cuts, a lost disk and liars, agree in the end and prove the forgery', async () => {
  const report = await simulate({ seed: 1, nodes: 5, rounds: 15, liars: true })
  const text = JSON.stringify(report)
  assert.ok(report.statements > 30 && report.crashes > 0 && report.messages > 3, text)
  assert.equal(report.recovered, 1, text)
  assert.equal(report.proofs, 3, text)
})

test('a faithless peer that answers as it should in the end is followed to its end, and a seed goes one way', async () => {
  const options = { seed: 2, nodes: 5, rounds: 4, liars: true }
  const report = await simulate(options)
  assert.equal(report.proofs, 3, JSON.stringify(report))
  assert.deepEqual(await simulate(options), report)
})

test('sealed-stays-sealed: an hour with messages looks like one without, in the logs and on the network', async () => {
  const report = await simulate({ seed: 17, nodes: 4, rounds: 3, liars: false, hours: true })
  assert.ok(report.messages >= 6, JSON.stringify(report))
})

test('fifty nodes agree', async () => {
  const report = await simulate({ seed: 50, nodes: 50, rounds: 2, liars: true })
  const text = JSON.stringify(report)
  assert.equal(report.proofs, 48, text)
  assert.ok(report.mirrors > 150 && report.entries > 600, text)
})
