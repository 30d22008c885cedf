/** Which CSAF documents of a log are in the trees, and what is said of the others. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CsafProblemsResponse } from '@comity/contract'
import { bytesOf, csafDocument, publish } from '../csaf/csaf.fixture.ts'
import { CsafProvider } from '../csaf/csaf-provider.ts'
import { type Feed, jsonOf, other, treeOf, world } from './csaf-world.fixture.ts'
import { home, osv, provider, startAt } from './server.fixture.ts'

test('what is not valid or not for everybody is not listed, and the reason is shown; it stands in the log all the same', async (context) => {
  const { node, csaf, ask, url } = await world(context)
  const at = startAt
  const publishAs = (id: string, document: object) => publish(node, provider, { id, bytes: bytesOf(document), at })
  await publishAs('good', csafDocument())
  await publishAs('weak', csafDocument({ id: 'weak', weakness: 'Something else' }))
  await publishAs('amber', csafDocument({ id: 'amber', label: 'AMBER' }))
  await publishAs('green', csafDocument({ id: 'green', label: 'GREEN' }))
  await publishAs('next', { document: { csaf_version: '2.1' } })
  await publishAs('bare', { document: { csaf_version: '2.0' } })
  await publishAs('taken', csafDocument({ id: 'NORTH-2026 001' }))
  await csaf.settled()
  assert.equal(await (await ask(`${treeOf(provider.urn)}/white/index.txt`)).text(), '2026/north-2026_001.json\n')
  const problems = async (query = '') => {
    const answer = await fetch(`${url}/api/v1/csaf/problems${query}`)
    return (await answer.json()) as CsafProblemsResponse
  }
  const { items } = await problems()
  const said = items.map(({ advisory, faults }) => [advisory.split(':').at(-1), faults[0]?.test, faults[0]?.pointer])
  assert.deepEqual(said, [
    ['weak', '6.1.11', '/vulnerabilities/0/cwe/name'],
    ['amber', 'tlp', '/document/distribution/tlp/label'],
    ['green', 'tlp', '/document/distribution/tlp/label'],
    ['next', 'schema', '/document/csaf_version'],
    ['bare', 'schema', '/document'],
    ['taken', 'name', '/document/tracking/id'],
  ])
  assert.match(items[0]?.faults[0]?.right ?? '', /CWE/)
  const paged = await problems('?limit=4')
  const rest = await problems(`?limit=4&cursor=${encodeURIComponent(paged.next ?? '')}`)
  assert.deepEqual([...paged.items, ...rest.items], items)
  assert.equal(rest.next, undefined)
  assert.deepEqual((await problems(`?party=${encodeURIComponent(other.urn)}`)).items, [])
  const bad = await fetch(`${url}/api/v1/csaf/problems?cursor=x`)
  assert.equal(bad.headers.get('comity-code'), 'bad-cursor')
})

test('the latest revision is served, a withdrawn one stays, and one that is withheld or no CSAF any more goes', async (context) => {
  const { node, csaf, ask, clock } = await world(context)
  const tree = treeOf(provider.urn)
  const path = `${tree}/white/2026/north-2026_001.json`
  await publish(node, provider, { id: 'a', bytes: bytesOf(csafDocument()), at: startAt })
  const second = csafDocument({ id: 'NORTH-2', current: '2026-11-20T13:00:00Z' })
  await publish(node, provider, { id: 'b', bytes: bytesOf(second), at: startAt })
  await csaf.settled()
  const before_ = await ask(path)
  clock.advance(60)
  const revised = csafDocument({ version: '2', current: '2026-11-21T12:00:00Z' })
  const withdrawn = { withdrawn: '2026-11-21T12:00:00Z' }
  await publish(node, provider, { id: 'a', bytes: bytesOf(revised), at: startAt + 60, more: withdrawn })
  await csaf.settled()
  const after = await ask(path)
  assert.notEqual(after.headers.get('etag'), before_.headers.get('etag'))
  assert.deepEqual(await after.json(), revised)
  const { feed } = await jsonOf<Feed>(ask(`${tree}/feed-tlp-white.json`))
  assert.deepEqual(
    feed.entry.map(({ id, category }) => [id, category?.[0]?.term]),
    [
      ['NORTH-2026:001', 'withdrawn'],
      ['NORTH-2', undefined],
    ],
  )
  assert.equal(
    await (await ask(`${tree}/white/changes.csv`)).text(),
    '"2026/north-2026_001.json","2026-11-21T12:00:00Z"\n"2026/north-2.json","2026-11-20T13:00:00Z"\n',
  )

  await publish(node, provider, { id: 'b', bytes: osv, at: startAt + 60 })
  await csaf.settled()
  assert.equal((await ask(`${tree}/white/2026/north-2.json`)).status, 404)
  const digest = after.headers.get('etag')?.replaceAll(/"|W\//g, '') ?? ''
  await node.submit(
    home.sign(
      'withholding',
      `urn:comity:document:${digest}`,
      { ground: 'court-order', basis: { instrument: 'An act', article: '1' } },
      startAt + 60,
    ),
  )
  assert.equal((await ask(`${tree}/provider-metadata.json`)).status, 404, 'nothing is left')
  assert.equal(csaf.trees.unlistedOf(provider.urn)[0]?.faults[0]?.test, 'withheld')
})

test('what was not looked at before the end is after the next start, and what was is not looked at again', async (context) => {
  const { node, csaf, view } = await world(context)
  await publish(node, provider, { id: 'a', bytes: bytesOf(csafDocument()), at: startAt })
  await csaf.settled()
  await publish(node, provider, { id: 'b', bytes: bytesOf(csafDocument({ id: 'b' })), at: startAt })
  const signed = csaf.trees.of(provider.urn)?.listed[0]?.signature
  csaf.wake()
  await csaf.close()
  assert.equal(csaf.failure, undefined)
  const again = CsafProvider.open({ node, view })
  context.after(() => again.close())
  await again.settled()
  const listed = again.trees.of(provider.urn)?.listed ?? []
  assert.deepEqual(
    listed.map(({ facts }) => facts.trackingId),
    ['b', 'NORTH-2026:001'],
  )
  assert.equal(listed[1]?.signature, signed, 'signed once')
})
