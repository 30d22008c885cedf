/** What a node answers about logs that it mirrors, beside its own. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { api } from '@comity/contract'
import { formatTlogProof } from '@comity/log'
import {
  type CorePayloads,
  advisoryUrn,
  decodeStatement,
  digestText,
  instrumentUrn,
  productUrn,
} from '@comity/statement'
import { type Actor, actor } from '@comity/testkit'
import type { TSchema } from 'typebox'
import { Value } from 'typebox/value'
import { crypto } from '../crypto-port.ts'
import { WrittenLog, product, servePeer, start } from '../federation/mirror/peer.fixture.ts'
import { type Served, digestOf, operator, osv, served, startAt } from './server.fixture.ts'

const later = start + 1000

function fits<T>(schema: TSchema, value: T): T {
  const [first] = Value.Errors(schema, value)
  assert.equal(first, undefined, `${JSON.stringify(first)} in ${JSON.stringify(value)?.slice(0, 500)}`)
  return value
}

interface Stage {
  readonly own: Served
  readonly log: WrittenLog
  /** A provider at home in the mirrored log, with an advisory. */
  readonly author: Actor
  readonly advisory: string
  readonly advisoryId: string
  follow(seconds?: number): Promise<void>
}

/** A node with a log of its own that mirrors another. */
async function stage(context: TestContext): Promise<Stage> {
  const { log, author } = WrittenLog.founded(`mirrored ${context.name}`)
  const name = 'Gateway'
  const advisory = advisoryUrn(author.urn, 'A-1')
  const payload: CorePayloads['advisory'] = {
    id: 'A-1',
    products: [productUrn(author.urn, 'gateway')],
    title: 'A fault',
    published: '2026-11-20T12:00:00Z',
    modified: '2026-11-20T12:00:00Z',
    document: digestOf(osv),
    documents: [{ digest: digestOf(osv), size: osv.length, type: 'application/json' }],
  }
  const advised = author.sign('advisory', advisory, payload, start + 2)
  log.append(start + 2, author.sign('support', instrumentUrn('gids'), {}, start + 2), product(author, name, start + 2))
  log.append(start + 3, advised)
  const peer = await servePeer(context, () => log)
  const own = await served(context)
  own.clock.advance(later - startAt)
  await own.node.documents.put(digestOf(osv), osv)
  await own.node.peers.add({ url: peer.url, allowPrivate: true })
  const follow = async (seconds = 0): Promise<void> => {
    own.clock.advance(seconds)
    await own.node.mirrors.follow(own.node.peers.list())
    for (let i = 0; i < 20; i++) if ((await own.node.mirrors.step(own.clock.now())) > own.clock.now()) return
  }
  await follow()
  return { own, log, author, advisory, advisoryId: decodeStatement(advised, crypto).id, follow }
}

test('an acknowledgement in one log answers an advisory of another, in the findings of whoever sees both', async (context) => {
  const { own, log, author, advisory, advisoryId } = await stage(context)
  const { client, node } = own
  const levelOf = async () => {
    const found = fits(api.partyFindingsResponse, await client.partyFindings(author.urn))
    assert.deepEqual(
      found.cut.map(({ origin }) => origin),
      [node.origin, log.origin].sort(),
    )
    return found.findings.find((each) => each.provision === 'gids-8')?.level
  }
  assert.equal(await levelOf(), 'declared')
  await client.submit(operator.founding(later))
  await client.submit(operator.sign('acknowledgement', advisory, { advisory: advisoryId, state: 'affected' }, later))
  assert.equal(await levelOf(), 'evidenced')

  const details = fits(api.advisoryResponse, await client.advisory(advisory))
  assert.equal(details.statement.origin, log.origin)
  assert.deepEqual(
    details.acknowledgements.map(({ party, revision, statement }) => [party, revision, statement.origin]),
    [[operator.urn, advisoryId, node.origin]],
  )
  node.findings.renew()
  const listed = fits(api.findingsResponse, await client.findings())
  assert.equal(listed.cut.length, 2)
  assert.deepEqual(
    listed.items.map(({ party, names }) => [party, names[0]?.text]),
    [[author.urn, author.payload.names[0]?.text]],
  )

  const { id } = await node.publishFindings()
  const published = fits(api.publishedFindingsResponse, await client.publishedFindings()).items[0]
  assert.equal(published?.id, id)
  const prefix = (origin: string) => published?.cut.find((each) => each.origin === origin)
  const ownSize = prefix(node.origin)?.size ?? 0
  const beside = `${log.origin}@${prefix(log.origin)?.size}`
  const document = fits(api.findingsDocumentResponse, await client.findingsDocument({ size: ownSize, with: beside }))
  assert.equal(document.digest, published?.digest)
  assert.deepEqual(document.cut, published?.cut)
  const alone = await client.findingsDocument({ size: ownSize })
  assert.deepEqual([alone.cut.length, alone.parties], [1, []])
  await assert.rejects(client.findingsDocument({ size: ownSize, with: `${log.origin}@${log.size + 1}` }), {
    code: 'wrong-cut',
  })
  await assert.rejects(client.findingsDocument({ size: ownSize, with: 'unknown.invalid@3' }), { code: 'wrong-cut' })
  await assert.rejects(client.findingsDocument({ with: 'no size' }), { code: 'bad-request' })

  const changes = fits(api.changesResponse, await client.changes(start + 1, later))
  assert.equal(changes.to.cut.length, 2)
  const changed = changes.findings.find((each) => each.provision === 'gids-8')
  assert.deepEqual([changed?.before?.level, changed?.after?.level], [undefined, 'evidenced'])
})

