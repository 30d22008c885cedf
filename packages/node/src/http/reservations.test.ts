/** A reservation and who objects to it stand together: with the party, with the case, and on the page. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { api } from '@comity/contract'
import { adherenceCase } from '@comity/procedures'
import { instrumentUrn } from '@comity/statement'
import { type Actor, actor } from '@comity/testkit'
import type { TSchema } from 'typebox'
import { Value } from 'typebox/value'
import { home, served, startAt } from './server.fixture.ts'

const gids = instrumentUrn('gids')
const state = actor('northland', home.origin, { type: 'state' })
const south = actor('southland', home.origin, { type: 'state' })
const east = actor('east <works>', home.origin)
const urn = adherenceCase(state.urn, 'gids')
const reservations = [
  { provision: 'gids-4' as const, text: 'Except where the law of our seat demands a copy there.' },
  { provision: 'gids-6' as const, text: 'Subject to our law on evidence.' },
]

function fits<T>(schema: TSchema, value: T): T {
  const [first] = Value.Errors(schema, value)
  assert.equal(first, undefined, `${JSON.stringify(first)} in ${JSON.stringify(value)?.slice(0, 500)}`)
  return value
}

test('objections that stand are shown beside the reservation they are about, by the party, by its case and on the page', async (context) => {
  const { client, clock, node, url } = await served(context)
  for (const each of [state, south, east]) await client.submit(each.founding(startAt))
  await client.submit(state.sign('adherence', gids, { reservations }, startAt))
  const move = async (who: Actor, name: string, body: object): Promise<void> => {
    clock.advance(60)
    const payload = { procedure: 'adherence/1', move: name, seat: home.origin, body: { ...body } }
    await client.submit(who.sign('move', urn, payload, clock.now()))
  }
  const shown = async () => {
    const of = fits(api.partyResponse, await client.party(state.urn)).instruments[0]?.reservations ?? []
    assert.deepEqual(fits(api.caseResponse, await client.case(urn)).reservations, of)
    return of.map(({ provision, objections }) => [
      provision,
      ...objections.map(({ by, precludes, text }) => [by.party, precludes, text]),
    ])
  }
  assert.deepEqual(await shown(), [['gids-4'], ['gids-6']])
  await move(south, 'object', { provisions: ['gids-4', 'gids-6'], precludes: true })
  await move(east, 'object', { provisions: ['gids-4'], precludes: false, text: 'A copy is what it <rules> out.' })
  await move(east, 'comment', { provisions: ['gids-6'], text: 'No objection to this one.' })
  const ofEast = [east.urn, false, 'A copy is what it <rules> out.']
  assert.deepEqual(await shown(), [
    ['gids-4', [south.urn, true, undefined], ofEast],
    ['gids-6', [south.urn, true, undefined]],
  ])

  node.findings.renew()
  const page = (await (await fetch(`${url}/`)).text()).replaceAll(/\s+/g, ' ')
  const row = /gids-4<\/a>.*?<\/tr>/.exec(page)?.[0] ?? ''
  assert.match(row, /Reserved: Except where the law of our seat demands a copy there\./)
  assert.match(row, /Objection of southland \(fictitious\), <time[^>]*>[^<]*<\/time>, so that nothing holds between/)
  assert.match(row, /Objection of east &lt;works&gt; .*: A copy is what it &lt;rules&gt; out\./)
  assert.doesNotMatch(/gids-6<\/a>.*?<\/tr>/.exec(page)?.[0] ?? '', /east/)

  await move(south, 'withdraw-objection', { provisions: ['gids-4'] })
  assert.deepEqual(await shown(), [
    ['gids-4', ofEast],
    ['gids-6', [south.urn, true, undefined]],
  ])
  // With a reservation the objections to it fall.
  clock.advance(60)
  await client.submit(state.sign('adherence', gids, { reservations: reservations.slice(0, 1) }, clock.now()))
  assert.deepEqual(await shown(), [['gids-4', ofEast]])
})
