/** An audit plays the cases of a log again: what is changed in a move, or in what findings say of a case, is named. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { findingsBytes, findingsDigest, type PartyFindings } from '@comity/assessment'
import type { AuditReport } from '@comity/node'
import { adherenceCase } from '@comity/procedures'
import { sha256Hex, treeHasher } from '@comity/crypto'
import { Person } from './cases-story/person.ts'
import { type Place, World } from './cases-story/world.ts'

const reply = 'We look into it, and come back to you.'

interface Told {
  readonly world: World
  readonly north: Place
  readonly south: Person
  readonly auditor: Person
  /** The entry of a reply in the dispute, and of the findings that were published. */
  readonly replied: number
  readonly published: string
}

/** One node with a dispute between its keeper and a State that it hosts, and an objection to a reservation. */
async function told(context: TestContext): Promise<Told> {
  const world = new World()
  context.after(() => world.close())
  const north = await world.found('north', 'XA')
  const { keeper } = north
  const south = await world.host(north, 'south', 'state', 'Agency of south', ['--state', 'XB'])
  for (const who of [keeper, south]) await who.json('adhere', 'code')
  await south.json('adhere', 'gids', '--reserve', 'gids-4=Except where the law of our seat demands a copy there.')
  await keeper.json(
    ['case', 'move', adherenceCase(south.urn, 'gids'), 'object', '--set', 'provisions=gids-4'],
    ['--set', 'precludes=no', '--set', 'text=A copy at home is what the paragraph rules out.'],
  )
  await keeper.json(
    ['case', 'open', 'dispute', 'builds', '--set', 'respondents=Agency of south', '--set', 'urgency=normal'],
    ['--set', 'subject=Two builds of one release differ', '--set', 'basis=They differ by place.'],
  )
  world.pass(86_400)
  await south.json('case', 'move', 'builds', 'acknowledge', '--set', 'text=We have it.')
  const { index } = await south.json<{ index: number }>('case', 'move', 'builds', 'reply', '--set', `text=${reply}`)
  const { id } = await keeper.json<{ id: string }>('findings', '--publish')
  return {
    world,
    north,
    south,
    auditor: new Person(world.root, 'auditor', 'Auditor', world.now),
    replied: index,
    published: id,
  }
}

/** The same log under another address, with some bytes changed on the way. */
async function servedOtherwise(context: TestContext, url: string, from: string, to: string): Promise<string> {
  assert.equal(from.length, to.length)
  const server = createServer(async (request, response) => {
    const answer = await fetch(url + (request.url ?? '/'), { headers: { 'accept-encoding': 'identity' } })
    const body = Buffer.from(await answer.arrayBuffer())
    const at = body.indexOf(from)
    if (at >= 0) body.write(to, at)
    response.statusCode = answer.status
    response.setHeader('content-type', answer.headers.get('content-type') ?? 'application/octet-stream')
    response.end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  context.after(() => {
    server.closeAllConnections()
    server.close()
  })
  // Safe: a listening TCP server has an address with a port.
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

test('a log with a dispute and an objection is played again and equal; one word changed in a move is found, and where', async (context) => {
  const { north, auditor, replied } = await told(context)
  const equal = await auditor.run('audit', north.url)
  assert.equal(equal.code, 0, equal.stdout + equal.stderr)
  assert.match(equal.stdout, /^EQUAL: everything in this log was computed again, and nothing differs\./)
  assert.match(
    equal.stdout.replaceAll(/\s+/g, ' '),
    /Kinds .*move 4\b.* Calendars deadlines of cases by time zones \d{4}[a-z], holidays of date-holidays \S+ Findings 1 of 1 published ones computed again/,
  )

  const changed = await servedOtherwise(context, north.url, reply, reply.replace('come back', 'never come'.slice(0, 9)))
  const different = await auditor.run('audit', changed)
  assert.equal(different.code, 1, different.stdout + different.stderr)
  const flat = different.stdout.replaceAll(/\s+/g, ' ')
  assert.match(flat, /^DIFFERENT: /)
  assert.match(flat, new RegExp(`What differs: 1\\. entry ${replied}: .*\\[signature-wrong/wrong-signature\\]`))
})

test('one finding about a case that was published other than it is computed is found: whose, and under which provision', async (context) => {
  const { north, south, auditor, published } = await told(context)
  const { keeper, client } = north
  const { payload } = await client.statement(published)
  // Safe: it is of kind findings.
  const { documents, digest: _, ...rest } = payload as { digest: string; documents: readonly { digest: string }[] }
  const document = await fetch(`${north.url}/documents/${documents[0]?.digest}`)
  const parties = (await document.json()) as readonly PartyFindings[]
  const kinder = parties.map(({ party, findings }) => ({
    party,
    findings: findings.map((each) =>
      each.provision === 'code-k' && party === south.urn ? { ...each, flags: [] } : each,
    ),
  }))
  assert.notDeepEqual(kinder, parties, 'the acknowledged dispute had a flag')
  const bytes = findingsBytes(kinder)
  const kept = { digest: `sha256:${sha256Hex(bytes)}`, size: bytes.length, type: 'application/json' }
  const token = readFileSync(join(keeper.path, 'home', 'parties', keeper.alias, 'token'), 'utf8').trim()
  const stored = await fetch(`${north.url}/documents/${kept.digest}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: new Uint8Array(bytes),
  })
  assert.ok(stored.ok, await stored.text())
  keeper.file('findings.json', { ...rest, digest: findingsDigest(kinder, treeHasher), documents: [kept] })
  await keeper.json('sign', 'findings', 'findings.json', '--sub', north.origin, '--out', 'findings.cbor')
  await keeper.json('submit', 'findings.cbor')

  const report = await auditor.run('audit', north.url, '--json')
  assert.equal(report.code, 1, report.stderr)
  const { differences, differenceCount }: AuditReport = JSON.parse(report.stdout)
  assert.equal(differenceCount, 1)
  const [{ code, party, provision, expected, found } = assert.fail('nothing differs')] = differences
  assert.deepEqual([code, party, provision], ['findings-differ', south.urn, 'code-k'])
  assert.match(expected ?? '', /due/)
  assert.doesNotMatch(found ?? '', /due/)
  const said = (await auditor.run('audit', north.url)).stdout.replaceAll(/\s+/g, ' ')
  assert.match(said, /What differs: 1\. entry \d+: .*Agency of south \([0-9a-f]{8}…\) under code-k/)
})
