import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { sha256, sha256Hex } from '@comity/crypto'
import { instrumentUrn, jwkOf, statementUrn } from '@comity/statement'
import { nodeFileSystem } from '@comity/store'
import { actor, faultyFileSystem, keeper, keyFor, manualClock, signerOf } from '@comity/testkit'
import { ComityNode, NodeError, type NodeOptions } from '../index.ts'
import { hashEnvelope } from './hash-envelope.fixture.ts'

const start = 1_795_219_200
const home = keeper('sequencer')

/** A founded node. What is given to `closing` is closed before the folder goes. */
async function founded(context: TestContext, options: Partial<NodeOptions> = {}) {
  const clock = manualClock(start)
  const directory = mkdtempSync(join(tmpdir(), 'comity-sequencer-'))
  const open: ComityNode[] = []
  context.after(async () => {
    for (const each of open) await each.close()
    rmSync(directory, { recursive: true, force: true })
  })
  const settings = { directory, keys: home.keys, now: () => clock.now() }
  const node = await ComityNode.found({
    ...settings,
    ...options,
    party: home.founding(start),
    policy: home.policy(start),
  })
  return { node, clock, settings, closing: (last: ComityNode) => open.push(last) }
}

test('a disk that is full behind the stream denies nothing that is in the log', async (context) => {
  let isFull = false
  const { fileSystem } = faultyFileSystem(nodeFileSystem(), ({ name, path }) =>
    isFull && name === 'pwrite' && path.includes('/hashes/') ? { kind: 'error', code: 'ENOSPC' } : undefined,
  )
  const { node, settings, closing } = await founded(context, { fileSystem })
  const provider = actor('provider', home.origin)
  isFull = true
  await assert.rejects(node.submit(provider.founding(start)), { code: 'storage-failed' })
  isFull = false
  assert.equal(node.stopped?.code, 'storage-failed', 'the tree does not know what the stream holds')
  await assert.rejects(node.submit(provider.founding(start)), { code: 'storage-failed' })
  await node.close().catch(() => {})
  const again = await ComityNode.open(settings)
  closing(again)
  assert.equal((await again.submit(provider.founding(start))).duplicate, true)
  assert.equal(again.head.size, 5)
})

test('a batch has at most 16 MiB, so that the largest statements together fit into one append', async (context) => {
  const { node, closing } = await founded(context)
  closing(node)
  const provider = actor('provider', home.origin)
  await node.submit(provider.founding(start))
  const provisions = ['gids-1', 'gids-2', 'gids-3', 'gids-4', 'gids-5', 'gids-6', 'gids-7', 'gids-8'] as const
  const declarations = provisions.map((provision) => ({ provision, text: 'é'.repeat(4000) }))
  const statements = Array.from({ length: 300 }, (_, n) =>
    provider.sign('support', instrumentUrn('gids'), { version: String(n), declarations }, start),
  )
  const batches: number[] = []
  node.onBatch((from, head) =>
    batches.push(node.ledger.leaves(from, head.size).reduce((sum, leaf) => sum + leaf.length, 0)),
  )
  await Promise.all(statements.map((bytes) => node.submit(bytes)))
  assert.ok(batches.length > 1)
  for (const bytes of batches) assert.ok(bytes < 17 << 20, `${bytes} bytes in a batch`)
})

test('a foreign Hash Envelope is registered without effect, also where its party wants two keys for it', async (context) => {
  const { node, settings, closing } = await founded(context)
  const second = keyFor('envelope second')
  const provider = actor('envelope', home.origin, {
    party: {
      keys: [
        { jwk: jwkOf({ alg: 'EdDSA', bytes: keyFor('envelope').publicKey }), roles: ['sign'] },
        { jwk: jwkOf({ alg: 'EdDSA', bytes: second.publicKey }), roles: ['approve'] },
      ],
      thresholds: { 'hash-envelope': 2 },
    },
  })
  await node.submit(provider.founding(start))
  const bytes = hashEnvelope(provider, 'pkg:npm/left-pad@1.0.0', sha256(new Uint8Array()), start)
  const { id, index } = await node.submit(bytes)
  const approval = await node.submit(provider.sign('approval', statementUrn(id), {}, start, signerOf(second)))
  const effective = ({ reader }: ComityNode) =>
    reader.prepare('SELECT effective FROM entry WHERE position = ?').get(index)?.['effective']
  assert.equal(effective(node), approval.index)
  await node.submit(provider.sign('support', instrumentUrn('gids'), {}, start))
  await node.close()
  rmSync(join(settings.directory, 'views'), { recursive: true })
  const again = await ComityNode.open(settings)
  closing(again)
  assert.equal(effective(again), approval.index)
})

