/**
 * *A vendor publishes, and fifty nodes know*: each mirrors the vendor's log by its own clockwork, matches the advisory
 * against the inventory in its own vault, and tells its party; of two advisories each is told once, and of what it does
 * not run nobody is told anything.
 */
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import type { AlertsResponse, Match } from '@comity/contract'
import { sha256Hex } from '@comity/crypto'
import { ComityNode, createServer, Telling, Vault } from '@comity/node'
import { advisoryUrn, productUrn } from '@comity/statement'
import { type Keeper, actor, keeper } from '@comity/testkit'

const operators = 50

/** Seconds that a read waits; an empty answer is asked for again. */
const readFor = 30

const now = (): number => Math.floor(Date.now() / 1000)

/** Ends what was begun, the last first. */
type Ends = (() => unknown)[]

/** A node with the vault of its keeper. */
async function founded(directory: string, own: Keeper, ends: Ends) {
  const keys = { receipt: own.keys.receipt, log: own.keys.log }
  const node = await ComityNode.found({ directory, keys, party: own.founding(now()), policy: own.policy(now()) })
  ends.push(() => node.close())
  const view = join(directory, 'views', 'vault.db')
  const vault = await Vault.open({ truth: node.truth, view, register: node.reader, now })
  ends.push(() => vault.close())
  node.onBatch(() => vault.wake())
  node.mirrors.onGathered(() => vault.wake())
  const telling = new Telling({ vault, now, allowPrivate: true })
  ends.push(() => telling.stop())
  return { node, vault, telling, party: own.urn }
}

type Founded = Awaited<ReturnType<typeof founded>>

async function served({ node, vault, telling }: Founded, ends: Ends): Promise<string> {
  const app = await createServer({ node, vault, telling })
  ends.push(async () => {
    app.server.closeAllConnections()
    await app.close()
  })
  return app.listen({ host: '127.0.0.1', port: 0 })
}

/** A vendor with a product, at a node that is served. */
async function vendor(directory: string, ends: Ends) {
  const own = keeper('fifty told vendor’s node')
  const house = await founded(directory, own, ends)
  const { node } = house
  const author = actor('fifty told vendor', own.origin)
  const gateway = productUrn(author.urn, 'gateway')
  await node.submit(author.founding(now()))
  const updatePolicy = { mechanism: 'download', consent: 'required', security: 'separate', rollback: true } as const
  await node.submit(author.sign('product', gateway, { name: 'Gateway', updatePolicy }, now()))
  const publish = async (id: string, component: string): Promise<void> => {
    const date = new Date(now() * 1000).toISOString().replace('.000Z', 'Z')
    const ranges = [{ type: 'SEMVER', events: [{ introduced: '0' }, { fixed: '2.0.0' }] }]
    const affected = [{ package: { ecosystem: 'npm', name: component }, ranges }]
    const bytes = Buffer.from(JSON.stringify({ schema_version: '1.7.0', id, modified: date, affected }))
    const document = `sha256:${sha256Hex(bytes)}`
    await node.documents.put(document, bytes)
    const documents = [{ digest: document, size: bytes.length, type: 'application/json' }]
    const times = { published: date, modified: date }
    const payload = { id, title: `Of ${component}`, products: [gateway], document, documents, ...times }
    await node.submit(author.sign('advisory', advisoryUrn(author.urn, id), payload, now()))
  }
  return { node, publish, url: await served(house, ends) }
}

/** An operator that mirrors the vendor's log, with an inventory of these packages. */
async function operator(directory: string, i: number, url: string, packages: readonly string[], ends: Ends) {
  const house = await founded(directory, keeper(`fifty told operator ${i}`), ends)
  const components = packages.map((name) => {
    return { type: 'library', name, version: '1.0.0', purl: `pkg:npm/${name}@1.0.0` }
  })
  const sbom = { bomFormat: 'CycloneDX', specVersion: '1.6', components }
  await house.vault.addInventory(house.party, 'plant', Buffer.from(JSON.stringify(sbom)))
  await house.node.peers.add({ url, allowPrivate: true })
  const failed: unknown[] = []
  house.node.startClockwork((error) => failed.push(error))
  return { ...house, failed }
}

type Operator = Awaited<ReturnType<typeof operator>>

/** A match as the vault and the API have it. */
type Said = Pick<Match, 'state'> & {
  readonly component: { readonly name: string }
  readonly advisory: { readonly sub?: string }
}

/** What an alert says, in one line. */
function lineOf({ match: { advisory, component, state } }: { readonly match: Said }): string {
  return `${advisory.sub?.split(':').at(-1)} ${component.name} ${state}`
}

/** Reads alerts with a waiting read, from one to the next. */
function reader({ telling, party }: Operator): () => Promise<string[]> {
  let cursor: string | undefined
  return async () => {
    for (;;) {
      const page = await telling.alerts(party, { cursor, limit: 10, wait: readFor })
      cursor = page.next
      if (page.alerts.length > 0) return page.alerts.map(lineOf)
    }
  }
}

