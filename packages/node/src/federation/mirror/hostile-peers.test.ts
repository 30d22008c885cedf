/** Peers that answer slowly, endlessly, elsewhere, or with what is not theirs: a clear outcome for each, and nothing taken. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { encodeEntryBundle, decodeEntryBundle, formatCheckpoint } from '@comity/log'
import { keeper } from '@comity/testkit'
import { type Answer, Follower, WrittenLog, ownNetwork, peerOf, product, servePeer, start } from './peer.fixture.ts'

type Tamper = (path: string, bytes: Uint8Array | undefined, log: WrittenLog) => Answer

/** Short enough that a test of an endless server ends soon. */
const patience = { headers: 500, idle: 300, bytesPerSecond: 2000, total: 3000 }

/** Follows an honest log, then lets it go on and the peer misbehave. Returns the outcome's code. */
async function outcome(context: TestContext, tamper: Tamper, options: { grow?: number; isPatient?: boolean } = {}) {
  const { log, author } = WrittenLog.founded(context.name)
  log.grow(author, 300)
  let isHostile = false
  const peer = await servePeer(
    context,
    () => log,
    (path, bytes) => (isHostile ? tamper(path, bytes, log) : bytes),
  )
  const follower = await Follower.open(context, {
    windowEntries: 512,
    fetch: ownNetwork(context, options.isPatient === true ? {} : patience),
  })
  await follower.mirrors.follow([peerOf(log, peer.url)])
  await follower.settle()
  const before = log.size
  const rows = follower.rows()
  assert.equal(follower.mirrors.find(log.origin)?.copy.size, before)
  log.grow(author, before + (options.grow ?? 40), start + 20)
  isHostile = true
  await follower.later()
  const [state] = follower.mirrors.states()
  assert.ok(state)
  // Nothing of it was taken, and the node says when it looks again.
  assert.equal(state.size, before)
  assert.deepEqual(follower.rows(), rows)
  assert.ok(state.nextTryAt > follower.clock.now)
  // Once the peer is itself again, the log goes on as if nothing had been.
  isHostile = false
  await follower.later()
  const [healed] = follower.mirrors.states()
  assert.deepEqual([healed?.state, healed?.size, healed?.lastError], ['following', log.size, undefined])
  await follower.close()
  return state.lastError?.code
}

const at =
  (where: (path: string) => boolean, answer: (bytes: Uint8Array, log: WrittenLog) => Answer): Tamper =>
  (path, bytes, log) =>
    where(path) && bytes !== undefined ? answer(bytes, log) : bytes
const atCheckpoint = (answer: (bytes: Uint8Array, log: WrittenLog) => Answer) =>
  at((path) => path === 'checkpoint', answer)
const atEntries = (answer: (bytes: Uint8Array, log: WrittenLog) => Answer) =>
  at((path) => path.startsWith('tile/entries/'), answer)

test('a peer that does not begin to answer is given up', async (context) => {
  assert.equal(
    await outcome(
      context,
      atCheckpoint(() => () => {}),
    ),
    'peer-too-slow',
  )
})

test('a peer that answers drop by drop is given up', async (context) => {
  const drip: Answer = (_request, response) => {
    const timer = setInterval(() => response.write('.'), 50)
    response.on('close', () => clearInterval(timer))
  }
  assert.equal(
    await outcome(
      context,
      atCheckpoint(() => drip),
    ),
    'peer-too-slow',
  )
})

test('a body that does not end is not read to its end', async (context) => {
  const endless: Answer = (_request, response) => {
    const piece = Buffer.alloc(65_536, 0x41)
    const timer = setInterval(() => response.write(piece), 1)
    response.on('close', () => clearInterval(timer))
  }
  assert.equal(
    await outcome(
      context,
      atCheckpoint(() => endless),
    ),
    'peer-answer-too-large',
  )
  assert.equal(
    await outcome(
      context,
      atEntries(() => endless),
    ),
    'peer-answer-too-large',
  )
})

test('a connection that breaks off in the middle is an unreachable peer', async (context) => {
  const broken: Answer = (_request, response) => {
    response.writeHead(200, { 'content-length': '1000' })
    response.write('half', () => response.destroy())
  }
  assert.equal(
    await outcome(
      context,
      atEntries(() => broken),
    ),
    'peer-unreachable',
  )
})

