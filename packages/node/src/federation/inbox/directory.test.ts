/** Who is who, and where they get their mail, as a node knows it from its own log and from those that it mirrors. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { decodeStatement } from '@comity/statement'
import { continuationOf } from '@comity/testkit'
import { federation } from '../../audit/federated.fixture.ts'
import { crypto } from '../../crypto-port.ts'
import type { ComityNode } from '../../node.ts'
import { RegisterDirectory } from './directory.ts'

/** As an inbox without further words has it. */
function directoryOf(node: ComityNode): RegisterDirectory {
  return new RegisterDirectory({
    reader: node.reader,
    origin: node.origin,
    peer: (origin) => node.peers.find(origin),
    leaf: (origin, index) =>
      origin === node.origin ? node.ledger.leaf(index) : node.mirrors.find(origin)?.copy.leaves(index, index + 1)[0],
  })
}

async function three(context: TestContext) {
  const { nodes, ...rest } = await federation(context)
  const [a, b, c] = nodes
  assert.ok(a !== undefined && b !== undefined && c !== undefined)
  return { ...rest, a, b, c }
}

test('parties of mirrored logs are known as their home has them', async (context) => {
  const { a, b, c, provider, operator } = await three(context)
  const atHome = directoryOf(a.node)
  for (const { node } of [b, c]) {
    const directory = directoryOf(node)
    const found = directory.find(provider.urn)
    assert.deepEqual(found?.state, atHome.find(provider.urn)?.state)
    assert.equal(found?.timeOf(3), atHome.find(provider.urn)?.timeOf(3))
    assert.equal(found?.timeOf(1_000_000), undefined)
    assert.deepEqual(directory.founding(provider.urn), atHome.founding(provider.urn))
    assert.deepEqual(directory.route(provider.urn), {
      home: a.node.origin,
      isHere: false,
      url: a.url,
      isPublished: false,
    })
    const keeper = directory.keeper(a.node.origin)
    assert.equal(keeper?.urn, a.keeper.urn)
    assert.deepEqual(keeper?.author.state, atHome.keeper(a.node.origin)?.author.state)
  }
  assert.equal(directoryOf(b.node).route(operator.urn)?.isHere, true)
})

test('who is in no log that the node has is nobody', async (context) => {
  const { a } = await three(context)
  const directory = directoryOf(a.node)
  const nobody = `urn:comity:party:${'ab'.repeat(32)}`
  assert.equal(directory.find(nobody), undefined)
  assert.equal(directory.route(nobody), undefined)
  assert.equal(directory.founding(nobody), undefined)
  assert.equal(directory.keeper('log.nobody.invalid'), undefined)
})

test('mail follows a party that moved, once the node has read both logs', async (context) => {
  const { a, b, c, clock, provider, mirror } = await three(context)
  const directory = directoryOf(c.node)
  const founding = directory.founding(provider.urn) ?? assert.fail()
  const payload = { ...provider.payload, home: b.node.origin, previous: decodeStatement(founding, crypto).id }
  const move = provider.sign('party', provider.urn, payload, clock.now())
  const left = await a.node.submit(move)
  for (const copy of [founding, move]) await b.node.submit(copy)
  await b.node.submit(provider.sign('continuation', b.node.origin, continuationOf(a.node, left), clock.now()))
  assert.equal(directory.route(provider.urn)?.url, a.url, 'nothing of the move is known there yet')
  await mirror()
  assert.equal(directory.route(provider.urn)?.url, b.url)
  assert.equal(directoryOf(b.node).route(provider.urn)?.isHere, true)
  assert.deepEqual(directory.founding(provider.urn), founding)
})

test('a peer that was taken off the list gets no mail but at an address that the party published', async (context) => {
  const { a, b, provider } = await three(context)
  await b.node.peers.remove(a.node.origin)
  const route = directoryOf(b.node).route(provider.urn)
  assert.deepEqual([route?.url, route?.isPublished], [undefined, true])
})

test('receipts count only from the keeper that was pinned', async (context) => {
  const { a, b } = await three(context)
  const strict = new RegisterDirectory({
    reader: b.node.reader,
    origin: b.node.origin,
    peer: () => ({ url: a.url, keeper: b.keeper.urn }),
    leaf: () => undefined,
  })
  assert.equal(strict.keeper(a.node.origin), undefined)
})
