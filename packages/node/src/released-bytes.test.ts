import assert from 'node:assert/strict'
import { test } from 'node:test'
import { releaseBytes } from './released-bytes.ts'

test('released bytes are gone at once, and part of something larger is left alone', () => {
  const whole = new Uint8Array(1000)
  releaseBytes(whole)
  assert.equal(whole.length, 0)
  const large = new Uint8Array(1000).fill(5)
  const part = large.subarray(10, 20)
  releaseBytes(part)
  assert.deepEqual(
    [...part],
    Array.from({ length: 10 }, () => 5),
  )
  assert.equal(large.length, 1000)
  const shared = new Uint8Array(new SharedArrayBuffer(8))
  releaseBytes(shared)
  assert.equal(shared.length, 8)
})
