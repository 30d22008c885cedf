import assert from 'node:assert/strict'
import { hash, randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { hashInPool } from './pool-hash.ts'

test('many at once are hashed as one after the other would be', async () => {
  const contents = Array.from({ length: 20 }, (_, i) => new Uint8Array(randomBytes(i * 10_000)))
  assert.deepEqual(
    await Promise.all(contents.map(hashInPool)),
    contents.map((content) => hash('sha256', content, 'hex')),
  )
})

test('what cannot be hashed gives its place back', async () => {
  const shared = new Uint8Array(new SharedArrayBuffer(8))
  const failed = await Promise.allSettled(Array.from({ length: 5 }, () => hashInPool(shared)))
  assert.ok(failed.every(({ status }) => status === 'rejected'))
  assert.equal(await hashInPool(new Uint8Array(0)), hash('sha256', '', 'hex'))
})
