/** Clocks of cases as people meet them by command: what a lapse opens, what the parties agree on, four eyes on a move. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { CaseClock, CaseResponse, DueCase } from '@comity/contract'
import type { Person } from './cases-story/person.ts'
import { type Place, until, World } from './cases-story/world.ts'

const day = 86_400

interface Stage {
  readonly world: World
  readonly north: Place
  readonly south: Place
  readonly urn: string
}

interface Moved {
  readonly id: string
  readonly taken: boolean
}

/** A dispute of north with south, whose clocks run in Nairobi. */
async function disputed(context: TestContext): Promise<Stage> {
  const world = new World()
  context.after(() => world.close())
  const north = await world.found('north', 'XA')
  const south = await world.found('south', 'XB')
  await world.befriend(north, south)
  const { case: urn } = await north.keeper.json<{ case: string }>(
    ['case', 'open', 'dispute', 'builds', '--place', 'Africa/Nairobi', '--set', 'respondents=Agency of south'],
    ['--set', 'subject=Updates', '--set', 'urgency=normal', '--set', 'basis=Two builds differ.'],
  )
  await known(south, urn, 1)
  return { world, north, south, urn }
}

/** Until a node has so many moves of a case. */
async function known({ client, keeper }: Place, urn: string, moves: number): Promise<void> {
  await until(`${keeper.alias} knows it`, () =>
    client.caseMoves(urn).then(
      ({ items }) => items.length >= moves,
      () => false,
    ),
  )
}

async function clockOf({ client }: Place, urn: string, name: string): Promise<CaseClock> {
  const { clocks } = await client.case(urn)
  return clocks.find((each) => each.name === name) ?? assert.fail(`no clock ${name}`)
}

async function refused(who: Person, ...words: readonly string[]): Promise<string> {
  const { code, stderr } = await who.run(...words)
  assert.equal(code, 3, stderr)
  return stderr.replaceAll(/\s+/g, ' ')
}

test('a lapse opens a way and decides nothing: before it the move is refused, after it whoever may makes it', async (context) => {
  const { world, north, south, urn } = await disputed(context)
  const refer = ['case', 'move', 'builds', 'refer', '--set', 'to=The regional court'] as const
  const early = await refused(north.keeper, ...refer)
  assert.match(early, /refer is not possible: the clock settlement has not lapsed/)
  const due = await south.keeper.json<DueCase[]>('case', 'due', '--mine', '--until', '70d')
  assert.deepEqual(
    due.map(({ clock, standing }) => [clock.name, standing]),
    [
      ['acknowledgement', 'running'],
      ['consultations', 'running'],
      ['settlement', 'running'],
    ],
  )
  assert.match(due[2]?.deadline ?? '', /T23:59:59\+03:00\[Africa\/Nairobi\]$/)
  assert.deepEqual(await north.keeper.json('case', 'due', '--mine'), [])

  world.pass(61 * day)
  const before = await north.client.case(urn)
  assert.deepEqual([before.state.name, before.standing], ['notified', 'open'], 'time alone changes nothing')
  const said = (await north.keeper.run('case', 'show', 'builds')).stdout.replaceAll(/\s+/g, ' ')
  assert.match(said, /Settlement between the parties, for respondent: lapsed .*may refer the dispute elsewhere: refer/)
  assert.match(said, /Settlement between the parties has lapsed: the claimant may refer the dispute elsewhere/)
  await north.keeper.json<Moved>(...refer)
  const after = await north.client.case(urn)
  assert.deepEqual([after.state.name, after.standing], ['referred', 'ended'])
  assert.deepEqual(await south.keeper.json('case', 'list', '--mine', '--open', '--procedure', 'agreement'), [])
})

