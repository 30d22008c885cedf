/** Meeting a node that is none, or does not want to be met as one: an outcome for each, soon, and nothing is kept. */
import assert from 'node:assert/strict'
import type { RequestListener } from 'node:http'
import { test } from 'node:test'
import { WrittenLog } from '../mirror/peer.fixture.ts'
import { guarded, impatience, serving } from './guarded-fetch.fixture.ts'
import { introduce } from './introduction.ts'

const { log } = WrittenLog.founded('who is to be met')

/** Serves the log, but for what starts with this path. */
const but =
  (start: string, odd: RequestListener): RequestListener =>
  (request, response) => {
    const path = (request.url ?? '').slice(1)
    if (path.startsWith(start)) return odd(request, response)
    const found = log.serve(path)
    if (found === undefined) response.writeHead(404)
    response.end(found)
  }

const odd: Readonly<Record<string, readonly [RequestListener, string]>> = {
  'does not begin to answer': [() => {}, 'peer-too-slow'],
  'answers drop by drop': [
    (_request, response) => {
      const timer = setInterval(() => response.write('.'), 50)
      response.on('close', () => clearInterval(timer))
    },
    'peer-too-slow',
  ],
  'answers without end': [
    (_request, response) => {
      const timer = setInterval(() => response.write(Buffer.alloc(1 << 20, 0x41)), 1)
      response.on('close', () => clearInterval(timer))
    },
    'peer-answer-too-large',
  ],
  'sends to itself': [
    (request, response) => response.writeHead(302, { location: request.url ?? '/' }).end(),
    'peer-redirects',
  ],
  'sends elsewhere': [
    (_request, response) => response.writeHead(307, { location: 'http://127.0.0.1:9/' }).end(),
    'peer-redirects',
  ],
}

for (const [what, [answer, code]] of Object.entries(odd)) {
  test(`a node that ${what} is not met`, async (context) => {
    const { fetch } = guarded(context, code === 'peer-too-slow' ? { patience: impatience } : {})
    for (const start of ['checkpoint', 'tile/entries/']) {
      const url = await serving(context, but(start, answer))
      await assert.rejects(introduce(fetch, url), { code }, start)
    }
  })
}

test('a node that shows another’s log is met as whose log it is, and not where somebody else was meant', async (context) => {
  const { fetch } = guarded(context)
  const other = WrittenLog.founded('another’s log').log
  const url = await serving(
    context,
    but('nothing', () => {}),
  )
  assert.equal((await introduce(fetch, url)).keeper, log.keeper.urn)
  await assert.rejects(introduce(fetch, url, { keeper: other.keeper.urn }), { code: 'wrong-keeper' })
  // Its own head over another's entries, and the other way round.
  const mixed = (start: string): RequestListener =>
    but(start, (request, response) => response.end(other.serve((request.url ?? '').slice(1))))
  for (const start of ['checkpoint', 'tile/entries/'])
    await assert.rejects(introduce(fetch, await serving(context, mixed(start))), { code: 'peer-unverified' }, start)
})
