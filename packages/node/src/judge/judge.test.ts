import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { sha256Hex } from '@comity/crypto'
import {
  type CorePayloads,
  StatementError,
  advisoryUrn,
  decodeStatement,
  documentUrn,
  instrumentUrn,
  jwkOf,
  keysDigest,
  productUrn,
  readPayloadAs,
  releaseUrn,
  statementUrn,
} from '@comity/statement'
import { type Actor, actor, keeper, keyFor, manualClock, signerOf } from '@comity/testkit'
import { crypto } from '../crypto-port.ts'
import { ComityNode, NodeError, Refused } from '../index.ts'

const start = 1_795_219_200
const home = keeper('judge')
const updatePolicy = { mechanism: 'download', consent: 'required', security: 'separate', rollback: true } as const
const date = '2026-11-20T12:00:00Z'
const document = new TextEncoder().encode('a document')
const digest = `sha256:${sha256Hex(document)}`
const documents = [{ digest, size: document.length, type: 'text/plain' }]

async function court(context: TestContext, policy?: Partial<CorePayloads['policy']>) {
  const directory = mkdtempSync(join(tmpdir(), 'comity-judge-'))
  const clock = manualClock(start)
  const node = await ComityNode.found({
    directory,
    keys: home.keys,
    now: () => clock.now(),
    party: home.founding(start),
    policy: home.policy(start, policy),
  })
  context.after(async () => {
    await node.close()
    rmSync(directory, { recursive: true, force: true })
  })
  return { node, clock }
}

/** Submits and expects a refusal with this code, under the keeper's signature where the statement is authentic. */
async function refused(node: ComityNode, bytes: Uint8Array, code: string, isSigned = true): Promise<string> {
  const size = node.head.size
  const error: unknown = await node.submit(bytes).then(
    () => assert.fail(`${code} was expected, and the statement was registered`),
    (reason: unknown) => reason,
  )
  assert.equal(node.head.size, size, 'nothing is half-written')
  if (!isSigned) {
    assert.ok(error instanceof NodeError || error instanceof StatementError, String(error))
    assert.equal(error.code, code)
    return error.message
  }
  assert.ok(error instanceof Refused, String(error))
  assert.equal(error.reason.code, code)
  const refusal = decodeStatement(error.refusal, crypto)
  assert.equal(refusal.sub, statementUrn(decodeStatement(bytes, crypto).id))
  assert.equal(readPayloadAs(refusal, 'refusal').code, code)
  return error.message
}

async function withProduct(node: ComityNode, label = 'provider'): Promise<{ provider: Actor; product: string }> {
  const provider = actor(label, node.origin)
  await node.submit(provider.founding(start))
  const product = productUrn(provider.urn, 'gateway')
  await node.submit(provider.sign('product', product, { name: 'Gateway', updatePolicy }, start))
  await node.documents.put(digest, document)
  return { provider, product }
}

const advisoryOf = (id: string, product: string): CorePayloads['advisory'] => ({
  id,
  products: [product],
  title: 'A fault',
  published: date,
  modified: date,
  document: digest,
  documents,
})

test('a statement by a party without a party statement is refused', async (context) => {
  const { node } = await court(context)
  const stranger = actor('stranger', home.origin)
  await refused(node, stranger.sign('support', instrumentUrn('gids'), {}, start), 'unknown-party', false)
})

test('a party at home elsewhere is sent home', async (context) => {
  const { node } = await court(context)
  const message = await refused(node, actor('abroad', 'elsewhere.invalid').founding(start), 'not-home')
  assert.match(message, /elsewhere\.invalid/)
})

test('a statement from the future is refused, within the skew it is not', async (context) => {
  const { node } = await court(context)
  const provider = actor('provider', home.origin)
  await node.submit(provider.founding(start + 300))
  await refused(node, provider.sign('support', instrumentUrn('gids'), {}, start + 301), 'clock-in-future')
})

test('a policy in force from the next entry decides what kinds and whom the log admits', async (context) => {
  const listed = actor('listed', home.origin)
  const { node } = await court(context, {
    filing: 'listed',
    kinds: ['party', 'support'],
    admits: { parties: [listed.urn] },
  })
  await node.submit(listed.founding(start))
  await refused(
    node,
    listed.sign('product', productUrn(listed.urn, 'x'), { name: 'X', updatePolicy }, start),
    'kind-not-admitted',
  )
  await refused(node, actor('unlisted', home.origin).founding(start), 'party-not-admitted')
  await node.submit(home.policy(start, {}))
  await node.submit(listed.sign('product', productUrn(listed.urn, 'x'), { name: 'X', updatePolicy }, start))
  await node.submit(actor('unlisted', home.origin).founding(start))
})