test('another end of a clock holds once all agree, both ends are shown, and whoever answers late is late', async (context) => {
  const { world, north, south, urn } = await disputed(context)
  const source = (await clockOf(north, urn, 'acknowledgement')).endsAt
  // By its day: it ends where the case has its clocks.
  const agreedDay = new Date((source + 20 * day) * 1000).toISOString().slice(0, 10)
  const { id } = await south.keeper.json<Moved>(
    ['case', 'move', 'builds', 'propose', '--set', 'what.kind=end-clock-at', '--set', 'what.clock=acknowledgement'],
    ['--set', `what.at=${agreedDay}`, '--wait', '120'],
  )
  assert.equal((await clockOf(north, urn, 'acknowledgement')).agreedAt, undefined, 'one side alone agrees on nothing')
  const shown = (await north.keeper.run('case', 'show', 'builds')).stdout
  assert.match(shown, new RegExp(`accept \\\\\\n +--set proposal=${id.slice(0, 16)}`))
  await north.keeper.json('case', 'move', 'builds', 'accept', '--set', `proposal=${id.slice(0, 16)}`)
  const clock = await clockOf(north, urn, 'acknowledgement')
  assert.equal(clock.endsAt, source)
  assert.match(clock.deadline, new RegExp(`^${agreedDay}T23:59:59\\+03:00`))

  world.pass((clock.agreedAt ?? 0) - world.now() + day)
  assert.equal((await clockOf(north, urn, 'acknowledgement')).standing, 'lapsed')
  await south.keeper.json('case', 'move', 'builds', 'acknowledge', '--wait', '120')
  const late = await clockOf(north, urn, 'acknowledgement')
  assert.equal(late.standing, 'late')
  assert.match(
    (await south.keeper.run('case', 'show', 'builds')).stdout,
    /Acknowledgement, for respondent: answered late/,
  )
})

test('a case stands still while its parties agree so, and its clocks run on for as long as they had left', async (context) => {
  const { world, north, south, urn } = await disputed(context)
  const before = (await clockOf(north, urn, 'consultations')).endsAt
  let moves = 1
  const agree = async (kind: string): Promise<void> => {
    await known(south, urn, moves)
    const { id } = await south.keeper.json<Moved>([
      'case',
      'move',
      'builds',
      'propose',
      '--set',
      `what.kind=${kind}`,
      '--wait',
      '30',
    ])
    await north.keeper.json('case', 'move', 'builds', 'accept', '--set', `proposal=${id}`)
    moves += 2
  }
  await agree('suspend')
  world.pass(100 * day)
  const still = await north.client.case(urn)
  assert.equal(still.suspended, true)
  assert.ok(still.clocks.every(({ standing }) => standing === 'suspended'))
  await known(south, urn, moves)
  assert.match(await refused(south.keeper, 'case', 'move', 'builds', 'acknowledge'), /the case is suspended/)
  await agree('resume')
  const { endsAt, standing } = await clockOf(north, urn, 'consultations')
  assert.equal(standing, 'running')
  assert.ok(Math.abs(endsAt - before - 100 * day) < 120, String(endsAt - before))
})

test('a move under four eyes waits for the second key, and without it has no effect', async (context) => {
  const { world, north, south, urn } = await disputed(context)
  const acme = await world.host(south, 'acme', 'provider', 'Acme', ['--approvers', '1', '--threshold', 'move=2'])
  await known(south, urn, 1)
  const joined = await acme.run('case', 'move', urn, 'join', '--set', 'interest=We sell the product.', '--wait', '5')
  assert.equal(joined.code, 0, joined.stderr)
  assert.match(
    joined.stdout.replaceAll(/\s+/g, ' '),
    /waits for 1 more of 2 keys.*effect once your other keys have approved it/,
  )
  const before = await north.client.case(urn)
  assert.equal(before.roles.find(({ role }) => role === 'third-party')?.parties.length, 0)
  const id = /statement +([0-9a-f]{64})/.exec(joined.stdout)?.[1] ?? assert.fail(joined.stdout)
  await acme.json('approve', id)
  await until('it takes effect at the seat', async () => {
    const { roles } = (await north.client.case(urn)) satisfies CaseResponse
    return roles.find(({ role }) => role === 'third-party')?.parties[0]?.party === acme.urn
  })
})