test('statements, things and parties of a mirrored log are listed, with the log they are from', async (context) => {
  const { own, log, author, advisoryId, follow } = await stage(context)
  const { client, node } = own
  const { origin } = log
  const native = actor('native', node.origin)
  await client.submit(native.founding(later))
  await client.submit(product(native, 'Own thing', later))

  const parties = fits(api.partiesResponse, await client.parties())
  assert.deepEqual(
    parties.items.map((each) => [each.urn, each.home]),
    [
      [node.keeper, node.origin],
      [native.urn, node.origin],
      [log.keeper.urn, origin],
      [author.urn, origin],
    ],
  )
  assert.equal((await client.status()).parties, 2)
  const pages = []
  for (let cursor: string | undefined; ;) {
    const page = await client.parties({ limit: 1, ...(cursor === undefined ? {} : { cursor }) })
    pages.push(...page.items)
    cursor = page.next
    if (cursor === undefined) break
  }
  assert.deepEqual(pages, parties.items)

  // The mirrored one was stated at start + 2, the own one later.
  const products = fits(api.productsResponse, await client.products())
  assert.deepEqual(
    products.items.map(({ name, statement }) => [name, statement.origin]),
    [
      ['Own thing', node.origin],
      ['Gateway', origin],
    ],
  )
  const first = await client.products({ limit: 1 })
  const second = await client.products({ limit: 1, cursor: first.next ?? '' })
  assert.deepEqual([...first.items, ...second.items], products.items)
  assert.equal(second.next, undefined)
  await assert.rejects(client.products({ cursor: '12' }), { code: 'bad-cursor' })

  const statements = fits(api.statementsResponse, await client.statements({ origin, limit: 200 }))
  assert.equal(statements.items.length, log.size)
  assert.ok(statements.items.every((each) => each.origin === origin))
  assert.deepEqual(
    (await client.statements({ origin, from: 0, limit: 2 })).items.map(({ index, kind }) => [index, kind]),
    [
      [0, 'party'],
      [1, 'policy'],
    ],
  )
  assert.equal((await client.statements({ origin, party: author.urn })).items.length, 4)
  assert.equal((await client.statements({ party: author.urn })).items.length, 0)
  assert.equal((await client.statements({ limit: 200 })).items.length, node.head.size)
  await assert.rejects(client.statements({ origin: 'unknown.invalid' }), { code: 'not-found' })
  const statement = fits(api.statementResponse, await client.statement(advisoryId))
  assert.deepEqual([statement.origin, statement.index, statement.links.receipt], [origin, 8, undefined])
  assert.deepEqual(await client.statement(advisoryId, { origin }), statement)
  await assert.rejects(client.statement(advisoryId, { origin: node.origin }), { code: 'not-found' })
  assert.equal(decodeStatement(await client.rawStatement(advisoryId), crypto).id, advisoryId)

  // What is listed is listed anew when the mirrored log has grown, though the own one has not.
  const etag = async (known?: string) => {
    const headers = known === undefined ? {} : { 'if-none-match': known }
    const response = await fetch(`${own.url}/api/v1/products`, { headers })
    return [response.status, response.headers.get('etag')] as const
  }
  const [, tag] = await etag()
  assert.equal((await etag(tag ?? ''))[0], 304)
  log.append(start + 10, product(author, 'Second', start + 10))
  await follow(60)
  assert.equal((await etag(tag ?? ''))[0], 200)
})

