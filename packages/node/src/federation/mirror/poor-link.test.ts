import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { type SlowLink, slowLink } from '@comity/testkit'
import { Follower, WrittenLog, peerOf, servePeer } from './peer.fixture.ts'

/** 64 kbit/s with 800 ms there and back, made faster by this: as many bytes are under way at any moment. */
const faster = 8
const line = { bytesPerSecond: 8000 * faster, roundTrip: 800 / faster }

/** What one byte of an entry may cost on the wire, and how much longer all may take than the bare bytes. */
const mostOverhead = 1.15
const mostTime = 1.6

async function overPoorLink(context: TestContext) {
  const { log, author } = WrittenLog.founded(context.name)
  log.grow(author, 900)
  const { url } = await servePeer(context, () => log)
  const near = await Follower.open(context)
  await near.mirrors.follow([peerOf(log, url)])
  await near.settle()
  const link = await slowLink(Number(new URL(url).port), line)
  context.after(() => link.close())
  await near.mirrors.follow([peerOf(log, `http://127.0.0.1:${link.port}`)])
  return { log, author, follower: near, link }
}

/** Bytes of the entries from `from` on, in their bundles. */
function bytesFrom(log: WrittenLog, from: number): number {
  return log.leaves.slice(from).reduce((sum, leaf) => sum + 2 + leaf.length, 0)
}

async function timed(link: SlowLink, work: () => Promise<void>) {
  const [down, begun] = [link.sent.down, performance.now()]
  await work()
  return { bytes: link.sent.down - down, seconds: (performance.now() - begun) / 1000 }
}

test('after a long gap only what is missing travels over a poor link, at about the rate of the line', async (context) => {
  const { log, author, follower, link } = await overPoorLink(context)
  const before = log.size
  log.grow(author, before + 400)
  // Hashed before the clock runs.
  log.note()
  const missing = bytesFrom(log, before)
  const { bytes, seconds } = await timed(link, () => follower.later())
  assert.equal(follower.mirrors.find(log.origin)?.copy.size, log.size)
  assert.ok(bytes < missing * mostOverhead, `${bytes} bytes travelled for ${missing} that were missing`)
  const bare = missing / line.bytesPerSecond
  assert.ok(seconds < bare * mostTime, `${seconds.toFixed(2)} s for what takes the line ${bare.toFixed(2)} s`)
  await follower.close()
})

test('where nothing is missing a look costs one small answer', async (context) => {
  const { follower, link } = await overPoorLink(context)
  const { bytes } = await timed(link, () => follower.later(10))
  assert.ok(bytes < 1000, `${bytes} bytes`)
  await follower.close()
})
