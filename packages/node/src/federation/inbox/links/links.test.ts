import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test, type TestContext } from 'node:test'
import { createContext, runInContext } from 'node:vm'
import { decodeStatement, publicKeyOf, readPayloadAs, statementUrn, verifySignature } from '@comity/statement'
import { keyFor } from '@comity/testkit'
import { crypto } from '../../../crypto-port.ts'
import { type House, idOf, jwkFor, neighbours, uploaded, written } from '../inbox.fixture.ts'
import { leastPassphrase, sealedPdf } from './sealed-pdf.ts'

/** As much of a document as the page touches. */
class Element {
  textContent = ''
  hidden = false
  disabled = false
  href = ''
  download = ''
  readonly children: (Element | string)[] = []
  readonly #listeners: (() => unknown)[] = []
  append(...children: (Element | string)[]): void {
    this.children.push(...children)
  }
  addEventListener(_: string, listener: () => unknown): void {
    this.#listeners.push(listener)
  }
  async click(): Promise<void> {
    for (const listener of this.#listeners) await listener()
  }
}

/** The page at an address, its own script running as in a browser. */
async function visit(address: string) {
  const url = new URL(address)
  const answer = await fetch(url)
  const html = await answer.text()
  const policy = answer.headers.get('content-security-policy') ?? ''
  const script = /<script type="module">([\s\S]*)<\/script>/.exec(html)?.[1] ?? ''
  const elements = new Map([...html.matchAll(/ id="([a-z]+)"/g)].map(([, id = '']) => [id, new Element()]))
  const saved: Blob[] = []
  const asked: string[] = []
  const globals = {
    document: {
      getElementById: (id: string) => elements.get(id) ?? assert.fail(id),
      createElement: () => new Element(),
      createTextNode: (text: string) => text,
    },
    location: { pathname: url.pathname, hash: url.hash },
    URL: { createObjectURL: (blob: Blob) => saved.push(blob) && 'blob:x', revokeObjectURL: () => {} },
    fetch: (path: string, init?: RequestInit) => {
      asked.push(`${init?.method ?? 'GET'} ${path}`)
      return fetch(new URL(path, url.origin), init)
    },
    crypto: globalThis.crypto,
    setTimeout: () => {},
    TextEncoder,
    TextDecoder,
    Uint8Array,
    DataView,
    Blob,
    BigInt,
    Date,
    Error,
    JSON,
    atob,
    btoa,
    String,
    Number,
    Math,
  }
  const page = createContext({ ...globals, globalThis: globals })
  runInContext(`(() => { ${script} })()`, page)
  const element = (id: string) => elements.get(id) ?? assert.fail(id)
  return { answer, html, policy, script, element, saved, asked, open: () => element('open').click() }
}

async function withLink(context: TestContext) {
  const { houses, clock, settle } = await neighbours(context, ['ministry'])
  const [a] = houses
  assert.ok(a)
  const content = Buffer.alloc(4_500_000, 'evidence ')
  const { upload, attachment } = await uploaded(a, 'evidence.bin', content)
  const message = written(a, {
    to: [],
    other: 'The Registrar, Port of X',
    subject: 'A notice <b>',
    text: 'Dear Registrar,\n<script>alert(1)</script>',
    attachments: [attachment],
  })
  const { id } = await a.client.inbox.send(message, [upload])
  const { url } = await a.client.inbox.makeLink(id, clock.now() + 7 * 86_400)
  return { a, clock, settle, id, address: a.url + url, content }
}

const text = (element: Element) => element.children.map((each) => (typeof each === 'string' ? each : each.textContent))

test('a link opens in a browser, and only then does its sender have a receipt', async (context) => {
  const { a, id, address, content } = await withLink(context)
  const page = await visit(address)
  assert.equal(page.answer.status, 200)
  assert.deepEqual(page.asked, [], 'nothing is fetched before somebody asks for it')
  assert.equal((await a.client.inbox.message(id)).links[0]?.openedAt, undefined)
  await page.open()
  assert.equal(page.element('state').textContent, '')
  assert.equal(page.element('subject').textContent, 'A notice <b>')
  assert.equal(page.element('text').textContent, 'Dear Registrar,\n<script>alert(1)</script>')
  assert.match(page.element('author').textContent, /^ministry \(fictitious\)/)
  const [link] = (await a.client.inbox.message(id)).links
  assert.equal(link?.openedAt, a.clock.now())
  const receipt = decodeStatement(Buffer.from(link?.receipt ?? '', 'base64url'), crypto)
  verifySignature(receipt, publicKeyOf(jwkFor('ministry receipt')), crypto)
  assert.equal(receipt.sub, statementUrn(id))
  assert.equal(readPayloadAs(receipt, 'delivery').how, 'link')
  assert.equal(keyFor('ministry receipt').alg, 'EdDSA')

  const [file] = page.element('files').children
  assert.ok(file instanceof Element)
  const [button] = file.children
  assert.ok(button instanceof Element)
  await button.click()
  assert.ok(content.equals(Buffer.from(await (page.saved[0] ?? assert.fail('nothing was saved')).arrayBuffer())))
  const [signed, shown] = page.element('proof').children
  assert.ok(signed instanceof Element && shown instanceof Element)
  await signed.click()
  await shown.click()
  assert.equal(idOf(Buffer.from(await (page.saved[1] ?? assert.fail('')).arrayBuffer())), id)
  assert.deepEqual(text(page.element('proof')), ['The message as it was signed', 'The receipt that you opened it'])

  const again = await visit(address)
  await again.open()
  assert.equal((await a.client.inbox.message(id)).links[0]?.receipt, link?.receipt, 'the first opening counts')
})

test('the page runs its own script alone, loads nothing from elsewhere, and knows nothing of the message', async (context) => {
  const { address } = await withLink(context)
  const { policy, script, html, answer } = await visit(address)
  const hash = createHash('sha256').update(script).digest('base64')
  assert.ok(policy.includes(`script-src 'sha256-${hash}'`), policy)
  const style = /<style>([\s\S]*)<\/style>/.exec(html)?.[1] ?? ''
  assert.ok(policy.includes(`style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`))
  assert.match(policy, /^default-src 'none'; /)
  assert.ok(!policy.includes('unsafe'))
  assert.ok(!/\b(src|href)=/.test(html.replaceAll(/<script[\s\S]*<\/script>/g, '')), 'no address in the markup')
  assert.equal(answer.headers.get('referrer-policy'), 'no-referrer')
  assert.equal(answer.headers.get('cache-control'), 'no-store')
  for (const secret of ['Registrar', 'notice', 'evidence', 'ministry']) assert.ok(!html.includes(secret), secret)
})

test('the node keeps no key of a link, and what it serves says nothing without it', async (context) => {
  const { a, address } = await withLink(context)
  const url = new URL(address)
  const sealed = Buffer.from(await (await fetch(`${url.origin}${url.pathname}/sealed`)).arrayBuffer())
  assert.equal((sealed.length - 28) % 4096, 0)
  assert.ok(!sealed.includes('Registrar'))
  const secret = Buffer.from(url.hash.slice(1), 'base64url')
  const stream = await a.node.truth.stream('vault')
  for (const record of stream.readRange(0, stream.size)) assert.ok(!Buffer.from(record).includes(secret))
})

test('a link that is not whole, expired, unknown, or claimed to be opened says so', async (context) => {
  const { a, clock, address, id } = await withLink(context)
  const { origin, pathname } = new URL(address)
  const torn = await visit(`${origin}${pathname}#${'A'.repeat(43)}`)
  await torn.open()
  assert.match(torn.element('state').textContent, /not whole/)
  const bare = await visit(`${origin}${pathname}`)
  await bare.open()
  assert.match(bare.element('state').textContent, /not whole/)
  const claim = await fetch(`${origin}${pathname}/opened`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ opener: 'A'.repeat(43) }),
  })
  assert.equal(claim.status, 403)
  assert.equal(((await claim.json()) as { code: string }).code, 'wrong-opener')
  assert.equal((await a.client.inbox.message(id)).links[0]?.openedAt, undefined)
  assert.equal((await fetch(`${origin}${pathname}/attachments/1/0`)).status, 404)
  assert.equal((await fetch(`${origin}${pathname}/attachments/0/9`)).status, 404)
  assert.equal((await fetch(`${origin}/links/${'00'.repeat(16)}`)).status, 404)
  assert.equal((await fetch(`${origin}/links/x`)).status, 404)
  clock.advance(7 * 86_400)
  const expired = await fetch(`${origin}${pathname}`)
  assert.equal(expired.status, 410)
  assert.match(await expired.text(), /has expired/)
  assert.equal((await fetch(`${origin}${pathname}/sealed`)).status, 410)
  const before = [...a.node.truth.blobs.listSealed()].length
  clock.advance(86_400)
  await a.inbox.step(clock.now())
  assert.equal([...a.node.truth.blobs.listSealed()].length, before - 1, 'what was behind it is gone')
})

