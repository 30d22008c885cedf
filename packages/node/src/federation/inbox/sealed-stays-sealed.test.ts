import assert from 'node:assert/strict'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { decodeStatement } from '@comity/statement'
import { randomFrom } from '@comity/testkit'
import { crypto } from '../../crypto-port.ts'
import { FederationError } from '../federation-error.ts'
import type { Fetch } from '../peers/peer.ts'
import { type House, idOf, neighbours, uploaded, written } from './inbox.fixture.ts'

const secrets = {
  text: 'the quiet river runs at midnight',
  subject: 'Substation Seven',
  file: 'hidden-turbine.csv',
  content: 'amplitude,31.4159265358979',
  correspondence: 'fedcba98'.repeat(8),
}

/** Every way in which a text may stand somewhere. */
function writings(text: string): readonly Buffer[] {
  const utf8 = Buffer.from(text)
  // Base64 at each of its three alignments, without the characters that depend on what stands beside.
  const base64 = [0, 1, 2].map((shift) =>
    Buffer.concat([Buffer.alloc(shift), utf8])
      .toString('base64')
      .slice(4, -4),
  )
  const writing = [
    utf8.toString('hex'),
    ...base64,
    ...base64.map((each) => each.replaceAll('+', '-').replaceAll('/', '_')),
  ]
  return [utf8, Buffer.from(text, 'utf16le'), ...writing.map((each) => Buffer.from(each))]
}

function filesOf(directory: string): readonly { readonly path: string; readonly bytes: Buffer }[] {
  return readdirSync(directory, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path, bytes: readFileSync(path) }))
}

/** What a stranger can read of a node: every address without a token, with what stands in the log for parameters. */
async function publicBytes({ url, node }: House): Promise<Buffer> {
  const document = (await (await fetch(`${url}/api/v1/openapi.json`)).json()) as { paths: Record<string, object> } // ours
  const id = decodeStatement(node.ledger.leaf(1), crypto).id
  const values: Readonly<Record<string, string>> = {
    id,
    urn: node.keeper,
    party: node.keeper,
    origin: node.origin,
    level: 'entries',
    path: '000',
    kid: 'x',
  }
  const answers: Buffer[] = []
  for (const path of [...Object.keys(document.paths), '/', '/tile/entries/000.p/4', '/links/x', '/inbox/x']) {
    const address = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? 'x'))
    const answer = await fetch(url + address)
    answers.push(Buffer.from(JSON.stringify([...answer.headers])), Buffer.from(await answer.arrayBuffer()))
  }
  assert.ok(answers.length > 80, 'all addresses are read')
  return Buffer.concat(answers)
}

async function metricsOf({ url }: House): Promise<string> {
  return (await fetch(`${url}/metrics`)).text()
}

