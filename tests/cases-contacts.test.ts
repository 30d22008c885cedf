/** The directory of functional contacts over two nodes, and a ping whose answers are held against it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CaseResponse, ListedContact, PartyResponse } from '@comity/contract'
import { caseUrn } from '@comity/statement'
import type { Person } from './cases-story/person.ts'
import { until, World } from './cases-story/world.ts'

const day = 86_400

test('offices of all parties are listed at either node, and a ping shows what of an answer is as they were listed', async (context) => {
  const world = new World()
  context.after(() => world.close())
  const north = await world.found('north', 'XA')
  const south = await world.found('south', 'XB')
  const harbour = await world.host(north, 'harbour', 'operator', 'Harbour', [
    '--contact',
    'judicial=legal@harbour.example,hours=24/7,languages=en',
  ])
  await world.befriend(north, south)
  const office = 'judicial=desk@north.example,phone=+49 30 1,hours=Mon–Fri 08:00–17:00 UTC,languages=en,fr,key=seal'
  await north.keeper.json('party', 'update', '--contact', office)
  await south.keeper.json('party', 'update', '--contact', 'technical=soc@south.example')
  await world.settled()

  // One list, whichever node is asked.
  const listed = (who: Person, ...words: readonly string[]) =>
    who.json<readonly ListedContact[]>('party', 'contacts', ...words)
  const everybody = await listed(north.keeper)
  assert.deepEqual(
    new Set(everybody.map(({ party, contact }) => `${party.urn} ${contact.function}`)),
    new Set([`${north.keeper.urn} judicial`, `${harbour.urn} judicial`, `${south.keeper.urn} technical`]),
  )
  const byParty = (list: readonly ListedContact[]) => list.toSorted((a, b) => (a.party.urn < b.party.urn ? -1 : 1))
  assert.deepEqual(byParty(await listed(south.keeper)), byParty(everybody))
  const [ofNorth, ...others] = await listed(south.keeper, '--function', 'judicial', '--state', 'XA')
  assert.equal(others.length, 0)
  const key = ofNorth?.contact.key ?? assert.fail('no key')
  const { keys } = await south.keeper.json<PartyResponse>('party', 'show', north.keeper.urn)
  assert.deepEqual(keys.find(({ kid }) => kid === key)?.roles, ['seal'])
  const { stdout: directory } = await south.keeper.run('party', 'contacts', '--language', 'fr')
  assert.match(
    directory,
    /^Agency of north \([0-9a-f]{8}…\), state XA\n {2}judicial {2}desk@north\.example, \+49 30 1\n/,
  )
  assert.ok(directory.includes(`key        ${key.slice(0, 16)}`), directory)

  // The ping: one answers as it is listed but for its hours, one has nothing listed, one does not answer.
  const urn = caseUrn(south.keeper.urn, 'judicial-desks')
  await south.keeper.json(
    ['case', 'open', 'exercise', 'judicial-desks', '--set', 'type=ping', '--set', 'function=judicial'],
    ['--set', `participants=${north.keeper.urn}`, '--set', `participants=${harbour.urn}`],
    ['--set', `participants=${south.keeper.urn}`, '--set', 'subject=Half-yearly test'],
  )
  await south.keeper.json('case', 'move', 'judicial-desks', 'start')
  await world.settled()
  world.pass(3600)
  // What is put right after the question is not what was listed when it was asked.
  await south.keeper.json('party', 'update', '--contact', 'judicial=late@south.example')
  await until('north knows the round', async () => (await north.client.case(urn)).state.name === 'running')
  const answer = (...said: readonly string[]) => said.flatMap((each) => ['--set', each])
  await north.keeper.json([
    'case',
    'move',
    urn,
    'answer',
    ...answer('hours=24/7', 'language=en-GB', `key=${key}`),
    '--wait',
    '120',
  ])
  await south.keeper.json('case', 'move', 'judicial-desks', 'answer', ...answer('language=en'), '--wait', '30')
  world.pass(2 * day)
  await world.settled()
  await until('both see the same', async () => {
    const [here, there] = await Promise.all([north, south].map(({ client }) => client.case(urn)))
    return here?.timeline.length === there?.timeline.length
  })

  const shown = await south.keeper.json<CaseResponse>('case', 'show', 'judicial-desks')
  const { ping } = await north.client.case(urn)
  assert.deepEqual(ping, shown.ping)
  assert.deepEqual(
    ping?.answers.map(({ party, standing, directory, compared }) => [party.party, standing, directory, compared]),
    [
      [north.keeper.urn, 'in-time', 'listed', { hours: 'differs', language: 'as-listed', key: 'as-listed' }],
      [harbour.urn, 'none', 'listed', undefined],
      [south.keeper.urn, 'in-time', 'none', undefined],
    ],
  )
  const { stdout } = await south.keeper.run('case', 'show', 'judicial-desks')
  const words = stdout.replaceAll(/\s+/g, ' ')
  for (const says of [
    /Answers beside the directory of contacts \(judicial\): Agency of north .*: answered in time, /,
    /hours 24\/7; listed otherwise: Mon–Fri 08:00–17:00 UTC language en-GB, as listed: en, fr key [0-9a-f]{16}, as listed/,
    /Harbour \([0-9a-f]{8}…\): has not answered hours not said; listed: 24\/7/,
    /you, Agency of south \(.*\): answered in time, .* it had no judicial contact in the directory when it was asked/,
  ])
    assert.match(words, says)
  assert.deepEqual(world.complaints, [])
})
