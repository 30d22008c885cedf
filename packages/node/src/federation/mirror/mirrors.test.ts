import assert from 'node:assert/strict'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { FederationError } from '../federation-error.ts'
import type { Fetch } from '../peers/peer.ts'
import { mirrorName } from './mirror-name.ts'
import { Follower, WrittenLog, peerOf, product, servePeer, simulatedNetwork, start } from './peer.fixture.ts'

/** Many small logs in a simulated network. */
function neighbourhood(count: number, size = 20) {
  const logs = Array.from({ length: count }, (_, i) => {
    const { log, author } = WrittenLog.founded(`neighbour ${i}`)
    return { log: log.grow(author, size), author, url: `http://n${i}.invalid` }
  })
  const fetch = simulatedNetwork(new Map(logs.map(({ url, log }) => [url, { log }])))
  return { logs, fetch, peers: logs.map(({ log, url }) => peerOf(log, url)) }
}

test('fifty logs are followed at once, and the entries of a few of them are in memory at a time', async (context) => {
  const { logs, fetch, peers } = neighbourhood(50)
  let reading = 0
  let most = 0
  const counted: Fetch = async (address, init) => {
    const isReading = address.includes('/tile/')
    reading += isReading ? 1 : 0
    most = Math.max(most, reading)
    await wait(1)
    const response = await fetch(address, init)
    reading -= isReading ? 1 : 0
    return response
  }
  const follower = await Follower.open(context, { fetch: counted })
  await follower.mirrors.follow(peers)
  await follower.settle()
  const states = follower.mirrors.states()
  assert.deepEqual(
    states.map(({ origin, state, size }) => [origin, state, size]),
    logs.map(({ log }) => [log.origin, 'following', log.size]),
  )
  assert.ok(most <= 4, `${most} logs were read at a time`)
  for (const [i, { log, author }] of logs.entries()) log.append(start + 20, product(author, `More ${i}`, start + 20))
  await follower.later()
  assert.ok(follower.mirrors.states().every(({ size }, i) => size === logs[i]?.log.size))
  await follower.close()
})

test('peers that fail delay no others, and are asked less and less often', async (context) => {
  const { logs, fetch, peers } = neighbourhood(6)
  const asked = new Map<string, number>()
  const failing = logs[0]?.url ?? ''
  const flaky: Fetch = async (address, init) => {
    const host = new URL(address).origin
    asked.set(host, (asked.get(host) ?? 0) + 1)
    if (host === failing) throw new FederationError('peer-unreachable', 'nobody there')
    return fetch(address, init)
  }
  const follower = await Follower.open(context, { fetch: flaky })
  // Alone on the list there is nobody else who might have its log.
  await follower.mirrors.follow(peers.slice(0, 1))
  const times: number[] = []
  for (let next = follower.clock.now; times.length < 14;) {
    const before = asked.get(failing)
    const due = next
    next = await follower.mirrors.step(due)
    if (asked.get(failing) !== before) times.push(due)
  }
  const pauses = times.slice(1).map((time, i) => time - (times[i] ?? 0))
  assert.deepEqual(pauses.slice(0, 5), [0.75, 1.5, 3, 6, 12])
  assert.deepEqual(pauses.slice(-2), [675, 675])
  follower.clock.now = times.at(-1) ?? 0
  await follower.mirrors.follow(peers)
  await follower.settle()
  const [first, ...others] = follower.mirrors.states()
  assert.deepEqual([first?.state, first?.lastError?.code], ['unreachable', 'peer-unreachable'])
  assert.ok(others.every(({ state }) => state === 'following'))
  await follower.close()
})

test('a serving node follows by its own clock', async (context) => {
  const { log, author } = WrittenLog.founded(context.name)
  const peer = await servePeer(context, () => log)
  const pace = { busy: 0.02, idle: 0.05, longestIdle: 0.05, retry: 0.02, longestRetry: 0.1 }
  const follower = await Follower.open(context, { pace })
  const heard: number[] = []
  follower.mirrors.onFolded((_, size) => heard.push(size))
  const errors: unknown[] = []
  follower.mirrors.start((error) => errors.push(error))
  await follower.mirrors.follow([peerOf(log, peer.url)])
  const reached = async (size: number): Promise<void> => {
    for (let i = 0; i < 500 && heard.at(-1) !== size; i++) await wait(10)
    assert.equal(heard.at(-1), size)
  }
  await reached(log.size)
  log.append(start + 20, product(author, 'More', start + 20))
  await reached(log.size)
  await follower.close()
  const { length } = peer.asked
  await wait(100)
  assert.equal(peer.asked.length, length)
  assert.deepEqual(errors, [])
})

test('a copy that was damaged keeps nobody else from starting, and says so', async (context) => {
  const { logs, fetch, peers } = neighbourhood(2, 40)
  const follower = await Follower.open(context, { fetch })
  await follower.mirrors.follow(peers)
  await follower.settle()
  await follower.close()
  const [bad, good] = logs
  assert.ok(bad && good)
  const stream = join(follower.directory, 'streams', encodeURIComponent(mirrorName(bad.log.origin)))
  const file = join(stream, readdirSync(stream).find((name) => name.endsWith('.records')) ?? '')
  const bytes = readFileSync(file)
  bytes[500] = (bytes[500] ?? 0) ^ 1
  writeFileSync(file, bytes)
  const again = await Follower.open(context, { directory: follower.directory, fetch })
  await again.mirrors.follow(peers)
  await again.settle()
  assert.equal(again.mirrors.find(bad.log.origin), undefined)
  const report = again.mirrors.report(peerOf(bad.log, bad.url))
  assert.deepEqual([report?.state, report?.lastError?.code], ['unreachable', 'mirror-damaged'])
  assert.equal(again.mirrors.find(good.log.origin)?.copy.size, good.log.size)
  assert.equal(again.mirrors.states()[0]?.state, 'following')
  await again.close()
})

test('origins of any form have a copy each, in a folder of their own', async (context) => {
  const long = `${'a'.repeat(120)}.example/${'B'.repeat(120)}`
  const names = ['log.example', 'log.example/a', 'log.example/A', 'log.example/..', 'log.example:80/a/b', long].map(
    mirrorName,
  )
  assert.equal(new Set(names).size, names.length)
  assert.match(names.at(-1) ?? '', /^mirror\/~[0-9a-f]{64}$/)
  const follower = await Follower.open(context)
  for (const name of names) {
    const stream = await follower.truth.stream(name)
    await stream.append([Buffer.from(name)])
    await follower.truth.cells.compareAndSet(name, 0, Buffer.from(name))
    follower.truth.hashes(name)
  }
  const again = [...follower.truth.streams()].sort()
  assert.deepEqual(again, [...names].sort())
  const folders = readdirSync(join(follower.directory, 'streams'))
  assert.equal(new Set(folders.map((each) => each.toLowerCase())).size, names.length)
  assert.deepEqual(folders.sort(), readdirSync(join(follower.directory, 'hashes')).sort())
  await follower.close()
})
