/** Feeds and folders that a node follows: what is new is read, what is refused is named, what is gone is said. */
import assert from 'node:assert/strict'
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { following, ProviderServer } from '../csaf/following/provider.fixture.ts'
import { RememberingDoor } from './sources.fixture.ts'
import { sourceOf } from './source.ts'

const osv = JSON.parse(
  readFileSync(fileURLToPath(new URL('../../../../samples/GO-2023-2153.json', import.meta.url)), 'utf8'),
)
const record = (id: string, modified = '2026-01-01T00:00:00Z') => JSON.stringify({ ...osv, id, modified })
const kev = (...cves: string[]) =>
  JSON.stringify({
    title: 'KEV',
    catalogVersion: '2026.11.20',
    dateReleased: '2026-11-20T12:00:00Z',
    count: cves.length,
    vulnerabilities: cves.map((cveID) => ({
      cveID,
      vendorProject: 'North',
      product: 'Gateway',
      vulnerabilityName: 'Padding',
      dateAdded: '2026-11-20',
      shortDescription: 'Pads',
      requiredAction: 'Update',
      dueDate: '2026-12-11',
      knownRansomwareCampaignUse: 'Unknown',
      notes: '',
      cwes: [],
    })),
  })

function folder(context: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'comity-source-'))
  context.after(() => rmSync(path, { recursive: true, force: true }))
  return path
}

test('a folder: new, changed, refused and gone documents, each told to the vault once', async (context) => {
  const path = folder(context)
  for (const id of ['A-1', 'A-2', 'A-3']) writeFileSync(join(path, `${id}.json`), record(id))
  writeFileSync(join(path, 'broken.json'), '{"id": "x"')
  writeFileSync(join(path, 'readme.txt'), 'hello')
  const vault = new RememberingDoor()
  const { sources, refused } = await following(context, { vault })
  await sources.add({ address: path, name: 'local' })
  const first = await sources.run('local')
  assert.deepEqual([first.outcome, first.counts.taken, first.counts.refused], ['done', 3, 2])
  assert.deepEqual(refused('local'), ['broken.json: not-json', 'readme.txt: unknown-format'])
  const origin = pathToFileURL(path).href
  assert.deepEqual(
    [...vault.followedDocuments(origin).keys()].map((name) => name.split('/').at(-1)),
    ['A-1.json', 'A-2.json', 'A-3.json'],
  )
  assert.equal((await sources.run('local')).counts.taken, 0)
  assert.equal(vault.changes.length, 1)
  writeFileSync(join(path, 'A-1.json'), record('A-1', '2026-02-01T00:00:00Z'))
  rmSync(join(path, 'A-2.json'))
  rmSync(join(path, 'readme.txt'))
  const third = await sources.run('local')
  assert.deepEqual([third.counts.taken, third.counts.gone], [1, 2])
  assert.deepEqual(
    vault.changes.slice(1).map(({ put, removed }) => [put.length, removed.length]),
    [[1, 1]],
  )
  await sources.remove('local')
  assert.deepEqual(vault.followedOrigins(), [])
})

test('a feed is asked whether it changed; its documents are told from the last by their digests', async (context) => {
  const server = await ProviderServer.start(context)
  server.put('/all.jsonl', `${record('A-1')}\n${record('A-2')}\n`)
  server.put('/kev.json', kev('CVE-2026-0001'))
  const vault = new RememberingDoor()
  const { sources, follow } = await following(context, { vault })
  const run = await follow(`${server.url}/all.jsonl`, 'osv')
  assert.deepEqual([run.outcome, run.counts.taken, run.faults], ['done', 2, []])
  assert.equal((await sources.run('osv')).outcome, 'unchanged')
  server.put('/all.jsonl', `${record('A-1')}\n${record('A-2', '2026-02-01T00:00:00Z')}\n${record('A-3')}\n`)
  assert.equal((await sources.run('osv')).counts.taken, 2)
  assert.equal((await follow(`${server.url}/kev.json`, 'kev')).counts.taken, 1)
  assert.equal(vault.followedDocuments(`${server.url}/kev.json`).size, 1)
  assert.deepEqual([...vault.followedDocuments(`${server.url}/all.jsonl`).keys()].length, 3)
})