test('an entry that the judge of a mirrored log would have refused is shown with the reason, and is no statement', async (context) => {
  const { own, log, author, follow } = await stage(context)
  const { client } = own
  const forged = actor('nobody', log.origin).sign('support', instrumentUrn('gids'), {}, start + 5)
  log.append(start + 5, forged, Buffer.from('no statement'))
  log.append(start + 6, product(author, 'Right', start + 6))
  await follow(60)
  const { origin } = log
  const voids = fits(api.voidEntriesResponse, await client.voidEntries({ origin }))
  assert.deepEqual(
    voids.items.map(({ index, code }) => [index, code]),
    [
      [10, 'unknown-party'],
      [11, 'wrong-tag'],
    ],
  )
  const page = await client.voidEntries({ origin, limit: 1 })
  assert.equal((await client.voidEntries({ origin, limit: 1, cursor: page.next ?? '' })).items[0]?.index, 11)
  assert.ok((await client.statements({ origin, limit: 200 })).items.every(({ index }) => index !== 10))
  await assert.rejects(client.voidEntries({ origin: 'unknown.invalid' }), { code: 'not-found' })
  assert.equal((await client.products({ party: author.urn })).items.length, 2)
})

test('a mirrored log that cites a document which is not here stays out of what is published', async (context) => {
  const { own, log, author, advisory, follow } = await stage(context)
  const { client, node } = own
  const digest = `sha256:${'ab'.repeat(32)}`
  const payload = {
    id: 'A-1',
    products: [productUrn(author.urn, 'gateway')],
    title: 'A fault, again',
    published: '2026-11-20T12:00:00Z',
    modified: '2026-11-20T12:00:00Z',
    document: digest,
    documents: [{ digest, size: 3, type: 'application/json' }],
  }
  log.append(start + 9, author.sign('advisory', advisory, payload, start + 9))
  await follow(60)
  const supporter = actor('supporter', node.origin)
  await client.submit(supporter.founding(later))
  await client.submit(supporter.sign('support', instrumentUrn('gids'), {}, later))
  await assert.rejects(client.partyFindings(author.urn), { code: 'document-missing' })
  assert.equal((await client.partyFindings(supporter.urn)).findings.length > 0, true)
  await node.publishFindings()
  const published = (await client.publishedFindings()).items[0]
  assert.deepEqual(
    published?.cut.map(({ origin }) => origin),
    [node.origin],
  )
})

test('a party that moved is listed once, where it is at home, with all that it stated while at home', async (context) => {
  const { own, log, author, follow } = await stage(context)
  const { client, node } = own
  const previous = decodeStatement(author.founding(start), crypto).id
  const move = author.sign('party', author.urn, { ...author.payload, previous, home: node.origin }, start + 20)
  log.append(start + 20, move)
  const index = log.size - 2
  for (const each of [author.founding(start), move]) await client.submit(each)
  const checkpoint = log.note()
  const continuation: CorePayloads['continuation'] = {
    predecessor: { origin: log.origin, size: log.size, root: digestText(log.tree.root()) },
    reason: 'moved',
    proof: formatTlogProof({ index, proof: log.tree.inclusionProof(index, log.size), checkpoint }),
  }
  await client.submit(author.sign('continuation', node.origin, continuation, later))
  await client.submit(product(author, 'Gateway', later))
  // The copies are here, and the move itself is not: for this node the party has not left.
  const before = fits(api.partyResponse, await client.party(author.urn))
  assert.deepEqual([before.home, before.stays.length], [log.origin, 1])
  assert.equal((await client.products()).items[0]?.statement.origin, log.origin)

  await follow(60)
  const party = fits(api.partyResponse, await client.party(author.urn))
  assert.deepEqual(
    [party.home, party.origin, party.stays.map(({ origin }) => origin), party.instruments[0]?.origin],
    [node.origin, node.origin, [log.origin, node.origin], log.origin],
  )
  const listed = (await client.parties()).items.filter((each) => each.urn === author.urn)
  assert.deepEqual(
    listed.map(({ home }) => home),
    [node.origin],
  )
  const products = (await client.products()).items
  assert.deepEqual(
    products.map(({ statement }) => statement.origin),
    [node.origin],
  )
  const details = fits(api.productResponse, await client.product(productUrn(author.urn, 'gateway')))
  assert.deepEqual(
    details.versions.map(({ origin }) => origin),
    [node.origin, log.origin],
  )
  assert.equal(details.advisories[0]?.statement.origin, log.origin)
  const { findings } = await client.partyFindings(author.urn)
  assert.equal(findings.find((each) => each.provision === 'gids-8')?.level, 'declared')
})
