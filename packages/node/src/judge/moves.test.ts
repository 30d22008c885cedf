import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import {
  type CorePayloads,
  advisoryUrn,
  decodeStatement,
  digestText,
  documentUrn,
  instrumentUrn,
  jwkOf,
  productUrn,
  statementUrn,
} from '@comity/statement'
import { type Actor, type Keeper, actor, continuationOf, keeper, keyFor, manualClock, signerOf } from '@comity/testkit'
import { crypto } from '../crypto-port.ts'
import { ComityNode } from '../index.ts'
import { date, digest, document, documents, refused, start, updatePolicy } from './court.fixture.ts'

const homes = { a: keeper('log a'), b: keeper('log b') }

async function founded(context: TestContext, home: Keeper, policy?: Partial<CorePayloads['policy']>) {
  const directory = mkdtempSync(join(tmpdir(), 'comity-moves-'))
  const clock = manualClock(start)
  const options = { directory, keys: home.keys, now: () => clock.now() }
  const policyStatement = home.policy(start, policy)
  const node = await ComityNode.found({ ...options, party: home.founding(start), policy: policyStatement })
  context.after(async () => {
    await node.close()
    rmSync(directory, { recursive: true, force: true })
  })
  return node
}

/** Two logs, and a provider at home in the first that has moved to the second: its copies are there. */
async function moved(context: TestContext, options: Parameters<typeof actor>[2] = {}) {
  const [a, b] = [await founded(context, homes.a), await founded(context, homes.b)]
  const provider = actor('provider', a.origin, options)
  const { id } = await a.submit(provider.founding(start))
  const move = moveOf(provider, id, b.origin)
  const left = await a.submit(move)
  return { a, b, provider, move, left, founding: provider.founding(start) }
}

function moveOf(party: Actor, previous: string, home: string, iat = start + 10): Uint8Array {
  return party.sign('party', party.urn, { ...party.payload, previous, home }, iat)
}

const support = (party: Actor, iat: number) => party.sign('support', instrumentUrn('gids'), {}, iat)

test('a party moves: copies of its party statements, then its continuation, then it is at home', async (context) => {
  const { a, b, provider, move, left, founding } = await moved(context)
  await refused(a, support(provider, start + 11), 'not-home')
  await refused(b, support(provider, start + 11), 'unknown-party', false)
  await b.submit(founding)
  await refused(b, support(provider, start + 11), 'not-home')
  await b.submit(move)
  await refused(b, support(provider, start + 11), 'continuation-missing')
  const payload = continuationOf(a, left)
  await b.submit(provider.sign('continuation', b.origin, payload, start + 20))
  await b.submit(support(provider, start + 21))
  await refused(b, provider.sign('continuation', b.origin, payload, start + 22), 'wrong-continuation')
})

test('copies are judged by the same rules, in their order', async (context) => {
  const { b, provider, move, founding } = await moved(context)
  const thief = signerOf(keyFor('thief'))
  await refused(b, move, 'wrong-party')
  await b.submit(founding)
  const stolen = { ...provider.payload, previous: 'ab'.repeat(32), home: b.origin }
  await refused(b, provider.sign('party', provider.urn, stolen, start), 'wrong-previous')
  await refused(b, provider.sign('party', provider.urn, stolen, start, thief), 'unknown-key', false)
  await b.submit(move)
})

test('a move that took two keys brings the approval along', async (context) => {
  const second = keyFor('second')
  const keys = [
    { jwk: jwkOf({ alg: 'EdDSA', bytes: keyFor('provider').publicKey }), roles: ['sign' as const] },
    { jwk: jwkOf({ alg: 'EdDSA', bytes: second.publicKey }), roles: ['approve' as const] },
  ]
  const [a, b] = [await founded(context, homes.a), await founded(context, homes.b)]
  const provider = actor('provider', a.origin, { party: { keys, thresholds: { party: 2, support: 2 } } })
  const { id: previous } = await a.submit(provider.founding(start))
  // What waits in the log that a party leaves waits there for ever: no copy of an approval lets it through.
  const waiting = await a.submit(support(provider, start))
  const move = moveOf(provider, previous, b.origin)
  await refused(a, move, 'threshold-not-met')
  const approve = (id: string, iat: number) => provider.sign('approval', statementUrn(id), {}, iat, signerOf(second))
  await b.submit(provider.founding(start))
  const moveId = decodeStatement(move, crypto).id
  await a.submit(approve(moveId, start))
  const left = await a.submit(move)
  await refused(b, move, 'threshold-not-met')
  await b.submit(approve(moveId, start))
  await b.submit(move)
  await b.submit(provider.sign('continuation', b.origin, continuationOf(a, left), start + 20))
  await a.submit(approve(waiting.id, start + 1))
  assert.equal(effective(a, waiting.id), null)
  const again = await b.submit(support(provider, start + 21))
  assert.equal(effective(b, again.id), null)
  const approval = await b.submit(approve(again.id, start + 21))
  assert.equal(effective(b, again.id), approval.index)
})

test('what a party signed before it moved is not taken as its latest word', async (context) => {
  const { a, b, provider, move, left, founding } = await moved(context)
  for (const each of [founding, move]) await b.submit(each)
  await b.submit(provider.sign('continuation', b.origin, continuationOf(a, left), start + 20))
  const message = await refused(b, support(provider, start + 19), 'signed-before-move')
  assert.match(message, /sign it again/)
  await b.submit(support(provider, start + 20))
})

