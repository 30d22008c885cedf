/** C2SP tlog-witness over real connections. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { sha256Hex } from '@comity/crypto'
import { formatVerifierKey, parseSignatureLines } from '@comity/log'
import { AskingLog, forkOf, keeper, manualClock } from '@comity/testkit'
import { peersCell } from '../federation/peers/peer-list.ts'
import { ComityNode } from '../node.ts'
import { listening } from './server.fixture.ts'

const startAt = 1_795_219_200
const log = new AskingLog('log.example.org/http')
const stranger = new AskingLog('log.example.org/stranger')

async function serving(context: TestContext, { witness = true } = {}) {
  const directory = mkdtempSync(join(tmpdir(), 'comity-http-witness-'))
  const home = keeper('http witness', { witness })
  const { now } = manualClock(startAt)
  const node = await ComityNode.found({
    directory,
    keys: home.keys,
    now,
    party: home.founding(startAt),
    policy: home.policy(startAt),
  })
  const peer = {
    origin: log.origin,
    url: 'http://127.0.0.1:1',
    keeper: home.urn,
    logKeys: [formatVerifierKey(log.key)],
    mirror: false,
    witnessKeys: [],
    allowPrivate: true,
  }
  await node.truth.cells.compareAndSet(peersCell, 0, Buffer.from(JSON.stringify([peer])))
  const { url, port } = await listening(context, { node, directory, now })
  const ask = (body: Uint8Array, headers: Record<string, string> = {}) =>
    fetch(`${url}/witness/add-checkpoint`, { method: 'POST', body: Uint8Array.from(body), headers })
  return { node, home, port, url, ask }
}

test('each status with its body and its content type', async (context) => {
  const { ask } = await serving(context)
  const first = await ask(log.request(0, 7))
  assert.equal(first.status, 200)
  assert.match(first.headers.get('content-type') ?? '', /^text\/plain/)
  assert.equal(first.headers.get('cache-control'), 'no-store')
  assert.deepEqual(
    parseSignatureLines(await first.text()).map(({ signature }) => signature.length),
    [72, 2428],
  )
  const conflict = await ask(log.request(3, 20))
  assert.equal(conflict.status, 409)
  assert.equal(conflict.headers.get('content-type'), 'text/x.tlog.size')
  assert.equal(await conflict.text(), '7\n')
  const wrong = async (body: Buffer): Promise<readonly [number, string | null]> => {
    const response = await ask(body)
    await response.body?.cancel()
    return [response.status, response.headers.get('comity-code')]
  }
  assert.deepEqual(await wrong(stranger.request(0, 7)), [404, 'log-not-witnessed'])
  assert.deepEqual(await wrong(Buffer.from(`old 7\n\n${log.note(20)}`)), [422, 'checkpoint-inconsistent'])
  assert.deepEqual(await wrong(Buffer.from(log.request(7, 20).toString().replace('\n20\n', '\n21\n'))), [
    403,
    'checkpoint-unsigned',
  ])
  assert.deepEqual(await wrong(Buffer.from('old 7\n')), [400, 'bad-request'])
  assert.deepEqual(await wrong(Buffer.from(log.request(7, 20).toString().replace('old 7', 'old 21'))), [
    400,
    'bad-request',
  ])
  assert.deepEqual(await wrong(forkOf(log, 3).request(7, 7)), [422, 'checkpoint-inconsistent'])
})

test('whatever content type the client names, or none, in one piece or in chunks', async (context) => {
  const { ask, url, port } = await serving(context)
  let size = 0
  for (const type of ['text/plain', 'application/octet-stream', 'application/x-www-form-urlencoded']) {
    assert.equal((await ask(log.request(size, ++size), { 'content-type': type })).status, 200, type)
  }
  const body = log.request(size, ++size)
  const pieces = new ReadableStream({
    start(controller) {
      for (const byte of body) controller.enqueue(Uint8Array.of(byte))
      controller.close()
    },
  })
  const chunked: RequestInit & { duplex: 'half' } = { method: 'POST', body: pieces, duplex: 'half' }
  assert.equal((await fetch(`${url}/witness/add-checkpoint`, chunked)).status, 200)
  for (const type of ['', 'content-type:\r\n', 'content-type: nonsense\r\n', 'content-type: text/\r\n']) {
    const bare = log.request(size, ++size)
    assert.match(await raw(port, `${type}content-length: ${bare.length}\r\n`, bare), /^HTTP\/1\.1 200 /, type)
  }
  assert.match(await raw(port, '', Buffer.alloc(0)), /^HTTP\/1\.1 400 /)
})

test('what is too large, or ends early, is refused before anything is decided', async (context) => {
  const { ask, port, node } = await serving(context)
  const large = Buffer.concat([log.request(0, 7), Buffer.alloc(200_000, 'x')])
  const response = await ask(large)
  assert.deepEqual([response.status, response.headers.get('comity-code')], [413, 'body-too-large'])
  const body = log.request(0, 7)
  const truncated = raw(port, `content-length: ${body.length + 10}\r\n`, body, { ends: true })
  assert.match(await truncated, /^(?:HTTP\/1\.1 400 |$)/)
  assert.deepEqual(
    node.truth.cells.names().filter((name) => name.startsWith('witness/')),
    [],
  )
})

test('many at once for one log: each is answered, and one of two that contradict each other wins', async (context) => {
  const { ask } = await serving(context)
  const fork = forkOf(log, 0)
  const answers = await Promise.all(
    Array.from({ length: 40 }, (_, i) => ask(i % 2 === 0 ? log.request(0, 5) : fork.request(0, 5))),
  )
  const bodies = await Promise.all(answers.map(async (answer) => [answer.status, await answer.text()] as const))
  const cosigned = new Set(bodies.filter(([status]) => status === 200).map(([, body]) => body))
  assert.equal(cosigned.size, 1)
  assert.ok(bodies.every(([status]) => [200, 409, 422].includes(status)))
})

test('monitors read the newest checkpoint under the hash of its origin', async (context) => {
  const { ask, url } = await serving(context)
  const path = `${url}/witness/${sha256Hex(Buffer.from(log.origin))}/checkpoint`
  assert.equal((await fetch(path)).status, 404)
  const answer = await (await ask(log.request(0, 7))).text()
  const monitored = await fetch(path)
  assert.equal(monitored.status, 200)
  assert.equal(await monitored.text(), log.note(7) + answer)
  assert.equal((await fetch(`${url}/witness/nothing/checkpoint`)).status, 400)
})

test('a node without witness keys is no witness, and its status names none', async (context) => {
  const { ask, url, home } = await serving(context, { witness: false })
  assert.equal((await ask(log.request(0, 7))).status, 404)
  const status: unknown = await (await fetch(`${url}/api/v1/status`)).json()
  assert.deepEqual((status as { witnessKeys: unknown }).witnessKeys, []) // the schema says so
  assert.equal(home.keys.witness, undefined)
  assert.equal((await fetch(`${url}/witness/add-checkpoint`)).status, 404)
})

test('the keys in the status verify what is answered', async (context) => {
  const { ask, url, node } = await serving(context)
  const status = (await (await fetch(`${url}/api/v1/status`)).json()) as { witnessKeys: readonly string[] } // the schema says so
  assert.deepEqual(status.witnessKeys, node.witnessing.verifierKeys)
  const lines = parseSignatureLines(await (await ask(log.request(0, 7))).text())
  assert.deepEqual(
    lines.map(({ name, keyId }) => `${name}+${keyId.toString(16).padStart(8, '0')}`),
    status.witnessKeys.map((key) => key.split('+', 2).join('+')),
  )
})

/** A request as bytes on a connection of its own; resolves with all that is answered. */
async function raw(port: number, headers: string, body: Uint8Array, { ends = false } = {}): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  let answer = ''
  socket.on('data', (chunk: Buffer) => (answer += chunk.toString('latin1')))
  socket.write(`POST /witness/add-checkpoint HTTP/1.1\r\nhost: x\r\nconnection: close\r\n${headers}\r\n`)
  if (ends) socket.end(body)
  else socket.write(body)
  await once(socket, 'close')
  return answer
}