test('a peer that redirects to itself, or elsewhere, is not followed there', async (context) => {
  const round: Answer = (request, response) => response.writeHead(302, { location: request.url ?? '/' }).end()
  assert.equal(
    await outcome(
      context,
      atCheckpoint(() => round),
    ),
    'peer-redirects',
  )
  const away: Answer = (_request, response) =>
    response.writeHead(307, { location: 'http://127.0.0.1:9/checkpoint' }).end()
  assert.equal(
    await outcome(
      context,
      atEntries(() => away),
    ),
    'peer-redirects',
  )
})

test('a peer that is busy, fails or knows nothing says so by its status', async (context) => {
  const status =
    (code: number): Answer =>
    (_request, response) =>
      response.writeHead(code).end()
  assert.equal(
    await outcome(
      context,
      atCheckpoint(() => status(503)),
    ),
    'peer-busy',
  )
  assert.equal(
    await outcome(
      context,
      atCheckpoint(() => status(500)),
    ),
    'peer-answers-otherwise',
  )
  assert.equal(
    await outcome(
      context,
      atCheckpoint(() => status(404)),
    ),
    'no-log',
  )
  assert.equal(
    await outcome(
      context,
      atEntries(() => status(404)),
    ),
    'entries-missing',
  )
})

test('what is no checkpoint, another log’s, or signed by somebody else is no head', async (context) => {
  assert.equal(
    await outcome(
      context,
      atCheckpoint(() => Buffer.from('not a note')),
    ),
    'head-malformed',
  )
  const other = WrittenLog.founded('another log').log
  assert.equal(
    await outcome(
      context,
      atCheckpoint(() => Buffer.from(other.note())),
    ),
    'wrong-origin',
  )
  const stranger = keeper('a stranger with a log key')
  const forged = (_: Uint8Array, log: WrittenLog): Answer => {
    const text = formatCheckpoint({ origin: log.origin, size: log.size, root: log.tree.root() })
    return Buffer.from(stranger.keys.log.signNote(text))
  }
  assert.equal(await outcome(context, atCheckpoint(forged)), 'head-unsigned')
  const renamed = (bytes: Uint8Array, log: WrittenLog): Answer =>
    Buffer.from(
      Buffer.from(bytes)
        .toString()
        .replace(`\n${log.size}\n`, `\n${log.size - 1}\n`),
    )
  assert.equal(await outcome(context, atCheckpoint(renamed)), 'head-unsigned')
})

test('a checkpoint of an absurd size is not gone after', async (context) => {
  const signed =
    (size: number) =>
    (_: Uint8Array, log: WrittenLog): Answer =>
      Buffer.from(log.signNote(formatCheckpoint({ origin: log.origin, size, root: log.tree.root() })))
  assert.equal(await outcome(context, atCheckpoint(signed(2 ** 40))), 'head-too-large')
  assert.equal(await outcome(context, atCheckpoint(signed(Number.MAX_SAFE_INTEGER))), 'head-too-large')
  // There are no tiles of it.
  assert.equal(await outcome(context, atCheckpoint(signed(2 ** 39))), 'tiles-missing')
})

test('a checkpoint that was served before is older than what is known', async (context) => {
  assert.equal(
    await outcome(
      context,
      atCheckpoint((_, log) => Buffer.from(log.note(100))),
    ),
    'head-behind',
  )
})

test('entries that are cut off, re-ordered, replayed, oversized or others than the head covers are not taken', async (context) => {
  const truncated = atEntries((bytes) => bytes.subarray(0, bytes.length - 1))
  assert.equal(await outcome(context, truncated), 'entries-malformed')
  const longer = atEntries((bytes) => Buffer.concat([bytes, Buffer.from([0, 1, 7])]))
  assert.equal(await outcome(context, longer), 'entries-malformed')
  const rearranged =
    (change: (entries: Uint8Array[]) => Uint8Array[]): Tamper =>
    (path, bytes) => {
      const width = Number(/\.p\/([0-9]+)$/.exec(path)?.[1] ?? 256)
      if (!path.startsWith('tile/entries/') || bytes === undefined) return bytes
      return encodeEntryBundle(change(decodeEntryBundle(bytes, width)))
    }
  const swapped = rearranged((entries) => {
    const [last, before, ...rest] = entries.toReversed()
    return last === undefined || before === undefined ? entries : [before, last, ...rest].toReversed()
  })
  assert.equal(await outcome(context, swapped), 'entries-differ')
  const changed = rearranged((entries) => [...entries.slice(0, -1), Uint8Array.from(entries.at(-1) ?? []).fill(0, -1)])
  assert.equal(await outcome(context, changed), 'entries-differ')
  const replayed: Tamper = (path, bytes, log) =>
    path === 'tile/entries/002' ? encodeEntryBundle(log.leaves.slice(0, 256)) : bytes
  assert.equal(await outcome(context, replayed, { grow: 600 }), 'entries-differ')
  const oversized = atEntries(() => Buffer.alloc(17_000_000))
  assert.equal(await outcome(context, oversized), 'peer-answer-too-large')
})