/** The same over HTTP, with a token of the party. */
async function httpReader(of: Operator, ends: Ends): Promise<() => Promise<string[]>> {
  const url = await served(of, ends)
  const { secret } = await of.vault.issueToken({ party: of.party, admin: false, label: 'reader' })
  const headers = { authorization: `Bearer ${secret}` }
  let place = ''
  return async () => {
    for (;;) {
      const response = await fetch(`${url}/api/v1/vault/alerts?wait=${readFor}${place}`, { headers })
      assert.equal(response.status, 200)
      // Safe: the server answers under this very schema.
      const page = (await response.json()) as AlertsResponse
      place = `&cursor=${page.next}`
      if (page.items.length > 0) return page.items.map(lineOf)
    }
  }
}

/** A receiver as the documentation has it: it refuses what is not signed, and passes over what it has seen. */
async function webhook(of: Operator, ends: Ends): Promise<() => Promise<string[]>> {
  const seen = new Set<string>()
  const lines: string[][] = []
  let secret = ''
  let heard = Promise.withResolvers<void>()
  const server = createHttpServer(async (request, response) => {
    const pieces: Buffer[] = []
    for await (const piece of request) pieces.push(piece)
    const body = Buffer.concat(pieces).toString()
    const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signature } = request.headers
    const key = Buffer.from(secret.replace('whsec_', ''), 'base64')
    const expected = `v1,${createHmac('sha256', key).update(`${id}.${at}.${body}`).digest('base64')}`
    if (signature !== expected) return response.writeHead(401).end()
    response.writeHead(204).end()
    if (seen.has(String(id))) return undefined
    seen.add(String(id))
    lines.push(JSON.parse(body).data.alerts.map((match: Said) => lineOf({ match })))
    heard.resolve()
    return undefined
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  ends.push(() => {
    server.closeAllConnections()
    server.close()
  })
  // Safe: a listening TCP server has an address with a port.
  const { port } = server.address() as AddressInfo
  const channel = { kind: 'webhook', url: `http://127.0.0.1:${port}/hook` } as const
  secret = (await of.telling.subscribe(of.party, { channel, detail: 'full' })).secret ?? ''
  of.telling.start()
  return async () => {
    for (;;) {
      const next = lines.shift()
      if (next !== undefined) return next
      await heard.promise
      heard = Promise.withResolvers<void>()
    }
  }
}

/** A new folder, and what is to end before it goes. */
function place(context: TestContext): { folder: string; ends: Ends } {
  const folder = mkdtempSync(join(tmpdir(), 'comity-fifty-'))
  const ends: Ends = []
  context.after(async () => {
    for (const end of ends.toReversed()) await end()
    rmSync(folder, { recursive: true, force: true })
  })
  return { folder, ends }
}

test('a vendor publishes, and fifty nodes that mirror its log tell their parties, each of what it runs and once', async (context) => {
  const { folder, ends } = place(context)
  const { node, publish, url } = await vendor(join(folder, 'vendor'), ends)
  const all: Operator[] = []
  for (let i = 0; i < operators; i++) {
    all.push(await operator(join(folder, `operator-${i}`), i, url, ['pump', 'valve'], ends))
  }
  const bystander = await operator(join(folder, 'bystander'), operators, url, ['lamp'], ends)
  for (const each of [...all, bystander]) {
    while ((each.node.mirrors.states()[0]?.size ?? 0) < node.head.size) await wait(20)
  }
  const [first, second, ...others] = all
  assert.ok(first && second)
  const readers = [await webhook(first, ends), await httpReader(second, ends), ...others.map(reader)]
  for (const [id, component] of [
    ['FIFTY-1', 'pump'],
    ['FIFTY-2', 'valve'],
  ] as const) {
    const looked = Promise.withResolvers<void>()
    const size = node.head.size + 2
    bystander.node.mirrors.onGathered((_, reached) => reached >= size && looked.resolve())
    const told = Promise.all(readers.map((read) => read()))
    await publish(id, component)
    assert.deepEqual(
      await told,
      all.map(() => [`${id} ${component} affected`]),
    )
    await looked.promise
  }
  // Nobody is told again, by whatever way; the list says the same as was told.
  for (const { telling, vault, party, failed } of all) {
    await vault.settled()
    const { alerts, next } = await telling.alerts(party, { limit: 10 })
    assert.deepEqual(alerts.map(lineOf), ['FIFTY-1 pump affected', 'FIFTY-2 valve affected'])
    assert.deepEqual((await telling.alerts(party, { cursor: next, limit: 10 })).alerts, [])
    assert.deepEqual(failed, [])
  }
  await bystander.vault.settled()
  assert.deepEqual(bystander.vault.unreadAdvisories(), [])
  assert.deepEqual((await bystander.telling.alerts(bystander.party, { limit: 10 })).alerts, [])
})
