/**
 * A researcher reports, three vendors coordinate under embargo, all publish at the agreed minute: by command and through
 * the API, on three nodes. Nothing of the case stands in a log before that, and no vendor learns of another.
 */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { type CaseResponse, type Client, type ClientError, createClient, type Submission } from '@comity/contract'
import { caseUrn, decodeStatement } from '@comity/statement'
import { crypto } from '../packages/node/src/crypto-port.ts'
import { Person } from './cases-story/person.ts'
import { insecure, type Place, until, World } from './cases-story/world.ts'

const osv = join(import.meta.dirname, '..', 'samples', 'GO-2023-2153.json')

interface Stage {
  readonly world: World
  readonly north: Place
  readonly south: Place
  readonly east: Place
  readonly researcher: Person
  readonly vendors: readonly Person[]
  readonly urn: string
}

/** A party at home at somebody else's node, which opens for it what is sealed to it. */
async function hosted(world: World, at: Place, alias: string, type: string, name: string): Promise<Person> {
  const person = new Person(world.root, alias, name, world.now)
  const token = join(person.path, 'token')
  await at.keeper.json('token', 'issue', '--label', name, '--admin', '--out', token)
  const { urn } = await person.json<{ urn: string }>(
    ['party', 'create', alias, '--name', name, '--type', type],
    ['--node', at.url, '--token-file', token, insecure],
  )
  person.urn = urn
  return person
}

async function staged(context: TestContext): Promise<Stage> {
  const world = new World({ carriesMessages: true })
  context.after(() => world.close())
  const north = await world.found('north', 'XA', 'Response team of north')
  const south = await world.found('south', 'XB')
  const east = await world.found('east', 'XC')
  await world.befriend(north, south, east)
  const researcher = await hosted(world, north, 'researcher', 'technical-community', 'Researchers')
  const vendors = [
    await hosted(world, south, 'acme', 'provider', 'Acme'),
    await hosted(world, east, 'bolt', 'provider', 'Bolt'),
    await hosted(world, south, 'cog', 'provider', 'Cog'),
  ]
  for (const vendor of vendors) await vendor.json('product', 'gateway', '--name', 'Gateway', '--updates', 'download')
  await world.settled()
  return { world, north, south, east, researcher, vendors, urn: caseUrn(researcher.urn, 'two-headers') }
}

async function caseOf(who: Person, urn: string): Promise<CaseResponse> {
  return who.json<CaseResponse>('case', 'show', urn)
}

function set(fields: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(fields).flatMap(([name, value]) => ['--set', `${name}=${value}`])
}

/** Kinds of what stands in a log behind an index. */
async function kindsBehind({ client }: Place, index: number): Promise<readonly string[]> {
  const { size } = await client.status()
  const { items } = await client.statements({ limit: 200 })
  return items.filter((each) => each.index >= index && each.index < size).map(({ kind }) => kind)
}

