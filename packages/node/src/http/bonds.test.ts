/** What is possible in the case of an adherence is told to each by what it is: States adhere, others support. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { adherenceCase } from '@comity/procedures'
import { instrumentUrn } from '@comity/statement'
import { actor } from '@comity/testkit'
import { home, provider, served, startAt } from './server.fixture.ts'

test('support is offered to those who support, and another adherence to States', async (context) => {
  const { client, clock } = await served(context)
  const state = actor('a state', home.origin, { type: 'state' })
  for (const party of [state, provider]) await client.submit(party.founding(startAt))
  const gids = instrumentUrn('gids')
  await client.submit(state.sign('adherence', gids, {}, startAt))
  await client.submit(provider.sign('support', gids, {}, startAt))
  const anew = async ({ urn }: { readonly urn: string }) =>
    (await client.case(adherenceCase(urn, 'gids'))).possible.flatMap(({ move, parties }) =>
      move.endsWith('-anew') ? [[move, parties.map(({ party }) => party)]] : [],
    )
  const own = [[['declare-anew', [state.urn]]], [['support-anew', [provider.urn]]]]
  assert.deepEqual([await anew(state), await anew(provider)], own)

  // Whoever withdrew comes back by the same way.
  const withdrawal = { after: '2026-11-22T00:00:00Z' }
  await client.submit(state.sign('adherence', gids, { withdrawal }, startAt + 1))
  await client.submit(provider.sign('support', gids, { withdrawal }, startAt + 1))
  clock.advance(3 * 86_400)
  assert.equal((await client.case(adherenceCase(state.urn, 'gids'))).state.name, 'withdrawn')
  assert.deepEqual([await anew(state), await anew(provider)], own)
})
