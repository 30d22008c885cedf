import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { type CorePayloads, decodeStatement, instrumentUrn, jwkOf, readPayloadAs } from '@comity/statement'
import { actor, keeper, keyFor, signerOf } from '@comity/testkit'
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
  await node.submit(provider.sign('party', provider.urn, back, start))
  await refused(node, provider.sign('support', instrumentUrn('gids'), {}, start + 1), 'continuation-missing')
})

test('a keeper that wants several keys for its policy cannot found a log without one in force', async (context) => {
  const { keys } = keeper('careful keeper').payload
  const second = {
    jwk: jwkOf({ alg: 'EdDSA', bytes: keyFor('careful second').publicKey }),
    roles: ['approve' as const],
  }
  const careful = keeper('careful keeper', { party: { thresholds: { policy: 2 }, keys: [...keys, second] } })
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
    digest: (await node.findings.assess(request)).digest,
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

test('a commitment is the keeper’s, under its receipt key, one for each hour that has ended', async (context) => {
  const { node, clock } = await court(context, { kinds: ['party', 'policy', 'time', 'commitment'] })
  const hour = Math.ceil(start / 3600) * 3600
  const root = `sha256:${'11'.repeat(32)}`
  const sign = (at: number, by = home.keys.receipt) => home.sign('commitment', home.origin, { hour: at, root }, at, by)
  const provider = actor('provider', home.origin, {
    party: {
      keys: [
        { jwk: jwkOf({ alg: 'EdDSA', bytes: keyFor('provider').publicKey }), roles: ['sign'] },
        { jwk: jwkOf({ alg: 'EdDSA', bytes: keyFor('provider receipt').publicKey }), roles: ['receipt'] },
      ],
    },
  })
  await node.submit(provider.founding(start))
  clock.advance(hour - start)
  await refused(node, sign(hour, home.signer), 'key-without-role')
  const receiptKey = signerOf(keyFor('provider receipt'))
  await refused(node, provider.sign('commitment', home.origin, { hour, root }, hour, receiptKey), 'not-the-keeper')
  await refused(node, sign(hour + 3600), 'clock-in-future')
  await node.submit(sign(hour))
  await refused(
    node,
    home.sign('commitment', home.origin, { hour, root: `sha256:${'22'.repeat(32)}` }, hour, home.keys.receipt),
    'time-decreases',
  )
  clock.advance(2 * 3600)
  await node.submit(sign(hour + 7200))
  await refused(node, sign(hour + 3600), 'time-decreases')
})

test('what is signed and never logged is refused, the keeper’s own too, whatever the policy says', async (context) => {
  const { node } = await court(context, { kinds: ['party', 'policy', 'time', 'message', 'delivery', 'refusal'] })
  const sub = `urn:comity:correspondence:${'c0'.repeat(32)}`
  const other = actor('other', home.origin)
  const message = { to: [other.urn], text: 'sealed' }
  await refused(node, home.sign('message', sub, message, start), 'kind-not-admitted')
  const delivery = {
    digest: `sha256:${'11'.repeat(32)}`,
    sizeClass: 4096,
    at: start,
    how: 'link' as const,
    attachments: [],
  }
  const about = `urn:comity:statement:${'5e'.repeat(32)}`
  await refused(node, home.sign('delivery', about, delivery, start, home.keys.receipt), 'kind-not-admitted')
})
