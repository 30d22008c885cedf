import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { sha256Hex } from '@comity/crypto'
import { productUrn } from '@comity/statement'
import { audit } from '../../audit/audit.ts'
import { HttpSource } from '../../audit/http-source.ts'
import { ComityNode } from '../../node.ts'
import { showCheckpoint } from '../../restored.ts'
import { WrittenLog } from '../mirror/peer.fixture.ts'
import { FederationError } from '../federation-error.ts'
import type { Fetch } from '../peers/peer.ts'
import { type Place, backupOf, follows, knows, peerAt, place, witnessAt } from './recovery.fixture.ts'
import { type RecoveryRequest, recoverTail } from './recover-tail.ts'

/** Node a, mirrored by b and c, its peers; a backup; then more. */
async function mirrored(context: TestContext, more = 40, witness = false) {
  const [a, b, c] = await Promise.all([place(context, 'a'), place(context, 'b', { witness }), place(context, 'c')])
  await a.grow(5)
  await knows(a, witness ? witnessAt(b) : peerAt(b, b.url), peerAt(c, c.url))
  const restore = await backupOf(context, a)
  const atBackup = a.node.head
  await a.grow(more)
  await follows(b, peerAt(a, a.url))
  return { a, b, c, restore, atBackup }
}

function recover({ own, clock }: Place, directory: string, changes: Partial<RecoveryRequest> = {}) {
  return recoverTail({ directory, logKeys: [own.keys.log.publicKey], now: clock.now, ...changes })
}

test('a restored node gets its tail from a mirror, signs on, and neither auditor nor mirror sees a fork', async (context) => {
  const { a, b, restore, atBackup } = await mirrored(context, 400)
  const document = Buffer.from('what the tail cites')
  const digest = `sha256:${sha256Hex(document)}`
  await a.node.documents.put(digest, document)
  const name = { name: 'With a document', documents: [{ digest, size: document.length, type: 'text/plain' }] }
  await a.node.submit(
    a.author.sign('product', productUrn(a.author.urn, 'with'), { ...name, updatePolicy }, a.clock.now()),
  )
  await follows(b, peerAt(a, a.url))
  const { head } = a.node
  await a.stop()
  const directory = await restore()
  const report = await recover(a, directory)
  assert.equal(report.outcome, 'resumed', JSON.stringify(report))
  assert.deepEqual([report.before, report.size, report.newest], [atBackup.size, head.size, head.size])
  assert.deepEqual(report.documents, { fetched: 1, missing: [], unanswered: [] })
  assert.deepEqual(
    report.peers.map(({ mirror, size }) => [mirror, size]),
    [
      ['head', head.size],
      ['no-copy', undefined],
    ],
  )
  const again = await place(context, 'a', { opened: { directory, clock: a.clock } })
  assert.equal(again.node.stopped, undefined)
  assert.deepEqual(Buffer.from(again.node.head.root), Buffer.from(head.root))
  assert.equal(again.node.documents.has(digest), true)
  await again.grow(3)
  const after = again.node.head
  assert.ok(after.size > head.size)
  await follows(b, peerAt(a, again.url))
  const mirror = b.node.mirrors.find(a.own.origin)
  assert.equal(mirror?.isQuarantined, false)
  assert.equal(mirror?.copy.complete?.size, after.size)
  const found = await audit({ source: await HttpSource.open(again.url) })
  assert.deepEqual(found.differences, [])
  assert.equal(await recover({ ...a }, directory).catch((error: { code: string }) => error.code), 'folder-in-use')
  await again.stop()
})

const updatePolicy = { mechanism: 'download', consent: 'required', security: 'separate', rollback: true } as const

test('a peer that does not answer keeps it frozen, unless that is accepted; the tail is here by then', async (context) => {
  const { a, c, restore } = await mirrored(context)
  const { head } = a.node
  await a.stop()
  await c.stop()
  const directory = await restore()
  const waiting = await recover(a, directory)
  assert.deepEqual([waiting.outcome, waiting.size], ['waiting', head.size])
  assert.equal(waiting.peers[1]?.error?.code, 'peer-unreachable')
  const frozen = await ComityNode.open({ directory, keys: a.own.keys, now: a.clock.now })
  assert.deepEqual([frozen.stopped?.code, frozen.head.size], ['frozen', head.size])
  await frozen.close()
  assert.equal((await recover(a, directory, { acceptMissing: true })).outcome, 'resumed')
  assert.equal((await recover(a, directory)).outcome, 'not-frozen')
})

test('a document of the tail that nobody brought is asked for again, unless going on without it is accepted', async (context) => {
  const { a, b, restore } = await mirrored(context)
  const document = Buffer.from('what the tail cites, over a line that fails')
  const digest = `sha256:${sha256Hex(document)}`
  await a.node.documents.put(digest, document)
  const name = { name: 'With a document', documents: [{ digest, size: document.length, type: 'text/plain' }] }
  await a.node.submit(
    a.author.sign('product', productUrn(a.author.urn, 'with'), { ...name, updatePolicy }, a.clock.now()),
  )
  await follows(b, peerAt(a, a.url))
  await a.stop()
  const directory = await restore()
  const failing: Fetch = (url, init) =>
    String(url).includes(digest.slice('sha256:'.length))
      ? Promise.reject(new FederationError('peer-unreachable', 'the line fails'))
      : fetch(url, init)
  const waiting = await recover(a, directory, { fetch: failing })
  assert.equal(waiting.outcome, 'waiting')
  assert.deepEqual(waiting.documents, { fetched: 0, missing: [], unanswered: [digest] })
  const other = await restore()
  assert.equal((await recover(a, other, { fetch: failing, acceptMissing: true })).outcome, 'resumed')
  const whole = await recover(a, directory)
  assert.equal(whole.outcome, 'resumed')
  assert.deepEqual(whole.documents, { fetched: 1, missing: [], unanswered: [] })
})

