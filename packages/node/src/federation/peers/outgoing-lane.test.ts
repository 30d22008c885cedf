import assert from 'node:assert/strict'
import { test } from 'node:test'
import { OutgoingLane } from './outgoing-lane.ts'

function lane(limits = { atOnce: 2, perSecond: 1000, burst: 1000 }) {
  let milliseconds = 0
  const made = new OutgoingLane({
    name: 'peer',
    limits,
    clock: () => milliseconds,
    now: () => 1000 + milliseconds / 1000,
  })
  return { lane: made, advance: (by: number) => void (milliseconds += by) }
}

/** Lets everything run that waits for nothing but its turn. */
const settle = () => new Promise((resolve) => setImmediate(resolve))

test('calls beyond the limit wait, and begin in the order in which they came', async () => {
  const { lane: own } = lane()
  const begun: number[] = []
  const leave: (() => void)[] = []
  for (let i = 0; i < 5; i++) {
    void own.enter('read', undefined).then((end) => {
      begun.push(i)
      leave.push(end)
    })
  }
  await settle()
  assert.deepEqual(begun, [0, 1])
  leave[0]?.()
  // To leave twice frees one place.
  leave[0]?.()
  await settle()
  assert.deepEqual(begun, [0, 1, 2])
  assert.equal(own.isIdle, false)
  for (let i = 0; i < 5; i++) {
    leave[i]?.()
    await settle()
  }
  assert.deepEqual(begun, [0, 1, 2, 3, 4])
})

test('who is aborted while he waits leaves the queue, and the next one moves up', async () => {
  const { lane: own } = lane({ atOnce: 1, perSecond: 1000, burst: 1000 })
  const first = await own.enter('read', undefined)
  const aborter = new AbortController()
  const second = own.enter('read', aborter.signal)
  const third = own.enter('read', undefined)
  const reason = new Error('enough')
  aborter.abort(reason)
  await assert.rejects(second, reason)
  first()
  const end = await third
  end()
  await assert.rejects(own.enter('read', AbortSignal.abort(reason)), reason)
})

test('calls begin no more often than the rate allows', async () => {
  const own = new OutgoingLane({
    name: 'peer',
    limits: { atOnce: 100, perSecond: 50, burst: 2 },
    clock: () => performance.now(),
    now: () => 0,
  })
  const begunAt = performance.now()
  for (let i = 0; i < 6; i++) (await own.enter('read', undefined))()
  const took = performance.now() - begunAt
  assert.ok(took >= 75, `${took} ms for four more than the burst at 50 a second`)
})

test('a pause that was asked for is kept, for an hour at the most, and says when it ends', async () => {
  const { lane: own, advance } = lane()
  own.pause('read', 10)
  own.pause('read', 5)
  await assert.rejects(own.enter('read', undefined), { code: 'peer-busy', retryAt: 1010 })
  ;(await own.enter('write', undefined))()
  advance(9999)
  await assert.rejects(own.enter('read', undefined), { code: 'peer-busy' })
  advance(1)
  ;(await own.enter('read', undefined))()
  assert.equal(own.isIdle, false)
  own.pause('write', 1_000_000_000)
  advance(3_600_000)
  ;(await own.enter('write', undefined))()
  advance(1000)
  assert.equal(own.isIdle, true)
})

test('a thousand calls may wait, and no more', async () => {
  const { lane: own } = lane({ atOnce: 1, perSecond: 1e6, burst: 1e6 })
  let end = await own.enter('read', undefined)
  const waiting = Array.from({ length: 1024 }, () => own.enter('read', undefined))
  await assert.rejects(own.enter('read', undefined), { code: 'peer-busy', message: /1024 calls/ })
  for (const each of waiting) {
    end()
    end = await each
  }
  end()
})
