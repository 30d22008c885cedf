import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  advisory,
  digestOf,
  operator,
  osv,
  provider,
  served,
  type Served,
  startAt,
  tellStory,
} from './server.fixture.ts'

const put = (
  { url }: Served,
  digest: string,
  body: Uint8Array<ArrayBuffer> | string | ReadableStream<Uint8Array>,
  headers: Record<string, string> = {},
) => fetch(`${url}/documents/${digest}`, { method: 'PUT', headers, body, duplex: 'half' })

const codeOf = (response: Response) => response.headers.get('comity-code')

test('a document is stored once and served as bytes that no browser runs', async (context) => {
  const served_ = await served(context)
  const page = new TextEncoder().encode('<script>alert(1)</script>')
  const digest = digestOf(page)
  assert.equal((await put(served_, digest, page, { 'content-type': 'text/html' })).status, 201)
  assert.equal((await put(served_, digest, page)).status, 200)
  const got = await fetch(`${served_.url}/documents/${digest}`)
  assert.deepEqual(new Uint8Array(await got.arrayBuffer()), page)
  assert.equal(got.headers.get('content-type'), 'application/octet-stream')
  assert.equal(got.headers.get('x-content-type-options'), 'nosniff')
  assert.match(got.headers.get('content-security-policy') ?? '', /sandbox/)
  assert.match(got.headers.get('content-disposition') ?? '', /^attachment/)
  const head = await fetch(`${served_.url}/documents/${digest}`, { method: 'HEAD' })
  assert.equal(head.headers.get('content-length'), String(page.length))
  const again = await fetch(`${served_.url}/documents/${digest}`, { headers: { 'if-none-match': `"${digest}"` } })
  assert.equal(again.status, 304)
})

test('a document of another digest is refused and nothing of it stays', async (context) => {
  const served_ = await served(context)
  const digest = digestOf(osv)
  const response = await put(served_, digest, 'something else')
  assert.equal(response.status, 400)
  assert.equal(codeOf(response), 'digest-mismatch')
  const missing = await fetch(`${served_.url}/documents/${digest}`)
  assert.equal(missing.status, 404)
  assert.equal(await served_.client.hasDocument(digest), false)
  assert.equal(codeOf(await put(served_, 'sha256:abc', osv)), 'bad-locator')
})

test('a document over the limit of the policy is refused, whether its length is told or not', async (context) => {
  const served_ = await served(context, {
    policy: { limits: { statementBytes: 65_535, documentBytes: 1000, clockSkewSeconds: 300 } },
  })
  const big = new Uint8Array(2000)
  const told = await put(served_, digestOf(big), big)
  assert.equal(told.status, 413)
  assert.equal(codeOf(told), 'document-too-large')
  assert.match(await told.text(), /a document has at most 1000 bytes/)
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(big)
      controller.close()
    },
  })
  const untold = await put(served_, digestOf(big), stream)
  assert.equal(untold.status, 413)
  assert.equal(await served_.client.hasDocument(digestOf(big)), false)
})

test('a withheld document is gone and says so', async (context) => {
  const served_ = await served(context)
  await tellStory(served_)
  const digest = digestOf(osv)
  await served_.client.submit(
    provider.sign('withholding', `urn:comity:document:${digest}`, { ground: 'court-order' }, startAt),
  )
  const response = await fetch(`${served_.url}/documents/${digest}`)
  assert.equal(response.status, 410)
  assert.equal(codeOf(response), 'withheld')
  assert.equal((await put(served_, digest, osv)).status, 410)
  assert.equal((await served_.client.advisory(advisory)).acknowledgements[0]?.party, operator.urn)
})
