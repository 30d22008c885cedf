import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MirrorSources } from './mirror-sources.ts'

const origin = 'log.example.org/a'
const own = 'https://a.example.org'
const other = 'https://b.example.org'
const nobody = () => Promise.reject(new Error('nobody is asked here'))

test('a node that fails is asked again soon, and later each time, until it has answered', () => {
  const sources = MirrorSources.of(origin, own, [own, other], nobody)
  let now = 0
  const waits: number[] = []
  for (let i = 0; i < 8; i++) {
    assert.ok(sources.isOwn)
    assert.equal(sources.failed(now), true)
    const left = now
    assert.match(sources.current(now)?.url ?? '', /^https:\/\/b\.example\.org\/mirrors\//)
    while (sources.current(now)?.url !== own) now += 1
    waits.push(now - left)
  }
  assert.deepEqual(waits, [2, 4, 8, 16, 32, 60, 60, 60])
  sources.succeeded()
  sources.failed(now)
  assert.equal(sources.current(now + 1)?.url.startsWith(other), true)
  assert.equal(sources.current(now + 2)?.url, own)
})

test('where nobody else has the log there is no detour', () => {
  const sources = MirrorSources.of(origin, own, [], nobody)
  assert.equal(sources.failed(0), false)
  assert.equal(sources.current(0)?.url, own)
})
