/** How a guarded fetch deals with answers, against real servers that behave and that do not. */
import assert from 'node:assert/strict'
import type { IncomingMessage } from 'node:http'
import { test } from 'node:test'
import { endlessly, guarded, impatience, serving, speaking } from './guarded-fetch.fixture.ts'

const ok = 'HTTP/1.1 200 OK\r\n'

async function textOf(message: IncomingMessage): Promise<string> {
  let text = ''
  for await (const piece of message) text += String(piece)
  return text
}

test('it fetches as fetch does: status, headers, body, address', async (context) => {
  const { fetch, outcomes } = guarded(context)
  const asked: string[] = []
  const url = await serving(context, (request, response) => {
    asked.push(
      `${request.method} ${request.url} ${request.headers['accept-encoding']} ${request.headers['x-of-caller']}`,
    )
    response.writeHead(201, { 'content-type': 'text/plain', 'set-cookie': ['a=1', 'b=2'] }).end('ünïcode')
  })
  const response = await fetch(`${url}/a?b=c#d`, { headers: { 'x-of-caller': 'yes', 'accept-encoding': 'gzip' } })
  assert.equal(response.status, 201)
  assert.equal(response.ok, true)
  assert.equal(response.url, `${url}/a?b=c`)
  assert.equal(response.headers.get('content-type'), 'text/plain')
  assert.deepEqual(response.headers.getSetCookie(), ['a=1', 'b=2'])
  assert.equal(await response.text(), 'ünïcode')
  assert.deepEqual(asked, ['GET /a?b=c identity yes'])
  assert.deepEqual(outcomes, ['answered'])
})

test('bodies go out as text, bytes and streams, and come in whole', async (context) => {
  const { fetch } = guarded(context)
  const url = await serving(context, async (request, response) => {
    const body = await textOf(request)
    response.end(`${request.headers['content-type'] ?? 'none'} ${request.headers['content-length']} ${body.length}`)
  })
  const post = async (body: NonNullable<RequestInit['body']>, headers = {}) =>
    (await fetch(url, { method: 'POST', body, headers, duplex: 'half' })).text()
  assert.equal(await post('text'), 'text/plain;charset=UTF-8 4 4')
  assert.equal(await post(new Uint8Array(100_000), { 'content-type': 'a/b' }), 'a/b 100000 100000')
  const stream = ReadableStream.from([new Uint8Array(50_000), new Uint8Array(7)])
  assert.equal(await post(stream), 'none undefined 50007')
})

test('answers without a body are answers', async (context) => {
  const { fetch, outcomes } = guarded(context)
  const url = await serving(context, ({ url: path }, response) => response.writeHead(Number(path?.slice(1))).end())
  for (const status of [204, 205, 304]) assert.equal((await fetch(`${url}/${status}`)).status, status)
  const head = await fetch(`${url}/200`, { method: 'HEAD' })
  assert.equal(head.body, null)
  assert.deepEqual(
    outcomes,
    Array.from({ length: 4 }, () => 'answered'),
  )
})

test('the status of an error is an answer, however long or broken its text is', async (context) => {
  const { fetch, outcomes } = guarded(context)
  const url = await serving(context, ({ url: path }, response) => {
    response.writeHead(path === '/busy' ? 500 : 404).end(path === '/long' ? 'x'.repeat(100_000) : 'no such tile')
  })
  const missing = await fetch(`${url}/missing`)
  assert.equal(missing.status, 404)
  assert.equal(await missing.text(), 'no such tile')
  assert.equal((await fetch(`${url}/long`)).status, 404)
  assert.equal((await fetch(`${url}/busy`)).status, 500)
  assert.deepEqual(outcomes, ['answered', 'answered', 'failed'])
})

test('headers that come drop by drop, or never, are not waited for', async (context) => {
  const { fetch } = guarded(context, { patience: impatience })
  const silent = await speaking(context, () => {})
  await assert.rejects(fetch(silent), { code: 'peer-too-slow', message: /did not answer within/ })
  const dripping = await speaking(context, (socket) => {
    socket.write(ok)
    endlessly(socket, 20, () => 'a: b\r\n')
  })
  await assert.rejects(fetch(dripping), { code: 'peer-too-slow' })
  const promising = await speaking(context, (socket) => endlessly(socket, 20, () => 'HTTP/1.1 103 Early Hints\r\n\r\n'))
  await assert.rejects(fetch(promising), { code: 'peer-too-slow' })
})

test('headers without end are too large', async (context) => {
  const { fetch } = guarded(context)
  const url = await speaking(context, (socket) => {
    socket.write(ok)
    endlessly(socket, 1, () => `x-${Math.random()}: ${'y'.repeat(1000)}\r\n`)
  })
  await assert.rejects(fetch(url), { code: 'peer-answer-too-large', message: /headers/ })
})