test('a continuation has to fit the move in every part', async (context) => {
  const { a, b, provider, move, left, founding } = await moved(context)
  for (const each of [founding, move]) await b.submit(each)
  const right = continuationOf(a, left)
  const continuing = (change: Partial<CorePayloads['continuation']>, sub = b.origin) =>
    provider.sign('continuation', sub, { ...right, ...change }, start + 20)
  const { proof: _proof, ...proofless } = right
  const other = { ...right.predecessor, origin: 'elsewhere.invalid' }
  const elsewhere = (text = '') => text.replaceAll(a.origin, 'elsewhere.invalid')
  await refused(b, continuing({}, 'elsewhere.invalid'), 'wrong-continuation')
  await refused(b, provider.sign('continuation', b.origin, proofless, start + 20), 'wrong-continuation')
  await refused(
    b,
    provider.sign('continuation', b.origin, { ...proofless, reason: 'restored' }, start + 20),
    'wrong-continuation',
  )
  await refused(
    b,
    continuing({ predecessor: other, proof: elsewhere(right.proof), checkpoint: elsewhere(right.checkpoint) }),
    'wrong-continuation',
  )
  await refused(b, continuing({ proof: continuationOf(a, { index: 0 }).proof ?? '' }), 'wrong-continuation')
  await refused(b, continuing({ predecessor: { ...right.predecessor, size: 1 } }), 'schema-violation')
  await refused(b, continuing({ proof: 'c2sp.org/tlog-proof@v1\n' }), 'schema-violation')
  await b.submit(continuing({}))
})

test('a continuation is for the keeper and for who has moved', async (context) => {
  const { a, b, left } = await moved(context)
  const native = actor('native', b.origin)
  await b.submit(native.founding(start))
  await refused(b, native.sign('continuation', b.origin, continuationOf(a, left), start + 20), 'not-the-keeper')
  await b.submit(homes.b.sign('continuation', b.origin, continuationOf(a, left), start + 20))
})

test('a party comes back, and its stay in between is shown', async (context) => {
  const { a, b, provider, move, left, founding } = await moved(context)
  for (const each of [founding, move]) await b.submit(each)
  await b.submit(provider.sign('continuation', b.origin, continuationOf(a, left), start + 20))
  const back = moveOf(provider, left.id, a.origin, start + 30)
  const leftAgain = await b.submit(back)
  await refused(b, support(provider, start + 31), 'not-home')
  await a.submit(back)
  await refused(a, support(provider, start + 31), 'continuation-missing')
  await a.submit(provider.sign('continuation', a.origin, continuationOf(b, leftAgain), start + 40))
  await refused(a, support(provider, start + 31), 'signed-before-move')
  await a.submit(support(provider, start + 41))
})

test('who moved here withholds what it published before, and nobody else does', async (context) => {
  const { a, b, provider, move, left, founding } = await moved(context)
  for (const each of [founding, move]) await b.submit(each)
  await b.submit(provider.sign('continuation', b.origin, continuationOf(a, left), start + 20))
  const native = actor('native', b.origin)
  await b.submit(native.founding(start))
  const sub = documentUrn('cd'.repeat(32))
  await refused(b, native.sign('withholding', sub, { ground: 'data-protection' }, start + 21), 'unknown-document')
  await b.submit(provider.sign('withholding', sub, { ground: 'data-protection' }, start + 21))
})

test('an acknowledgement may answer an advisory of another log, and what stands here has to fit', async (context) => {
  const [a, b] = [await founded(context, homes.a), await founded(context, homes.b)]
  const provider = actor('provider', a.origin)
  const operator = actor('operator', b.origin)
  await a.submit(provider.founding(start))
  const founding = await b.submit(operator.founding(start))
  const product = productUrn(provider.urn, 'gateway')
  await a.submit(provider.sign('product', product, { name: 'Gateway', updatePolicy }, start))
  await a.documents.put(digest, document)
  const sub = advisoryUrn(provider.urn, 'A')
  const payload = { id: 'A', products: [product], title: 'A fault', published: date, modified: date }
  const advisory = await a.submit(provider.sign('advisory', sub, { ...payload, document: digest, documents }, start))
  const acknowledge = (id: string, iat: number) =>
    operator.sign('acknowledgement', sub, { advisory: id, state: 'affected' }, iat)
  await b.submit(acknowledge(advisory.id, start))
  await refused(b, acknowledge(founding.id, start + 1), 'unknown-advisory')
  const own = actor('own', b.origin)
  await b.submit(own.founding(start))
  await refused(
    b,
    operator.sign('acknowledgement', advisoryUrn(own.urn, 'A'), { advisory: advisory.id, state: 'affected' }, start),
    'unknown-advisory',
  )
})

test('published cuts never decrease, in no log', async (context) => {
  const b = await founded(context, homes.b)
  const root = digestText(new Uint8Array(32))
  const publish = (origins: Readonly<Record<string, number>>, iat: number) => {
    const request = b.findings.request()
    const others = Object.entries(origins).map(([origin, size]) => ({ origin, size, root }))
    const cut = [...request.cut, ...others].sort((one, other) => (one.origin < other.origin ? -1 : 1))
    const { at, ruleset, trust } = request
    const payload = { cut, at, ruleset, trust, digest: root }
    return homes.b.sign('findings', b.origin, payload, iat)
  }
  await b.submit(publish({ 'one.invalid': 7, 'two.invalid': 5 }, start))
  await refused(b, publish({ 'one.invalid': 7, 'two.invalid': 4 }, start), 'wrong-cut')
  await b.submit(publish({ 'one.invalid': 7 }, start))
})

function effective(node: ComityNode, id: string): unknown {
  const found = node.find(id)
  return node.reader.prepare('SELECT effective FROM entry WHERE position = ?').get(found?.index ?? -1)?.['effective']
}
