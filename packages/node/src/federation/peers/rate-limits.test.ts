import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addressKey, RateLimits } from './rate-limits.ts'

test('each limit counts for itself, and each who asks', () => {
  let now = 0
  const limits = new RateLimits({ inbox: { perSecond: 1, burst: 2 }, hints: { perSecond: 10, burst: 1 } }, () => now)
  assert.deepEqual([limits.take('inbox', 'a'), limits.take('inbox', 'a'), limits.take('inbox', 'a')], [0, 0, 1])
  assert.equal(limits.take('inbox', 'b'), 0)
  assert.equal(limits.take('hints', 'a'), 0)
  now = 1000
  assert.equal(limits.take('inbox', 'a'), 0)
})

test('what costs more than a burst takes the whole of it, and a limit of undefined is none', () => {
  const limits = new RateLimits({ bytes: { perSecond: 10, burst: 100 }, free: undefined }, () => 0)
  assert.equal(limits.take('bytes', 'a', 1_000_000), 0)
  assert.equal(limits.take('bytes', 'a', 95), 10)
  for (let i = 0; i < 1000; i++) assert.equal(limits.take('free', 'a'), 0)
  assert.equal(limits.size, 1)
})

test('a million strangers take no more memory than is kept, and those who are over their limit are remembered longest', () => {
  let now = 0
  const limits = new RateLimits({ hints: { perSecond: 0.001, burst: 1 } }, () => now, 100)
  for (let i = 0; i < 10_000; i++) limits.take('hints', `stranger ${i}`)
  assert.equal(limits.size, 100)
  assert.ok(limits.take('hints', 'stranger 9999') > 0)
  now = 10_000_000
  for (let i = 0; i < 200; i++) limits.take('hints', 'regular')
  assert.equal(limits.size, 1)
})

test('an address stands for who has it: IPv4 as it is, IPv6 by its /64, this machine for nobody', () => {
  assert.equal(addressKey('9.9.9.9'), '9.9.9.9')
  assert.equal(addressKey('::ffff:9.9.9.9'), '9.9.9.9')
  assert.equal(addressKey('2620:fe::fe'), '2620:fe:0:0::/64')
  assert.equal(addressKey('2620:fe:0:0:1:2:3:4'), '2620:fe:0:0::/64')
  assert.equal(addressKey('10.1.2.3'), '10.1.2.3')
  assert.equal(addressKey('fd00::7'), 'fd00:0:0:0::/64')
  for (const own of ['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1']) assert.equal(addressKey(own), undefined, own)
})
