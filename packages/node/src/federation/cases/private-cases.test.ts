import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { partOf, procedureOf } from '@comity/procedures'
import { type House, type Neighbours, neighbours, restart } from '../inbox/inbox.fixture.ts'
import { caseOf, file, report, seenBy, urnOf } from './cases.fixture.ts'

interface Stage extends Neighbours {
  readonly researcher: House
  readonly coordinator: House
  readonly first: House
  readonly second: House
  readonly urn: string
}

async function staged(context: TestContext): Promise<Stage> {
  const world = await neighbours(context, ['researcher', 'coordinator', 'first', 'second'])
  const [researcher, coordinator, first, second] = world.houses
  assert.ok(researcher && coordinator && first && second)
  return { ...world, researcher, coordinator, first, second, urn: urnOf(researcher, 'two-headers') }
}

/** A report, taken up, and two vendors asked in. */
async function opened(stage: Stage): Promise<void> {
  const { researcher, coordinator, first, second, urn, settle } = stage
  const seat = coordinator
  await file(researcher, { seat, urn, move: 'report', body: { coordinator: coordinator.home.urn, ...report } })
  await settle()
  await file(coordinator, { seat, urn, move: 'acknowledge', body: { text: 'We look into it.' } })
  await file(coordinator, { seat, urn, move: 'validate', body: { identifier: 'CVE-2026-10001', text: 'Reproduced.' } })
  for (const vendor of [first, second])
    await file(coordinator, { seat, urn, move: 'invite', body: { vendor: vendor.home.urn } })
  await settle()
}

test('a private case is ordered by its seat, and each party sees what is its own and what is common', async (context) => {
  const stage = await staged(context)
  const { researcher, coordinator, first, second, urn, settle } = stage
  const sizes = stage.houses.map(({ node }) => node.head.size)
  await opened(stage)
  const common = ['report', 'acknowledge', 'validate']
  assert.deepEqual(seenBy(coordinator, urn), [...common, 'invite', 'invite'])
  assert.deepEqual(seenBy(researcher, urn), common)
  assert.deepEqual(seenBy(first, urn), [...common, 'invite'])

  const seat = coordinator
  await file(first, { seat, urn, move: 'state-status', body: { status: { state: 'affected' } } })
  await file(second, { seat, urn, move: 'answer', body: { text: 'Which build was it?' } })
  await settle()
  await file(coordinator, { seat, urn, move: 'tell', body: { to: second.home.urn, text: 'The newest one.' } })
  await settle()
  assert.deepEqual(seenBy(first, urn), [...common, 'invite', 'state-status'])
  assert.deepEqual(seenBy(second, urn), [...common, 'invite', 'answer', 'tell'])
  assert.deepEqual(seenBy(researcher, urn), common)

  // Everybody has the case that is left of the seat's when what it does not see is left out.
  const whole = caseOf(coordinator, urn)?.row.case
  assert.ok(whole)
  for (const house of [researcher, first, second]) {
    const { case: own, fault, fork } = caseOf(house, urn)?.row ?? {}
    assert.deepEqual([fault, fork], [undefined, undefined])
    assert.ok(own)
    const { moves: _, movedAt: __, ...seen } = own
    const { moves: ___, movedAt: ____, ...part } = partOf(procedureOf(whole.procedure), whole, house.home.urn)
    assert.deepEqual(seen, part, house.label)
  }
  assert.deepEqual(
    stage.houses.map(({ node }) => node.head.size),
    sizes,
    'nothing of it enters a log',
  )
  for (const { defects } of stage.houses) assert.deepEqual(defects, [])
})

test('what the seat does not take is refused under its signature, and only its author hears of it', async (context) => {
  const stage = await staged(context)
  await opened(stage)
  const { first, second, coordinator, urn, settle } = stage
  const refused = await file(first, {
    seat: coordinator,
    urn,
    move: 'agree',
    body: { agreedTo: '2026-12-15T15:00:00Z' },
  })
  await settle()
  const moves = (house: House) => {
    const found = caseOf(house, urn)
    return found === undefined ? [] : house.inbox.cases.reader.moves(found).map(({ row }) => row)
  }
  const [row] = moves(first)
  assert.equal(row?.id, refused.id)
  assert.deepEqual([row?.state, row?.code, row?.detail], ['refused', 'guarded', row?.detail])
  assert.match(row?.detail ?? '', /no date was proposed/)
  assert.ok(row?.refusal)
  assert.deepEqual(moves(second), [])
})

test('a move that reached the seat before a crash is judged after it, once, however often it is brought', async (context) => {
  const stage = await staged(context)
  await opened(stage)
  const { first, coordinator, urn, settle } = stage
  const status = { status: { state: 'affected' } }
  await file(first, { seat: coordinator, urn, move: 'state-status', body: status })
  await first.inbox.step(first.clock.now())
  assert.ok(!seenBy(coordinator, urn).includes('state-status'), 'it lies at the seat and was not judged')
  await restart(coordinator, stage)
  await restart(first, stage)
  await settle()
  for (const house of [coordinator, first])
    assert.equal(seenBy(house, urn).filter((name) => name === 'state-status').length, 1, house.label)
})
