import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { sha256, treeHasher, verify } from '@comity/crypto'
import { ed25519Verifier, parseVerifierKey, verifyEquivocation } from '@comity/log'
import { keeper } from '@comity/testkit'
import { Follower, WrittenLog, peerOf, servePeer, start } from './peer.fixture.ts'

/** A log that is followed, and may be replaced by another history of the same keeper. */
async function followed(context: TestContext, size: number) {
  const { log, author } = WrittenLog.founded(context.name)
  log.grow(author, size)
  let served = log
  const peer = await servePeer(context, () => served)
  const follower = await Follower.open(context, { windowEntries: 256 })
  const address = peerOf(log, peer.url)
  await follower.mirrors.follow([address])
  await follower.settle()
  return { log, author, follower, peer, address, show: (other: WrittenLog) => void (served = other) }
}

/** Quarantined, with a proof that anybody can check who knows the log's key. */
function assertProven(follower: Follower, log: WrittenLog, sizes: readonly [number, number]): void {
  const mirror = follower.mirrors.find(log.origin)
  assert.ok(mirror)
  assert.equal(mirror.isQuarantined, true)
  const [state] = follower.mirrors.states()
  assert.deepEqual([state?.state, state?.nextTryAt], ['quarantined', 0])
  assert.deepEqual(
    follower.rows()['log']?.map((row) => JSON.parse(row).followed),
    [1, 0],
  )
  const { evidence } = mirror
  assert.ok(evidence)
  const keys = peerOf(log, '').logKeys.map((text) => ed25519Verifier(parseVerifierKey(text, sha256), verify))
  const { first, second } = verifyEquivocation(treeHasher, evidence, keys)
  assert.deepEqual([first.size, second.size], sizes)
  assert.equal(evidence.keeper, log.keeper.urn)
}

async function isLeftAlone(follower: Follower, peer: { asked: string[] }, size: number): Promise<void> {
  peer.asked.length = 0
  const [state] = follower.mirrors.states()
  assert.equal(state?.size, size)
  await follower.later(100_000)
  assert.deepEqual(peer.asked, [])
}

test('a larger head that does not continue what is held is proven and ends the following', async (context) => {
  const { log, author, follower, peer, show } = await followed(context, 300)
  const { size } = log
  const fork = log.fork(200)
  fork.leaves.push(log.timeLeaf(start + 10))
  fork.grow(author, size + 20, start + 30, 'Another')
  show(fork)
  await follower.later()
  assertProven(follower, log, [size, fork.size])
  await isLeftAlone(follower, peer, size)
  await follower.close()
})

test('who is taken off the list and put on it again is quarantined as before, and the proof stays', async (context) => {
  const { log, author, follower, peer, address, show } = await followed(context, 300)
  const { size } = log
  const fork = log.fork(200)
  fork.leaves.push(log.timeLeaf(start + 10))
  fork.grow(author, size + 20, start + 30, 'Another')
  show(fork)
  await follower.later()
  await follower.mirrors.follow([])
  assert.deepEqual(follower.mirrors.states(), [])
  assert.ok(follower.mirrors.find(log.origin)?.evidence)
  await follower.mirrors.follow([address])
  assertProven(follower, log, [size, fork.size])
  await isLeftAlone(follower, peer, size)
  await follower.close()
})

test('so is one that is many windows ahead', async (context) => {
  const { log, author, follower, peer, show } = await followed(context, 300)
  const { size } = log
  const fork = log.fork(5).grow(author, size + 700, start + 30, 'Another')
  show(fork)
  await follower.later()
  assertProven(follower, log, [size, fork.size])
  await isLeftAlone(follower, peer, size)
  await follower.close()
})

test('a head of the same size, or a smaller one, that has another root is proven', async (context) => {
  const { log, author, follower, show } = await followed(context, 300)
  const { size } = log
  const fork = log.fork(5).grow(author, size, start + 30, 'Another')
  while (fork.size < size) fork.append(start + 40)
  show(fork.fork(size))
  await follower.later()
  assertProven(follower, log, [size, size])
  await follower.close()
  const other = await followed(context, 310)
  const smaller = other.log.fork(5).grow(other.author, 100, start + 30, 'Another')
  other.show(smaller)
  await other.follower.later()
  assertProven(other.follower, other.log, [smaller.size, other.log.size])
  await other.follower.close()
})

test('so is one whose entries are shorter than those that are held, where nothing comes behind them', async (context) => {
  const { log, author } = WrittenLog.founded(context.name)
  log.grow(author, 30, start + 10, 'A product whose name is much longer than that of what stands in its place')
  let served = log
  const peer = await servePeer(context, () => served)
  const follower = await Follower.open(context, {})
  await follower.mirrors.follow([peerOf(log, peer.url)])
  await follower.settle()
  const { size } = log
  served = log.fork(6).grow(author, size + 2, start + 30, 'B')
  await follower.later()
  assertProven(follower, log, [size, served.size])
  await follower.close()
})

