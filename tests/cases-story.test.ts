/** Each procedure from its first move to its last: the seat at one node, parties at others, by command and through the API. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CaseResponse } from '@comity/contract'
import type { ProvisionId } from '@comity/instruments'
import { procedures } from '@comity/procedures'
import { caseUrn } from '@comity/statement'
import { type Cast, Chapter } from './cases-story/chapter.ts'
import { Person } from './cases-story/person.ts'
import { type Place, until, World } from './cases-story/world.ts'

interface Stage {
  readonly world: World
  readonly north: Place
  readonly south: Place
  readonly east: Place
  readonly acme: Person
  readonly council: Person
  readonly counsel: Person
}

async function staged(context: TestContext): Promise<Stage> {
  const world = new World()
  context.after(() => world.close())
  const north = await world.found('north', 'XA')
  const south = await world.found('south', 'XB')
  const east = await world.found('east', 'XC')
  await world.befriend(north, south, east)
  const acme = await world.host(north, 'acme', 'provider', 'Acme')
  const council = await world.host(east, 'council', 'organisation', 'Regional council')
  const counsel = await world.host(south, 'counsel', 'civil-society', 'Counsel')
  for (const { keeper } of [north, south, east]) await keeper.json('adhere', 'code')
  for (const { keeper } of [north, south]) await keeper.json('adhere', 'gids')
  await acme.json('support', 'gids')
  await world.settled()
  return { world, north, south, east, acme, council, counsel }
}

test('every procedure is played to its end across three nodes, and audited from outside', async (context) => {
  const stage = await staged(context)
  const { world, north, south, east, acme } = stage
  for (const [name, slug, seat, cast] of chaptersOf(stage)) {
    await context.test(name, async () => {
      const chapter = new Chapter(world, name, slug, { cast, seat })
      await chapter.playExample()
      const shown = await chapter.requireSameEverywhere()
      assert.deepEqual([shown.standing, shown.procedure, shown.seat], ['ended', chapter.version, seat.origin])
      for (const { keeper } of world.places) {
        const { code, stdout, stderr } = await keeper.run('case', 'show', chapter.urn)
        assert.equal(code, 0, stderr)
        assert.ok(stdout.includes(shown.state.title), stdout)
      }
    })
  }
  await context.test('adherence', () => playAdherence(stage))
  await context.test('exercise, filed through the API', () => playThroughApi(stage))

  // What is no case of a log is played elsewhere: `disclosure-story.test.ts`, and `advisory`, of which no case is stored.
  await context.test('every definition of public cases was played', async () => {
    const { items } = await north.client.cases({ limit: 200 })
    const played = new Set(items.map(({ procedure }) => procedure.split('/')[0]))
    const stored = procedures.filter(({ name, visibility }) => visibility === 'public' && name !== 'advisory')
    assert.deepEqual([...played].toSorted(), [...new Set(stored.map(({ name }) => name))].toSorted())
  })

  await context.test('an audit from outside replays every case, and computes the same findings', async () => {
    await world.settled()
    for (const { keeper } of world.places) await keeper.json('findings', '--publish')
    await world.settled()
    const auditor = new Person(world.root, 'auditor', 'Auditor', world.now)
    const audited = await auditor.run('audit', north.url, south.url, east.url)
    assert.equal(audited.code, 0, audited.stdout + audited.stderr)
    assert.match(audited.stdout, /^EQUAL: 3 logs/)
  })

  await context.test('what is on record follows from the cases, and is the same at every node', async () => {
    for (const party of [north.keeper, south.keeper, east.keeper, acme]) {
      const [first, ...others] = await Promise.all(
        world.places.map(async ({ client }) => (await client.partyFindings(party.urn)).findings),
      )
      for (const other of others) assert.deepEqual(other, first)
    }
    const on = async ({ keeper }: Place) =>
      new Map((await east.client.partyFindings(keeper.urn)).findings.map((each) => [each.provision, each]))
    const [ofNorth, ofSouth, ofEast] = await Promise.all([on(north), on(south), on(east)])
    const levels = (of: typeof ofNorth, ...provisions: readonly ProvisionId[]) =>
      provisions.map((provision) => of.get(provision)?.level)
    assert.deepEqual(levels(ofNorth, 'code-g', 'code-h', 'code-i', 'code-j'), Array(4).fill('evidenced'))
    assert.deepEqual(levels(ofSouth, 'code-g', 'code-h'), Array(2).fill('evidenced'))
    assert.deepEqual(levels(ofEast, 'code-g', 'code-h'), Array(2).fill('evidenced'))
    const urn = (who: Place, slug: string) => caseUrn(who.keeper.urn, slug)
    const cases = (of: typeof ofNorth, provision: ProvisionId) =>
      (of.get(provision)?.cases ?? []).map((each) => each.urn)
    for (const side of [ofNorth, ofSouth]) assert.deepEqual(cases(side, 'code-k'), [urn(north, 'builds')])
    assert.deepEqual(cases(ofSouth, 'code-f'), [urn(south, 'picture-17')])
    assert.deepEqual(cases(ofEast, 'code-k'), [])
  })
  assert.deepEqual(world.complaints, [])
})

type Played = readonly [procedure: string, slug: string, seat: Place, cast: Cast]

function chaptersOf({ north, south, east, acme, council, counsel }: Stage): readonly Played[] {
  const [n, s, e] = [north.keeper, south.keeper, east.keeper]
  return [
    ['agreement', 'data-abroad', north, { party: n, 'party 2': e }],
    ['decision', 'contacts', east, { proposer: n, chair: council, member: n, 'member 2': s, 'member 3': e }],
    [
      'dispute',
      'builds',
      north,
      { claimant: n, respondent: s, 'third-party': acme, offerer: council, assistant: council },
    ],
    ['restriction', 'picture-17', south, { issuer: s, counsel, reviewer: e }],
    ['capacity', 'training', south, { requester: s, offerer: n }],
    ['exercise', 'ping', east, { organiser: e, participant: n, 'participant 2': s }],
  ]
}

/** Its own moves are made with verbs of their own; the others move in the case that these open. */
async function playAdherence({ world, north, south, east, council }: Stage): Promise<void> {
  const urn = `urn:comity:case:${east.keeper.urn.slice(-64)}:adherence.gids`
  const state = async (): Promise<string> => (await east.client.case(urn)).state.name
  const day = 86_400
  const { id } = await east.keeper.json<{ id: string }>(
    ['adhere', 'gids', '--declare', 'gids-3=Our law on personal data is the measure.'],
    ['--reserve', 'gids-4=Except where the law of our seat demands a copy there.'],
  )
  assert.equal(await state(), 'in-force')
  const wrongVerb = await east.keeper.run('case', 'move', urn, 'declare-anew')
  assert.equal(wrongVerb.code, 2)
  assert.match(wrongVerb.stderr, /declare-anew is made with "comity adhere"/)
  world.pass(day)
  await council.json(
    'case',
    'move',
    urn,
    'circulate',
    '--set',
    `statement=${id}`,
    '--set',
    'text=Sent to all.',
    '--wait',
  )
  world.pass(60 * day)
  await until('north knows it', async () => (await movesAt(north, urn)) === 2)
  const objected = await north.keeper.json<{ taken: boolean }>(
    ['case', 'move', urn, 'object', '--set', 'provisions=gids-4', '--set', 'precludes=no'],
    ['--set', 'text=A copy at home is what the paragraph rules out.', '--wait', '120'],
  )
  assert.equal(objected.taken, true)
  for (const shows of [
    ['case', 'show', 'adherence.gids'],
    ['party', 'show', 'east'],
    ['findings', '--party', 'east'],
    ['findings', '--party', 'east', '--provision', 'gids-4'],
  ]) {
    const { stdout } = await east.keeper.run(...shows)
    const beside = /gids-4: Except where the law .* objection of Agency of north \([0-9a-f]{8}…\), .*: A copy at home/
    assert.match(stdout.replaceAll(/\s+/g, ' '), beside, shows.join(' '))
  }
  world.pass(200 * day)
  await east.keeper.json('adhere', 'gids', '--drop', 'gids-4')
  const lastDay = new Date((world.now() + 400 * day) * 1000).toISOString().slice(0, 10)
  await east.keeper.json('adhere', 'gids', '--withdraw-after', lastDay)
  assert.equal(await state(), 'leaving')
  world.pass(30 * day)
  await east.keeper.json('adhere', 'gids')
  assert.equal(await state(), 'in-force')
  await until('north knows that', async () => (await movesAt(north, urn)) === 6)
  await north.keeper.json('case', 'move', urn, 'reply', '--set', 'text=We welcome it.', '--wait', '120')
  const { case: named } = await north.keeper.json<{ case: string }>([
    'case',
    'move',
    `${east.keeper.name}:adherence.gids`,
    'reply',
    '--set',
    'text=And say so again.',
    '--wait',
    '30',
  ])
  assert.equal(named, urn)
  await world.settled()
  const [own, ...others] = await Promise.all([east, north, south].map(({ client }) => client.caseMoves(urn)))
  for (const other of others) assert.deepEqual(other, own)
  assert.equal(own?.items.length, 8)
}

