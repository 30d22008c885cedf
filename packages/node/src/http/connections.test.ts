/** Requests that go wrong before they are requests, and clients that take their time. */
import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { test } from 'node:test'
import { nodeFileSystem, type FileSystem } from '@comity/store'
import { instrumentUrn } from '@comity/statement'
import { queueLimit } from '../pipeline/intake.ts'
import { provider, served, startAt } from './server.fixture.ts'

/** Writes raw bytes, optionally ends, and resolves with everything that comes back. */
function exchange(port: number, bytes: string | Buffer, { end = false } = {}): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const pieces: Buffer[] = []
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true }, () => {
    socket.write(bytes)
    if (end) socket.end()
  })
  socket.on('data', (piece) => pieces.push(piece))
  socket.on('error', reject)
  socket.on('close', () => resolve(Buffer.concat(pieces).toString()))
  socket.on('end', () => socket.end())
  return promise
}

const head = (length: number) =>
  `POST /entries HTTP/1.1\r\nHost: x\r\nContent-Type: application/cose\r\nContent-Length: ${length}\r\nAccept: application/problem+json\r\n\r\n`

test('a body that ends early registers nothing and is told so', async (context) => {
  const { port, node } = await served(context)
  const statement = provider.founding(startAt)
  const sent = Buffer.concat([Buffer.from(head(statement.length)), statement.subarray(0, 100)])
  const answer = await exchange(port, sent, { end: true })
  assert.match(answer, /^HTTP\/1\.1 400 /)
  assert.match(answer, /"code":"body-truncated"/)
  assert.equal(node.head.size, 3)
})

test('a body that does not arrive in time is given up', async (context) => {
  const { port, node } = await served(context, { timeouts: { body: 0.2 } })
  const statement = provider.founding(startAt)
  const sent = Buffer.concat([Buffer.from(head(statement.length)), statement.subarray(0, 100)])
  const answer = await exchange(port, sent)
  assert.match(answer, /^HTTP\/1\.1 408 /)
  assert.match(answer, /request-timeout/)
  assert.match(answer, /connection: close/i)
  assert.equal(node.head.size, 3)
})

test('headers that do not end in time are given up', async (context) => {
  const { port } = await served(context, { timeouts: { headers: 0.2 } })
  const answer = await exchange(port, 'GET / HTTP/1.1\r\nHost: x\r\n')
  assert.match(answer, /^HTTP\/1\.1 408 /)
  assert.match(answer, /request-timeout/)
})

test('bytes that are no HTTP and headers without end are refused', async (context) => {
  const { port } = await served(context)
  assert.match(await exchange(port, '\u0016\u0003\u0001 hello\r\n\r\n'), /malformed-http/)
  assert.match(
    await exchange(port, `GET / HTTP/1.1\r\nHost: x\r\nA: ${'a'.repeat(20_000)}\r\n\r\n`),
    /headers-too-large/,
  )
})

test('a body of another type is refused before it is looked at', async (context) => {
  const { url, node } = await served(context)
  for (const type of ['application/json', 'text/plain', 'application/cose-key']) {
    const response = await fetch(`${url}/entries`, {
      method: 'POST',
      headers: { 'content-type': type, accept: 'application/problem+json' },
      body: new Uint8Array(provider.founding(startAt)),
    })
    assert.equal(response.status, 415, type)
    const problem = (await response.json()) as { code: string; detail: string }
    assert.equal(problem.code, 'wrong-content-type')
    assert.match(problem.detail, /application\/cose/)
  }
  assert.equal(node.head.size, 3)
})

test('a parameter on the content type changes nothing', async (context) => {
  const { url } = await served(context)
  const response = await fetch(`${url}/entries`, {
    method: 'POST',
    headers: { 'content-type': 'application/cose; cose-type="cose-sign1"' },
    body: new Uint8Array(provider.founding(startAt)),
  })
  assert.equal(response.status, 201)
})

/** A disk whose writes become durable only when the gate is open. */
function gated(inner: FileSystem) {
  let gate: Promise<void> = Promise.resolve()
  let reached = Promise.withResolvers<void>()
  const fileSystem: FileSystem = {
    ...inner,
    open: (path, access) => {
      const file = inner.open(path, access)
      const sync = file.fdatasync.bind(file)
      const fdatasync = () => {
        reached.resolve()
        return gate.then(sync)
      }
      return Object.assign(file, { fdatasync })
    },
  }
  /** Returns what opens the gate again, and a promise that resolves when a write stands before it. */
  const close = () => {
    const opening = Promise.withResolvers<void>()
    gate = opening.promise
    reached = Promise.withResolvers<void>()
    return { open: opening.resolve, reached: reached.promise }
  }
  return { fileSystem, close }
}

test('when the queue is full the node says so, and when to come back', async (context) => {
  const gate = gated(nodeFileSystem())
  const { client, url, node } = await served(context, { fileSystem: gate.fileSystem })
  await client.submit(provider.founding(startAt))
  const statement = (age: number) => provider.sign('support', instrumentUrn('gids'), {}, startAt - age)
  const { open, reached } = gate.close()
  const filed = [node.submit(statement(0))]
  await reached
  // That batch is with the disk; what comes now waits, until one is refused because too many wait.
  const full = Promise.withResolvers<void>()
  for (let age = 1; age <= queueLimit + 1; age++) {
    const submitted = node.submit(statement(age))
    submitted.catch(() => full.resolve())
    filed.push(submitted)
  }
  await full.promise
  const response = await fetch(`${url}/entries`, {
    method: 'POST',
    headers: { 'content-type': 'application/cose' },
    body: new Uint8Array(provider.sign('support', instrumentUrn('code'), {}, startAt)),
  })
  open()
  assert.equal(response.status, 429)
  assert.equal(response.headers.get('comity-code'), 'too-many-requests')
  assert.equal(response.headers.get('retry-after'), '1')
  await Promise.allSettled(filed)
  assert.equal((await client.submit(provider.sign('support', instrumentUrn('code'), {}, startAt))).duplicate, false)
})
