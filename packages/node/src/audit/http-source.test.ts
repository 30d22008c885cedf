import assert from 'node:assert/strict'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { encodeEntryBundle } from '@comity/log'
import { HttpSource } from './http-source.ts'

async function served(
  context: TestContext,
  answer: RequestListener,
): Promise<{ source: HttpSource; pauses: number[] }> {
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  context.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const pauses: number[] = []
  const pause = async (milliseconds: number) => void pauses.push(milliseconds)
  // Safe: a listening TCP server has an address with a port.
  const { port } = server.address() as AddressInfo
  return { source: HttpSource.open(`http://127.0.0.1:${port}/logs/a`, { pause }), pauses }
}

test('a busy server is asked again, after the time it says', async (context) => {
  const answers = [
    { status: 503, headers: {} },
    { status: 429, headers: { 'retry-after': '2' } },
    { status: 200, headers: {} },
  ]
  const { source, pauses } = await served(context, (_, response) => {
    const { status, headers } = answers.shift() ?? { status: 500, headers: {} }
    response.writeHead(status, headers).end('a note')
  })
  assert.equal(Buffer.from(await source.checkpoint()).toString(), 'a note')
  assert.deepEqual(pauses, [250, 2000])
})

test('a server that goes on failing, one that sends elsewhere and one that says no more is an unreachable source', async (context) => {
  const failing = await served(context, (_, response) => response.writeHead(500).end())
  await assert.rejects(failing.source.checkpoint(), { code: 'source-unreachable', message: /status 500/ })
  assert.equal(failing.pauses.length, 3)
  const moved = await served(context, (_, response) =>
    response.writeHead(301, { location: 'https://example.org/' }).end(),
  )
  await assert.rejects(moved.source.checkpoint(), {
    code: 'source-unreachable',
    message: /leads to https:\/\/example.org/,
  })
  const denied = await served(context, (_, response) => response.writeHead(403).end())
  await assert.rejects(denied.source.checkpoint(), { code: 'source-unreachable', message: /status 403/ })
  assert.equal(denied.pauses.length, 0)
})

test('paths begin where the address ends', async (context) => {
  const asked: string[] = []
  const { source } = await served(context, ({ url }, response) => {
    asked.push(url ?? '')
    response.writeHead(404).end()
  })
  assert.equal(await source.tile(1, 0, 256), undefined)
  assert.equal(await source.receipt('ab'), undefined)
  assert.equal(await source.document(`sha256:${'0'.repeat(64)}`), 'absent')
  assert.deepEqual(asked, ['/logs/a/tile/1/000', '/logs/a/entries/ab', `/logs/a/documents/sha256:${'0'.repeat(64)}`])
})

test('a partial bundle that was replaced by the full one is taken from there', async (context) => {
  const full = encodeEntryBundle(Array.from({ length: 256 }, (_, i) => Uint8Array.of(i)))
  const { source } = await served(context, ({ url }, response) => {
    response.writeHead(url?.endsWith('.p/3') === true ? 404 : 200).end(full)
  })
  assert.deepEqual(await source.entries(0, 3), [Uint8Array.of(0), Uint8Array.of(1), Uint8Array.of(2)])
})

test('more bytes than a tile can have are not taken in', async (context) => {
  const { source } = await served(context, (_, response) => response.end(Buffer.alloc(100_000)))
  await assert.rejects(source.tile(0, 0, 256), { code: 'source-unreachable', message: /more than 8192 bytes/ })
})
