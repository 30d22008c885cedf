/** A node as a CSAF aggregator, as a client from outside meets it (CSAF 2.0, requirements 21 to 23). */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { CsafProvider } from '../csaf/csaf-provider.ts'
import { bytesOf, csafDocument, publish } from '../csaf/csaf.fixture.ts'
import { provider as foreign, ProviderServer, type ProviderLike } from '../csaf/following/provider.fixture.ts'
import { ComityNode } from '../node.ts'
import { Sources } from '../sources/sources.ts'
import { manualClock } from '@comity/testkit'
import { type Feed, jsonOf, type Metadata, publicUrl, retrieve, type World } from './csaf-world.fixture.ts'
import { home, listening, productPayload, provider, startAt } from './server.fixture.ts'
import { productUrn } from '@comity/statement'

const wellKnown = `${publicUrl}/.well-known/csaf-aggregator`

interface AggregatorJson {
  readonly aggregator: { readonly category: string }
  readonly csaf_providers: readonly {
    readonly metadata: { readonly url: string; readonly role: string }
    readonly mirrors?: readonly string[]
  }[]
  readonly csaf_publishers?: readonly {
    readonly metadata: { readonly role: string }
    readonly mirrors: readonly string[]
    readonly update_interval: string
  }[]
}

async function world(context: TestContext): Promise<World & { sources: Sources }> {
  const directory = mkdtempSync(join(tmpdir(), 'comity-mirrors-'))
  const clock = manualClock(startAt)
  const now = () => clock.now()
  const founding = { party: home.founding(startAt), policy: home.policy(startAt) }
  const node = await ComityNode.found({ directory, keys: home.keys, now, ...founding })
  const view = join(directory, 'views', 'csaf.db')
  const csaf = CsafProvider.open({ node, view })
  const sources = await Sources.open({ node, view: join(directory, 'views', 'sources.db'), keys: csaf.keys })
  context.after(() => csaf.close())
  context.after(() => sources.close())
  const { url, vault } = await listening(context, { node, directory, now }, { csaf, sources, publicUrl })
  context.after(() => rmSync(directory, { recursive: true, force: true }))
  const ask = (address: string, headers: Record<string, string> = {}) =>
    fetch(address.replace(publicUrl, url), { headers, redirect: 'error' })
  return { node, csaf, sources, vault, ask, url, view, clock }
}

async function follow(context: TestContext, { sources }: { sources: Sources }, name: string, like: ProviderLike) {
  const server = await ProviderServer.start(context)
  const there = await foreign(server, like)
  await sources.add({ address: server.url, name, allowPrivate: true })
  assert.equal((await sources.run(name)).outcome, 'done')
  return { server, there }
}

test('two providers are mirrored: documents as they are, with their own hashes and signatures or this node’s', async (context) => {
  const it = await world(context)
  const { ask } = it
  const trusted = await follow(context, it, 'north', { documents: [{ id: 'N-1' }, { id: 'N-2', label: null }] })
  assert.equal((await ask(`${wellKnown}/aggregator.json`)).status, 404, 'one is no list')
  const server = await ProviderServer.start(context)
  await foreign(server, { role: 'csaf_publisher', list: 'directory', publisher: 'South', documents: [{ id: 'S-1' }] })
  for (const extension of ['.sha512', '.asc']) server.remove(`/csaf/white/2026/s-1.json${extension}`)
  await it.sources.add({ address: server.url, name: 'south', allowPrivate: true, every: 7200 })
  await it.sources.run('south')

  const list = await jsonOf<AggregatorJson>(ask(`${wellKnown}/aggregator.json`))
  assert.equal(list.aggregator.category, 'aggregator')
  assert.deepEqual(
    list.csaf_providers.map(({ metadata, mirrors }) => [metadata.role, metadata.url, mirrors]),
    [
      [
        'csaf_trusted_provider',
        `${trusted.server.url}/.well-known/csaf/provider-metadata.json`,
        [`${wellKnown}/north/provider-metadata.json`],
      ],
    ],
  )
  assert.deepEqual(
    list.csaf_publishers?.map(({ metadata, mirrors, update_interval: interval }) => [metadata.role, mirrors, interval]),
    [['csaf_publisher', [`${wellKnown}/south/provider-metadata.json`], 'every 120 minutes']],
  )
  const own = it.csaf.keys.listed.map(({ fingerprint }) => fingerprint)
  for (const [name, keys, documents] of [
    ['north', [trusted.there.key.fingerprint], 2],
    ['south', own, 1],
  ] as const) {
    const metadata = await jsonOf<Metadata>(ask(`${wellKnown}/${name}/provider-metadata.json`))
    assert.equal(metadata.canonical_url, `${wellKnown}/${name}/provider-metadata.json`)
    const listed = metadata.public_openpgp_keys.map(({ fingerprint }) => fingerprint)
    assert.deepEqual(
      listed.filter((each) => keys.includes(each)),
      [...keys],
    )
    const got: unknown[] = []
    for (const { url } of metadata.distributions.flatMap(({ rolie }) => rolie?.feeds ?? [])) {
      for (const { content, link } of (await jsonOf<Feed>(ask(url))).feed.entry) {
        const links = link.map(({ href }) => href)
        got.push(await retrieve(it, content.src, links, metadata))
        const path = content.src.replace(`${wellKnown}/${name}/`, '')
        assert.match(path, /^(white|unlabeled)\/2026\/[ns]-\d\.json$/)
      }
    }
    assert.equal(got.length, documents)
  }
  const original = trusted.server.text('/csaf/white/2026/n-1.json.asc')
  assert.equal(await (await ask(`${wellKnown}/north/white/2026/n-1.json.asc`)).text(), original)
  assert.equal((await ask(`${wellKnown}/nobody/provider-metadata.json`)).status, 404)
  assert.equal((await ask(`${wellKnown}/north/../../../etc/passwd`)).status, 404)

  await it.sources.remove('south')
  const less = await ask(`${wellKnown}/aggregator.json`)
  assert.equal(less.status, 404)
  assert.equal((await ask(`${wellKnown}/south/provider-metadata.json`)).status, 404)
})

test('a party of this log and one that is mirrored are a list, and no aggregator', async (context) => {
  const it = await world(context)
  await it.node.submit(provider.founding(startAt))
  await it.node.submit(provider.sign('product', productUrn(provider.urn, 'gateway'), productPayload, startAt))
  await publish(it.node, provider, { id: 'a', bytes: bytesOf(csafDocument()), at: startAt })
  await it.csaf.settled()
  await follow(context, it, 'north', {})
  const list = await jsonOf<AggregatorJson>(it.ask(`${wellKnown}/aggregator.json`))
  assert.equal(list.aggregator.category, 'lister')
  assert.deepEqual(
    list.csaf_providers.map(({ mirrors }) => mirrors),
    [undefined, undefined],
  )
})
