import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { sha256Hex } from '@comity/crypto'
import { documentUrn, productUrn, releaseUrn } from '@comity/statement'
import type { Actor } from '@comity/testkit'
import { Follower, type FollowerOptions, WrittenLog, peerOf, product, start } from './peer.fixture.ts'

const released = '2026-11-20T12:00:00Z'

interface Document {
  readonly bytes: Buffer
  readonly digest: string
  readonly size: number
}

function documentOf(text: string): Document {
  const bytes = Buffer.from(text)
  return { bytes, digest: `sha256:${sha256Hex(bytes)}`, size: bytes.length }
}

/** A statement that cites documents. */
function release(author: Actor, version: string, documents: readonly Document[], at = start + 3): Uint8Array {
  const cited = documents.map(({ digest, size }) => ({ digest, size, type: 'application/json' }))
  const sub = releaseUrn(productUrn(author.urn, 'gateway'), version)
  return author.sign('release', sub, { version, released, sbom: documents[0]?.digest ?? '', documents: cited }, at)
}

/** A log whose node serves its documents as `answer` says, and a follower of it. */
async function followed(
  context: TestContext,
  {
    log,
    answer,
    options = {},
  }: { log: WrittenLog; answer: (digest: string) => Buffer | number; options?: FollowerOptions },
) {
  const asked: string[] = []
  const server = createServer((request, response) => {
    const path = (request.url ?? '').slice(1)
    if (!path.startsWith('documents/')) {
      const found = log.serve(path)
      return found === undefined ? response.writeHead(404).end() : response.end(found)
    }
    const digest = path.slice('documents/'.length)
    asked.push(digest)
    const found = answer(digest)
    return typeof found === 'number' ? response.writeHead(found).end() : response.end(found)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  context.after(() => {
    server.closeAllConnections()
    server.close()
  })
  // Safe: a listening TCP server has an address with a port.
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const follower = await Follower.open(context, options)
  await follower.mirrors.follow([peerOf(log, url)])
  await follower.settle()
  return { follower, asked, url }
}

function founded(context: TestContext) {
  const { log, author } = WrittenLog.founded(context.name)
  log.append(start + 2, product(author, 'Gateway', start + 2))
  return { log, author }
}

const has = (follower: Follower, { digest }: Document): boolean => follower.truth.blobs.has(digest.slice(7))
const wanted = (follower: Follower): number | undefined => follower.mirrors.states()[0]?.documentsWanted

test('documents that folded entries cite are fetched once, and are what their digests say', async (context) => {
  const { log, author } = founded(context)
  const documents = ['{"a":1}', '{"b":2}', '{"c":3}'].map(documentOf)
  log.append(start + 3, release(author, '1.0', documents), release(author, '1.1', documents.slice(1)))
  const { follower, asked } = await followed(context, {
    log,
    answer: (digest) => documents.find((each) => each.digest === digest)?.bytes ?? 404,
  })
  assert.deepEqual(
    asked,
    documents.map(({ digest }) => digest),
  )
  assert.ok(documents.every((each) => has(follower, each)))
  assert.equal(wanted(follower), 0)
  await follower.later()
  assert.equal(asked.length, 3)
  await follower.close()
})

test('what is missing, others’ bytes or more than was cited is tried again, also after a restart', async (context) => {
  const { log, author } = founded(context)
  const [missing, wrong, long] = ['{"missing":1}', '{"wrong":1}', '{"long":1}'].map(documentOf)
  assert.ok(missing && wrong && long)
  log.append(start + 3, release(author, '1.0', [missing, wrong, long]))
  let isHealed = false
  const answer = (digest: string): Buffer | number => {
    const found = [missing, wrong, long].find((each) => each.digest === digest)
    if (isHealed) return found?.bytes ?? 404
    if (found === missing) return 404
    return found === wrong ? Buffer.from('{"wrong":2}') : Buffer.alloc(1_000_000)
  }
  const { follower, asked, url } = await followed(context, { log, answer })
  assert.deepEqual([asked.length, wanted(follower)], [3, 3])
  await follower.later(30)
  assert.equal(asked.length, 3)
  await follower.later(60)
  assert.deepEqual([asked.length, wanted(follower)], [6, 3])
  await follower.close()
  const again = await Follower.open(context, { directory: follower.directory })
  again.clock.now = follower.clock.now
  await again.mirrors.follow([peerOf(log, url)])
  assert.equal(wanted(again), 3)
  isHealed = true
  await again.later(3600)
  assert.equal(wanted(again), 0)
  assert.ok([missing, wrong, long].every((each) => has(again, each)))
  await again.close()
})

test('what is never there is given up after a while', async (context) => {
  const { log, author } = founded(context)
  log.append(start + 3, release(author, '1.0', [documentOf('{"gone":1}')]))
  const { follower, asked } = await followed(context, { log, answer: () => 404 })
  for (let day = 0; day < 20; day++) await follower.later(100_000)
  assert.deepEqual([asked.length, wanted(follower)], [12, 0])
  await follower.close()
})

test('withheld documents, large ones and those of other kinds are not asked for', async (context) => {
  const { log, author } = founded(context)
  const [withheld, large, small, closed] = ['{"w":1}', `{"large":"${'x'.repeat(100)}"}`, '{"s":1}', '{"c":1}'].map(
    documentOf,
  )
  assert.ok(withheld && large && small && closed)
  const ground = { ground: 'data-protection' } as const
  log.append(start + 3, release(author, '1.0', [withheld, large, small, closed]))
  log.append(start + 4, author.sign('withholding', documentUrn(withheld.digest.slice(7)), ground, start + 4))
  const choice = { maxBytes: 64 }
  const { follower, asked } = await followed(context, {
    log,
    answer: (digest) => (digest === small.digest ? small.bytes : 410),
    options: { documents: choice },
  })
  // Who says 410 is not asked again.
  assert.deepEqual(asked, [small.digest, closed.digest])
  assert.equal(wanted(follower), 0)
  await follower.close()
  const other = await followed(context, {
    log,
    answer: () => 404,
    options: { documents: { maxBytes: 1000, kinds: ['advisory'] } },
  })
  assert.deepEqual(other.asked, [])
  await other.follower.close()
})

test('what a void entry cites is not fetched', async (context) => {
  const { log, author } = founded(context)
  const forged = Uint8Array.from(release(author, '1.0', [documentOf('{"forged":1}')]))
  forged[forged.length - 1] = (forged.at(-1) ?? 0) ^ 1
  log.append(start + 3, forged)
  const { follower, asked } = await followed(context, { log, answer: () => 404 })
  assert.deepEqual(asked, [])
  await follower.close()
})

test('whoever reads documents is told once for a batch, when they were looked for, and before that is written down', async (context) => {
  const { log, author } = founded(context)
  const documents = ['{"first":1}', '{"second":1}', '{"gone":1}'].map(documentOf)
  const [first, second, gone] = documents
  assert.ok(first && second && gone)
  const { follower, asked, url } = await followed(context, {
    log,
    answer: (digest) =>
      digest === gone.digest ? 404 : (documents.find((each) => each.digest === digest)?.bytes ?? 404),
  })
  const told: [number, boolean][] = []
  let awaited = first
  follower.mirrors.onGathered((_, size) => told.push([size, has(follower, awaited)]))
  log.append(start + 3, release(author, '1.0', [first]))
  await follower.later()
  assert.deepEqual(told, [[log.size, true]])
  const kept = follower.mirrors.find(log.origin)?.copy.record.documents
  assert.ok((kept?.below ?? 0) < log.size)
  // What cannot be had is told of as well, and written down at once.
  awaited = gone
  log.append(start + 4, release(author, '1.1', [gone]))
  await follower.later()
  assert.deepEqual(told, [
    [log.size - 2, true],
    [log.size, false],
  ])
  assert.equal(follower.mirrors.find(log.origin)?.copy.record.documents?.below, log.size)
  // Entries that cite nothing are told of too.
  log.append(start + 5, product(author, 'Gateway 2', start + 5))
  await follower.later(1)
  assert.equal(told.at(-1)?.[0], log.size)
  log.append(start + 6, release(author, '1.2', [second]))
  await follower.later(1)
  await follower.close()
  const again = await Follower.open(context, { directory: follower.directory })
  again.clock.now = follower.clock.now
  await again.mirrors.follow([peerOf(log, url)])
  assert.equal(again.mirrors.find(log.origin)?.copy.record.documents?.below, log.size)
  const before = asked.length
  await again.later(1)
  assert.equal(asked.length, before)
  await again.close()
})
