import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Turns } from './turns.ts'

test('work under one name runs in turn, also after a failure; under another it does not wait', async () => {
  const turns = new Turns()
  const done: string[] = []
  const gate = Promise.withResolvers<void>()
  const first = turns.take('a', async () => {
    await gate.promise
    done.push('a1')
    throw new Error('failed')
  })
  const second = turns.take('a', async () => {
    done.push('a2')
    return 2
  })
  await turns.take('b', async () => done.push('b1'))
  assert.deepEqual(done, ['b1'])
  gate.resolve()
  await assert.rejects(first, { message: 'failed' })
  assert.equal(await second, 2)
  assert.deepEqual(done, ['b1', 'a1', 'a2'])
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(turns.size, 0)
})
