import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeStatement, readPayloadAs } from '@comity/statement'
import { crypto } from '../../../crypto-port.ts'
import { verifyFile } from '../../../audit/verify-file.ts'
import { type House, idOf, neighbours, restart, startAt, written } from '../inbox.fixture.ts'

/** The commitments in the log of a house. */
function commitmentsIn({ node }: House) {
  return Array.from({ length: node.head.size }, (_, index) => decodeStatement(node.ledger.leaf(index), crypto))
    .filter(({ kind }) => kind === 'commitment')
    .map((statement) => ({
      size: statement.leaf.length,
      iat: statement.iat,
      ...readPayloadAs(statement, 'commitment'),
    }))
}

const hour = Math.floor(startAt / 3600) * 3600

test('each hour brings one commitment of one size, whether there was a message or none', async (context) => {
  const { houses, clock, settle } = await neighbours(context, ['ministry', 'authority'])
  const [a, b] = houses
  assert.ok(a && b)
  await settle()
  assert.deepEqual(commitmentsIn(a), [], 'the hour of the founding began before there was a log')
  for (const text of ['busy', undefined, 'busy', undefined]) {
    if (text !== undefined) await a.client.inbox.send(written(a, { to: [b.home.urn], text }))
    await settle()
    clock.advance(3600)
  }
  await settle()
  for (const house of [a, b]) {
    const found = commitmentsIn(house)
    assert.deepEqual(
      found.map((each) => each.hour),
      [1, 2, 3, 4].map((n) => hour + n * 3600),
    )
    assert.equal(new Set(found.map(({ size }) => size)).size, 1)
    assert.equal(new Set(found.map(({ root }) => root)).size, 4)
    assert.ok(found.every(({ iat, hour: at }) => iat === at))
  }
  assert.equal(await a.inbox.step(clock.now()), hour + 5 * 3600)
})

test('hours that a node slept through have none, and what came before them is covered by the next', async (context) => {
  const neighbourhood = await neighbours(context, ['ministry', 'authority'])
  const { houses, clock, settle } = neighbourhood
  const [a, b] = houses
  assert.ok(a && b)
  const message = written(a, { to: [b.home.urn], text: 'before the night' })
  await a.client.inbox.send(message)
  await settle()
  await restart(a, neighbourhood)
  clock.advance(10 * 3600)
  await settle()
  assert.deepEqual(
    commitmentsIn(a).map((each) => each.hour),
    [hour + 10 * 3600],
  )
  const file = await a.client.inbox.disclosure(idOf(message))
  assert.equal(verifyFile(file).verdict, 'right')
})

test('a commitment that a crash kept from the log is registered later, the same to the bit', async (context) => {
  const neighbourhood = await neighbours(context, ['ministry', 'authority'])
  const { houses, clock, settle } = neighbourhood
  const [a, b] = houses
  assert.ok(a && b)
  const message = written(a, { to: [b.home.urn], text: 'x' })
  await a.client.inbox.send(message)
  await settle()
  clock.advance(3600)
  const submit = a.node.submit.bind(a.node)
  a.node.submit = () => Promise.reject(new Error('the disk is full'))
  await assert.rejects(a.inbox.step(clock.now()), /the disk is full/)
  a.node.submit = submit
  assert.deepEqual(commitmentsIn(a), [])
  await assert.rejects(a.client.inbox.disclosure(idOf(message)), { code: 'not-committed' })
  await restart(a, neighbourhood)
  clock.advance(3600)
  await a.inbox.step(clock.now())
  assert.deepEqual(
    commitmentsIn(a).map((each) => each.hour),
    [hour + 3600, hour + 7200],
  )
  assert.equal(verifyFile(await a.client.inbox.disclosure(idOf(message))).verdict, 'right')
})