test('a range that was not asked for is not taken', async (context) => {
  const other: Answer = (_request, response) => {
    response.writeHead(206, { 'content-range': 'bytes 1-2/3' }).end('xx')
  }
  assert.equal(
    await outcome(
      context,
      atEntries(() => other),
    ),
    'entries-malformed',
  )
})

test('tiles that are not those of the head, or none, end a large step', async (context) => {
  const wrong = at(
    (path) => path.startsWith('tile/0/') || path.startsWith('tile/1/'),
    (bytes) => Uint8Array.from(bytes).fill(7, 0, 1),
  )
  assert.equal(await outcome(context, wrong, { grow: 700, isPatient: true }), 'tiles-differ')
  const missing = at(
    (path) => /^tile\/[01]\//.test(path),
    () => undefined,
  )
  assert.equal(await outcome(context, missing, { grow: 700, isPatient: true }), 'tiles-missing')
  const short = at(
    (path) => /^tile\/[01]\//.test(path),
    (bytes) => bytes.subarray(0, 32),
  )
  assert.equal(await outcome(context, short, { grow: 700, isPatient: true }), 'tiles-differ')
})

test('a time leaf far ahead of this clock waits until the clock has come there', async (context) => {
  const { log, author } = WrittenLog.founded(context.name)
  const peer = await servePeer(context, () => log)
  const follower = await Follower.open(context)
  await follower.mirrors.follow([peerOf(log, peer.url)])
  await follower.settle()
  const before = log.size
  const ahead = follower.clock.now + 7200
  log.append(ahead, product(author, 'From tomorrow', start + 5))
  await follower.later(10)
  const [state] = follower.mirrors.states()
  assert.deepEqual([state?.lastError?.code, state?.size], ['time-in-future', before])
  assert.match(state?.lastError?.message ?? '', /says that it is 1795227400, 7190 s ahead/)
  await follower.later(7200)
  assert.deepEqual(
    follower.mirrors.states().map(({ size, lastError }) => [size, lastError]),
    [[log.size, undefined]],
  )
  await follower.close()
})

test('a log that does not begin as a log, or is kept by somebody else, is not followed', async (context) => {
  const code = async (log: WrittenLog, changes: Parameters<typeof peerOf>[2] = {}) => {
    const peer = await servePeer(context, () => log)
    const follower = await Follower.open(context)
    await follower.mirrors.follow([peerOf(log, peer.url, changes)])
    await follower.settle()
    const [state] = follower.mirrors.states()
    assert.equal(follower.mirrors.find(log.origin)?.copy.size, 0)
    await follower.close()
    return state?.lastError?.code
  }
  const { log, author } = WrittenLog.founded(context.name)
  assert.equal(await code(log, { keeper: author.urn }), 'wrong-keeper')
  assert.equal(await code(new WrittenLog(log.keeper).append(start, log.keeper.founding(start))), 'wrong-beginning')
  const other = keeper('another log key')
  assert.equal(await code(log, { logKeys: peerOf(new WrittenLog(other), '').logKeys }), 'wrong-log-key')
  // Without a pinned key the log's own keeper says which keys it has.
  assert.equal(await code(new WrittenLog(log.keeper), {}), 'no-log')
})

test('a batch that nothing closes ends the following', async (context) => {
  const { log, author } = WrittenLog.founded(context.name)
  const peer = await servePeer(context, () => log)
  const follower = await Follower.open(context)
  await follower.mirrors.follow([peerOf(log, peer.url)])
  await follower.settle()
  const folded = log.size
  const open = product(author, 'Again and again', start + 2)
  for (let i = 0; i < 3000; i++) log.leaves.push(open)
  await follower.later()
  // Some may be open for a while: they are held and wait.
  assert.deepEqual(
    follower.mirrors.states().map(({ size, lastError }) => [size, lastError]),
    [[folded, undefined]],
  )
  assert.equal(follower.mirrors.find(log.origin)?.copy.size, log.size)
  for (let i = 0; i < 2000; i++) log.leaves.push(open)
  await follower.later()
  assert.equal(follower.mirrors.states()[0]?.lastError?.code, 'batch-open')
  await follower.close()
})