test('a body that stops, or drips, ends as too slow', async (context) => {
  const { fetch, errors } = guarded(context, { patience: { idle: impatience.idle } })
  const stopping = await speaking(context, (socket) => socket.write(`${ok}Content-Length: 100\r\n\r\nten bytes.`))
  const stopped = await fetch(stopping)
  await assert.rejects(stopped.text(), { code: 'peer-too-slow', message: /silent for 0\.15 s after 10 bytes/ })
  const dripping = await speaking(context, (socket) => {
    socket.write(`${ok}Content-Length: 1000000\r\n\r\n`)
    endlessly(socket, 20, () => 'x')
  })
  const dripped = await fetch(dripping)
  await assert.rejects(dripped.text(), { code: 'peer-too-slow', message: /less than 1000 a second/ })
  assert.deepEqual(
    errors.map(({ code }) => code),
    ['peer-too-slow', 'peer-too-slow'],
  )
})

test('a body has to be there within the time for the whole call', async (context) => {
  const { fetch } = guarded(context, { patience: { bytesPerSecond: 1 } })
  const url = await speaking(context, (socket) => {
    socket.write(`${ok}Transfer-Encoding: chunked\r\n\r\n`)
    endlessly(socket, 20, () => '1\r\nx\r\n')
  })
  const response = await fetch(url, { maxMilliseconds: 1500 })
  await assert.rejects(response.text(), { code: 'peer-too-slow', message: /not done after 1\.5 s/ })
})

test('a reader may take his time without the peer being called slow', async (context) => {
  const { fetch, outcomes } = guarded(context, { patience: { idle: 1000 } })
  const url = await serving(context, (_, response) => response.end('x'.repeat(300_000)))
  const response = await fetch(url)
  let bytes = 0
  for await (const piece of response.body ?? []) {
    if (bytes === 0) await new Promise((resolve) => setTimeout(resolve, 1500))
    bytes += piece.length
  }
  assert.equal(bytes, 300_000)
  assert.deepEqual(outcomes, ['answered'])
})

test('no more bytes are taken than were asked for, announced or not', async (context) => {
  const { fetch } = guarded(context)
  const url = await serving(context, ({ url: path }, response) => {
    if (path === '/announced') response.writeHead(200, { 'content-length': 1_000_000 })
    const more = (): void => void (response.destroyed || response.write('x'.repeat(10_000), more))
    more()
  })
  await assert.rejects(fetch(`${url}/announced`, { maxBytes: 50_000 }), { code: 'peer-answer-too-large' })
  const endless = await fetch(`${url}/endless`, { maxBytes: 50_000 })
  await assert.rejects(endless.arrayBuffer(), { code: 'peer-answer-too-large', message: /50000 bytes/ })
  const exact = await serving(context, (_, response) => response.end('x'.repeat(50_000)))
  assert.equal((await (await fetch(exact, { maxBytes: 50_000 })).arrayBuffer()).byteLength, 50_000)
})

test('nothing is unpacked: an answer in an encoding is refused', async (context) => {
  const { fetch } = guarded(context)
  for (const encoding of ['gzip', 'br', 'zstd', 'deflate, gzip']) {
    const url = await serving(context, (_, response) =>
      response.writeHead(200, { 'content-encoding': encoding }).end('bomb'),
    )
    await assert.rejects(fetch(url), { code: 'peer-answer-malformed', message: /encoding/ }, encoding)
  }
})

test('an answer that is cut off is no answer', async (context) => {
  const { fetch, outcomes } = guarded(context)
  const short = await speaking(context, (socket) => socket.end(`${ok}Content-Length: 100\r\n\r\nten bytes.`))
  await assert.rejects((await fetch(short)).text(), { code: 'peer-unreachable', message: /after 10 of 100 bytes/ })
  const chunked = await speaking(context, (socket) =>
    socket.end(`${ok}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n`),
  )
  await assert.rejects((await fetch(chunked)).text(), { code: 'peer-unreachable', message: /after 5 bytes/ })
  const reset = await speaking(context, (socket) => {
    socket.write(`${ok}Content-Length: 100\r\n\r\nten bytes.`, () => setTimeout(() => socket.resetAndDestroy(), 50))
  })
  await assert.rejects((await fetch(reset)).text(), { code: 'peer-unreachable' })
  const before = await speaking(context, (socket) => socket.resetAndDestroy())
  await assert.rejects(fetch(before), { code: 'peer-unreachable', message: /no answer/ })
  assert.equal(outcomes.filter((outcome) => outcome === 'peer-unreachable').length, 4)
})

test('a body longer than announced ends where it was announced to end', async (context) => {
  const { fetch } = guarded(context)
  const url = await speaking(context, (socket) => socket.write(`${ok}Content-Length: 5\r\n\r\nhello, and more`))
  const text = await fetch(url).then((response) => response.text(), String)
  assert.match(text, /^hello$|peer-|HTTP/)
  assert.doesNotMatch(text, /and more/)
})

test('what is no HTTP is malformed', async (context) => {
  const { fetch } = guarded(context)
  for (const bytes of [
    'SSH-2.0-OpenSSH_9.6\r\n',
    'HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n',
    `${ok}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello`,
    `${ok}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\nhello`,
    `${ok}Content-Length: -5\r\n\r\nhello`,
  ]) {
    const url = await speaking(context, (socket) => socket.end(bytes))
    await assert.rejects(
      fetch(url).then((response) => response.text()),
      { code: 'peer-answer-malformed' },
      bytes,
    )
  }
})

