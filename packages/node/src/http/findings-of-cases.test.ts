/** A dispute on record, from the seat to what the API says about its parties, and what time alone does to that. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { api, type Finding } from '@comity/contract'
import { instrumentUrn } from '@comity/statement'
import { actor } from '@comity/testkit'
import type { TSchema } from 'typebox'
import { Value } from 'typebox/value'
import { disputeOf, moveIn, notification } from '../judge/dispute.fixture.ts'
import { home, type Served, served, startAt } from './server.fixture.ts'

const day = 86_400
const north = actor('north', home.origin, { type: 'state' })
const south = actor('south', home.origin, { type: 'state' })
const urn = disputeOf(north)

function fits<T>(schema: TSchema, value: T): T {
  const [first] = Value.Errors(schema, value)
  assert.equal(first, undefined, `${JSON.stringify(first)} in ${JSON.stringify(value)?.slice(0, 500)}`)
  return value
}

async function settle({ client, clock }: Served): Promise<void> {
  for (const each of [north, south]) {
    await client.submit(each.founding(startAt))
    await client.submit(each.sign('adherence', instrumentUrn('code'), {}, startAt))
  }
  await client.submit(notification(north, home.origin, [south], { iat: startAt }))
  clock.advance(day)
}

test('a case is listed with its name and both sides, in the list, the party, the document and the explanation', async (context) => {
  const served_ = await served(context)
  const { client, node, clock } = served_
  await settle(served_)
  await client.submit(moveIn(south, urn, home.origin, 'acknowledge', { iat: clock.now() }))
  const found = fits(api.partyFindingsResponse, await client.partyFindings(south.urn))
  const ofK = found.findings.find(({ provision }) => provision === 'code-k')
  assert.equal(ofK?.level, undefined)
  assert.deepEqual(ofK?.flags, ['due'])
  const [listed, ...others] = ofK?.cases ?? []
  assert.deepEqual(others, [])
  assert.equal(listed?.urn, urn)
  assert.equal(listed?.opener, north.urn)
  assert.deepEqual(listed?.roles, ['respondent'])
  assert.equal(listed?.state, 'acknowledged')
  assert.deepEqual(
    listed?.cites.map(({ as }) => as),
    ['opening', 'move'],
  )
  const why = fits(api.explanationResponse, await client.explanation(south.urn, 'code-k'))
  assert.deepEqual(
    why.raised?.map(({ flag, why: { cites } }) => [flag, cites.map(({ as }) => as)]),
    [['due', ['clock']]],
  )
  const document = fits(api.findingsDocumentResponse, await client.findingsDocument())
  const inDocument = document.parties.find(({ party }) => party === south.urn)
  assert.deepEqual(inDocument?.findings, found.findings)
  const { id } = await node.publishFindings()
  assert.equal((await client.statement(id)).kind, 'findings')
})

test('time alone makes what is due overdue, also in the kept list, and changes no level; silence is neither', async (context) => {
  const served_ = await served(context)
  const { client, node, clock } = served_
  await settle(served_)
  const flagged = async (): Promise<Readonly<Record<string, readonly string[]>>> => {
    node.findings.renew()
    const { items } = fits(api.findingsResponse, await client.findings())
    const ofK = (list: readonly Finding[]) => list.find(({ provision }) => provision === 'code-k')?.flags ?? []
    return Object.fromEntries(
      items.map(({ party, findings }) => [party === south.urn ? 'south' : 'north', ofK(findings)]),
    )
  }
  const levels = async () => (await client.partyFindings(south.urn)).findings.map(({ level }) => level)
  const before = await levels()
  assert.deepEqual(await flagged(), { north: [], south: [] }, 'who is notified owes nothing yet')
  await client.submit(moveIn(south, urn, home.origin, 'acknowledge', { iat: clock.now() }))
  assert.deepEqual(await flagged(), { north: [], south: ['due'] })
  clock.advance(40 * day)
  await client.submit(actor('a stranger', home.origin).founding(clock.now()))
  assert.deepEqual(await flagged(), { north: [], south: ['overdue'] }, 'the day came, and nobody said a word')
  await client.submit(moveIn(south, urn, home.origin, 'consult', { iat: clock.now() }))
  assert.deepEqual(await flagged(), { north: [], south: [] })
  assert.deepEqual(await levels(), before)
})