test('sealed-stays-sealed: no byte of a message, nor that there was one, shows in what others see', async (context) => {
  const random = randomFrom(20_211_206)
  const network =
    (fetch: Fetch): Fetch =>
    async (url, init) => {
      // One call in three fails, so that there are errors to look at too.
      if (random() < 1 / 3) throw new FederationError('peer-unreachable', `${url} does not answer`)
      return fetch(url, init)
    }
  const { houses, clock, settle } = await neighbours(context, ['ministry', 'authority'], { network })
  const [a, b] = houses
  assert.ok(a && b)
  const before = await Promise.all(houses.map(metricsOf))
  const heads = houses.map(({ node }) => node.head.size)
  const { upload, attachment } = await uploaded(a, secrets.file, Buffer.from(secrets.content.repeat(200_000)))
  const message = written(
    a,
    { to: [b.home.urn], subject: secrets.subject, text: secrets.text, attachments: [attachment] },
    secrets.correspondence,
  )
  const id = idOf(message)
  await a.client.inbox.send(message, [upload])
  const { url } = await a.client.inbox.makeLink(id, clock.now() + 86_400)
  for (let rounds = 0; rounds < 20; rounds++) {
    await settle()
    clock.advance(60)
  }
  assert.equal((await b.client.inbox.message(id)).text, secrets.text)
  assert.deepEqual((await b.client.inbox.message(id)).whole, [true])
  assert.deepEqual(await Promise.all(houses.map(metricsOf)), before, 'nothing counts what is sealed')
  assert.deepEqual(
    houses.map(({ node }) => node.head.size),
    heads,
    'nothing of it enters the log',
  )

  // Two hours of the same length, one with traffic and one without.
  clock.advance(3600)
  await settle()
  clock.advance(3600)
  await settle()
  const found = new Map<string, string>()
  const link = url.split('#')[0]?.slice(-32) ?? ''
  const { digest } = attachment
  const all = { ...secrets, id, digest: digest.slice(7), sealed: attachment.sealed.slice(7), link }
  for (const house of houses) {
    const bytes = await publicBytes(house)
    const files = filesOf(house.directory)
    const shown = files.filter(({ path }) => /public|blobs|cells|hashes/.test(path.slice(house.directory.length)))
    assert.ok(shown.length >= 5, shown.map(({ path }) => path).join())
    for (const [name, text] of Object.entries(all)) {
      const forms = writings(text)
      const isIn = (where: Buffer) => forms.some((form) => where.includes(form))
      if (isIn(bytes)) found.set(`${house.label}: answers`, name)
      for (const { path, bytes: content } of shown) if (isIn(content)) found.set(path, name)
      // The vault holds it, and holds it sealed.
      for (const { path, bytes: content } of files) {
        if (name !== 'link' && isIn(content) && !path.endsWith('/tokens')) found.set(path, name)
      }
      for (const line of house.log) if (isIn(Buffer.from(line))) found.set(`${house.label}: log`, name)
      for (const defect of house.defects) {
        const said = inspect(defect, { depth: 10, showHidden: true })
        if (isIn(Buffer.from(said))) found.set(`${house.label}: error`, name)
      }
    }
  }
  assert.deepEqual([...found], [])

  for (const { node } of houses) {
    const entries = Array.from({ length: node.head.size }, (_, i) => decodeStatement(node.ledger.leaf(i), crypto))
    const commitments = entries.filter(({ kind }) => kind === 'commitment')
    assert.equal(commitments.length, 2)
    assert.equal(new Set(commitments.map(({ leaf }) => leaf.length)).size, 1)
    assert.equal(new Set(commitments.map(({ iat }) => iat % 3600)).size, 1)
    const after = entries.slice(entries.findIndex(({ kind }) => kind === 'commitment'))
    assert.deepEqual(
      after.map(({ kind }) => kind),
      ['commitment', 'time', 'commitment', 'time'],
      'the hours look alike',
    )
  }
})

test('sealed-stays-sealed: an error inside says nothing of what was being sealed', async (context) => {
  const { houses } = await neighbours(context, ['ministry', 'authority'])
  const [a, b] = houses
  assert.ok(a && b)
  const message = written(a, { to: [b.home.urn], subject: secrets.subject, text: secrets.text }, secrets.correspondence)
  const broken = new Error(`cannot write ${secrets.text}`)
  a.inbox.send = () => Promise.reject(broken)
  const answer: unknown = await a.client.inbox.send(message).catch((error: unknown) => error)
  assert.ok(answer instanceof Error)
  b.inbox.reception.take = () => Promise.reject(broken)
  const brought = await fetch(`${b.url}/inbox/${b.home.urn.slice(-64)}`, { method: 'POST', body: 'x' })
  const said = [inspect(answer, { depth: 10 }), await brought.text(), ...a.log, ...b.log].join('\n')
  assert.match(said, /internal-error/)
  assert.equal(a.log.length + b.log.length, 2)
  for (const text of [secrets.text, secrets.subject]) assert.ok(!said.includes(text), said)
})
