import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ClientError, createClient, eachItem, encodeConciseProblem, mediaType, problemOf } from '../index.ts'

/** A client whose requests are answered by `answer`, and what it asked. */
function clientOf(answer: (request: Request) => Response, baseUrl = 'https://node.invalid/base') {
  const asked: Request[] = []
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const request = new Request(input, init)
    asked.push(request)
    return answer(request)
  }
  return { client: createClient({ baseUrl, token: 'comity_x', fetch }), asked }
}

const json = (value: unknown, status = 200, type: string = mediaType.json) =>
  new Response(JSON.stringify(value), { status, headers: { 'content-type': type } })

test('addresses keep the path of the base, and names in them are encoded', async () => {
  const { client, asked } = clientOf(() => json({}))
  await client.party('urn:comity:party:ab')
  await client.statements({ kind: 'product', limit: 5 })
  await client.tile(0, 1234)
  assert.deepEqual(
    asked.map((each) => each.url),
    [
      'https://node.invalid/base/api/v1/parties/urn%3Acomity%3Aparty%3Aab',
      'https://node.invalid/base/api/v1/statements?kind=product&limit=5',
      'https://node.invalid/base/tile/0/x001/234',
    ],
  )
  assert.equal(asked[0]?.headers.get('authorization'), 'Bearer comity_x')
})

test('a problem becomes an error with its code, in either encoding', async () => {
  const problem = problemOf('not-yours', { detail: 'belongs to another' })
  const asJson = clientOf(() => json({ ...problem, refusal: 'AQI' }, 400, mediaType.problem)).client
  const concise = encodeConciseProblem({
    title: 'Rejected',
    detail: 'belongs to another',
    code: 'not-yours',
    refusal: Uint8Array.of(1, 2),
  })
  const asCbor = clientOf(
    () => new Response(new Uint8Array(concise), { status: 400, headers: { 'content-type': mediaType.conciseProblem } }),
  ).client
  for (const client of [asJson, asCbor]) {
    await assert.rejects(client.submit(Uint8Array.of(0)), (error) => {
      assert.ok(error instanceof ClientError)
      assert.equal(error.code, 'not-yours')
      assert.equal(error.message, 'belongs to another')
      assert.equal(error.problem?.refusal, 'AQI')
      return true
    })
  }
})

test('an answer that is none of this interface is told as such', async () => {
  const proxy = clientOf(() => new Response('<h1>Bad gateway</h1>', { status: 502 })).client
  await assert.rejects(proxy.status(), { code: 'unexpected-response', status: 502 })
  const newer = clientOf(() =>
    json({ type: 'x', title: 'New', status: 400, code: 'not-known-yet' }, 400, mediaType.problem),
  ).client
  await assert.rejects(newer.status(), { code: 'unexpected-response', message: /400: New/ })
  const text = clientOf(() => new Response('hello')).client
  await assert.rejects(text.status(), { code: 'unexpected-response' })
  const noLocation = clientOf(() => new Response('x', { status: 201 })).client
  await assert.rejects(noLocation.submit(Uint8Array.of(0)), { code: 'unexpected-response' })
})

test('a node that does not answer is unreachable, with the reason', async () => {
  const fetch = async () => {
    throw new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') })
  }
  const client = createClient({ baseUrl: 'http://127.0.0.1:1', fetch })
  await assert.rejects(client.status(), { code: 'unreachable', message: /ECONNREFUSED/ })
})

test('when to come back is passed on', async () => {
  const busy = () =>
    new Response(JSON.stringify(problemOf('too-many-requests')), {
      status: 429,
      headers: { 'content-type': mediaType.problem, 'retry-after': '1' },
    })
  await assert.rejects(clientOf(busy).client.submit(Uint8Array.of(0)), { code: 'too-many-requests', retryAfter: 1 })
})

test('pages are followed to the last one', async () => {
  const { client } = clientOf((request) => {
    const cursor = new URL(request.url).searchParams.get('cursor')
    return json(cursor === null ? { items: [{ urn: 'a' }], next: '1' } : { items: [{ urn: 'b' }] })
  })
  const urns: string[] = []
  for await (const { urn } of eachItem(client.parties, { limit: 1 })) urns.push(urn)
  assert.deepEqual(urns, ['a', 'b'])
})
