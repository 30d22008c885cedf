import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { sha256, sha256Hex, verify } from '@comity/crypto'
import {
  ed25519Verifier,
  formatVerifierKey,
  noteType,
  openCheckpoint,
  parseVerifierKey,
  verifierKey,
} from '@comity/log'
import {
  advisoryUrn,
  decodeStatement,
  instrumentUrn,
  productUrn,
  publicKeyOf,
  releaseUrn,
  verifyReceipt,
} from '@comity/statement'
import { actor, keeper, manualClock } from '@comity/testkit'
import { ComityNode } from './index.ts'
import { Refused } from './pipeline/sequencer.ts'

const start = 1_795_219_200
const home = keeper('keeper')

function folder(context: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'comity-node-'))
  context.after(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

function receiptJwk() {
  const key = home.payload.keys.find((each) => each.roles.includes('receipt'))
  assert.ok(key)
  return key.jwk
}

async function founded(context: TestContext, directory = folder(context)) {
  const clock = manualClock(start)
  const node = await ComityNode.found({
    directory,
    keys: home.keys,
    now: () => clock.now(),
    party: home.founding(start),
    policy: home.policy(start),
  })
  return { node, clock, directory }
}

test('a founded log begins with its keeper, its policy and the time', async (context) => {
  const { node } = await founded(context)
  assert.equal(node.head.size, 3)
  assert.equal(node.origin, home.origin)
  assert.equal(node.keeper, home.urn)
  const beginning = node.ledger.leaves(0, 3).map((leaf) => decodeStatement(leaf, { sha256, verify }))
  assert.deepEqual(
    beginning.map(({ kind, iss, sub }) => [kind, iss, sub]),
    [
      ['party', home.urn, home.urn],
      ['policy', home.urn, home.origin],
      ['time', home.urn, home.origin],
    ],
  )
  const { note } = node.head
  const key = parseVerifierKey(
    formatVerifierKey(verifierKey(home.origin, noteType.ed25519, home.keys.log.publicKey, sha256)),
    sha256,
  )
  const opened = openCheckpoint(note, home.origin, [ed25519Verifier(key, verify)])
  assert.equal(opened.checkpoint.size, 3)
  await node.close()
})

test('a statement gets a receipt that verifies, and the same one when it comes again', async (context) => {
  const { node, clock } = await founded(context)
  const provider = actor('provider', home.origin)
  await node.submit(provider.founding(start))
  clock.advance(10)
  const bytes = provider.sign('support', instrumentUrn('gids'), {}, start + 5)
  const first = await node.submit(bytes)
  const again = await node.submit(bytes)
  assert.equal(first.duplicate, false)
  assert.equal(again.duplicate, true)
  assert.deepEqual(again.receipt(), first.receipt())
  const receiptKey = publicKeyOf(receiptJwk())
  const verified = verifyReceipt(first.receipt(), first.statement.leaf, receiptKey, { sha256, verify })
  assert.equal(verified.index, first.index)
  await node.close()
})

test('the findings of a provider climb from silent to evidenced', async (context) => {
  const { node, clock } = await founded(context)
  const provider = actor('provider', home.origin)
  const operator = actor('operator', home.origin, { type: 'operator' })
  const level = () => node.findings.current(provider.urn)?.findings.find((each) => each.provision === 'gids-8')?.level
  await node.submit(provider.founding(start))
  await node.submit(operator.founding(start))
  assert.equal(level(), undefined)
  await node.submit(provider.sign('support', instrumentUrn('gids'), {}, start))
  assert.equal(level(), 'silent')
  const product = productUrn(provider.urn, 'gateway')
  await node.submit(
    provider.sign(
      'product',
      product,
      {
        name: 'Gateway',
        updatePolicy: { mechanism: 'download', consent: 'required', security: 'separate', rollback: true },
      },
      start,
    ),
  )
  assert.equal(level(), 'declared')
  const document = new TextEncoder().encode('{"id":"X-1"}')
  const digest = `sha256:${sha256Hex(document)}`
  const advisory = advisoryUrn(provider.urn, 'X-1')
  const payload = {
    id: 'X-1',
    products: [product],
    title: 'Something is wrong',
    published: '2026-11-20T12:00:00Z',
    modified: '2026-11-20T12:00:00Z',
    document: digest,
    documents: [{ digest, size: document.length, type: 'application/json' }],
  }
  await assert.rejects(
    node.submit(provider.sign('advisory', advisory, payload, start)),
    (error) => error instanceof Refused && error.reason.code === 'missing-document',
  )
  await node.documents.put(digest, document)
  const { id } = await node.submit(provider.sign('advisory', advisory, payload, start))
  assert.equal(level(), 'declared')
  clock.advance(60)
  await node.submit(operator.sign('acknowledgement', advisory, { advisory: id, state: 'affected' }, start))
  assert.equal(level(), 'evidenced')
  const documents = payload.documents
  await node.submit(
    provider.sign(
      'release',
      releaseUrn(product, '1.0.0'),
      { version: '1.0.0', released: '2026-11-20T12:00:00Z', sbom: digest, documents },
      start,
    ),
  )
  await node.close()
})

test('a node opens again with everything it had', async (context) => {
  const { node, clock, directory } = await founded(context)
  const provider = actor('provider', home.origin)
  await node.submit(provider.founding(start))
  const { id } = await node.submit(provider.sign('support', instrumentUrn('gids'), {}, start))
  const { note, size } = node.head
  await node.close()
  const again = await ComityNode.open({ directory, keys: home.keys, now: () => clock.now() })
  assert.equal(again.head.note, note)
  assert.equal(again.head.size, size)
  assert.equal(again.find(id)?.index, 5)
  await again.close()
})