test('a feed that dies half-way goes on where it broke, and is gone on with behind a restart', async (context) => {
  const server = await ProviderServer.start(context)
  const text = `${[1, 2, 3, 4, 5].map((n) => record(`A-${n}`)).join('\n')}\n`
  const directory = folder(context)
  const etag = '"whole"'
  const asked: (string | undefined)[] = []
  server.answer('/all.jsonl', (response) => {
    const { range } = response.req.headers
    asked.push(range)
    const start = Number(/^bytes=(\d+)-/.exec(range ?? '')?.[1] ?? 0)
    if (start === 0) {
      response.writeHead(200, { etag, 'content-length': text.length })
      response.write(text.slice(0, 500))
      // It breaks once these are put away.
      const looking = setInterval(() => {
        if (!globSync(join(directory, 'views', 'feeds', '*', 'feed.part')).some((part) => statSync(part).size === 500))
          return
        clearInterval(looking)
        response.destroy()
      }, 5)
    } else if (asked.length < 3) response.writeHead(503).end()
    else {
      response.writeHead(206, {
        etag,
        'content-length': text.length - start,
        'content-range': `bytes ${start}-${text.length - 1}/${text.length}`,
      })
      response.end(text.slice(start))
    }
  })
  const one = await following(context, { directory })
  const broken = await one.follow(`${server.url}/all.jsonl`, 'osv')
  assert.deepEqual([broken.outcome, broken.counts.taken], ['failed', 0])
  await one.close()
  const two = await following(context, { directory })
  const run = await two.sources.run('osv')
  assert.deepEqual([run.outcome, run.counts.taken], ['done', 5])
  assert.equal(asked.at(-1), 'bytes=500-')
  await two.close()
})

test('rebuild-equals-live: the view of sources is made again from their streams', async (context) => {
  const server = await ProviderServer.start(context)
  server.put('/all.jsonl', `${record('A-1')}\n{"no": 1}\n${record('A-2')}\n`)
  const directory = folder(context)
  const one = await following(context, { directory })
  await one.follow(`${server.url}/all.jsonl`, 'osv')
  server.put('/all.jsonl', `${record('A-2', '2026-02-01T00:00:00Z')}\n{"no": 1}\n`)
  one.clock.advance(60)
  await one.sources.run('osv')
  const dump = ({ sources }: typeof one) => {
    const { stream } = sources.state('osv')
    return JSON.stringify([
      [...sources.items.taken(stream)],
      sources.items.refused(stream, '', 100),
      sources.items.lastRun(stream),
      sources.items.lastWhole(stream),
      sources.items.state(stream),
    ])
  }
  const live = dump(one)
  await one.close()
  for (const end of ['', '-wal', '-shm']) rmSync(join(directory, 'views', `sources.db${end}`), { force: true })
  const two = await following(context, { directory })
  assert.equal(dump(two), live)
  assert.match(live, /A-2|not-osv|unknown-format/)
  await two.close()
})

test('what was taken is kept although no statement refers to it; what was not goes', async (context) => {
  const path = folder(context)
  writeFileSync(join(path, 'A-1.json'), record('A-1'))
  const { sources, node } = await following(context)
  await sources.add({ address: path, name: 'local' })
  await sources.run('local')
  const [taken] = sources.items.taken(sources.state('local').stream)
  const stray = await node.truth.blobs.put(Buffer.from('stray'))
  assert.equal(await node.documents.sweep(Date.now() / 1000 + 200_000), 1)
  assert.equal(node.documents.has(`sha256:${stray}`), false)
  assert.equal(node.documents.has(taken?.digest ?? ''), true)
})

test('a source is told by its address, and what is none is said', () => {
  assert.deepEqual(
    ['example.org', 'https://example.org/csaf/provider-metadata.json', 'https://example.org/all.zip', '/srv/osv/'].map(
      (address) => {
        const { kind, name, address: at } = sourceOf({ address })
        return [kind, name, at]
      },
    ),
    [
      ['csaf', 'example-org', 'https://example.org'],
      ['csaf', 'example-org', 'https://example.org/csaf/provider-metadata.json'],
      ['feed', 'example-org', 'https://example.org/all.zip'],
      ['folder', 'srv-osv', '/srv/osv'],
    ],
  )
  for (const [request, message] of [
    [{ address: 'http://example.org' }, /is not https/],
    [{ address: 'ftp://example.org/a.zip' }, /no https address/],
    [{ address: 'https://u:p@example.org/a.zip' }, /name or a password/],
    [{ address: 'example.org', every: 5 }, /every 60 to 2592000 seconds, not every 5/],
    [{ address: 'example.org', keys: ['12'] }, /no fingerprint/],
    [{ address: '/srv', keys: ['a'.repeat(40)] }, /keys are for CSAF/],
    [{ address: 'example.org', name: '../x' }, /is called by lower-case/],
    [{ address: 'osv', kind: 'folder' as const }, /no absolute path/],
  ] as const)
    assert.throws(() => sourceOf(request), { code: 'bad-source', message })
})

test('folders that are not there, and what is put there later', async (context) => {
  const path = join(folder(context), 'later')
  const { sources } = await following(context)
  await sources.add({ address: path, name: 'later' })
  const run = await sources.run('later')
  assert.deepEqual([run.outcome, run.faults[0]?.test], ['failed', 'unreadable'])
  mkdirSync(path)
  writeFileSync(join(path, 'A-1.json'), record('A-1'))
  assert.equal((await sources.run('later')).counts.taken, 1)
})
