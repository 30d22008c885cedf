import assert from 'node:assert/strict'
import { test } from 'node:test'
import { digestOf, served } from './server.fixture.ts'
import { rangeOf } from './ranges.ts'

const document = Uint8Array.from({ length: 200_000 }, (_, i) => (i * 7919) % 251)
const digest = digestOf(document)

test('a document is served in parts, so that a broken download goes on where it ended', async (context) => {
  const { url, client } = await served(context)
  await client.putDocument(digest, document)
  const ask = (range: string, more: Record<string, string> = {}) =>
    fetch(`${url}/documents/${digest}`, { headers: { range, ...more } })
  const parts: readonly (readonly [string, number, number])[] = [
    ['bytes=0-0', 0, 1],
    ['bytes=65530-65545', 65_530, 65_546],
    ['bytes=199990-', 199_990, 200_000],
    ['bytes=-10', 199_990, 200_000],
    ['bytes=-900000', 0, 200_000],
    ['bytes=100-900000', 100, 200_000],
  ]
  for (const [range, from, to] of parts) {
    const response = await ask(range)
    assert.equal(response.status, 206, range)
    assert.equal(response.headers.get('content-range'), `bytes ${from}-${to - 1}/200000`)
    assert.equal(response.headers.get('content-length'), String(to - from))
    assert.deepEqual(new Uint8Array(await response.arrayBuffer()), document.slice(from, to), range)
  }
  const first = await ask('bytes=0-99')
  assert.equal(first.headers.get('accept-ranges'), 'bytes')
  assert.equal(first.headers.get('etag'), `"${digest}"`)
  await first.arrayBuffer()
  assert.equal((await ask('bytes=0-99', { 'if-range': `"${digest}"` })).status, 206)
  assert.equal((await ask('bytes=0-99', { 'if-range': '"another"' })).status, 200)
  assert.equal((await ask('bytes=0-99', { 'if-none-match': `"${digest}"` })).status, 304)
  const head = await fetch(`${url}/documents/${digest}`, { method: 'HEAD', headers: { range: 'bytes=0-99' } })
  assert.deepEqual([head.status, head.headers.get('content-length')], [200, '200000'])
})

test('a range outside of the document is refused, and one that is none of ours is passed over', async (context) => {
  const { url, client } = await served(context)
  await client.putDocument(digest, document)
  const empty = digestOf(new Uint8Array())
  await client.putDocument(empty, new Uint8Array())
  const ask = (range: string, which = digest) => fetch(`${url}/documents/${which}`, { headers: { range } })
  for (const range of ['bytes=200000-', 'bytes=200000-300000', 'bytes=-0']) {
    const response = await ask(range)
    assert.equal(response.status, 416, range)
    assert.equal(response.headers.get('content-range'), 'bytes */200000')
    assert.equal(response.headers.get('comity-code'), 'range-not-satisfiable')
    assert.match(await response.text(), /200000 bytes/)
  }
  assert.equal((await ask('bytes=-5', empty)).status, 416)
  for (const range of ['bytes=0-1,5-6', 'bytes=5-1', 'items=0-1', 'bytes', 'bytes=', 'bytes=-', 'bytes=a-b']) {
    const response = await ask(range)
    assert.equal(response.status, 200, range)
    assert.equal((await response.arrayBuffer()).byteLength, 200_000, range)
  }
})

test('numbers too large for a number are no reason to fail', () => {
  assert.deepEqual(rangeOf(`bytes=0-${'9'.repeat(40)}`, 10), { from: 0, to: 10 })
  assert.equal(rangeOf(`bytes=${'9'.repeat(40)}-`, 10), 'unsatisfiable')
  assert.equal(rangeOf(undefined, 10), undefined)
})