test('a quarantine outlives a restart, and so do both heads', async (context) => {
  const { log, author, follower, peer, address, show } = await followed(context, 100)
  const { size } = log
  const fork = log.fork(5).grow(author, size + 60, start + 30, 'Another')
  show(fork)
  await follower.later()
  await follower.close()
  const again = await Follower.open(context, { directory: follower.directory })
  await again.mirrors.follow([address])
  await again.settle()
  assertProven(again, log, [size, fork.size])
  await isLeftAlone(again, peer, size)
  await again.close()
})

test('a head that others saw is compared: at once where it is held, else when its size is reached', async (context) => {
  const { log, author, follower } = await followed(context, 100)
  const { mirrors } = follower
  const { origin } = log
  assert.equal(await mirrors.compare(origin, log.note()), 'same')
  assert.equal(await mirrors.compare(origin, log.note(50)), 'earlier')
  const ahead = log.fork(log.size).grow(author, 160, start + 30)
  assert.equal(await mirrors.compare(origin, ahead.note()), 'later')
  const [behind] = mirrors.states()
  assert.deepEqual([behind?.state, behind?.entriesBehind], ['behind', ahead.size - log.size])
  // The peer shows a shorter log than it signed: that is said, and it is no contradiction yet.
  await follower.later()
  assert.equal(mirrors.states()[0]?.lastError?.code, 'head-behind')
  const fork = log.fork(log.size).grow(author, 200, start + 40, 'Another')
  log.leaves.push(...fork.leaves.slice(log.size))
  await follower.later()
  assertProven(follower, log, [ahead.size, fork.size])
  assert.equal(await mirrors.compare(origin, log.note(50)), 'earlier')
  await follower.close()
})

test('a contradicting head from elsewhere quarantines at once, and what is not the log’s own word does nothing', async (context) => {
  const { log, author, follower } = await followed(context, 100)
  const { mirrors } = follower
  const { origin } = log
  const stranger = keeper('stranger')
  const forged = log.fork(5).grow(author, 80, start + 30, 'Another')
  const { signNote } = forged
  forged.signNote = (text) => stranger.keys.log.signNote(text)
  await assert.rejects(mirrors.compare(origin, forged.note()), { code: 'head-unsigned' })
  await assert.rejects(mirrors.compare(origin, new WrittenLog(stranger, log.leaves).note()), { code: 'wrong-origin' })
  await assert.rejects(mirrors.compare(origin, 'nothing'), { code: 'head-malformed' })
  assert.equal(await mirrors.compare('unknown.invalid', log.note()), undefined)
  assert.equal(mirrors.states()[0]?.state, 'following')
  forged.signNote = signNote
  assert.equal(await mirrors.compare(origin, forged.note()), 'contradicts')
  assertProven(follower, log, [forged.size, log.size])
  await follower.close()
})

test('a log that denies a head whose entries were still on their way is caught', async (context) => {
  const { log, author } = WrittenLog.founded(context.name)
  log.grow(author, 900)
  let served = log
  let isCut = true
  const peer = await servePeer(
    context,
    () => served,
    (path, bytes) => (isCut && path.startsWith('tile/entries/002') ? undefined : bytes),
  )
  const follower = await Follower.open(context, { windowEntries: 256 })
  const address = peerOf(log, peer.url)
  await follower.mirrors.follow([address])
  await follower.settle()
  // The head is durable before its entries are all here.
  const copy = follower.mirrors.find(log.origin)?.copy
  assert.deepEqual([copy?.size, copy?.head?.size, copy?.complete], [512, log.size, undefined])
  await follower.close()
  isCut = false
  served = log.fork(5).grow(author, 1000, start + 30, 'Another')
  const again = await Follower.open(context, { directory: follower.directory, windowEntries: 256 })
  await again.mirrors.follow([address])
  await again.settle()
  assertProven(again, log, [log.size, served.size])
  await again.close()
})

test('a log that goes on while its entries were on their way is followed to its newer head', async (context) => {
  const { log, author } = WrittenLog.founded(context.name)
  log.grow(author, 900)
  let isCut = true
  const peer = await servePeer(
    context,
    () => log,
    (path, bytes) => (isCut && path.startsWith('tile/entries/002') ? undefined : bytes),
  )
  const follower = await Follower.open(context, { windowEntries: 256 })
  await follower.mirrors.follow([peerOf(log, peer.url)])
  await follower.settle()
  assert.equal(follower.mirrors.states()[0]?.lastError?.code, 'entries-missing')
  isCut = false
  log.grow(author, 1100, start + 30)
  await follower.later()
  await follower.later()
  assert.deepEqual(
    follower.mirrors.states().map(({ size, lastError }) => [size, lastError]),
    [[log.size, undefined]],
  )
  await follower.close()
})
