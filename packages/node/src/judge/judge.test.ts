import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sha256 } from '@comity/crypto'
import { formatVerifierKey, noteType, verifierKey } from '@comity/log'
import {
  type CorePayloads,
  advisoryUrn,
  decodeStatement,
  documentUrn,
  instrumentUrn,
  jwkOf,
  keysDigest,
  productUrn,
  releaseUrn,
  statementUrn,
} from '@comity/statement'
import { actor, keyFor, signerOf } from '@comity/testkit'
import { crypto } from '../crypto-port.ts'
import {
  advisoryOf,
  court,
  date,
  digest,
  document,
  documents,
  home,
  refused,
  start,
  updatePolicy,
  withProduct,
} from './court.fixture.ts'

test('a statement by a party without a party statement is refused', async (context) => {
  const { node } = await court(context)
  const stranger = actor('stranger', home.origin)
  await refused(node, stranger.sign('support', instrumentUrn('gids'), {}, start), 'unknown-party', false)
})

test('of a party at home elsewhere there are copies of its party statements, and for the rest it is sent home', async (context) => {
  const { node } = await court(context)
  const abroad = actor('abroad', 'elsewhere.invalid')
  await node.submit(abroad.founding(start))
  const message = await refused(node, abroad.sign('support', instrumentUrn('gids'), {}, start), 'not-home')
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

test('who cites the document of another cannot withhold it', async (context) => {
  const { node } = await court(context)
  const { provider, product } = await withProduct(node)
  const { provider: other, product: othersProduct } = await withProduct(node, 'other')
  const release = { version: '1.0', released: date, sbom: digest, documents }
  await node.submit(provider.sign('release', releaseUrn(product, '1.0'), release, start))
  await node.submit(other.sign('release', releaseUrn(othersProduct, '1.0'), release, start))
  const sub = documentUrn(digest.slice('sha256:'.length))
  await refused(node, other.sign('withholding', sub, { ground: 'court-order' }, start), 'not-yours')
  assert.equal(node.documents.status(digest), 'present')
})

test('an approval that brought an advisory into effect is not that advisory', async (context) => {
  const { node } = await court(context)
  const second = keyFor('approver')
  const provider = actor('approved', home.origin, {
    party: {
      keys: [
        { jwk: jwkOf({ alg: 'EdDSA', bytes: keyFor('approved').publicKey }), roles: ['sign'] },
        { jwk: jwkOf({ alg: 'EdDSA', bytes: second.publicKey }), roles: ['approve'] },
      ],
      thresholds: { advisory: 2 },
    },
  })
  await node.submit(provider.founding(start))
  const product = productUrn(provider.urn, 'gateway')
  await node.submit(provider.sign('product', product, { name: 'Gateway', updatePolicy }, start))
  await node.documents.put(digest, document)
  const sub = advisoryUrn(provider.urn, 'A')
  const { id } = await node.submit(provider.sign('advisory', sub, advisoryOf('A', product), start))
  const acknowledge = (advisory: string) =>
    provider.sign('acknowledgement', sub, { advisory, state: 'affected' }, start)
  await refused(node, acknowledge(id), 'unknown-advisory')
  const approval = await node.submit(provider.sign('approval', statementUrn(id), {}, start, signerOf(second)))
  await refused(node, acknowledge(approval.id), 'unknown-advisory')
  await node.submit(acknowledge(id))
})

test('a declaration about a provision that does not exist is refused', async (context) => {
  const { node } = await court(context)
  const provider = actor('provider', home.origin)
  await node.submit(provider.founding(start))
  const declare = (provision: string) =>
    provider.sign('support', instrumentUrn('gids'), { declarations: [{ provision, text: 'We do.' }] }, start)
  assert.match(await refused(node, declare('gids-99'), 'unknown-provision'), /gids-1, .*gids-9/)
  await node.submit(declare('gids-9'))
})

test('a trust policy whose witness has a key ID that does not follow from its name and key is refused', async (context) => {
  const { node } = await court(context)
  const provider = actor('provider', home.origin)
  await node.submit(provider.founding(start))
  const key = verifierKey('witness.invalid', noteType.cosignature, keyFor('witness').publicKey, sha256)
  const trusting = (vkey: string) => {
    const witnesses = `witness W ${vkey}\nquorum W\n`
    return provider.sign('trust', provider.urn, { witnesses, endorsers: [], inspectors: [], states: {} }, start)
  }
  const renamed = { ...key, name: 'other.invalid' }
  assert.match(
    await refused(node, trusting(formatVerifierKey(renamed)), 'schema-violation'),
    /line 1 .*key ID should be/,
  )
  await node.submit(trusting(formatVerifierKey(key)))
})

test('nobody approves the statement of another', async (context) => {
  const { node } = await court(context)
  const { provider } = await withProduct(node)
  const other = actor('other', home.origin)
  await node.submit(other.founding(start))
  const { id } = await node.submit(provider.sign('support', instrumentUrn('gids'), {}, start))
  await refused(node, other.sign('approval', statementUrn(id), {}, start), 'not-yours')
})

test('States adhere and others support', async (context) => {
  const { node } = await court(context)
  const state = actor('ministry', home.origin, { type: 'state' })
  const provider = actor('provider', home.origin)
  for (const each of [state, provider]) await node.submit(each.founding(start))
  await refused(node, state.sign('support', instrumentUrn('code'), {}, start), 'wrong-party-type')
  await refused(node, provider.sign('adherence', instrumentUrn('code'), {}, start), 'wrong-party-type')
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
