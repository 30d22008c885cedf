/** Moves are entries like all others: audited by the rules of their procedures, and findings about them computed anew. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { disputeOf, moveIn, notification } from '../judge/dispute.fixture.ts'
import { auditLogs } from './audit.ts'
import { federation } from './federated.fixture.ts'
import { differences, forgery, later } from './forgery.fixture.ts'
import { HttpSource } from './http-source.ts'
import { home } from './log.fixture.ts'

test('a case between parties of two logs is equal, with what its seat took late and what was filed at home', async (context) => {
  const { nodes, clock, provider, operator, mirror } = await federation(context, 2)
  const [a, b] = nodes
  assert.ok(a && b)
  const seat = a.node.origin
  const move = (name: string, body = {}) =>
    moveIn(operator, disputeOf(provider), seat, name, { iat: clock.now(), body })
  await a.node.submit(operator.founding(clock.now()))
  await a.node.submit(notification(provider, seat, [operator], { iat: clock.now() }))
  const acknowledged = move('acknowledge')
  await b.node.submit(acknowledged)
  // Filed in time at home, and nobody brought it to the seat before the clock ran out there.
  clock.advance(12 * 86_400)
  await a.node.submit(acknowledged)
  await b.node.submit(move('reply', { text: 'We look into it.' }))
  await mirror()
  for (const { node } of nodes) await node.publishFindings()
  const report = await auditLogs({ sources: nodes.map(({ url }) => HttpSource.open(url)) })
  assert.deepEqual(
    report.logs.flatMap((log) => log.differences),
    [],
  )
  assert.equal(report.verdict, 'equal')
  assert.deepEqual(
    report.logs.map(({ kinds }) => kinds['move']),
    [2, 2],
  )
})

test('a move that the case does not allow has no effect, whoever let it into the log', async (context) => {
  const { log, provider, operator } = await forgery(context)
  const urn = disputeOf(provider)
  const move = (author: typeof provider, name: string, body = {}) =>
    moveIn(author, urn, home.origin, name, { iat: later, body })
  const from = log.leaves.length
  log.append(
    later,
    move(operator, 'acknowledge'),
    notification(provider, home.origin, [operator], { iat: later }),
    move(provider, 'acknowledge'),
    move(operator, 'acknowledge', { text: 7 }),
    moveIn(operator, urn, home.origin, 'reply', { iat: later, procedure: 'decision/1', body: { text: 'No.' } }),
    move(provider, 'withdraw'),
    move(operator, 'acknowledge', { text: 'Too late.' }),
  )
  assert.deepEqual(await differences(log), [
    `entry-refused/no-case entry ${from}`,
    `entry-refused/not-your-move entry ${from + 2}`,
    `entry-refused/bad-body entry ${from + 3}`,
    `entry-refused/wrong-procedure entry ${from + 4}`,
    `entry-refused/not-possible-now entry ${from + 6}`,
  ])
})