test('a link is for what one has written oneself, and ends within ninety days', async (context) => {
  const { houses, clock, settle } = await neighbours(context, ['ministry', 'authority'])
  const [a, b] = houses
  assert.ok(a && b)
  const { id } = await a.client.inbox.send(written(a, { to: [b.home.urn], text: 'x' }))
  await settle()
  const now = clock.now()
  const make = (house: House, expiresAt: number) => house.client.inbox.makeLink(id, expiresAt)
  await assert.rejects(make(b, now + 60), { code: 'not-yours' })
  for (const expiresAt of [now, 0, now + 91 * 86_400])
    await assert.rejects(make(a, expiresAt), { code: 'link-expired' })
})

test('a PDF carries text, files and proof under a passphrase, and nothing of it in the clear', async () => {
  const message = {
    author: { urn: `urn:comity:party:${'a1'.repeat(32)}`, name: 'Ministry' },
    other: 'The Registrar',
    subject: 'A notice',
    text: 'Dear Registrar, 你好',
    iat: 1_795_219_200,
    id: '5e'.repeat(32),
    digest: `sha256:${'d1'.repeat(32)}`,
    files: [{ name: 'a.bin', type: 'application/octet-stream', content: Buffer.from('the evidence'), what: 'a file' }],
  }
  const passphrase = 'abcde-fghij-klmno-pqrst'
  const pdf = Buffer.from(await sealedPdf(message, passphrase))
  assert.match(pdf.toString('latin1'), /^%PDF-1\.7/)
  assert.match(pdf.toString('latin1'), /\/CFM \/AESV3/)
  assert.match(pdf.toString('latin1'), /\/EmbeddedFiles/)
  for (const secret of ['the evidence', 'Registrar', 'Ministry', 'a.bin', '你好', passphrase]) {
    assert.ok(!pdf.includes(secret), secret)
  }
  for (const weak of ['', 'short', 'x'.repeat(leastPassphrase - 1), 'ключ'.repeat(10)]) {
    await assert.rejects(sealedPdf(message, weak), { code: 'bad-name' })
  }
  const large = {
    ...message,
    files: [{ name: 'b', type: 'text/plain', content: Buffer.alloc(65 * 2 ** 20), what: '' }],
  }
  await assert.rejects(sealedPdf(large, passphrase), { code: 'attachment-too-large' })
})