test('who aborts gets his own reason, before the answer and within it', async (context) => {
  const { fetch, outcomes } = guarded(context)
  const silent = await speaking(context, () => {})
  const reason = new Error('enough')
  const before = new AbortController()
  const waiting = fetch(silent, { signal: before.signal })
  setTimeout(() => before.abort(reason), 50)
  await assert.rejects(waiting, reason)
  await assert.rejects(fetch(silent, { signal: AbortSignal.abort(reason) }), reason)
  const stopping = await speaking(context, (socket) => socket.write(`${ok}Content-Length: 100\r\n\r\nten bytes.`))
  const within = new AbortController()
  const response = await fetch(stopping, { signal: within.signal })
  setTimeout(() => within.abort(reason), 50)
  await assert.rejects(response.text(), reason)
  assert.deepEqual(outcomes, ['answered'])
})

test('calls to one peer take turns', async (context) => {
  let underWay = 0
  let most = 0
  const url = await serving(context, (_, response) => {
    most = Math.max(most, (underWay += 1))
    setTimeout(() => {
      underWay -= 1
      response.end('x')
    }, 20)
  })
  const { fetch } = guarded(context, { lane: { atOnce: 3, perSecond: 1000, burst: 1000 } })
  const texts = await Promise.all(Array.from({ length: 20 }, async () => (await fetch(url)).text()))
  assert.equal(texts.length, 20)
  assert.equal(most, 3)
})

test('a body that nobody reads on keeps no place once it was given up', async (context) => {
  const url = await serving(context, (_, response) => response.end('x'.repeat(1_000_000)))
  const { fetch } = guarded(context, { lane: { atOnce: 1, perSecond: 1000, burst: 1000 } })
  for (let i = 0; i < 3; i++) await (await fetch(url)).body?.cancel()
  assert.equal((await (await fetch(url)).arrayBuffer()).byteLength, 1_000_000)
})

test('a peer that asks to be left alone is, for reading and writing apart', async (context) => {
  let asked = 0
  const url = await serving(context, ({ method }, response) => {
    asked += 1
    if (method === 'POST') response.writeHead(503, { 'retry-after': '30' }).end()
    else if (asked > 2) response.writeHead(429, { 'retry-after': new Date(Date.now() + 60_000).toUTCString() }).end()
    else response.end()
  })
  const { fetch, outcomes } = guarded(context)
  assert.equal((await fetch(url, { method: 'POST', body: 'x' })).status, 503)
  const refused = fetch(url, { method: 'POST', body: 'x' })
  await assert.rejects(refused, (error: { code: string; retryAt: number }) => {
    assert.equal(error.code, 'peer-busy')
    assert.ok(Math.abs(error.retryAt - Date.now() / 1000 - 30) < 3)
    return true
  })
  assert.equal((await fetch(url)).status, 200)
  assert.equal((await fetch(url)).status, 429)
  await assert.rejects(fetch(url), { code: 'peer-busy', message: /left alone for (59|60) s/ })
  assert.equal(asked, 3)
  assert.deepEqual(outcomes, ['failed', 'answered', 'failed'])
})

test('a connection that was closed while it was kept open is opened anew', async (context) => {
  let connections = 0
  const url = await serving(context, (request, response) => {
    if (request.socket.listenerCount('counted') === 0) {
      request.socket.on('counted', () => {})
      connections += 1
    }
    response.end('x')
    // As a server does whose patience with an idle connection ends just when it is used.
    if (request.url === '/then-close') setTimeout(() => request.socket.resetAndDestroy(), 30)
  })
  const { fetch } = guarded(context)
  for (let i = 0; i < 5; i++) await (await fetch(url)).text()
  assert.equal(connections, 1)
  await (await fetch(`${url}/then-close`)).text()
  await new Promise((resolve) => setTimeout(resolve, 60))
  assert.equal(await (await fetch(url)).text(), 'x')
  assert.equal(connections, 2)
})

test('closing ends calls that wait for their turn, for an answer or for its rest, and all that come later', async (context) => {
  const { fetch, close } = guarded(context, {
    lane: { atOnce: 2, perSecond: 1000, burst: 1000 },
    patience: { headers: 60_000, idle: 60_000, total: 60_000 },
  })
  const silent = await speaking(context, () => {})
  const stopping = await speaking(context, (socket) => socket.write(`${ok}Content-Length: 100\r\n\r\nten bytes.`))
  const response = await fetch(stopping)
  const calls = [response.text(), fetch(silent), fetch(silent), fetch(silent)]
  setTimeout(close, 50)
  for (const call of calls) await assert.rejects(call, { code: 'peer-unreachable', message: /shutting down/ })
  await assert.rejects(fetch(silent), { code: 'peer-unreachable', message: /shutting down/ })
})