test('the policy limits the size of statements', async (context) => {
  const { node } = await court(context, { limits: { statementBytes: 1024, documentBytes: 0, clockSkewSeconds: 0 } })
  const provider = actor('provider', home.origin)
  await node.submit(provider.founding(start))
  const long = { name: 'X', description: 'x'.repeat(1000), updatePolicy }
  const message = await refused(
    node,
    provider.sign('product', productUrn(provider.urn, 'x'), long, start),
    'statement-too-large',
  )
  assert.match(message, /1024/)
})

test('a release or an advisory needs its product, and nobody speaks for the product of another', async (context) => {
  const { node } = await court(context)
  const { provider, product } = await withProduct(node)
  const other = actor('other', home.origin)
  await node.submit(other.founding(start))
  const release = { version: '1.0', released: date, sbom: digest, documents }
  const missing = productUrn(provider.urn, 'missing')
  await refused(node, provider.sign('release', releaseUrn(missing, '1.0'), release, start), 'unknown-product')
  await refused(
    node,
    provider.sign('advisory', advisoryUrn(provider.urn, 'A'), advisoryOf('A', missing), start),
    'unknown-product',
  )
  await refused(
    node,
    other.sign('advisory', advisoryUrn(other.urn, 'A'), advisoryOf('A', product), start),
    'unknown-product',
  )
  await refused(node, other.sign('product', product, { name: 'Mine', updatePolicy }, start), 'bad-subject')
})

test('an acknowledgement and a revision need the advisory they name', async (context) => {
  const { node } = await court(context)
  const { provider, product } = await withProduct(node)
  const sub = advisoryUrn(provider.urn, 'A')
  const nowhere = 'ab'.repeat(32)
  await refused(
    node,
    provider.sign('acknowledgement', sub, { advisory: nowhere, state: 'affected' }, start),
    'unknown-advisory',
  )
  await refused(
    node,
    provider.sign('advisory', sub, { ...advisoryOf('A', product), revises: nowhere }, start),
    'unknown-advisory',
  )
  const { id } = await node.submit(provider.sign('advisory', sub, advisoryOf('A', product), start))
  await node.submit(provider.sign('advisory', sub, { ...advisoryOf('A', product), revises: id }, start + 1))
  await node.submit(provider.sign('acknowledgement', sub, { advisory: id, state: 'affected' }, start))
})

