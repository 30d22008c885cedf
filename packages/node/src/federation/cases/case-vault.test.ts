/** The journal is the truth of private cases: rebuilt they are the same, erased they are gone, sealed they stay. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { inspect } from 'node:util'
import { dropView } from '@comity/store'
import { dump } from '../../vault/dump.fixture.ts'
import { Vault } from '../../vault/vault.ts'
import { type House, type Neighbours, neighbours, restart } from '../inbox/inbox.fixture.ts'
import { caseOf, file, report, seenBy, urnOf } from './cases.fixture.ts'

const secret = 'the quiet river runs at midnight'

interface Stage extends Neighbours {
  readonly finder: House
  readonly seat: House
  readonly vendor: House
  readonly other: House
  readonly urn: string
}

async function played(context: TestContext): Promise<Stage> {
  const world = await neighbours(context, ['finder', 'seat', 'vendor', 'other'])
  const [finder, seat, vendor, other] = world.houses
  assert.ok(finder && seat && vendor && other)
  const stage = { ...world, finder, seat, vendor, other, urn: urnOf(finder, 'hidden-turbine') }
  const { urn, settle } = stage
  const body = { coordinator: seat.home.urn, ...report, title: secret }
  await file(finder, { seat, urn, move: 'report', body })
  await settle()
  await file(seat, { seat, urn, move: 'acknowledge', body: { text: secret } })
  for (const each of [vendor, other]) await file(seat, { seat, urn, move: 'invite', body: { vendor: each.home.urn } })
  await settle()
  await file(vendor, { seat, urn, move: 'answer', body: { text: secret } })
  await file(other, { seat, urn, move: 'agree', body: { agreedTo: '2026-12-15T15:00:00Z' } })
  await settle()
  const statement = vendor.home.sign(
    'support',
    'urn:comity:instrument:gids',
    { declarations: [{ provision: 'gids-8', text: `Later: ${secret}` }] },
    vendor.clock.now(),
  )
  await vendor.inbox.cases.submissions.prepare(vendor.home.urn, {
    statement,
    documents: [],
    fields: [],
    due: vendor.clock.now() + 86_400,
  })
  return stage
}

const viewOf = ({ directory }: House): string => join(directory, 'views', 'vault.db')

test('rebuild-equals-live: private cases come out the same from the journal alone, erasures and all', async (context) => {
  const stage = await played(context)
  await stage.other.inbox.cases.erase(stage.other.home.urn, stage.urn)
  for (const house of [stage.finder, stage.seat, stage.vendor, stage.other]) {
    const { node, app, clock } = house
    const view = viewOf(house)
    await house.vault.settled()
    const live = dump(view, node.truth)
    assert.equal(live.includes(stage.urn), house !== stage.other)
    await house.inbox.stop()
    await app.close()
    await house.vault.close()
    dropView(view)
    house.vault = await Vault.open({ truth: node.truth, view, register: node.reader, now: () => clock.now() })
    await house.vault.settled()
    assert.equal(dump(view, node.truth), live, house.label)
  }
})

test('a case that a party erased is gone for it alone, and does not come back by being brought again', async (context) => {
  const stage = await played(context)
  const { seat, vendor, other, urn, settle } = stage
  await other.inbox.cases.erase(other.home.urn, urn)
  await file(seat, { seat, urn, move: 'validate', body: {} })
  await settle()
  assert.equal(caseOf(other, urn), undefined)
  assert.equal(seenBy(vendor, urn).at(-1), 'validate')
  await restart(other, stage)
  assert.equal(caseOf(other, urn), undefined)
  assert.equal(await vendor.vault.erase(vendor.home.urn), true)
  await restart(vendor, stage)
  assert.equal(caseOf(vendor, urn), undefined)
  assert.deepEqual(vendor.inbox.cases.submissions.list(vendor.home.urn), [])
})

test('sealed-stays-sealed: nothing of a private case, nor that there is one, shows in what others see', async (context) => {
  const stage = await neighbours(context, ['finder', 'seat', 'vendor', 'other'])
  const before = await Promise.all(stage.houses.map(publicOf))
  const [finder, seat, vendor] = stage.houses
  assert.ok(finder && seat && vendor)
  const urn = urnOf(finder, 'hidden-turbine')
  const heads = stage.houses.map(({ node }) => node.head.size)
  await file(finder, { seat, urn, move: 'report', body: { coordinator: seat.home.urn, ...report, title: secret } })
  await stage.settle()
  await file(seat, { seat, urn, move: 'acknowledge', body: { text: secret } })
  await file(seat, { seat, urn, move: 'invite', body: { vendor: vendor.home.urn } })
  await stage.settle()
  await file(vendor, { seat, urn, move: 'answer', body: { text: secret } })
  await stage.settle()
  assert.deepEqual(
    stage.houses.map(({ node }) => node.head.size),
    heads,
  )
  assert.deepEqual(await Promise.all(stage.houses.map(publicOf)), before, 'whoever shows no token sees what was before')
  for (const house of stage.houses) {
    const asked = await fetch(`${house.url}/api/v1/cases/${encodeURIComponent(urn)}`)
    assert.equal(asked.status, 404)
    for (const text of [secret, 'hidden-turbine', urn]) {
      for (const { path, bytes } of filesOf(house.directory))
        assert.ok(!bytes.includes(text) && !bytes.includes(Buffer.from(text).toString('base64url').slice(4, -4)), path)
      for (const line of house.log) assert.ok(!line.includes(text))
      for (const defect of house.defects) assert.ok(!inspect(defect, { depth: 10 }).includes(text))
    }
  }
  const page = await vendor.client.case(urn)
  assert.equal(page.private, true)
  assert.ok(JSON.stringify(page).includes('hidden-turbine'))
  const [other] = stage.houses.slice(3)
  assert.ok(other)
  await assert.rejects(other.client.case(urn), { code: 'not-found' })
  await assert.rejects(other.client.ownCases.orders(urn), { code: 'unknown-case' })
})

async function publicOf({ url }: House): Promise<string> {
  const paths = ['cases', 'cases/due', 'status', 'statements', 'parties']
  const answers = await Promise.all(paths.map(async (path) => (await fetch(`${url}/api/v1/${path}`)).text()))
  const metrics = (await (await fetch(`${url}/metrics`)).text())
    .split('\n')
    .filter((line) => /sealed|case|inbox/.test(line))
  return [...answers.map((text) => text.replaceAll(/"(?:now|uptime|at)":[0-9]+/g, '')), ...metrics].join('\n')
}

function filesOf(directory: string): readonly { readonly path: string; readonly bytes: Buffer }[] {
  return readdirSync(directory, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path, bytes: readFileSync(path) }))
}
