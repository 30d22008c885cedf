/** Providers that lie, break off, send away and lead outside: a clear outcome each, and nothing that was good is lost. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { following, provider, ProviderServer } from './provider.fixture.ts'

const messages = (faults: readonly { readonly message: string }[]) => faults.map(({ message }) => message).join('\n')
const metadataPath = '/.well-known/csaf/provider-metadata.json'

test('a feed that dies half-way takes nothing away, and is read whole the next time', async (context) => {
  const server = await ProviderServer.start(context)
  const there = await provider(server, { documents: [{ id: 'N-1' }, { id: 'N-2' }] })
  const { follow, sources, taken } = await following(context)
  await follow(server.url)
  await there.publish({ id: 'N-3' })
  const feed = server.text('/csaf/feed-tlp-white.json')
  server.answer('/csaf/feed-tlp-white.json', (response) => {
    response.writeHead(200, { 'content-length': feed.length })
    response.write(feed.slice(0, 300), () => response.destroy())
  })
  const cut = await sources.run('north')
  assert.deepEqual([cut.outcome, cut.faults[0]?.test, cut.counts.gone], ['failed', 'cut-off', 0])
  assert.match(messages(cut.faults), /feed-tlp-white\.json: the transfer broke after \d+ of \d+ octets/)
  assert.deepEqual(taken(), ['n-1.json', 'n-2.json'])
  // The same without a length: JSON that ends early is none.
  server.answer('/csaf/feed-tlp-white.json', (response) => void response.writeHead(200).end(feed.slice(0, 300)))
  const torn = await sources.run('north')
  assert.deepEqual([torn.outcome, torn.faults[0]?.test, torn.counts.gone], ['failed', 'rolie', 0])
  server.answer('/csaf/feed-tlp-white.json', undefined)
  assert.equal((await sources.run('north')).outcome, 'done')
  assert.deepEqual(taken(), ['n-1.json', 'n-2.json', 'n-3.json'])
})

test('a document that cannot be had just now is fetched by the next run, alone', async (context) => {
  const server = await ProviderServer.start(context)
  await provider(server, { documents: [{ id: 'N-1' }, { id: 'N-2' }, { id: 'N-3' }] })
  const busy = '/csaf/white/2026/n-2.json'
  server.answer(busy, (response) => void response.writeHead(500).end())
  server.answer('/csaf/white/2026/n-3.json.asc', (response) => void response.writeHead(500).end())
  const { follow, sources, taken, refused } = await following(context)
  const run = await follow(server.url)
  assert.equal(run.outcome, 'partly')
  assert.deepEqual([taken(), refused()], [['n-1.json'], []])
  const missing = run.faults.map(({ test: code, message }) => `${code} ${/n-\d\.json\S*: .*/.exec(message)?.[0]}`)
  assert.deepEqual(missing.toSorted(), [
    'not-answered n-2.json: the server answers with status 500',
    'not-answered n-3.json.asc: the server answers with status 500',
  ])
  server.answer(busy, undefined)
  server.answer('/csaf/white/2026/n-3.json.asc', undefined)
  server.documentsAsked()
  assert.equal((await sources.run('north')).outcome, 'done')
  assert.deepEqual(server.documentsAsked(), [busy, '/csaf/white/2026/n-3.json'])
  assert.deepEqual([taken().length, refused()], [3, []])
})

test('ten redirects are followed and eleven are not; nobody is sent to a private place', async (context) => {
  const server = await ProviderServer.start(context)
  await provider(server, { documents: [{ id: 'N-1' }] })
  const elsewhere = await ProviderServer.start(context)
  const metadata = server.text(metadataPath)
  const send = (hops: number): void => {
    for (let i = 0; i < hops; i++) {
      const location = i + 1 === hops ? '/final.json' : `/hop-${i + 1}`
      const from = i === 0 ? metadataPath : `/hop-${i}`
      server.answer(from, (response) => void response.writeHead(302, { location }).end())
    }
  }
  server.put('/final.json', metadata)
  send(10)
  const { follow, sources } = await following(context)
  assert.equal((await follow(server.url)).outcome, 'done')
  send(11)
  const eleven = await sources.run('north')
  assert.equal(eleven.outcome, 'failed')
  assert.match(messages(eleven.faults), /sends on more than 10 times/)
  server.answer(metadataPath, (response) => void response.writeHead(302, { location: `${elsewhere.url}/a` }).end())
  const away = await sources.run('north')
  assert.equal(away.outcome, 'failed')
  assert.match(messages(away.faults), /is no address that the source north may lead to/)
  assert.deepEqual(elsewhere.asked, [])
})

test('names that lead outside are no documents, in a feed or in a list', async (context) => {
  const server = await ProviderServer.start(context)
  const there = await provider(server, { documents: [{ id: 'N-1' }], list: 'directory' })
  const rows = [
    '../../etc/passwd.json',
    '%2e%2e/%2e%2e/secret.json',
    '2026/..%2f..%2fsecret.json',
    '/etc/shadow.json',
    '//other.example/2026/x.json',
    'https://other.example/2026/x.json',
    '2026\\..\\x.json',
    '2026/x.exe',
    'file:///etc/passwd.json',
  ]
  server.put(
    '/csaf/white/changes.csv',
    [...rows, '2026/n-1.json'].map((path) => `${path},2026-11-20T12:00:00Z\n`).join(''),
  )
  const { follow, sources, taken } = await following(context)
  const run = await follow(server.url)
  assert.equal(run.outcome, 'done')
  assert.deepEqual(taken(), ['n-1.json'])
  assert.equal(run.faults.filter(({ test: code }) => code === 'list').length, rows.length)
  assert.equal(
    server.asked.some((path) => /passwd|secret|shadow/.test(path)),
    false,
  )
  server.put(metadataPath, server.text(metadataPath).replace('"directory_url"', '"ignored"'))
  there.list()
  const feed = JSON.parse(server.text('/csaf/feed-tlp-white.json'))
  for (const src of ['ftp://x/a.json', 'file:///etc/a.json', '../', 'http://u:p@h/a.json', 7, 'x'.repeat(5000)])
    feed.feed.entry.push({ content: { src }, updated: '2026-11-20T12:00:00Z' })
  server.put('/csaf/feed-tlp-white.json', feed)
  const metadata = JSON.parse(server.text(metadataPath))
  metadata.distributions = [{ rolie: { feeds: [{ url: `${server.url}/csaf/feed-tlp-white.json` }] } }]
  server.put(metadataPath, metadata)
  const rolie = await sources.run('north')
  assert.deepEqual([rolie.outcome, rolie.faults.length], ['done', 6])
})

test('an unquoted changes.csv is read, as CISA has it, and one with quotes; what is no line of it is said', async (context) => {
  const server = await ProviderServer.start(context)
  await provider(server, { documents: ['N-1', 'N-2', 'N-3', 'N-4'].map((id) => ({ id })), list: 'directory' })
  server.put(
    '/csaf/white/changes.csv',
    Buffer.from(
      '\ufeff2026/n-1.json,2026-11-20T12:00:00.000000Z\r\n"2026/n-2.json","2026-11-20T12:00:00Z"\n\n 2026/n-3.json , "2026-11-20T12:00:00Z"\nnonsense\n2026/n-4.json,yesterday\n',
    ),
  )
  const { follow, taken } = await following(context)
  const run = await follow(server.url)
  assert.deepEqual(taken(), ['n-1.json', 'n-2.json', 'n-3.json'])
  assert.deepEqual(
    run.faults.map(({ pointer }) => pointer),
    ['line 5', 'line 6'],
  )
  server.remove('/csaf/white/changes.csv')
  const without = await following(context)
  assert.equal((await without.follow(server.url)).counts.taken, 4, 'index.txt where there is no changes.csv')
})

test('a document, its hash or its signature over the size limit is refused, by its length or as it comes', async (context) => {
  const server = await ProviderServer.start(context)
  await provider(server, { documents: [{ id: 'N-1' }, { id: 'N-2' }, { id: 'N-3' }] })
  const path = (n: number) => `/csaf/white/2026/n-${n}.json`
  server.answer(path(1), (response) => void response.writeHead(200, { 'content-length': 2 ** 31 }).write('{'))
  server.answer(`${path(2)}.asc`, (response) => {
    const endless = (): void => {
      if (!response.destroyed) response.write(Buffer.alloc(65_536, 0x61), endless)
    }
    endless()
  })
  const { follow, taken, refused, sources } = await following(context)
  const run = await follow(server.url)
  assert.equal(run.outcome, 'done')
  assert.deepEqual([taken(), refused()], [['n-3.json'], ['n-1.json: too-large', 'n-2.json: too-large']])
  const said = sources.items
    .refused(sources.state('north').stream, '', 10)
    .map(({ refused: each }) => messages(each?.faults ?? []))
  for (const text of said) assert.match(text, /a feed may have \d+ octets, and this has \d+ or more/)
})

test('a server that fails one time after the other is left alone, and what it lists and has not is refused for a day', async (context) => {
  const server = await ProviderServer.start(context)
  await provider(server, { documents: [{ id: 'N-1' }] })
  const feed = JSON.parse(server.text('/csaf/feed-tlp-white.json'))
  const [entry] = feed.feed.entry
  for (let i = 0; i < 200; i++) {
    const path = `/csaf/white/2026/late-${i}.json`
    feed.feed.entry.push({ ...entry, content: { src: server.url + path }, link: [] })
    server.answer(path, (response) => void response.writeHead(503).end())
  }
  feed.feed.entry.push({ ...entry, content: { src: `${server.url}/csaf/white/2026/none.json` }, link: [] })
  server.put('/csaf/feed-tlp-white.json', feed)
  const { follow, sources, refused } = await following(context)
  const run = await follow(server.url)
  assert.deepEqual([run.outcome, run.counts.items, refused()], ['partly', 202, []])
  const asked = server.documentsAsked().length
  assert.ok(asked >= 24 && asked <= 32, `${asked} documents were asked for`)
  feed.feed.entry = feed.feed.entry.filter(
    ({ content }: { content: { src: string } }) => !content.src.includes('late-'),
  )
  server.put('/csaf/feed-tlp-white.json', feed)
  assert.equal((await sources.run('north')).outcome, 'done')
  assert.deepEqual(refused(), ['none.json: absent'])
})

test('what is no provider is said with every place that was tried', async (context) => {
  const server = await ProviderServer.start(context)
  const { follow, sources } = await following(context)
  const nothing = await follow(server.url)
  assert.equal(nothing.outcome, 'failed')
  assert.deepEqual(
    server.asked.map((path) => path),
    [metadataPath, '/.well-known/security.txt', '/security.txt'],
  )
  assert.equal(nothing.faults.length, 3)
  for (const [content, message] of [
    ['<html>', /is no JSON/],
    ['{}', /names no publisher/],
    ['[1]', /names no publisher/],
  ] as const) {
    server.put(metadataPath, content)
    assert.match(messages((await sources.run('north')).faults), message)
  }
  server.put('/.well-known/security.txt', `Contact: mailto:a@b.example\nCSAF: ${server.url}/pmd.json\n`)
  const there = await provider(server, { documents: [{ id: 'N-1' }] })
  server.put('/pmd.json', server.text(metadataPath))
  server.remove(metadataPath)
  assert.equal((await sources.run('north')).outcome, 'done')
  assert.equal(sources.items.about(sources.state('north').stream)?.foundBy, 'security.txt')
  assert.ok(there.key)
})
