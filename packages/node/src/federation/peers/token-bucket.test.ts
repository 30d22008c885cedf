import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { TokenBucket } from './token-bucket.ts'

test('a burst at once, then as many as come back', () => {
  const bucket = new TokenBucket({ perSecond: 2, burst: 3 }, 0)
  assert.deepEqual([bucket.take(0), bucket.take(0), bucket.take(0), bucket.take(0)], [0, 0, 0, 500])
  assert.equal(bucket.take(499), 1)
  assert.equal(bucket.take(500), 0)
  assert.equal(bucket.isFull(1999), false)
  assert.equal(bucket.isFull(2000), true)
  assert.deepEqual([bucket.take(60_000, 3), bucket.take(60_000)], [0, 500])
})

test('whoever waits as long as he is told gets in, and in no span more get in than burst and rate allow', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 50 }),
      fc.integer({ min: 1, max: 20 }),
      fc.array(fc.nat(400), { minLength: 1, maxLength: 200 }),
      (perSecond, burst, gaps) => {
        const bucket = new TokenBucket({ perSecond, burst }, 0)
        let now = 0
        let taken = 0
        for (const gap of gaps) {
          now += gap
          const wait = bucket.take(now)
          if (wait === 0) taken += 1
          else {
            now += wait
            assert.equal(bucket.take(now), 0)
            taken += 1
          }
          assert.ok(taken <= burst + (now / 1000) * perSecond + 1e-6)
        }
      },
    ),
  )
})

test('a clock that goes back gives nothing and takes nothing', () => {
  const bucket = new TokenBucket({ perSecond: 1, burst: 1 }, 1000)
  assert.equal(bucket.take(1000), 0)
  assert.equal(bucket.take(0), 1000)
  assert.equal(bucket.take(2000), 0)
})
