/** What the node answers is what the contract says, for every public read. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { citedAs, flags, ladder } from '@comity/assessment'
import { api, eachItem } from '@comity/contract'
import type { ProvisionId } from '@comity/instruments'
import { decodeStatement, instrumentUrn } from '@comity/statement'
import { actor } from '@comity/testkit'
import type { TSchema } from 'typebox'
import { Value } from 'typebox/value'
import { crypto } from '../crypto-port.ts'
import { advisory, home, operator, product, provider, served, startAt, tellStory } from './server.fixture.ts'

function fits<T>(schema: TSchema, value: T): T {
  const [first] = Value.Errors(schema, value)
  assert.equal(first, undefined, `${JSON.stringify(first)} in ${JSON.stringify(value)?.slice(0, 500)}`)
  return value
}

test('every public answer fits the schema that documents it', async (context) => {
  const served_ = await served(context)
  const { client, node } = served_
  const { advisoryId } = await tellStory(served_)
  await node.publishFindings()

  const status = fits(api.statusResponse, await client.status())
  assert.equal(status.keeper.urn, home.urn)
  assert.equal(status.size, node.head.size)
  assert.equal(fits(api.policyResponse, await client.policy()).policy.filing, 'open')
  assert.equal(fits(api.instrumentsResponse, await client.instruments()).instruments.length, 2)
  assert.equal(fits(api.provisionResponse, await client.provision('gids-8')).norms[0]?.norm.id, 'j')

  const parties = fits(api.partiesResponse, await client.parties())
  assert.deepEqual(
    parties.items.map((each) => each.urn),
    [home.urn, provider.urn, operator.urn],
  )
  assert.equal((await client.parties({ type: 'operator' })).items.length, 1)
  assert.equal((await client.parties({ q: 'PROVIDER' })).items[0]?.urn, provider.urn)
  assert.equal((await client.parties({ q: '%' })).items.length, 0)
  assert.equal((await client.parties({ state: 'XX' })).items.length, 0)
  const party = fits(api.partyResponse, await client.party(provider.urn))
  assert.equal(party.instruments[0]?.form, 'support')
  assert.equal(party.versions.length, 1)

  const findings = fits(api.partyFindingsResponse, await client.partyFindings(provider.urn))
  assert.equal(findings.findings.find((each) => each.provision === 'gids-8')?.level, 'evidenced')
  assert.deepEqual((await client.partyFindings(operator.urn)).findings, [])
  const why = fits(api.explanationResponse, await client.explanation(provider.urn, 'gids-8'))
  assert.equal(
    why.rungs?.some((rung) => rung.reached),
    true,
  )
  assert.equal((await client.explanation(operator.urn, 'gids-8')).bound, false)

  const document = fits(api.findingsDocumentResponse, await client.findingsDocument())
  const published = fits(api.publishedFindingsResponse, await client.publishedFindings()).items[0]
  const size = published?.cut[0]?.size ?? 0
  assert.equal((await client.findingsDocument({ size, at: published?.at ?? 0 })).digest, published?.digest)
  assert.equal(document.digest, published?.digest)

  const products = fits(api.productsResponse, await client.products({ party: provider.urn, q: 'gate' }))
  assert.equal(products.items[0]?.urn, product)
  const details = fits(api.productResponse, await client.product(product))
  assert.equal(details.releases.length, 1)
  assert.equal(details.advisories[0]?.urn, advisory)
  assert.equal(fits(api.releasesResponse, await client.releases({ product })).items[0]?.version, '1.0.0')
  assert.equal(fits(api.advisoriesResponse, await client.advisories()).items.length, 1)
  const named = async (id: string) => (await client.advisories({ id })).items.map(({ urn }) => urn)
  assert.deepEqual(await named('NORTH-1'), [advisory])
  assert.deepEqual(await named('NORTH'), [])
  const told = fits(api.advisoryResponse, await client.advisory(advisory))
  assert.equal(told.acknowledgements[0]?.revision, advisoryId)

  const statements = fits(api.statementsResponse, await client.statements({ limit: 200 }))
  assert.equal(statements.items.length, node.head.size)
  const statement = fits(api.statementResponse, await client.statement(advisoryId))
  assert.equal(statement.documents[0]?.status, 'present')
  assert.equal(decodeStatement(await client.rawStatement(advisoryId), crypto).id, advisoryId)
})

test('what changed between two dates is told, and dates that are none are refused', async (context) => {
  const served_ = await served(context)
  const { client, clock } = served_
  await tellStory(served_)
  const before = fits(api.changesResponse, await client.changes(startAt - 10, startAt + 30))
  assert.equal(before.kinds['product'], 1)
  assert.equal(before.kinds['advisory'], undefined)
  const after = fits(api.changesResponse, await client.changes(startAt + 30))
  assert.deepEqual(after.kinds, { acknowledgement: 1, advisory: 1 })
  assert.equal(after.to.asked, clock.now())
  const changed = after.findings.find((each) => each.provision === 'gids-8')
  assert.deepEqual([changed?.before?.level, changed?.after?.level], ['declared', 'evidenced'])
  assert.equal((await client.changes('2020-01-01', '2020-01-02T00:00:00Z')).to.size, 0)
  await assert.rejects(client.changes(2, 1), { code: 'bad-request' })
  await assert.rejects(client.changes('2026-13-01'), { code: 'bad-request' })
  await assert.rejects(client.changes('yesterday'), { code: 'bad-request' })
})

test('findings in the list are those of the parties that are bound, in the order of their URNs', async (context) => {
  const served_ = await served(context)
  const { client, node } = served_
  const renewed = Promise.withResolvers<void>()
  const renew = node.findings.renew.bind(node.findings)
  // What is kept for lists is renewed a moment after the batch.
  context.mock.method(node.findings, 'renew', (changed?: readonly string[]) => {
    renew(changed)
    const row = node.reader.prepare('SELECT count(*) AS n FROM finding').get()
    if (Number(row?.['n']) === 2) renewed.resolve()
  })
  await tellStory(served_)
  const other = actor('other provider', home.origin)
  await client.submit(other.founding(startAt))
  await client.submit(other.sign('support', instrumentUrn('gids'), {}, startAt))
  await renewed.promise
  const all = fits(api.findingsResponse, await client.findings())
  assert.deepEqual(
    all.items.map((each) => each.party),
    [provider.urn, other.urn].sort(),
  )
  const silent = await client.findings({ provision: 'gids-8', level: 'silent' })
  assert.deepEqual(
    silent.items.map((each) => each.party),
    [other.urn],
  )
  const pages: string[] = []
  for await (const each of eachItem(client.findings, { limit: 1 })) pages.push(each.party)
  assert.deepEqual(pages, [provider.urn, other.urn].sort())
})

test('lists are read to their end page by page, in both directions', async (context) => {
  const { client, node } = await served(context)
  await client.submit(provider.founding(startAt))
  await client.submitBatch(
    Array.from({ length: 25 }, (_, i) => provider.sign('support', instrumentUrn('gids'), {}, startAt - i)),
  )
  const collect = async (query: object) => {
    const found: number[] = []
    for await (const each of eachItem(client.statements, query)) found.push(each.index)
    return found
  }
  const indexes = Array.from({ length: node.head.size }, (_, i) => i)
  assert.deepEqual(await collect({ limit: 7 }), indexes.toReversed())
  assert.deepEqual(await collect({ limit: 7, from: 0 }), indexes)
  assert.deepEqual(await collect({ limit: 200, from: 5 }), indexes.slice(5))
  assert.equal((await collect({ limit: 4, party: provider.urn, kind: 'support' })).length, 25)
  const supports = await collect({ limit: 4, kind: 'support' })
  assert.deepEqual(supports, await collect({ limit: 200, party: provider.urn, kind: 'support' }))
  assert.deepEqual(await collect({ limit: 4, kind: 'support', from: 0 }), supports.toReversed())
  const own = await collect({ limit: 7, party: provider.urn })
  assert.equal(own.length, 26)
  assert.deepEqual(await collect({ limit: 7, party: provider.urn, from: 0 }), own.toReversed())
  assert.deepEqual(await collect({ from: 10_000 }), [])
  await assert.rejects(client.statements({ cursor: 'z1' }), { code: 'bad-cursor' })
  await assert.rejects(client.parties({ cursor: 'x' }), { code: 'bad-cursor' })
})

test('what the log does not know is not found, and what is no question is refused by its name', async (context) => {
  const { client, url } = await served(context)
  const nobody = `urn:comity:party:${'00'.repeat(32)}`
  await assert.rejects(client.party(nobody), { code: 'not-found' })
  await assert.rejects(client.partyFindings(nobody), { code: 'not-found' })
  await assert.rejects(client.statement('00'.repeat(32)), { code: 'not-found' })
  await assert.rejects(client.product(`urn:comity:product:${'00'.repeat(32)}:x`), { code: 'not-found' })
  await assert.rejects(client.provision('gids-99' as ProvisionId), { code: 'not-found' })
  await assert.rejects(client.party('urn:x'), { code: 'bad-request' })
  await assert.rejects(client.findingsDocument({ size: 1000 }), { code: 'wrong-cut' })
  await assert.rejects(client.findingsDocument({ at: 1 }), { code: 'wrong-cut' })
  const misspelt = await fetch(`${url}/api/v1/parties?tpye=state`)
  assert.equal(misspelt.status, 400)
  const problem = (await misspelt.json()) as { type: string; detail: string }
  assert.equal(problem.type, 'urn:comity:problem:bad-request')
  assert.match(problem.detail, /tpye/)
  assert.equal((await fetch(`${url}/nowhere`)).status, 404)
})

test('who has the register of this size already gets no second copy', async (context) => {
  const { url, client } = await served(context)
  const first = await fetch(`${url}/api/v1/parties`)
  const tag = first.headers.get('etag') ?? ''
  const second = await fetch(`${url}/api/v1/parties`, { headers: { 'if-none-match': tag } })
  assert.equal(second.status, 304)
  await client.submit(provider.founding(startAt))
  const third = await fetch(`${url}/api/v1/parties`, { headers: { 'if-none-match': tag } })
  assert.equal(third.status, 200)
  assert.notEqual(third.headers.get('etag'), tag)
})

test('levels, flags and sorts of citations in the contract are those that assessment gives', () => {
  assert.deepEqual([...api.citedAs], [...citedAs])
  assert.deepEqual([...api.levels], [...ladder, 'unseen'])
  assert.deepEqual([...api.flags], [...flags])
})

test('a page of another origin may read the log and send nothing', async (context) => {
  const { url } = await served(context)
  assert.equal((await fetch(`${url}/checkpoint`)).headers.get('access-control-allow-origin'), '*')
  const posted = await fetch(`${url}/entries`, {
    method: 'POST',
    headers: { 'content-type': 'application/cose' },
    body: 'x',
  })
  assert.equal(posted.headers.get('access-control-allow-origin'), null)
})