test('a listener that throws is heard of and does not end the registering', async (context) => {
  const { node, closing } = await founded(context)
  closing(node)
  const heard: unknown[] = []
  node.startClockwork((error) => heard.push(error))
  node.onBatch(() => {
    throw new Error('no ear')
  })
  await node.submit(actor('provider', home.origin).founding(start))
  assert.equal(node.stopped, undefined)
  assert.match(String(heard), /no ear/)
})

test('findings that cannot be renewed are tried again, and the log goes on', async (context) => {
  const { node, closing } = await founded(context)
  closing(node)
  const heard: unknown[] = []
  node.startClockwork((error) => heard.push(error))
  const provider = actor('provider', home.origin)
  await node.submit(provider.founding(start))
  const renew = context.mock.method(node.findings, 'renew', () => {
    throw new Error('no room for findings')
  })
  await node.submit(provider.sign('support', instrumentUrn('gids'), {}, start))
  while (renew.mock.callCount() === 0) await setTimeout(50)
  await setTimeout(0)
  assert.match(String(heard), /no room/)
  renew.mock.restore()
  await node.submit(provider.sign('support', instrumentUrn('gids'), {}, start + 1))
  while (kept(node, provider.urn) === undefined) await setTimeout(50)
})

test('findings that a node had no time to renew are renewed at its next start', async (context) => {
  const { node, settings, closing } = await founded(context)
  const provider = actor('provider', home.origin)
  await node.submit(provider.founding(start))
  await node.submit(provider.sign('support', instrumentUrn('gids'), {}, start))
  await node.close()
  const again = await ComityNode.open(settings)
  closing(again)
  assert.deepEqual(kept(again, provider.urn), again.findings.current(provider.urn)?.findings)
  assert.ok(kept(again, provider.urn))
})

test('a document is not swept from under a statement on its way into the log', async (context) => {
  let onBatch = (): void => {}
  const now = (): number => {
    onBatch()
    return start
  }
  const { node, closing } = await founded(context, { now })
  closing(node)
  const document = new TextEncoder().encode('an SBOM')
  const digest = `sha256:${sha256Hex(document)}`
  const provider = actor('provider', home.origin)
  await node.submit(provider.founding(start))
  await node.documents.put(digest, document)
  const afterDays = Math.floor(Date.now() / 1000) + 2 * 86_400
  let swept: Promise<number> | undefined
  onBatch = () => {
    swept ??= node.documents.sweep(afterDays)
  }
  const documents = [{ digest, size: document.length, type: 'text/plain' }]
  await node.submit(provider.sign('support', instrumentUrn('gids'), { documents }, start))
  assert.equal(await swept, 0)
  assert.ok(node.documents.has(digest))
  await node.documents.put(`sha256:${sha256Hex(new Uint8Array())}`, new Uint8Array())
  assert.equal(await node.documents.sweep(afterDays), 1)
})

test('a node with keys that are not its keeper’s shows its log and signs nothing', async (context) => {
  const { node, settings } = await founded(context)
  const note = node.head.note
  await node.close()
  const other = keeper('other')
  for (const keys of [
    { ...home.keys, receipt: other.keys.receipt },
    { ...home.keys, log: other.keys.log },
  ]) {
    const again = await ComityNode.open({ ...settings, keys })
    await assert.rejects(
      again.submit(actor('provider', home.origin).founding(start)),
      (error) => error instanceof NodeError && error.code === 'missing-key',
    )
    assert.equal(again.head.note, note)
    await again.close()
  }
})

function kept(node: ComityNode, party: string): unknown {
  const row = node.reader.prepare('SELECT document FROM finding WHERE urn = ?').get(party)
  return row === undefined ? undefined : JSON.parse(String(row['document']))
}
