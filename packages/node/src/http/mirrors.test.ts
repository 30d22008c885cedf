import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { audit } from '../audit/audit.ts'
import { HttpSource } from '../audit/http-source.ts'
import { verifyFile } from '../audit/verify-file.ts'
import type { Actor } from '@comity/testkit'
import { Follower, WrittenLog, peerOf, servePeer, start } from '../federation/mirror/peer.fixture.ts'
import { type Served, served, startAt } from './server.fixture.ts'

/** A served node that follows a log written by the test. */
async function following(
  context: TestContext,
): Promise<{ log: WrittenLog; author: Actor; own: Served; down(): Promise<void> }> {
  const { log, author } = WrittenLog.founded(context.name)
  log.grow(author, 600)
  const peer = await servePeer(context, () => log)
  const own = await served(context)
  own.clock.advance(start + 1000 - startAt)
  await own.node.peers.add({ url: peer.url, allowPrivate: true })
  await settle(own)
  return { log, author, own, down: peer.stop }
}

async function settle({ node, clock }: Served, seconds = 0): Promise<void> {
  clock.advance(seconds)
  await node.mirrors.follow(node.peers.list())
  for (let i = 0; i < 20; i++) if ((await node.mirrors.step(clock.now())) > clock.now()) return
}

const text = async (url: string): Promise<string> => (await fetch(url)).text()

test('a node that follows a log serves its copy, also when the log’s own node is down', async (context) => {
  const { log, own, down } = await following(context)
  await down()
  const base = `${own.url}/mirrors/${encodeURIComponent(log.origin)}`
  assert.equal(await text(`${base}/checkpoint`), log.note())
  const listed = await (await fetch(`${own.url}/mirrors`)).json()
  assert.deepEqual(listed, {
    mirrors: [
      {
        origin: log.origin,
        keeper: log.keeper.urn,
        size: log.size,
        quarantined: false,
        path: `/mirrors/${log.origin}`,
      },
    ],
  })
  // Whoever audits the copy finds the log, hash by hash.
  const report = await audit({ source: HttpSource.open(base), expect: { origin: log.origin } })
  assert.deepEqual([report.verdict, report.size, report.differences], ['equal', log.size, []])
  const missing = await fetch(`${base}/tile/0/000.p/${(log.size % 256) + 1}`)
  assert.equal(missing.status, log.size < 256 ? 404 : 200)
  assert.equal((await fetch(`${base}/tile/0/005`)).status, 404)
  assert.equal((await fetch(`${base}/tile/0/5`)).status, 400)
  assert.equal((await fetch(`${own.url}/mirrors/unknown.invalid/checkpoint`)).status, 404)
  assert.equal((await fetch(`${base}/equivocation`)).status, 404)
})

test('of a bundle the end alone is served to whoever has its beginning', async (context) => {
  const { log, own } = await following(context)
  const { size } = log
  for (const base of [own.url, `${own.url}/mirrors/${encodeURIComponent(log.origin)}`]) {
    const width = base === own.url ? own.node.head.size : size % 256
    const path = base === own.url ? `tile/entries/000.p/${width}` : `tile/entries/002.p/${width}`
    const whole = Buffer.from(await (await fetch(`${base}/${path}`)).arrayBuffer())
    const rest = await fetch(`${base}/${path}`, { headers: { range: 'bytes=100-' } })
    assert.equal(rest.status, 206)
    assert.equal(rest.headers.get('content-range'), `bytes 100-${whole.length - 1}/${whole.length}`)
    assert.deepEqual(Buffer.from(await rest.arrayBuffer()), whole.subarray(100))
    const beyond = await fetch(`${base}/${path}`, { headers: { range: `bytes=${whole.length}-` } })
    assert.equal(beyond.status, 416)
  }
})

test('a log whose node is down is followed from another node that mirrors it, and from its own when that is back', async (context) => {
  const { log, author, own, down } = await following(context)
  const other = await servePeer(context, () => log)
  const follower = await Follower.open(context)
  const mirrorer = peerOf(WrittenLog.founded('somebody else').log, own.url, { mirror: false })
  const address = peerOf(log, other.url)
  await follower.mirrors.follow([address, mirrorer])
  await follower.settle()
  log.grow(author, 800, start + 20)
  await settle(own, 60)
  await down()
  await other.stop()
  await follower.later(10)
  const state = () => follower.mirrors.states()[0]
  assert.deepEqual([state()?.state, state()?.size], ['following', log.size])
  // Its own node is still said to be away.
  assert.equal(state()?.lastError?.code, 'peer-unreachable')
  const back = await servePeer(context, () => log)
  log.grow(author, 900, start + 30)
  await follower.mirrors.follow([{ ...address, url: back.url }, mirrorer])
  await follower.later(100)
  assert.deepEqual([state()?.state, state()?.size, state()?.lastError], ['following', log.size, undefined])
  await follower.close()
})

test('an equivocation is published as a file that comity verify takes', async (context) => {
  const { log, author, own } = await following(context)
  const fork = log.fork(5).grow(author, 200, start + 40, 'Another')
  assert.equal(await own.node.mirrors.compare(log.origin, fork.note()), 'contradicts')
  const response = await fetch(`${own.url}/mirrors/${encodeURIComponent(log.origin)}/equivocation`)
  assert.equal(response.status, 200)
  const file = new Uint8Array(await response.arrayBuffer())
  const { verdict, about } = verifyFile(file, { logKeys: peerOf(log, '').logKeys })
  assert.deepEqual([verdict, about['log'], about['keeper']], ['right', log.origin, log.keeper.urn])
  assert.equal(own.node.peers.states()[0]?.state, 'quarantined')
})
