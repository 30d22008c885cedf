/** A node that copies a CSAF provider: what is good is taken, what is not is named with the reason. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { following, provider, ProviderServer, startAt } from './provider.fixture.ts'
import { newOpenPgpKey, signDetached } from '../open-pgp.ts'

const day = 86_400

test('a provider is found by the well-known place, its documents are checked and taken, and asked for once', async (context) => {
  const server = await ProviderServer.start(context)
  const there = await provider(server, { documents: [{ id: 'N-1' }, { id: 'N-2' }] })
  const { follow, sources, taken, refused, clock } = await following(context)
  const first = await follow(server.url)
  assert.deepEqual([first.outcome, first.counts.items, first.counts.taken, first.faults], ['done', 2, 2, []])
  assert.deepEqual([taken(), refused()], [['n-1.json', 'n-2.json'], []])
  assert.equal(server.documentsAsked().length, 2)
  const { stream } = sources.state('north')
  const about = sources.items.about(stream)
  assert.deepEqual(
    [about?.foundBy, about?.publisher.name, about?.role],
    ['well-known', 'North', 'csaf_trusted_provider'],
  )
  const [one] = sources.items.taken(stream)
  assert.deepEqual(
    [one?.csaf?.signedBy, one?.csaf?.key, one?.csaf?.hashes],
    ['publisher', there.key.fingerprint, ['sha512']],
  )

  assert.equal((await sources.run('north')).outcome, 'unchanged')
  clock.advance(60)
  await there.publish({ id: 'N-2', version: '2', current: '2026-11-21T12:00:00Z' })
  await there.publish({ id: 'N-3' })
  const third = await sources.run('north')
  assert.deepEqual([third.outcome, third.counts.items, third.counts.taken], ['done', 3, 2])
  assert.deepEqual(server.documentsAsked(), ['/csaf/white/2026/n-2.json', '/csaf/white/2026/n-3.json'])
  assert.deepEqual(taken(), ['n-1.json', 'n-2.json', 'n-3.json'])
})

test('what fails is named with the reason, and the rest is taken', async (context) => {
  const server = await ProviderServer.start(context)
  const ids = ['good', 'stranger', 'lied', 'torn', 'spoiled', 'other', 'amber', 'unsigned', 'unhashed', 'named', 'json']
  const there = await provider(server, { documents: ids.map((id) => ({ id })) })
  const at = (id: string) => `/csaf/white/2026/${id}.json`
  const stranger = await newOpenPgpKey('Somebody else', startAt - 1000)
  server.put(
    `${at('stranger')}.asc`,
    await signDetached(Buffer.from(server.text(at('stranger'))), stranger.secretKey, startAt - 10),
  )
  server.put(`${at('lied')}.sha512`, `${'ab'.repeat(64)}  lied.json\n`)
  server.put(`${at('torn')}.sha512`, 'no hash\n')
  server.put(`${at('other')}.asc`, server.text(`${at('good')}.asc`))
  server.put(`${at('unsigned')}.asc`, 'hello')
  await there.publish({ id: 'spoiled', weakness: 'Something else' })
  await there.publish({ id: 'amber', label: 'AMBER' })
  server.remove(`${at('unhashed')}.sha512`)
  const named = server.text(at('good'))
  for (const extension of ['', '.asc']) server.put(at('named') + extension, server.text(at('good') + extension))
  server.put(`${at('named')}.sha512`, server.text(`${at('good')}.sha512`))
  assert.notEqual(named, '')
  const bare = Buffer.from('{"a":1}')
  server.put(at('json'), bare)
  server.put(`${at('json')}.asc`, await signDetached(bare, there.key.secretKey, startAt - 10))
  server.remove(`${at('json')}.sha512`)
  server.put(`${at('json')}.sha512`, (await import('node:crypto')).createHash('sha512').update(bare).digest('hex'))
  const { follow, sources, taken, refused } = await following(context)
  const run = await follow(server.url)
  assert.deepEqual([run.outcome, run.counts.taken, run.counts.refused], ['done', 1, 10])
  assert.deepEqual(taken(), ['good.json'])
  assert.deepEqual(refused(), [
    'amber.json: tlp',
    'json.json: schema',
    'lied.json: hash',
    'named.json: name',
    'other.json: signature',
    'spoiled.json: 6.1.11',
    'stranger.json: signature',
    'torn.json: hash',
    'unhashed.json: hash',
    'unsigned.json: signature',
  ])
  const faults = sources.items.refused(sources.state('north').stream, '', 100)
  const said = (name: string) => faults.find(({ item }) => item.endsWith(`/${name}.json`))?.refused?.faults[0]
  assert.match(
    said('stranger')?.message ?? '',
    new RegExp(`signed by the key ${stranger.fingerprint.slice(-16)}, which is none`),
  )
  assert.equal(said('lied')?.message.startsWith('the .sha512 file says abababababababab…, and it is '), true)
  assert.equal(said('named')?.right, 'good.json')
  assert.equal(said('spoiled')?.pointer, '/vulnerabilities/0/cwe/name')
})

test('what was refused is fetched again when it changed, or a day later, and not before', async (context) => {
  const server = await ProviderServer.start(context)
  const there = await provider(server, { documents: [{ id: 'N-1', weakness: 'Something else' }, { id: 'N-2' }] })
  const { follow, sources, refused, taken, clock } = await following(context)
  await follow(server.url)
  assert.deepEqual(refused(), ['n-1.json: 6.1.11'])
  server.documentsAsked()
  assert.equal((await sources.run('north')).outcome, 'unchanged')
  assert.deepEqual(server.documentsAsked(), [])
  clock.advance(day)
  await sources.run('north')
  assert.deepEqual(server.documentsAsked(), ['/csaf/white/2026/n-1.json'])
  await there.publish({ id: 'N-1', version: '2', current: '2026-11-21T12:00:00Z' })
  await sources.run('north')
  assert.deepEqual([taken(), refused()], [['n-1.json', 'n-2.json'], []])
})

test('a good document stays when its newer revision is spoiled, and goes when the list has it no more', async (context) => {
  const server = await ProviderServer.start(context)
  const there = await provider(server, { documents: [{ id: 'N-1' }, { id: 'N-2' }] })
  const { follow, sources, refused, taken } = await following(context)
  await follow(server.url)
  const before = sources.items.find(sources.state('north').stream, `${server.url}/csaf/white/2026/n-1.json`)
  await there.publish({ id: 'N-1', version: '2', current: '2026-11-21T12:00:00Z', weakness: 'Something else' })
  await sources.run('north')
  assert.deepEqual([taken(), refused()], [['n-1.json', 'n-2.json'], ['n-1.json: 6.1.11']])
  const after = sources.items.find(sources.state('north').stream, `${server.url}/csaf/white/2026/n-1.json`)
  assert.equal(after?.digest, before?.digest)
  const feed = JSON.parse(server.text('/csaf/feed-tlp-white.json'))
  feed.feed.entry = feed.feed.entry.filter(({ id }: { id: string }) => id.endsWith('n-2.json'))
  server.put('/csaf/feed-tlp-white.json', feed)
  assert.equal((await sources.run('north')).counts.gone, 1)
  assert.deepEqual([taken(), refused()], [['n-2.json'], []])
})

test('a provider without hashes and signatures gets them from this node; a trusted one has to have its own', async (context) => {
  const server = await ProviderServer.start(context)
  await provider(server, { role: 'csaf_publisher', list: 'directory', documents: [{ id: 'N-1' }] })
  const path = '/csaf/white/2026/n-1.json'
  for (const extension of ['.sha512', '.asc']) server.remove(path + extension)
  const { follow, sources } = await following(context)
  const run = await follow(server.url)
  assert.deepEqual([run.outcome, run.counts.taken, run.faults], ['done', 1, []])
  const [one] = sources.items.taken(sources.state('north').stream)
  assert.deepEqual([one?.csaf?.signedBy, one?.csaf?.hashes], ['node', []])
  assert.match(one?.csaf?.signature ?? '', /^-----BEGIN PGP SIGNATURE-----/)
})

test('keys: another key of the provider counts once it is listed; with keys that the keeper named, no others do', async (context) => {
  const server = await ProviderServer.start(context)
  const there = await provider(server, { documents: [{ id: 'N-1' }] })
  const { follow, sources, refused, taken } = await following(context)
  await follow(server.url)
  const next = await newOpenPgpKey('North', startAt - 400)
  const path = await there.publish({ id: 'N-2' })
  server.put(`${path}.asc`, await signDetached(Buffer.from(server.text(path)), next.secretKey, startAt - 10))
  await sources.run('north')
  assert.deepEqual([taken(), refused()], [['n-1.json'], ['n-2.json: signature']])
  const metadata = JSON.parse(server.text('/.well-known/csaf/provider-metadata.json'))
  metadata.public_openpgp_keys = [{ fingerprint: next.fingerprint, url: `${server.url}/csaf/next.asc` }]
  server.put('/.well-known/csaf/provider-metadata.json', metadata)
  server.put('/csaf/next.asc', next.publicKey)
  await sources.run('north')
  assert.deepEqual([taken(), refused()], [['n-1.json', 'n-2.json'], []], 'what the old key signed stays')

  await sources.add({ address: server.url, name: 'north', allowPrivate: true, keys: [there.key.fingerprint] })
  await there.publish({ id: 'N-3' })
  const pinned = await sources.run('north')
  assert.deepEqual(refused(), ['n-3.json: signature'])
  assert.match(pinned.faults[0]?.message ?? '', /lists the key [0-9A-F]{40}, which is none of those that you named/)
  // A key file that holds another key than the one it is listed as.
  metadata.public_openpgp_keys = [{ fingerprint: there.key.fingerprint, url: `${server.url}/csaf/next.asc?2` }]
  server.put('/.well-known/csaf/provider-metadata.json', metadata)
  server.put('/csaf/next.asc?2', next.publicKey)
  const lying = await sources.run('north')
  assert.match(lying.faults.map(({ message }) => message).join(), /is listed as [0-9A-F]{40}, and is the key/)
})
