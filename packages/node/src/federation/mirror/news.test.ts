/** What the node of a log shows unasked: read as it is, and believed no more than what was asked for. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import fc from 'fast-check'
import { FederationError } from '../federation-error.ts'
import { mirrorName } from './mirror-name.ts'
import { Follower, WrittenLog, peerOf, product, servePeer, start } from './peer.fixture.ts'

/** A follower of a served log that has read it; `served` is what the log's node shows. */
async function followed(context: TestContext) {
  const { log, author } = WrittenLog.founded(context.name)
  const served = { log, denies: false }
  const peer = await servePeer(
    context,
    () => served.log,
    (path, bytes) => (served.denies && path.includes('entries') ? undefined : bytes),
  )
  const follower = await Follower.open(context)
  await follower.mirrors.follow([peerOf(log, peer.url)])
  await follower.settle()
  peer.asked.length = 0
  const mirror = follower.mirrors.find(log.origin)
  assert.ok(mirror)
  const hear = async (note: string): Promise<void> => {
    await follower.mirrors.hear(log.origin, Buffer.from(note))
    await follower.settle()
  }
  const grow = (name: string): WrittenLog => log.append(start + 20, product(author, name, start + 20))
  const version = (): number => follower.truth.cells.get(mirrorName(log.origin))?.version ?? 0
  return { log, author, served, peer, follower, mirror, hear, grow, version }
}

test('a batch that the log’s own node shows is read without asking for its checkpoint, and written down once', async (context) => {
  const { log, peer, follower, mirror, hear, grow, version } = await followed(context)
  for (const name of ['One', 'Two', 'Three']) {
    const before = version()
    await hear(grow(name).note())
    assert.equal(mirror.copy.complete?.note, log.note())
    assert.equal(version(), before + 1)
  }
  assert.deepEqual(
    peer.asked.filter((path) => path === 'checkpoint'),
    [],
  )
  await follower.close()
})

test('a checkpoint whose entries the log does not serve is kept as seen, and reached later', async (context) => {
  const { log, served, follower, mirror, hear, grow } = await followed(context)
  const size = log.size
  served.denies = true
  await hear(grow('One').note())
  assert.equal(mirror.copy.size, size)
  assert.deepEqual(mirror.copy.record.seen, [log.note()])
  assert.equal(mirror.state(follower.clock.now).entriesBehind, log.size - size)
  served.denies = false
  await follower.later()
  assert.equal(mirror.copy.complete?.note, log.note())
  assert.deepEqual(mirror.copy.record.seen, [])
  await follower.close()
})

test('one that was overtaken while it waited is held against the copy', async (context) => {
  const { log, follower, mirror, grow } = await followed(context)
  const shown = grow('One').note()
  await mirror.hear(shown)
  // The next one is heard before the first was read.
  assert.equal(await mirror.hear(grow('Two').note()), 'later')
  await follower.later()
  assert.equal(mirror.copy.complete?.note, log.note())
  assert.equal(await mirror.hear(shown), 'earlier')
  assert.equal(mirror.state(follower.clock.now).state, 'following')
  await follower.close()
})

test('one that no known key signed is not read: only the clock asks whether a key has changed', async (context) => {
  const { log, peer, follower, mirror, grow } = await followed(context)
  const size = log.size
  const { signNote } = log
  log.signNote = WrittenLog.founded('somebody else').log.signNote
  const foreign = grow('One').note()
  for (let i = 0; i < 3; i++) await assert.rejects(mirror.hear(foreign), { code: 'head-unsigned' })
  await follower.settle()
  assert.deepEqual(peer.asked, [])
  assert.equal(mirror.copy.size, size)
  log.signNote = signNote
  await follower.later()
  assert.equal(mirror.copy.complete?.note, log.note())
  await follower.close()
})

test('a log whose node shows two histories is quarantined, whichever of them was read', async (context) => {
  const { log, author, follower, mirror, hear, grow } = await followed(context)
  const fork = log.fork(log.size)
  await hear(grow('One').note())
  fork.append(start + 20, product(author, 'Other', start + 20))
  await hear(fork.note())
  assert.equal(mirror.isQuarantined, true)
  assert.ok(mirror.evidence)
  await hear(grow('Two').note())
  assert.notEqual(mirror.copy.complete?.note, log.note())
  await follower.close()
})

test('nothing that a node shows harms the copy: a shown checkpoint counts for no more than its signature', async (context) => {
  const { log, author, follower, mirror } = await followed(context)
  const size = log.size
  const longer = log.fork(size).append(start + 20, product(author, 'Never served', start + 20))
  const text = fc.oneof(
    fc.string({ maxLength: 400 }),
    fc.record({ at: fc.nat(600), by: fc.integer({ min: 1, max: 127 }) }).map(({ at, by }) => {
      const bytes = Buffer.from(longer.note())
      bytes[at % bytes.length] = ((bytes[at % bytes.length] ?? 0) ^ by) & 127
      return bytes.toString('latin1')
    }),
  )
  await fc.assert(
    fc.asyncProperty(text, async (note) => {
      if (note === longer.note()) return
      try {
        await mirror.hear(note)
      } catch (error) {
        assert.ok(error instanceof FederationError, String(error))
      }
      await mirror.step(follower.clock.now)
      assert.equal(mirror.copy.size, size)
      assert.equal(mirror.copy.complete?.note, log.note())
      assert.equal(mirror.isQuarantined, false)
    }),
    { numRuns: 100 },
  )
  await follower.close()
})
