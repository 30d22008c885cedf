import assert from 'node:assert/strict'
import { type IncomingMessage, type ServerResponse } from 'node:http'
import { test } from 'node:test'
import fc from 'fast-check'
import { impatience, serving, speaking } from '../../federation/peers/guarded-fetch.fixture.ts'
import { clockTolerance, isGenuine, mintWebhookSecret, signatureHeaders } from './standard-webhooks.ts'
import { WebhookCaller } from './webhook.ts'

const now = () => 1_795_219_200
const secret = mintWebhookSecret()

async function bodyOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = []
  for await (const piece of request) pieces.push(piece as Buffer) // a byte stream
  return Buffer.concat(pieces).toString()
}

function textHeaders({ headers }: IncomingMessage): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))
}

test('a message is signed as Standard Webhooks has it: its published vector', () => {
  const published = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
  const headers = signatureHeaders(published, {
    id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    timestamp: 1_614_265_330,
    body: '{"test": 2432232314}',
  })
  assert.equal(headers['webhook-signature'], 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=')
})

test('another body, identifier, time or secret does not verify, nor does an old message', () => {
  const text = fc.string({ maxLength: 40 })
  fc.assert(
    fc.property(text, text, fc.integer({ min: 0, max: 2 ** 31 }), (id, body, timestamp) => {
      const headers = signatureHeaders(secret, { id, timestamp, body })
      assert.ok(isGenuine(secret, headers, body, timestamp))
      assert.ok(
        isGenuine(
          secret,
          { ...headers, 'webhook-signature': `v1,AAAA ${headers['webhook-signature']}` },
          body,
          timestamp,
        ),
      )
      assert.ok(!isGenuine(secret, headers, `${body}.`, timestamp))
      assert.ok(!isGenuine(secret, { ...headers, 'webhook-id': `${id}x` }, body, timestamp))
      assert.ok(!isGenuine(secret, { ...headers, 'webhook-timestamp': String(timestamp + 1) }, body, timestamp))
      assert.ok(!isGenuine(mintWebhookSecret(), headers, body, timestamp))
      assert.ok(!isGenuine(secret, headers, body, timestamp + clockTolerance + 1))
      assert.ok(!isGenuine(secret, {}, body, timestamp))
    }),
    { numRuns: 100 },
  )
})

test('a receiver gets the body as it was signed', async (context) => {
  const seen: boolean[] = []
  const url = await serving(context, async (request, response) => {
    const body = await bodyOf(request)
    seen.push(isGenuine(secret, textHeaders(request), body, now()) && body === '{"ü":1}')
    response.writeHead(204).end()
  })
  const caller = new WebhookCaller({ now, allowPrivate: true })
  context.after(() => caller.close())
  assert.deepEqual(await caller.call({ url, secret }, 'msg_1', '{"ü":1}'), { told: true })
  assert.deepEqual(seen, [true])
})

test('what a receiver answers decides whether it is asked again, and when', async (context) => {
  const answers: readonly (readonly [(response: ServerResponse) => void, object])[] = [
    [(response) => response.writeHead(503, { 'retry-after': '90' }).end(), { status: 503, retryAfter: 90 }],
    [(response) => response.writeHead(429, { 'retry-after': '999999999' }).end(), { status: 429, retryAfter: 86_400 }],
    [(response) => response.writeHead(500).end('x'.repeat(200_000)), { status: 500 }],
    [(response) => response.writeHead(401).end(), { status: 401 }],
    [(response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(), { status: 302 }],
    [(response) => response.writeHead(410).end(), { status: 410, code: 'gone', isFinal: true }],
  ]
  for (const [answer, more] of answers) {
    const url = await serving(context, (_, response) => answer(response))
    // Each of its own: who asks to be left alone is left alone by name.
    const caller = new WebhookCaller({ now, allowPrivate: true })
    const outcome = await caller.call({ url, secret }, 'msg_1', '{}')
    assert.deepEqual(outcome, { told: false, code: 'refused', isFinal: false, ...more })
    caller.close()
  }
})

test('an address of a private network is not connected to, unless the keeper allows that', async (context) => {
  let calls = 0
  const url = await serving(context, (_, response) => {
    calls += 1
    response.writeHead(200).end()
  })
  const guarded = new WebhookCaller({ now })
  const resolving = new WebhookCaller({ now, resolve: async () => ['127.0.0.1'] })
  context.after(() => [guarded, resolving].forEach((each) => each.close()))
  const { port } = new URL(url)
  for (const [caller, target] of [
    [guarded, url],
    [guarded, `http://[::1]:${port}`],
    [guarded, 'http://169.254.169.254/latest/meta-data'],
    [resolving, `http://siem.example:${port}`],
  ] as const) {
    const outcome = await caller.call({ url: target, secret }, 'msg_1', '{}')
    assert.deepEqual(outcome, { told: false, code: 'not-permitted', isFinal: false })
  }
  assert.equal(calls, 0)
})

test('a receiver that hangs, breaks off or says nonsense was not reached', async (context) => {
  const urls = [
    await speaking(context, () => undefined),
    await speaking(context, (socket) => socket.destroy()),
    await speaking(context, (socket) => socket.end('not http at all\r\n\r\n')),
  ]
  const caller = new WebhookCaller({ now, allowPrivate: true, patience: impatience })
  context.after(() => caller.close())
  for (const url of urls) {
    const outcome = await caller.call({ url, secret }, 'msg_1', '{}')
    assert.ok(!outcome.told)
    assert.deepEqual([outcome.code, outcome.isFinal], ['not-reached', false])
  }
})
