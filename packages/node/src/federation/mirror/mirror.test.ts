import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { Follower, type FollowerOptions, WrittenLog, peerOf, product, servePeer, start } from './peer.fixture.ts'

/** A served log and a follower that has read it. */
async function followed(context: TestContext, size = 0, options: FollowerOptions = {}) {
  const { log, author } = WrittenLog.founded(context.name)
  log.grow(author, size)
  const peer = await servePeer(context, () => log)
  const follower = await Follower.open(context, options)
  await follower.mirrors.follow([peerOf(log, peer.url)])
  await follower.settle()
  return { log, author, peer, follower }
}

function stateOf(follower: Follower) {
  const [state] = follower.mirrors.states()
  assert.ok(state)
  return state
}

/** The copy is the log, entry by entry, under its own head. */
function assertHeld(follower: Follower, log: WrittenLog): void {
  const mirror = follower.mirrors.find(log.origin)
  assert.ok(mirror)
  const { copy } = mirror
  assert.equal(copy.size, log.size)
  assert.deepEqual(Buffer.from(copy.tree.root()), Buffer.from(log.tree.root()))
  assert.equal(copy.complete?.note, log.note())
  for (let from = 0; from < log.size; from += 1000) {
    const to = Math.min(log.size, from + 1000)
    assert.deepEqual(
      copy.leaves(from, to).map((leaf) => Buffer.from(leaf)),
      log.leaves.slice(from, to).map((leaf) => Buffer.from(leaf)),
    )
  }
}

test('a log is followed to its head, verified, kept and folded', async (context) => {
  const { log, follower } = await followed(context, 700)
  assertHeld(follower, log)
  const state = stateOf(follower)
  assert.deepEqual(
    [state.state, state.size, state.entriesBehind, state.secondsBehind, state.voidEntries, state.lastError],
    ['following', log.size, 0, 0, 0, undefined],
  )
  assert.equal(state.headAt, start + 10)
  const rows = follower.rows()
  assert.equal(rows['entry']?.length, log.size)
  assert.equal(rows['party']?.length, 2)
  assert.deepEqual(
    rows['log']?.map((row) => JSON.parse(row).size),
    [0, log.size],
  )
  await follower.close()
})

test('of a log that goes on only what is missing travels', async (context) => {
  const { log, author, peer, follower } = await followed(context, 700)
  peer.asked.length = 0
  peer.sent = 0
  const before = log.size
  log.append(start + 20, product(author, 'One more', start + 20))
  await follower.later()
  assertHeld(follower, log)
  const added = log.leaves.slice(before).reduce((sum, leaf) => sum + 2 + leaf.length, 0)
  assert.deepEqual(peer.asked, ['checkpoint', `tile/entries/002.p/${log.size - 512}`])
  assert.equal(peer.sent, Buffer.byteLength(log.note()) + added)
  // Nothing new: one look at the head.
  peer.asked.length = 0
  await follower.later(1)
  assert.deepEqual(peer.asked, ['checkpoint'])
  await follower.close()
})

test('a long log comes in windows, each under a root that is proven from tiles', async (context) => {
  const { log, peer, follower } = await followed(context, 1700, { windowEntries: 512 })
  assertHeld(follower, log)
  assert.equal(stateOf(follower).size, log.size)
  assert.ok(
    peer.asked.some((path) => path.startsWith('tile/1/')),
    peer.asked.join(' '),
  )
  await follower.close()
})

test('a restart goes on from what is held, and a rebuild comes to the same rows', async (context) => {
  const { log, author, peer, follower } = await followed(context, 600)
  const rows = follower.rows()
  await follower.close()
  rmSync(join(follower.directory, 'views'), { recursive: true })
  const again = await Follower.open(context, { directory: follower.directory })
  assert.deepEqual(again.rows(), rows)
  assert.equal(again.mirrors.find(log.origin)?.copy.size, log.size)
  log.grow(author, 900)
  peer.asked.length = 0
  await again.mirrors.follow([peerOf(log, peer.url)])
  await again.settle()
  assertHeld(again, log)
  assert.ok(!peer.asked.includes('tile/entries/000'), peer.asked.join(' '))
  await again.close()
})

test('a log is not followed any more when it leaves the list, and what was held stays', async (context) => {
  const { log, author, peer, follower } = await followed(context, 100)
  await follower.mirrors.follow([])
  assert.deepEqual(follower.mirrors.states(), [])
  assert.deepEqual(
    follower.rows()['log']?.map((row) => JSON.parse(row).followed),
    [1, 0],
  )
  const { size } = log
  log.grow(author, 200)
  await follower.later()
  assert.equal(follower.mirrors.find(log.origin)?.copy.size, size)
  await follower.mirrors.follow([peerOf(log, peer.url)])
  await follower.settle()
  assertHeld(follower, log)
  assert.deepEqual(
    follower.rows()['log']?.map((row) => JSON.parse(row).followed),
    [1, 1],
  )
  await follower.close()
})
