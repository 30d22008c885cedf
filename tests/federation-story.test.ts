/** The story of a federation that `npm run story` tells comes out as it should. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { play } from './federation-story/story.ts'

test('three nodes in three States: one is lost, a forger is caught, a party moves, and all is audited', async () => {
  const lines: string[] = []
  const outcome = await play((line) => lines.push(line))
  for (const line of lines.flatMap((text) => text.split('\n'))) assert.ok([...line].length <= 80, line)
  assert.deepEqual(outcome.provenBy, ['north', 'east'])
  assert.ok(outcome.moved.before > 0 && outcome.moved.after > 0)
  assert.match(outcome.audit, /^EQUAL/)
})
