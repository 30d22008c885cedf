import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { type SlowLink, slowLink } from '@comity/testkit'
import { Follower, WrittenLog, peerOf, servePeer } from './peer.fixture.ts'

/** 64 kbit/s with 800 ms there and back, made faster by this: as many bytes are under way at any moment. */
const faster = 8
const line = { bytesPerSecond: 8000 * faster, roundTrip: 800 / faster }

/** What one byte of an entry may cost on the wire. How long all of it takes is for `npm run bench -- poor-link` to say. */
const mostOverhead = 1.15

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

/** Bytes that came over the link while something was done. */
async function bytesOver(link: SlowLink, work: () => Promise<void>): Promise<number> {
  const before = link.sent.down
  await work()
  return link.sent.down - before
}

test('after a long gap only what is missing travels over a poor link', async (context) => {
  const { log, author, follower, link } = await overPoorLink(context)
  const before = log.size
  log.grow(author, before + 400)
  const missing = bytesFrom(log, before)
  const bytes = await bytesOver(link, () => follower.later())
  assert.equal(follower.mirrors.find(log.origin)?.copy.size, log.size)
  assert.ok(bytes < missing * mostOverhead, `${bytes} bytes travelled for ${missing} that were missing`)
  await follower.close()
})

test('where nothing is missing a look costs one small answer', async (context) => {
  const { follower, link } = await overPoorLink(context)
  const bytes = await bytesOver(link, () => follower.later(10))
  assert.ok(bytes < 1000, `${bytes} bytes`)
  await follower.close()
})
