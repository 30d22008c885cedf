/** Where a guarded fetch goes, and where it does not, against real servers. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { redirects } from './exchange.ts'
import { guarded, serving } from './guarded-fetch.fixture.ts'

test('only http and https are spoken, without a password in the address', async (context) => {
  const { fetch } = guarded(context)
  for (const url of ['ftp://example.org', 'file:///etc/passwd', 'data:,x', 'no address', 'https://a:b@example.org'])
    await assert.rejects(fetch(url), { code: 'bad-peer-url' }, url)
})

test('what is no peer and nobody published is not asked', async (context) => {
  let asked = 0
  const url = await serving(context, (_, response) => {
    asked += 1
    response.end()
  })
  const { fetch } = guarded(context, {
    destination: (to, { publishedBy }) =>
      publishedBy === 'urn:a' && to.pathname === '/inbox' ? { name: 'a', allowPrivate: true } : undefined,
  })
  await assert.rejects(fetch(url), { code: 'not-a-peer', message: /Add the peer first/ })
  await assert.rejects(fetch(`${url}/admin`, { publishedBy: 'urn:a' }), { code: 'not-a-peer' })
  assert.equal(asked, 0)
  assert.equal((await fetch(`${url}/inbox`, { publishedBy: 'urn:a' })).status, 200)
})

test('addresses of private networks are refused in every spelling, unless allowed', async (context) => {
  let asked = 0
  const url = await serving(context, (_, response) => {
    asked += 1
    response.end('inside')
  })
  const { port } = new URL(url)
  const destination = () => ({ name: 'peer', allowPrivate: false })
  const { fetch } = guarded(context, { destination })
  for (const host of ['127.0.0.1', '127.1', '0x7f.1', '2130706433', 'localhost', '[::1]', '[::ffff:127.0.0.1]'])
    await assert.rejects(
      fetch(`http://${host}:${port}/`),
      { code: 'private-address', message: /--allow-private/ },
      host,
    )
  assert.equal(asked, 0)
  const allowing = guarded(context)
  assert.equal(await (await allowing.fetch(`${url}/`)).text(), 'inside')
  for (const host of ['169.254.169.254', '[fe80::1]', '0.0.0.0', '224.0.0.1', '[64:ff9b::169.254.169.254]'])
    await assert.rejects(allowing.fetch(`http://${host}:${port}/`), { code: 'private-address' }, host)
})

test('a name is resolved once, and what it resolved to is what is connected to', async (context) => {
  const url = await serving(context, ({ headers }, response) => response.end(headers.host))
  const { port } = new URL(url)
  let resolved = 0
  const resolve = async () => {
    resolved += 1
    return ['127.0.0.1']
  }
  const { fetch } = guarded(context, { resolve })
  assert.equal(await (await fetch(`http://peer.example:${port}/`)).text(), `peer.example:${port}`)
  assert.equal(resolved, 1)
})

test('a name that changes its mind between two calls reaches no private address', async (context) => {
  const url = await serving(context, (_, response) => response.end('inside'))
  const { port } = new URL(url)
  const answers = [['192.0.2.1'], ['127.0.0.1'], ['10.0.0.1', '::1'], ['169.254.169.254']]
  const { fetch } = guarded(context, {
    destination: () => ({ name: 'peer', allowPrivate: false }),
    resolve: async () => answers.shift() ?? assert.fail('resolved too often'),
  })
  for (let i = 0; i < 4; i++)
    await assert.rejects(fetch(`http://rebinding.example:${port}/`), { code: 'private-address' })
  assert.deepEqual(answers, [])
})

test('of a name with public and private addresses only the public ones are connected to', async (context) => {
  let asked = 0
  const url = await serving(context, (_, response) => {
    asked += 1
    response.end()
  })
  const { port } = new URL(url)
  // Nobody here answers at the public one: what matters is that the other is not tried in its place.
  const { fetch } = guarded(context, {
    destination: () => ({ name: 'peer', allowPrivate: false }),
    resolve: async () => ['127.0.0.1', '9.9.9.9', '::1'],
  })
  await assert.rejects(fetch(`http://both.example:${port}/`), (error: { code: string }) =>
    ['peer-unreachable', 'peer-too-slow'].includes(error.code),
  )
  assert.equal(asked, 0)
})

test('a name that does not resolve, and a port where nobody listens, is unreachable', async (context) => {
  const { fetch, outcomes } = guarded(context, {
    resolve: async (name) => {
      if (name === 'empty.example') return []
      throw Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), { code: 'ENOTFOUND' })
    },
  })
  await assert.rejects(fetch('http://nowhere.example/'), { code: 'peer-unreachable', message: /ENOTFOUND/ })
  await assert.rejects(fetch('http://empty.example/'), { code: 'peer-unreachable', message: /no address/ })
  await assert.rejects(fetch('http://127.0.0.1:9/'), { code: 'peer-unreachable', message: /ECONNREFUSED/ })
  assert.deepEqual(outcomes, ['peer-unreachable', 'peer-unreachable', 'peer-unreachable'])
})

test('redirects are followed at the same place, three times', async (context) => {
  const { fetch } = guarded(context)
  const url = await serving(context, ({ url: path }, response) => {
    const step = Number(path?.slice(1))
    if (step === 0) response.end('there')
    else response.writeHead(302, { location: `/${step - 1}` }).end()
  })
  const response = await fetch(`${url}/3`)
  assert.equal(await response.text(), 'there')
  assert.equal(response.url, `${url}/0`)
  await assert.rejects(fetch(`${url}/4`), { code: 'peer-redirects', message: /more than 3 times/ })
  await assert.rejects(fetch(`${url}/1`, { redirect: 'error' }), { code: 'peer-redirects' })
  await assert.rejects(fetch(`${url}/1`, { method: 'POST', body: 'x' }), { code: 'peer-redirects' })
  const manual = await fetch(`${url}/1`, { redirect: 'manual' })
  assert.equal(manual.status, 302)
  assert.equal(redirects.has(304), false)
})

test('a redirect to itself, in a circle, elsewhere or inside ends at once', async (context) => {
  const inside = await serving(context, () => assert.fail('nobody may be sent here'))
  const { fetch, outcomes } = guarded(context)
  let asked = 0
  const targets: Record<string, string> = {
    '/self': '/self',
    '/a': '/b',
    '/b': '/a',
    '/inside': `${inside}/secret`,
    '/metadata': 'http://169.254.169.254/latest',
    '/elsewhere': 'https://example.org/',
    '/file': 'file:///etc/passwd',
    '/nonsense': 'http://[',
  }
  const url = await serving(context, ({ url: path }, response) => {
    asked += 1
    // The body of a redirect is nobody's business, and here it has no end.
    response.writeHead(301, { location: targets[path ?? ''] ?? '/' }).write('x')
  })
  for (const path of Object.keys(targets)) await assert.rejects(fetch(url + path), { code: 'peer-redirects' }, path)
  assert.equal(asked, 10)
  await assert.rejects(fetch(`${url}/elsewhere`), {
    message: /give https:\/\/example\.org\/ as the address of this peer/,
  })
  assert.ok(outcomes.every((outcome) => outcome === 'peer-redirects'))
})

test('TLS is spoken to the name that was asked for, and an unknown certificate is no peer', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'comity-peer-tls-'))
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  const [keyFile, certFile] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const subject = ['-subj', '/CN=peer.example', '-addext', 'subjectAltName=DNS:peer.example']
  const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
  execFileSync('openssl', [...made, '-keyout', keyFile, '-out', certFile, ...subject], { stdio: 'ignore' })
  const cert = readFileSync(certFile)
  const server = createTlsServer({ key: readFileSync(keyFile), cert }, (_, response) => response.end('sealed'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  context.after(() => void server.close())
  const { port } = server.address() as AddressInfo // a listening TCP server
  const resolve = async () => ['127.0.0.1']
  const knowing = guarded(context, { resolve, ca: cert })
  assert.equal(await (await knowing.fetch(`https://peer.example:${port}/`)).text(), 'sealed')
  await assert.rejects(knowing.fetch(`https://other.example:${port}/`), { code: 'peer-unreachable' })
  const { fetch } = guarded(context, { resolve })
  await assert.rejects(fetch(`https://peer.example:${port}/`), { code: 'peer-unreachable', message: /self-signed/ })
})
