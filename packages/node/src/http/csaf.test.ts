/** The provider trees of a node as a client from outside meets them (CSAF 2.0, section 7). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { partyHex } from '@comity/statement'
import { bytesOf, csafDocument, publish } from '../csaf/csaf.fixture.ts'
import { type Feed, jsonOf, type Metadata, other, publicUrl, retrieve, treeOf, world } from './csaf-world.fixture.ts'
import { home, osv, provider, startAt } from './server.fixture.ts'

test('a client finds the keeper by the well-known place and security.txt, prefers ROLIE, and checks what it gets', async (context) => {
  const there = await world(context)
  const { node, csaf, ask } = there
  const absent = await ask(`${publicUrl}/.well-known/csaf/provider-metadata.json`)
  assert.equal(absent.status, 404)
  const first = csafDocument()
  await publish(node, home, { id: 'NORTH-2026:001', bytes: bytesOf(first), at: startAt })
  const second = csafDocument({ id: '2022_#01-A', label: null, current: '2026-11-21T08:00:00+02:00' })
  await publish(node, home, { id: 'second', bytes: bytesOf(second), at: startAt })
  await publish(node, home, { id: 'osv', bytes: osv, at: startAt })
  await csaf.settled()

  const text = await (await ask(`${publicUrl}/.well-known/security.txt`)).text()
  const named = text.split('\n').flatMap((line) => (line.startsWith('CSAF: ') ? [line.slice('CSAF: '.length)] : []))
  assert.deepEqual(named, [`${publicUrl}/.well-known/csaf/provider-metadata.json`])
  const metadata = await jsonOf<Metadata>(ask(named[0] ?? ''))
  assert.equal(metadata.canonical_url, named[0])
  assert.deepEqual(metadata, await jsonOf(ask(`${treeOf(home.urn)}/provider-metadata.json`)), 'one and the same')
  assert.deepEqual([metadata.role, metadata.publisher.name], ['csaf_trusted_provider', 'North'])

  const { feeds } = metadata.distributions.find(({ rolie }) => rolie !== undefined)?.rolie ?? assert.fail('no ROLIE')
  assert.deepEqual(
    feeds.map(({ tlp_label: label }) => label),
    ['WHITE', 'UNLABELED'],
  )
  const got: unknown[] = []
  for (const { url } of feeds) {
    const { feed } = await jsonOf<Feed>(ask(url))
    for (const { content, link } of feed.entry) {
      got.push(
        await retrieve(
          there,
          content.src,
          link.map(({ href }) => href),
          metadata,
        ),
      )
    }
  }
  assert.deepEqual(got, [first, second])

  // Then by directory: the same files.
  const directories = metadata.distributions.flatMap(({ directory_url: url }) => url ?? [])
  const listed: string[] = []
  for (const directory of directories) {
    const index = await (await ask(`${directory}index.txt`)).text()
    const changes = await (await ask(`${directory}changes.csv`)).text()
    for (const path of index.trim().split('\n')) {
      listed.push(path)
      assert.match(changes, new RegExp(`^"${path}","[^"]+"$`, 'm'))
      const names = ['sha256', 'sha512', 'asc'].map((extension) => `${directory}${path}.${extension}`)
      await retrieve(there, directory + path, names, metadata)
      const page = await (await ask(`${directory}${path.slice(0, 5)}`)).text()
      assert.match(page, new RegExp(`<a href="${path.slice(5)}">`))
    }
    assert.match(await (await ask(directory)).text(), /<a href="2026\/">/)
  }
  assert.deepEqual(listed, ['2026/north-2026_001.json', '2026/2022_01-a.json'])
  const categories = await jsonOf<object>(ask(`${treeOf(home.urn)}/category-white.json`))
  assert.match(JSON.stringify(categories), /"term":"Gateway"/)
  assert.match(JSON.stringify(await jsonOf(ask(`${publicUrl}/.well-known/csaf/service.json`))), /feed-tlp-white\.json/)
})

test('two parties have two trees, and the node lists both without a mirror', async (context) => {
  const { node, csaf, ask } = await world(context)
  const list = `${publicUrl}/.well-known/csaf-aggregator/aggregator.json`
  await publish(node, provider, { id: 'a', bytes: bytesOf(csafDocument()), at: startAt })
  await csaf.settled()
  assert.equal((await ask(list)).status, 404)
  await publish(node, other, { id: 'a', bytes: bytesOf(csafDocument({ publisher: 'South' })), at: startAt })
  await csaf.settled()
  const { aggregator, csaf_providers: providers } = await jsonOf<{
    aggregator: { category: string }
    csaf_providers: { metadata: { url: string; publisher: { name: string } }; mirrors?: unknown }[]
  }>(ask(list))
  assert.equal(aggregator.category, 'lister')
  assert.deepEqual(providers.map(({ metadata }) => metadata.publisher.name).toSorted(), ['North', 'South'])
  for (const { metadata, mirrors } of providers) {
    assert.equal(mirrors, undefined)
    assert.equal((await jsonOf<Metadata>(ask(metadata.url))).canonical_url, metadata.url)
  }
  assert.equal((await ask(`${publicUrl}/.well-known/csaf/provider-metadata.json`)).status, 404, 'the keeper has none')
  assert.doesNotMatch(await (await ask(`${publicUrl}/.well-known/security.txt`)).text(), /CSAF/)
})

test('what a client has is not sent again, large lists are packed, and nothing is a redirect', async (context) => {
  const { node, csaf, ask, url } = await world(context)
  for (let i = 0; i < 12; i++) {
    const id = `NORTH-${i}`
    await publish(node, provider, { id, bytes: bytesOf(csafDocument({ id })), at: startAt })
  }
  await csaf.settled()
  const tree = treeOf(provider.urn)
  const files = ['provider-metadata.json', 'service.json', 'feed-tlp-white.json', 'white/index.txt', '', 'white/2026/']
  for (const path of [...files, 'white/2026/north-1.json', 'white/2026/north-1.json.asc']) {
    const answer = await ask(`${tree}/${path}`)
    const tag = answer.headers.get('etag') ?? assert.fail(path)
    assert.equal((await ask(`${tree}/${path}`, { 'if-none-match': tag })).status, 304, path)
    const since = answer.headers.get('last-modified') ?? assert.fail(path)
    assert.equal((await ask(`${tree}/${path}`, { 'if-modified-since': since })).status, 304, path)
    const earlier = new Date(Date.parse(since) - 1000).toUTCString()
    assert.equal((await ask(`${tree}/${path}`, { 'if-modified-since': earlier })).status, 200, path)
    const head = await fetch(`${tree}/${path}`.replace(publicUrl, url), { method: 'HEAD' })
    assert.deepEqual([head.status, await head.text()], [200, ''])
  }
  const packed = await ask(`${tree}/feed-tlp-white.json`, { 'accept-encoding': 'gzip' })
  assert.equal(packed.headers.get('content-encoding'), 'gzip')
  assert.equal(((await packed.json()) as Feed).feed.entry.length, 12)
  for (const path of [
    'white',
    'white/2027/',
    'white/2026/north-1',
    'white/2026/north-1.json.md5',
    '%2e%2e/x',
    'openpgp/0.asc',
  ]) {
    assert.equal((await ask(`${tree}/${path}`)).status, 404, path)
  }
  for (const party of ['x', '0'.repeat(64), partyHex(other.urn)]) {
    assert.equal((await ask(`${publicUrl}/csaf/${party}/provider-metadata.json`)).status, 404)
  }
})

test('a node that was not told an https address serves documents and no list that would name them', async (context) => {
  const { node, csaf, url } = await world(context, 'http://127.0.0.1')
  await publish(node, home, { id: 'a', bytes: bytesOf(csafDocument()), at: startAt })
  await csaf.settled()
  const hex = partyHex(home.urn)
  for (const path of ['provider-metadata.json', 'feed-tlp-white.json', 'service.json']) {
    const answer = await fetch(`${url}/csaf/${hex}/${path}`)
    assert.equal(answer.status, 404)
    assert.match(await answer.text(), /--public-url/)
  }
  assert.equal((await fetch(`${url}/csaf/${hex}/white/2026/north-2026_001.json.asc`)).status, 200)
  assert.doesNotMatch(await (await fetch(`${url}/.well-known/security.txt`)).text(), /CSAF/)
})