test('where nobody answers nothing resumes, accepted or not, and a successor is the way as before', async (context) => {
  const { a, b, c, restore } = await mirrored(context)
  const { note } = a.node.head
  await Promise.all([a, b, c].map(({ stop }) => stop()))
  const directory = await restore()
  assert.equal((await recover(a, directory, { acceptMissing: true })).outcome, 'waiting')
  const logKeys = [a.own.keys.log.publicKey]
  assert.equal((await showCheckpoint({ directory, checkpoint: note, logKeys, now: a.clock.now() })).outcome, 'behind')
})

test('a checkpoint that was shown is not forgotten: a mirror that is behind it does not make the node resume', async (context) => {
  const { a, b, c, restore } = await mirrored(context)
  const held = a.node.head.size
  await a.grow(2)
  const { note, size } = a.node.head
  const directory = await restore()
  const logKeys = [a.own.keys.log.publicKey]
  await showCheckpoint({ directory, checkpoint: note, logKeys, now: a.clock.now() })
  const behind = await recover(a, directory, { acceptMissing: true })
  assert.deepEqual([behind.outcome, behind.newest], ['behind', size])
  assert.ok(behind.size < size && held < size)
  await follows(b, peerAt(a, a.url))
  await follows(c, peerAt(a, a.url))
  assert.deepEqual([(await recover(a, directory)).outcome], ['resumed'])
})

test('a witness that remembers more than any mirror has keeps it frozen', async (context) => {
  const { a, b, restore } = await mirrored(context, 10, true)
  const held = a.node.head.size
  await a.grow(2)
  const upTo = a.node.head.size
  await a.node.witnessing.step(a.clock.now())
  await a.node.witnessing.settled()
  const directory = await restore()
  const ahead = await recover(a, directory, { acceptMissing: true })
  assert.deepEqual([ahead.outcome, ahead.size, ahead.newest], ['behind', held, upTo], JSON.stringify(ahead))
  await follows(b, peerAt(a, a.url))
  await a.stop()
  const whole = await recover(a, directory)
  assert.deepEqual([whole.outcome, whole.size, whole.peers[0]?.witness], ['resumed', upTo, 'size'])
})

test('a peer that shows a contradicting head of the log freezes it for good, with both heads kept', async (context) => {
  const { a, restore } = await mirrored(context, 4)
  const beginning = a.node.ledger.leaves(0, 3).map((leaf) => Uint8Array.from(leaf))
  await a.stop()
  const other = new WrittenLog(a.own, beginning).append(a.clock.now(), a.author.founding(startOf(a)))
  while (other.size < 60) other.append(a.clock.now())
  const forger = createServer((request, response) => {
    const bytes = other.serve((request.url ?? '').split('/').slice(3).join('/'))
    response.writeHead(bytes === undefined ? 404 : 200).end(bytes)
  })
  await new Promise<void>((resolve) => forger.listen(0, '127.0.0.1', resolve))
  context.after(() => forger.close())
  const directory = await restore()
  // Safe: it listens on a TCP port.
  const url = `http://127.0.0.1:${(forger.address() as AddressInfo).port}`
  const shown = await place(context, 'a', { opened: { directory, clock: a.clock } })
  await knows(shown, peerAt(await place(context, 'f'), url))
  await shown.stop()
  await assert.rejects(recover(a, directory), { code: 'log-forked', message: /contradict each other/ })
  await assert.rejects(recover(a, directory), { code: 'frozen' })
  const frozen = await ComityNode.open({ directory, keys: a.own.keys, now: a.clock.now })
  assert.match(frozen.stopped?.message ?? '', /contradict each other/)
  const mark: { contradiction: { first: string; second: string } } = JSON.parse(
    Buffer.from(frozen.truth.cells.get('restored')?.value ?? []).toString(),
  )
  assert.ok([mark.contradiction.first, mark.contradiction.second].some((note) => note.includes('\n60\n')))
  await frozen.close()
})

function startOf({ clock }: Place): number {
  return clock.now()
}

test('a recovery that is killed at any call is finished by the next, and nothing is signed in between', async (context) => {
  const { a, restore } = await mirrored(context, 2000)
  const { head } = a.node
  await a.stop()
  let last = ''
  let kills = 0
  for (let at = 2; last !== 'resumed\n' && at < 60; at += 5) {
    const directory = await restore()
    const script = new URL('killed-recovery.fixture.ts', import.meta.url).pathname
    const key = Buffer.from(a.own.keys.log.publicKey).toString('hex')
    const child = spawn(process.execPath, [script, directory, key, String(at), String(a.clock.now())])
    last = ''
    child.stdout.on('data', (piece) => (last += String(piece)))
    // Safe: that is what the event carries.
    const [, signal] = (await once(child, 'close')) as [number | null, string | null]
    if (signal === 'SIGKILL') kills += 1
    const between = await ComityNode.open({ directory, keys: a.own.keys, now: a.clock.now })
    if (signal === 'SIGKILL') assert.equal(between.stopped?.code, 'frozen')
    assert.ok(between.head.size <= head.size)
    await between.close()
    if (signal !== 'SIGKILL') continue
    const report = await recover(a, directory)
    assert.deepEqual(
      [report.outcome, report.size, report.root],
      ['resumed', head.size, Buffer.from(head.root).toString('hex')],
    )
  }
  assert.equal(last, 'resumed\n')
  assert.ok(kills >= 3, `${kills} kills`)
})
