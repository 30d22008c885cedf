/** What peers say they have seen of a log: hints that are replayed, wrong, endless or lead in circles do no harm. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { Actor } from '@comity/testkit'
import { Gossip } from './gossip.ts'
import { type Answer, Follower, WrittenLog, ownNetwork, peerOf, servePeer, start } from './peer.fixture.ts'

const patience = { headers: 500, idle: 300, bytesPerSecond: 2000, total: 3000 }

interface Heard {
  readonly follower: Follower
  readonly log: WrittenLog
  readonly author: Actor
  /** Asks the peer once more what it has seen; it answers by path. */
  hear(answer: (path: string) => Answer): Promise<void>
  /** What the peer was asked for in the round before. */
  readonly asked: readonly string[]
}

/** A node that follows one log, and a peer that claims to mirror it too. */
async function hearing(context: TestContext): Promise<Heard> {
  const { log, author } = WrittenLog.founded(context.name)
  log.grow(author, 100)
  const source = await servePeer(context, () => log)
  const fetch = ownNetwork(context, patience)
  const follower = await Follower.open(context, { fetch })
  await follower.mirrors.follow([peerOf(log, source.url)])
  await follower.settle()
  let answer: (path: string) => Answer = () => undefined
  const other = WrittenLog.founded('one who mirrors').log
  const peer = await servePeer(
    context,
    () => other,
    (path) => answer(path),
  )
  const peers = [peerOf(other, peer.url)]
  const gossip = new Gossip({ origin: 'own.example', peers: () => peers, mirrors: follower.mirrors, fetch })
  let now = follower.clock.now
  return {
    follower,
    log,
    author,
    asked: peer.asked,
    hear: async (given) => {
      answer = given
      peer.asked.length = 0
      now += 60
      await gossip.step(now)
    },
  }
}

function list(log: WrittenLog, change: object = {}): Uint8Array {
  const { origin, keeper, size } = log
  const path = `/mirrors/${encodeURIComponent(origin)}`
  const mirror = { origin, keeper: keeper.urn, size, quarantined: false, path, ...change }
  return Buffer.from(JSON.stringify({ mirrors: [mirror] }))
}

/** Shows a head at the place of the mirror. */
const showing =
  (log: WrittenLog, note: string) =>
  (path: string): Answer =>
    path === 'mirrors' ? list(log) : path.endsWith('/checkpoint') ? Buffer.from(note) : undefined

test('a head that is replayed is an earlier one, and changes nothing, however often it comes', async (context) => {
  const { follower, log, hear, asked } = await hearing(context)
  const [before] = follower.mirrors.states()
  for (let again = 0; again < 3; again++) {
    await hear(showing(log, log.note(50)))
    assert.equal(asked.length, 2)
    assert.deepEqual(follower.mirrors.states(), [before])
  }
  await follower.close()
})

test('a head of another log, of a stranger, or none at all is no news', async (context) => {
  const { follower, log, author, hear } = await hearing(context)
  const [before] = follower.mirrors.states()
  const stranger = WrittenLog.founded('a stranger to this log').log
  const forged = log.fork(log.size).grow(author, 200, start + 30)
  forged.signNote = (text) => stranger.keeper.keys.log.signNote(text)
  for (const note of [stranger.note(), forged.note(), 'no note', '']) {
    await hear(showing(log, note))
    assert.deepEqual(follower.mirrors.states(), [before])
  }
  await follower.close()
})

test('a newer head is a hint: the log is asked, and a hint that comes again is not news again', async (context) => {
  const { follower, log, author, hear } = await hearing(context)
  const ahead = log.fork(log.size).grow(author, 140, start + 30)
  const note = ahead.note()
  await hear(showing(log, note))
  const [state] = follower.mirrors.states()
  assert.deepEqual([state?.state, state?.entriesBehind], ['behind', ahead.size - log.size])
  const copy = follower.mirrors.find(log.origin)?.copy
  assert.equal(copy?.record.seen.length, 1)
  await hear(showing(log, note))
  assert.equal(copy?.record.seen.length, 1)
  log.grow(author, 140, start + 30)
  await follower.later()
  assert.equal(follower.mirrors.states()[0]?.size, log.size)
  await follower.close()
})

test('a proof of two trees that proves nothing quarantines nothing, and one that does does', async (context) => {
  const { follower, log, author, hear } = await hearing(context)
  const quarantined = (first: string, second: string) => (path: string) => {
    if (path === 'mirrors') return list(log, { quarantined: true })
    const proof = { format: 'comity equivocation 1', origin: log.origin, first, second }
    return path.endsWith('/equivocation') ? Buffer.from(JSON.stringify(proof)) : undefined
  }
  const stranger = WrittenLog.founded('who accuses').log
  await hear(quarantined(log.note(50), log.note()))
  await hear(quarantined(stranger.note(), stranger.note()))
  await hear(() => list(log, { quarantined: true }))
  assert.equal(follower.mirrors.states()[0]?.state, 'following')
  const fork = log.fork(50).grow(author, 80, start + 40, 'Another')
  await hear(quarantined(fork.note(), log.note()))
  assert.equal(follower.mirrors.states()[0]?.state, 'quarantined')
  await follower.close()
})

test('a peer that answers slowly, without end, in circles or with something else is asked again at its next turn', async (context) => {
  const { follower, log, hear, asked } = await hearing(context)
  const [before] = follower.mirrors.states()
  const endless: Answer = (_request, response) => {
    const timer = setInterval(() => response.write(Buffer.alloc(65_536, 0x20)), 1)
    response.on('close', () => clearInterval(timer))
  }
  const answers: Readonly<Record<string, Answer>> = {
    'does not begin': () => {},
    endless,
    'in circles': (request, response) => response.writeHead(302, { location: request.url ?? '/' }).end(),
    elsewhere: (_request, response) => response.writeHead(307, { location: 'http://127.0.0.1:9/mirrors' }).end(),
    'no list': Buffer.from('{"mirrors": 7}'),
    'no JSON': Buffer.from('<html>'),
    failing: (_request, response) => response.writeHead(500).end(),
  }
  for (const [what, answer] of Object.entries(answers)) {
    await hear((path) => (path === 'mirrors' ? answer : Buffer.from(log.note())))
    assert.ok(asked.length > 0 && asked.every((path) => path === 'mirrors'), what)
    await hear((path) => (path === 'mirrors' ? list(log) : answer))
    assert.ok(asked.length > 1, what)
    assert.deepEqual(follower.mirrors.states(), [before], what)
  }
  await follower.close()
})
