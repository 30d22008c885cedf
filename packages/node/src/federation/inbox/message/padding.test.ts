import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { maxContentBytes, pad, sizeClasses, unpad } from './padding.ts'

test('content comes out of its frame as it went in, and the frame has one of few sizes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 20_000 }), (content) => {
      const framed = pad(content)
      assert.ok(sizeClasses.some((size) => size === framed.length))
      assert.deepEqual(new Uint8Array(unpad(framed)), content)
    }),
  )
})

test('the smallest class that holds the content is taken, to the byte', () => {
  for (const [i, size] of sizeClasses.entries()) {
    assert.equal(pad(new Uint8Array(size - 4)).length, size)
    if (i + 1 < sizeClasses.length) assert.equal(pad(new Uint8Array(size - 3)).length, sizeClasses[i + 1])
  }
  assert.throws(() => pad(new Uint8Array(maxContentBytes + 1)), { code: 'message-too-large' })
})

test('a frame is one of a kind: nothing hides behind the content, and no larger frame is taken', () => {
  const framed = pad(Buffer.from('hello'))
  const changed = (at: number, value: number) => framed.with(at, value)
  for (const wrong of [
    framed.subarray(1),
    framed.subarray(0, 5),
    new Uint8Array(0),
    changed(4095, 1),
    changed(9, 1),
    changed(0, 255),
    changed(3, 4),
    new Uint8Array(sizeClasses[1]),
  ]) {
    assert.throws(() => unpad(wrong), { code: 'malformed-message' })
  }
})

test('whatever bytes come, they are a frame or malformed', () => {
  fc.assert(
    fc.property(fc.constantFrom(...sizeClasses, 5), fc.uint8Array({ maxLength: 64 }), (size, head) => {
      const bytes = new Uint8Array(size)
      bytes.set(head.subarray(0, size))
      try {
        assert.deepEqual(pad(unpad(bytes)), bytes)
      } catch (error) {
        assert.ok(error instanceof Error && 'code' in error && error.code === 'malformed-message')
      }
    }),
  )
})
