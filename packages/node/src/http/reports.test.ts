/** Reports that laws demand, over HTTP: from the public record for anybody, and the same bytes as the pure function. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { api } from '@comity/contract'
import { clockProfiles, draftReport, dueReports } from '@comity/procedures'
import { Value } from 'typebox/value'
import { advisory, operator, product, provider, served, startAt, tellStory } from './server.fixture.ts'

const laws = ['eu-cra', 'cn-products']
const happened = { awareAt: startAt, exploitedAt: startAt, sent: { 'eu-cra/early-warning': startAt + 60 } }

test('anybody sees the laws, what is due of an advisory, and a draft that says where its words stand', async (context) => {
  const served_ = await served(context)
  const { client, url, clock, node } = served_
  const { advisoryId } = await tellStory(served_)
  const known = await client.reports.laws()
  assert.ok(Value.Check(api.lawsResponse, known))
  assert.equal(JSON.stringify(known.laws), JSON.stringify(clockProfiles))

  const asked = { party: provider.urn, advisory, laws, happened, said: { exploit: 'Requests are smuggled.' } }
  const due = await client.reports.due(asked)
  assert.ok(Value.Check(api.dueReportsResponse, due), JSON.stringify(due))
  assert.equal(due.reports.find(({ report }) => report === 'eu-cra/early-warning')?.standing, 'sent')
  assert.equal(due.next, 'cn-products/report')
  const draft = await client.reports.prepare({ ...asked, report: 'eu-cra/notification' })
  assert.ok(Value.Check(api.draftReportResponse, draft), JSON.stringify(draft))
  const sources = draft.items.flatMap(({ facts }) => facts.map(({ source }) => source))
  assert.ok(sources.some((each) => each.in === 'statement' && each.id === advisoryId))
  assert.ok(sources.some((each) => each.in === 'word'))
  assert.ok(
    draft.items.some(({ facts }) => facts.some(({ text }) => text.startsWith('Gateway'))),
    product,
  )

  // Off the record the route says, to the byte, what the function says that the command calls without a node.
  const post = async (path: string, body: object): Promise<Response> =>
    fetch(`${url}/api/v1/reports/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  const place = { zone: 'Africa/Nairobi' }
  const matter = { parts: { happened, said: asked.said }, laws, place }
  const bare = { laws, happened, said: asked.said, place }
  const answer = await post('due', bare)
  assert.equal(answer.headers.get('cache-control'), 'no-store')
  assert.equal(await answer.text(), JSON.stringify(dueReports(matter, clock.now())))
  assert.equal(await (await post('prepare', bare)).text(), JSON.stringify(draftReport(matter, clock.now())))
  for (const profile of clockProfiles) {
    const all = { laws: [profile.id], happened: { awareAt: startAt, exploitedAt: startAt, incidentAt: startAt } }
    const { id, duties } = profile
    const text = await (await post('due', all)).text()
    assert.equal(text, JSON.stringify(dueReports({ parts: { happened: all.happened }, laws: [id] }, clock.now())))
    assert.equal(JSON.parse(text).reports.length, duties.length)
  }
  const { size } = node.head
  await client.reports.due(asked)
  assert.equal(node.head.size, size, 'nothing is stored')
})

test('what is no law, no place, no advisory and no case of the token is told with what would be right', async (context) => {
  const served_ = await served(context)
  const { client, as, vault } = served_
  await tellStory(served_)
  const own = as((await vault.issueToken({ party: operator.urn, admin: false, label: '' })).secret)
  const { reports } = client
  await assert.rejects(reports.due({}), { code: 'no-law', status: 400 })
  await assert.rejects(reports.due({ laws: ['moon'] }), { code: 'unknown-profile', message: /"moon".*eu-cra/ })
  await assert.rejects(reports.due({ laws, place: { zone: 'Moon/Sea' } }), { code: 'unknown-place' })
  await assert.rejects(reports.prepare({ laws }), { code: 'nothing-due', status: 400 })
  await assert.rejects(reports.prepare({ laws, report: 'eu-cra/nothing' }), { code: 'unknown-profile' })
  await assert.rejects(reports.due({ laws, advisory: 'urn:comity:advisory:x' }), { code: 'not-found', status: 404 })
  const urn = `urn:comity:case:${'0'.repeat(64)}:headers`
  for (const each of [client, own]) await assert.rejects(each.reports.due({ laws, case: urn }), { code: 'not-found' })
  // @ts-expect-error -- no part of a report
  await assert.rejects(reports.due({ laws, said: { weather: 'fine' } }), { code: 'bad-request' })
  // With a token it is the party of the token that reports.
  const due = await own.reports.prepare({ party: provider.urn, laws, happened })
  const facts = due.items.flatMap((each) => each.facts).map(({ source }) => source)
  const { statement } = await client.party(operator.urn)
  assert.ok(facts.every((each) => each.in !== 'statement' || each.id === statement))
})