test('a document that is missing, or of another size than said, is named', async (context) => {
  const { node } = await court(context)
  const { provider, product } = await withProduct(node)
  const release = (size: number, sbom: string) => ({
    version: '1.0',
    released: date,
    sbom,
    documents: [{ digest: sbom, size, type: 'text/plain' }],
  })
  const absent = `sha256:${'cd'.repeat(32)}`
  const message = await refused(
    node,
    provider.sign('release', releaseUrn(product, '1.0'), release(3, absent), start),
    'missing-document',
  )
  assert.match(message, /PUT \/documents\//)
  await refused(
    node,
    provider.sign('release', releaseUrn(product, '1.0'), release(3, digest), start),
    'digest-mismatch',
  )
})

test('only who published a document, or the keeper, withholds it', async (context) => {
  const { node } = await court(context)
  const { provider, product } = await withProduct(node)
  const other = actor('other', home.origin)
  await node.submit(other.founding(start))
  const sub = documentUrn(digest.slice('sha256:'.length))
  await refused(node, provider.sign('withholding', sub, { ground: 'court-order' }, start), 'unknown-document')
  await node.submit(
    provider.sign(
      'release',
      releaseUrn(product, '1.0'),
      { version: '1.0', released: date, sbom: digest, documents },
      start,
    ),
  )
  await refused(node, other.sign('withholding', sub, { ground: 'court-order' }, start), 'not-yours')
  await node.submit(provider.sign('withholding', sub, { ground: 'court-order' }, start))
  assert.equal(node.documents.status(digest), 'withheld')
})

test('States adhere and others support', async (context) => {
  const { node } = await court(context)
  const state = actor('ministry', home.origin, { type: 'state' })
  const provider = actor('provider', home.origin)
  for (const each of [state, provider]) await node.submit(each.founding(start))
  await refused(node, state.sign('support', instrumentUrn('code'), {}, start), 'wrong-party-type')
  await refused(node, provider.sign('adherence', instrumentUrn('code'), {}, start), 'wrong-party-type')
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

test('a statement that takes two keys waits for the second, and what builds on it is refused until then', async (context) => {
  const { node } = await court(context)
  const second = keyFor('careful second')
  const careful = actor('careful', home.origin, {
    party: {
      keys: [
        { jwk: jwkOf({ alg: 'EdDSA', bytes: keyFor('careful').publicKey }), roles: ['sign', 'approve'] },
        { jwk: jwkOf({ alg: 'EdDSA', bytes: second.publicKey }), roles: ['approve'] },
      ],
      thresholds: { product: 2 },
    },
  })
  await node.submit(careful.founding(start))
  const product = productUrn(careful.urn, 'gateway')
  const { id, index } = await node.submit(careful.sign('product', product, { name: 'Gateway', updatePolicy }, start))
  const effective = () =>
    node.reader.prepare('SELECT effective FROM entry WHERE position = ?').get(index)?.['effective']
  assert.equal(effective(), null)
  await node.documents.put(digest, document)
  const release = careful.sign(
    'release',
    releaseUrn(product, '1.0'),
    { version: '1.0', released: date, sbom: digest, documents },
    start,
  )
  await refused(node, release, 'unknown-product')
  await node.submit(careful.sign('approval', statementUrn(id), {}, start))
  assert.equal(effective(), null, 'its own key counts once')
  const approval = await node.submit(careful.sign('approval', statementUrn(id), {}, start + 1, signerOf(second)))
  assert.equal(effective(), approval.index)
  await node.submit(release)
})

test('keys rotate to what was committed to, and the old ones count no more', async (context) => {
  const { node } = await court(context)
  const next = keyFor('rotating next')
  const jwk = jwkOf({ alg: 'EdDSA', bytes: next.publicKey })
  const nextKeys: CorePayloads['party']['keys'] = [{ jwk, roles: ['sign'] }]
  const party = actor('rotating', home.origin, { party: { next: keysDigest(nextKeys, crypto) } })
  const { id: previous } = await node.submit(party.founding(start))
  const { next: _committed, ...rest } = party.payload
  const wrong = {
    ...rest,
    previous,
    keys: [{ jwk: jwkOf({ alg: 'EdDSA', bytes: keyFor('thief').publicKey }), roles: ['sign' as const] }],
  }
  await refused(node, party.sign('party', party.urn, wrong, start, signerOf(keyFor('thief'))), 'key-not-committed')
  await node.submit(party.sign('party', party.urn, { ...rest, previous, keys: nextKeys }, start, signerOf(next)))
  await refused(node, party.sign('support', instrumentUrn('gids'), {}, start), 'revoked-key')
  await node.submit(party.sign('support', instrumentUrn('gids'), {}, start, signerOf(next)))
})

test('two of three recovery keys bring a party back that lost its keys', async (context) => {
  const { node } = await court(context)
  const recovery = [1, 2, 3].map((n) => keyFor(`recovery ${n}`))
  const jwks = recovery.map((key) => jwkOf({ alg: 'EdDSA', bytes: key.publicKey }))
  const party = actor('lost', home.origin, { party: { recovery: { threshold: 2, keys: jwks } } })
  const { id: previous } = await node.submit(party.founding(start))
  const found = keyFor('found again')
  const payload = {
    ...party.payload,
    previous,
    keys: [{ jwk: jwkOf({ alg: 'EdDSA', bytes: found.publicKey }), roles: ['sign' as const] }],
  }
  const [first, second] = recovery
  assert.ok(first && second)
  const bytes = party.sign('party', party.urn, payload, start, signerOf(first))
  await refused(node, bytes, 'threshold-not-met')
  await node.submit(
    party.sign('approval', statementUrn(decodeStatement(bytes, crypto).id), {}, start, signerOf(second)),
  )
  await node.submit(bytes)
  await node.submit(party.sign('support', instrumentUrn('gids'), {}, start, signerOf(found)))
})

test('what a compromised key signed since then is contested, and nothing is erased', async (context) => {
  const { node, clock } = await court(context)
  const party = actor('compromised', home.origin, {
    party: {
      keys: ['compromised', 'compromised spare'].map((label) => ({
        jwk: jwkOf({ alg: 'EdDSA', bytes: keyFor(label).publicKey }),
        roles: ['sign' as const],
      })),
    },
  })
  const { id: previous } = await node.submit(party.founding(start))
  await node.submit(party.sign('support', instrumentUrn('gids'), {}, start))
  const flags = () => node.findings.current(party.urn)?.findings.map((each) => each.flags.join())
  assert.ok(flags()?.every((each) => each === ''))
  clock.advance(100)
  const kid = party.signer.kid
  const compromise = [{ kid: Buffer.from(kid).toString('hex'), since: start - 10 }]
  await node.submit(
    party.sign(
      'party',
      party.urn,
      { ...party.payload, previous, compromise },
      start + 50,
      signerOf(keyFor('compromised spare')),
    ),
  )
  assert.ok(flags()?.every((each) => each === 'contested'))
  await refused(node, party.sign('support', instrumentUrn('code'), {}, start + 60), 'revoked-key')
})
