import assert from 'node:assert/strict'
import { request } from 'node:http'
import { test } from 'node:test'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { digestOf, product, served, type Served, tellStory } from './server.fixture.ts'

/** The answer as it travels: `fetch` would unpack it. */
function raw({ port }: Served, path: string, headers: Record<string, string> = {}, method = 'GET') {
  return new Promise<{ status: number; headers: Record<string, unknown>; body: Buffer }>((resolve, reject) => {
    const sent = request({ port, path, headers, method, agent: false }, (response) => {
      const pieces: Buffer[] = []
      response.on('data', (piece: Buffer) => pieces.push(piece))
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(pieces) }),
      )
    })
    sent.on('error', reject).end()
  })
}

test('JSON and text over a kibibyte travel compressed to who takes that', async (context) => {
  const served_ = await served(context)
  await tellStory(served_)
  const path = '/api/v1/instruments'
  const plain = await raw(served_, path)
  assert.equal(plain.headers['content-encoding'], undefined)
  assert.equal(plain.headers['vary'], 'accept-encoding')
  const zipped = await raw(served_, path, { 'accept-encoding': 'gzip' })
  assert.equal(zipped.headers['content-encoding'], 'gzip')
  assert.equal(zipped.headers['content-length'], String(zipped.body.length))
  assert.ok(zipped.body.length < plain.body.length / 2)
  assert.deepEqual(gunzipSync(zipped.body), plain.body)
  const smaller = await raw(served_, path, { 'accept-encoding': 'gzip, deflate, br' })
  assert.equal(smaller.headers['content-encoding'], 'br')
  assert.deepEqual(brotliDecompressSync(smaller.body), plain.body)
  for (const page of ['/', '/assets/page.css', '/api/v1/openapi.json']) {
    assert.equal((await raw(served_, page, { 'accept-encoding': 'gzip' })).headers['content-encoding'], 'gzip', page)
  }
  const head = await raw(served_, path, { 'accept-encoding': 'gzip' }, 'HEAD')
  assert.deepEqual([head.body.length, head.headers['content-length']], [0, String(zipped.body.length)])
})

test('who refuses an encoding does not get it', async (context) => {
  const served_ = await served(context)
  const encoding = async (accept: string) =>
    (await raw(served_, '/api/v1/instruments', { 'accept-encoding': accept })).headers['content-encoding']
  assert.equal(await encoding('identity'), undefined)
  assert.equal(await encoding('deflate, zstd'), undefined)
  assert.equal(await encoding('br;q=0, gzip;q=0.5'), 'gzip')
  assert.equal(await encoding('gzip;q=1.0, br;q=0.1'), 'gzip')
  assert.equal(await encoding('*'), 'gzip')
  assert.equal(await encoding('gzip;q=0, *'), undefined)
  assert.equal(await encoding('GZIP ; q=nonsense'), undefined)
})

test('what is small, binary, secret or a document travels as it is', async (context) => {
  const served_ = await served(context)
  await tellStory(served_)
  const { vault, client } = served_
  const zipped = { 'accept-encoding': 'gzip, br' }
  const document = new TextEncoder().encode('{"a":1}'.padEnd(5000))
  await client.putDocument(digestOf(document), document)
  const { secret } = await vault.issueToken({ party: null, admin: true, label: 'x'.repeat(40) })
  for (let i = 0; i < 20; i++) await vault.issueToken({ party: null, admin: false, label: `token ${i}` })
  const admin = { ...zipped, authorization: `Bearer ${secret}` }
  const answers = {
    checkpoint: await raw(served_, '/checkpoint', zipped),
    tile: await raw(served_, `/tile/entries/000.p/${served_.node.head.size}`, zipped),
    document: await raw(served_, `/documents/${digestOf(document)}`, zipped),
    tokens: await raw(served_, '/api/v1/tokens', admin),
    missing: await raw(served_, '/nowhere', zipped),
  }
  for (const [name, { headers }] of Object.entries(answers)) assert.equal(headers['content-encoding'], undefined, name)
  assert.ok(answers.tile.body.length > 1024)
  assert.ok(answers.tokens.body.length > 1024)
})

test('a compressed answer is the same to who asks whether it has changed', async (context) => {
  const served_ = await served(context)
  await tellStory(served_)
  const path = `/api/v1/products/${encodeURIComponent(product)}`
  const zipped = await raw(served_, path, { 'accept-encoding': 'gzip' })
  assert.equal(zipped.headers['content-encoding'], 'gzip')
  const tag = String(zipped.headers['etag'])
  assert.match(tag, /^W\/"/, 'the bytes are not those of the answer without the encoding')
  const again = await raw(served_, path, { 'accept-encoding': 'gzip', 'if-none-match': tag })
  assert.deepEqual([again.status, again.body.length, again.headers['vary']], [304, 0, 'accept-encoding'])
})
