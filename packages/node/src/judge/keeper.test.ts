import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { type CorePayloads, decodeStatement, instrumentUrn, readPayloadAs } from '@comity/statement'
import { actor, keeper } from '@comity/testkit'
import { crypto } from '../crypto-port.ts'
import { ComityNode, Refused } from '../index.ts'
import { court, home, refused, start } from './court.fixture.ts'

test('the keeper cannot leave its own log, which would end with it', async (context) => {
  const { node } = await court(context)
  const previous = node.findParty(home.urn)?.statement
  assert.ok(previous)
  await refused(
    node,
    home.sign('party', home.urn, { ...home.payload, previous, home: 'elsewhere.invalid' }, start),
    'not-home',
  )
  await node.submit(actor('provider', home.origin).founding(start))
})

test('another party may go, and is then sent home', async (context) => {
  const { node } = await court(context)
  const provider = actor('provider', home.origin)
  const { id: previous } = await node.submit(provider.founding(start))
  const away = { ...provider.payload, previous, home: 'elsewhere.invalid' }
  const { id } = await node.submit(provider.sign('party', provider.urn, away, start))
  await refused(node, provider.sign('support', instrumentUrn('gids'), {}, start), 'not-home')
  const back = { ...provider.payload, previous: id }
  await refused(node, provider.sign('party', provider.urn, back, start), 'not-home')
})

test('a keeper that wants several keys for its policy cannot found a log without one in force', async (context) => {
  const careful = keeper('careful keeper', { party: { thresholds: { policy: 2 } } })
  const directory = mkdtempSync(join(tmpdir(), 'comity-judge-'))
  context.after(() => rmSync(directory, { recursive: true, force: true }))
  const founding = ComityNode.found({
    directory,
    keys: careful.keys,
    now: () => start,
    party: careful.founding(start),
    policy: careful.policy(start),
  })
  await assert.rejects(
    founding,
    (error) => error instanceof Refused && error.reason.code === 'wrong-bootstrap' && /later/.test(error.message),
  )
})

test('findings over several logs leave the next cut of this log its own size', async (context) => {
  const { node } = await court(context)
  const { cut, at, ruleset } = node.findings.request()
  const [own] = cut
  assert.ok(own)
  const elsewhere = { origin: 'other.invalid', size: 1000, root: `sha256:${'00'.repeat(32)}` }
  const payload = { at, ruleset, trust: null, digest: `sha256:${'11'.repeat(32)}` }
  await node.submit(home.sign('findings', home.origin, { ...payload, cut: [own, elsewhere] }, start))
  await node.publishFindings()
})

test('policy, findings and time are for the keeper, whose findings name a true cut that never decreases', async (context) => {
  const { node, clock } = await court(context)
  const provider = actor('provider', home.origin)
  await node.submit(provider.founding(start))
  const policy = readPayloadAs(decodeStatement(home.policy(start), crypto), 'policy')
  await refused(node, provider.sign('policy', home.origin, policy, start), 'not-the-keeper')
  const request = node.findings.request()
  const payload = {
    cut: [...request.cut],
    at: request.at,
    ruleset: request.ruleset,
    trust: null,
    digest: node.findings.assess(request).digest,
  }
  const [own] = payload.cut
  assert.ok(own)
  const sign = (changed: Partial<CorePayloads['findings']>) =>
    home.sign('findings', home.origin, { ...payload, ...changed }, start)
  await refused(node, sign({ cut: [{ ...own, size: own.size + 1 }] }), 'wrong-cut')
  await refused(node, sign({ cut: [{ ...own, root: `sha256:${'00'.repeat(32)}` }] }), 'wrong-cut')
  await refused(node, sign({ cut: [{ ...own, origin: 'other.invalid' }] }), 'wrong-cut')
  await refused(node, sign({ at: start - 1 }), 'wrong-cut')
  clock.advance(60)
  await node.publishFindings()
  await refused(
    node,
    sign({ cut: [{ ...own, size: 3, root: node.findings.request(3).cut[0]?.root ?? '' }] }),
    'wrong-cut',
  )
})