test('a researcher reports, three vendors coordinate under embargo, all publish at the agreed minute', async (context) => {
  const { world, north, south, east, researcher, vendors, urn } = await staged(context)
  const [acme, bolt, cog] = vendors
  assert.ok(acme && bolt && cog)
  const coordinator = north.keeper
  const before = await Promise.all(world.places.map(async ({ client }) => (await client.status()).size))

  await context.test('the report reaches the coordinator, and nobody else', async () => {
    const dry = await researcher.run(
      ['case', 'open', 'disclosure', 'two-headers', '--move', 'report', '--dry-run'],
      set({ coordinator: coordinator.urn, title: 'Two length headers', description: 'Read differently by each.' }),
    )
    assert.match(dry.stdout, /sealed, to the seat alone/, dry.stderr)
    const opened = await researcher.json<{ taken: boolean; private: boolean }>(
      ['case', 'open', 'disclosure', 'two-headers', '--move', 'report', '--wait'],
      set({ coordinator: coordinator.urn, title: 'Two length headers', description: 'Read differently by each.' }),
    )
    assert.deepEqual([opened.taken, opened.private], [true, true])
    const listed = await coordinator.run('case', 'list', '--mine')
    assert.match(listed.stdout, /Two length headers/)
    assert.match(listed.stdout, /private/)
    const stranger = await south.keeper.run('case', 'show', urn)
    assert.equal(stranger.code, 2, stranger.stdout + stranger.stderr)
    assert.deepEqual((await north.client.cases({})).items, [])
  })

  await context.test('it is taken up, and three vendors are asked in, each for itself', async () => {
    await coordinator.json('case', 'move', urn, 'acknowledge', set({ text: 'We look into it.' }))
    await coordinator.json('case', 'move', urn, 'validate', set({ identifier: 'CVE-2026-10001' }))
    for (const vendor of vendors) await coordinator.json('case', 'move', urn, 'invite', set({ vendor: vendor.urn }))
    for (const vendor of vendors)
      await until(`${vendor.alias} is asked`, async () =>
        (await vendor.run('case', 'show', urn)).stdout.includes('state-status'),
      )
    for (const vendor of vendors) {
      const { roles, private: isPrivate, timeline } = await caseOf(vendor, urn)
      assert.equal(isPrivate, true)
      const others = vendors.filter((each) => each !== vendor).map((each) => each.urn)
      assert.ok(!JSON.stringify({ roles, timeline }).includes(others[0] ?? ''), 'no vendor learns of another')
      assert.ok(!JSON.stringify({ roles, timeline }).includes(others[1] ?? ''), 'no vendor learns of another')
    }
    const { standings } = await caseOf(coordinator, urn)
    assert.deepEqual([standings?.[0]?.count, standings?.[0]?.silent], [3, 3])
  })

  await context.test('each has a thread and a status of its own; silence is silence', async () => {
    const affected = acme.file('affected.json', { status: { state: 'affected' } })
    await acme.json('case', 'move', urn, 'state-status', '--body', affected, '--wait')
    await bolt.json('case', 'move', urn, 'answer', set({ text: 'Which build was it?' }), '--wait')
    await coordinator.json('case', 'move', urn, 'tell', set({ to: bolt.urn, text: 'The newest.' }))
    await until('the answer is there', async () =>
      (await bolt.run('case', 'show', urn)).stdout.includes('Write to one'),
    )
    const { standings } = await caseOf(coordinator, urn)
    const silent = standings?.[0]?.parties.filter((each) => each.silent).map(({ party }) => party)
    assert.deepEqual(silent, [bolt.urn, cog.urn])
    const shown = await coordinator.run('case', 'show', urn)
    assert.match(shown.stdout, /silent/)
    assert.doesNotMatch(JSON.stringify(await caseOf(cog, urn)), /Which build/)
  })

  const minute = Math.ceil((world.now() + 3 * 86_400) / 60) * 60
  const endsAt = new Date(minute * 1000).toISOString().replace('.000', '')
  await context.test('all agree on one moment, with hour and zone', async () => {
    const proposal = coordinator.file('date.json', { proposed: { endsAt, zone: 'Africa/Nairobi' } })
    await coordinator.json('case', 'move', urn, 'propose-date', '--body', proposal)
    const early = await coordinator.run('case', 'move', urn, 'set-embargo', set({ endsAt, zone: 'Africa/Nairobi' }))
    assert.equal(early.code, 3)
    assert.match(early.stderr.replaceAll(/\s+/g, ' '), /have not agreed/)
    for (const party of [researcher, ...vendors]) {
      await until(`${party.alias} knows the date`, async () =>
        (await caseOf(party, urn)).timeline.some(({ title }) => title.startsWith('Propose when')),
      )
      const agrees =
        party === researcher ? ['consent', '--set', `consents=${endsAt}`] : ['agree', '--set', `agreedTo=${endsAt}`]
      await party.json('case', 'move', urn, ...agrees, '--wait')
    }
    await coordinator.json('case', 'move', urn, 'set-embargo', set({ endsAt, zone: 'Africa/Nairobi' }))
    for (const party of [researcher, ...vendors])
      await until(`${party.alias} knows the embargo`, async () => (await caseOf(party, urn)).state.name === 'embargo')
    const due = await acme.run('case', 'due', '--until', '30d')
    assert.match(due.stdout, /Embargo: running/)
  })

  await context.test('each signs its advisory, and it lies sealed until its minute', async () => {
    for (const vendor of vendors) {
      const prepared = await vendor.json<Submission>('advisory', 'publish', osv, '--product', 'gateway', '--at', endsAt)
      assert.deepEqual([prepared.state, prepared.at], ['waiting', minute])
    }
    await coordinator.json('case', 'move', urn, 'publish', set({ title: 'Two length headers' }), '--at', endsAt)
    const listed = await acme.run('scheduled', 'list')
    assert.match(listed.stdout, /waits, sealed/)
    const spare = await cog.json<Submission>(
      'advisory',
      'publish',
      osv,
      '--product',
      'gateway',
      '--id',
      'SPARE',
      '--at',
      endsAt,
    )
    await cog.json('scheduled', 'cancel', spare.id.slice(0, 8))
    for (const [i, place] of world.places.entries()) {
      const kinds = await kindsBehind(place, before[i] ?? 0)
      assert.deepEqual(
        kinds.filter((kind) => kind !== 'time' && kind !== 'commitment'),
        [],
        `nothing of it stands in the log of ${place.keeper.alias}`,
      )
    }
  })

  await context.test('at the minute every node publishes, one that was restarted too', async () => {
    await world.stop(south)
    world.pass(minute - world.now() - 3)
    await world.start(south)
    const advisories = async (): Promise<number> => (await south.client.advisories({})).items.length
    assert.equal(await advisories(), 0)
    await until('all have published', async () => {
      await world.settled()
      return (await east.client.advisories({})).items.length === 3 && (await advisories()) === 3
    })
    for (const { statement } of (await north.client.advisories({})).items) assert.ok(statement.at >= minute)
    for (const vendor of vendors) {
      const { submissions } = JSON.parse(
        JSON.stringify({ submissions: await vendor.json<Submission[]>('scheduled', 'list') }),
      ) as {
        submissions: Submission[]
      }
      assert.ok(submissions.some(({ state }) => state === 'registered'))
    }
    await until('the case is published', async () => (await caseOf(acme, urn)).state.name === 'published')
  })

  await context.test(
    'what the procedure makes public stands in the log of the seat, in the order of the seat',
    async () => {
      const record = async () =>
        (await north.client.statements({ limit: 200 })).items.find(({ kind }) => kind === 'record')
      await until('the record is there', async () => (await record()) !== undefined)
      const found = await north.client.statement((await record())?.id ?? '')
      // Safe: the payload of a record has this form.
      const { documents } = found.payload as { readonly documents: readonly { readonly digest: string }[] }
      const document = Buffer.from(await north.client.document(documents[0]?.digest ?? '')).toString('utf8')
      const { orders }: { orders: { order: string; move?: string }[] } = JSON.parse(document)
      const moves = orders.flatMap(({ move }) =>
        move === undefined ? [] : [decodeStatement(Buffer.from(move, 'base64url'), crypto)],
      )
      const names = moves.map(
        ({ payload }) => (JSON.parse(Buffer.from(payload).toString('utf8')) as { move: string }).move,
      )
      assert.deepEqual(names, ['acknowledge', 'validate', 'set-embargo', 'publish'])
      assert.ok(!document.includes('Which build') && !document.includes('We look into it'))
      for (const vendor of vendors) assert.ok(!document.includes(vendor.urn))
    },
  )

  await context.test(
    'an auditor from outside comes to the same, and knows nothing of the case but what is public',
    async () => {
      await world.settled()
      const auditor = new Person(world.root, 'auditor', 'Auditor', world.now)
      const audited = await auditor.run('audit', north.url, south.url, east.url)
      assert.equal(audited.code, 0, audited.stdout + audited.stderr)
      const client: Client = createClient({ baseUrl: north.url })
      await assert.rejects(client.case(urn), (error: ClientError) => error.code === 'not-found')
    },
  )
  assert.deepEqual(world.complaints, [])
})