/** How many moves of a case a node knows. */
async function movesAt({ client }: Place, urn: string): Promise<number> {
  return client.caseMoves(urn).then(
    ({ items }) => items.length,
    () => 0,
  )
}

/** Moves are statements like any other: whoever can sign one files it by POST /entries, at home or at the seat. */
async function playThroughApi({ world, north, east }: Stage): Promise<void> {
  const chapter = new Chapter(world, 'exercise', 'ping-2', {
    cast: { organiser: east.keeper, participant: north.keeper, 'participant 2': east.keeper },
    seat: east,
  })
  const names = ['table-top', 'Agency of north']
  const opening = [
    'case',
    'open',
    'exercise',
    'ping-2',
    '--set',
    `type=${names[0]}`,
    '--set',
    `participants=${names[1]}`,
  ]
  const { urn } = chapter
  const file = async (place: Place, words: readonly string[]): Promise<void> => {
    const { keeper } = place
    const { payload } = await keeper.json<{ payload: object }>(words, '--dry-run')
    keeper.file('move.json', payload)
    await keeper.json('sign', 'move', 'move.json', '--sub', urn, '--out', 'move.cbor', '--force')
    const token = readFileSync(join(keeper.path, 'home', 'parties', keeper.alias, 'token'), 'utf8').trim()
    const response = await fetch(`${place.url}/entries`, {
      method: 'POST',
      headers: { 'content-type': 'application/cose', authorization: `Bearer ${token}` },
      body: new Uint8Array(readFileSync(join(keeper.path, 'move.cbor'))),
    })
    assert.equal(response.status, 201, await response.text())
    await world.settled()
  }
  const shown = async (place: Place): Promise<CaseResponse> =>
    // The schema of the answer says what it is.
    (await (await fetch(`${place.url}/api/v1/cases/${encodeURIComponent(urn)}`)).json()) as CaseResponse
  await file(east, [...opening, '--set', 'subject=Without commands'])
  await file(east, ['case', 'move', 'ping-2', 'start'])
  await until('north knows it', async () => (await movesAt(north, urn)) === 2)
  await file(north, ['case', 'move', 'ping-2', 'answer', '--set', 'text=Here.'])
  await until('the seat has the answer', async () => (await shown(east)).timeline.length === 3)
  await file(east, ['case', 'move', 'ping-2', 'end'])
  await file(east, ['case', 'move', 'ping-2', 'report', '--set', 'lessons=One of one answered.'])
  await until('north knows its end', async () => (await movesAt(north, urn)) === 5)
  const [there, here] = [await shown(east), await shown(north)]
  assert.deepEqual([there.state.name, here.state.name], ['learnt', 'learnt'])
  assert.deepEqual(here.timeline, there.timeline)
}
