import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import { FeedBench, anywhere, broken, rest, status, whole, type Answer } from './feed-server.fixture.ts'
import type { FeedOutcome } from './feed-state.ts'

const first = JSON.stringify({ id: 'A', text: 'first '.repeat(20_000) })
const second = JSON.stringify({ id: 'B', text: 'second '.repeat(20_000) })
const tag = { etag: '"1"' }
const digest = (text: string, algorithm = 'sha256'): Buffer => createHash(algorithm).update(text).digest()

/** Why a call failed: the code, and the sentence. */
function failure(outcome: FeedOutcome): string {
  assert.equal(outcome.outcome, 'failed')
  return outcome.outcome === 'failed' ? `${outcome.refusal.code}: ${outcome.refusal.message}` : ''
}

describe('a feed', () => {
  it('is fetched once, and then only asked whether it changed', async (context) => {
    const bench = await FeedBench.open(context)
    const date = { 'last-modified': 'Sun, 22 Nov 2026 10:00:00 GMT' }
    assert.equal((await bench.fetch([whole(first, { ...tag, ...date })])).outcome, 'new')
    assert.equal(await bench.whole(), first)
    const same = await bench.fetch([status(304)])
    assert.deepEqual([same.outcome, same.received], ['unchanged', 0])
    assert.deepEqual(bench.asked, ['ifNoneMatch "1", since Sun, 22 Nov 2026 10:00:00 GMT'])
    assert.equal((await bench.fetch([whole(second, { etag: 'W/"2"' })])).outcome, 'new')
    assert.equal(await bench.whole(), second)
    await bench.fetch([status(304)])
    assert.deepEqual(bench.asked, ['ifNoneMatch W/"2"'])
    // A server that knows no conditions gives the same octets again.
    assert.equal((await bench.fetch([whole(second)])).outcome, 'unchanged')
  })

  it('that breaks off is taken up where it broke, within the call', async (context) => {
    const bench = await FeedBench.open(context)
    const outcome = await bench.fetch([broken(first, 50_000, tag), rest(first, tag, 80_000), rest(first, tag)])
    assert.deepEqual([outcome.outcome, outcome.resumed, outcome.received], ['new', 2, first.length])
    assert.equal(await bench.whole(), first)
    assert.deepEqual(bench.asked, ['', 'range bytes=50000-, ifRange "1"', 'range bytes=80000-, ifRange "1"'])
  })

  it('that dies half-way leaves the last one whole, says so, and goes on at the next call', async (context) => {
    const bench = await FeedBench.open(context)
    await bench.fetch([whole(first, tag)])
    const dead: Answer = (_, response) => void response.destroy()
    const outcome = await bench.fetch([broken(second, 60_000, { etag: '"2"' }), dead])
    assert.match(failure(outcome), /^not-answered: /)
    assert.equal(await bench.whole(), first)
    const unsaid = await bench.fetch([broken(second, 70_000)])
    // Nothing names what came: it is not gone on with.
    assert.match(
      failure(unsaid),
      /^cut-off: .* after 70000 of \d+ octets .* the last whole one \(\d+ octets\) is kept$/,
    )
    assert.equal(await bench.whole(), first)
    await bench.fetch([broken(second, 60_000, { etag: '"2"' }), dead])
    assert.equal((await bench.fetch([rest(second, { etag: '"2"' })])).outcome, 'new')
    assert.deepEqual(bench.asked, ['range bytes=60000-, ifRange "2"'])
    assert.equal(await bench.whole(), second)
  })

  it('that never brings more is not asked for ever', async (context) => {
    const bench = await FeedBench.open(context)
    const stuck: Answer = (request, response, arrived) => {
      const start = Number(/\d+/.exec(request.headers.range ?? '0')?.[0])
      const end = start + 10
      response.writeHead(start === 0 ? 200 : 206, { ...tag, 'content-range': `bytes ${start}-${end}/100000` })
      response.write('0123456789')
      void arrived(end).then(() => response.destroy())
    }
    assert.match(failure(await bench.fetch([stuck], { limits: { resumes: 5 } })), /^cut-off: /)
    assert.equal(bench.asked.length, 6)
    assert.match(
      failure(await bench.fetch([broken(first, 100, tag), status(206, { 'content-range': 'bytes 100-99/9' })])),
      /^(?:cut-off|bad-answer): /,
    )
  })

  it('that changes between its parts is fetched anew, never put together of two', async (context) => {
    const bench = await FeedBench.open(context)
    // By If-Range, the server itself gives the new one.
    assert.equal((await bench.fetch([broken(first, 50_000, tag), whole(second, { etag: '"2"' })])).outcome, 'new')
    assert.equal(await bench.whole(), second)
    // A server that does not heed If-Range is found out by the tag, the length or the place of what it sends.
    for (const lie of [
      rest(first, { etag: '"9"' }),
      rest(`${first} `, tag),
      status(206, tag),
      status(416, { 'content-range': 'bytes */7' }),
    ]) {
      const outcome = await bench.fetch([broken(first, 50_000, tag), lie, whole(first, { etag: '"9"' })])
      assert.equal(outcome.outcome, 'new')
      assert.equal(await bench.whole(), first)
      await bench.fetch([whole(second)])
    }
    const always = [
      broken(first, 50_000, tag),
      rest(first, { etag: '"9"' }),
      broken(first, 50_000, tag),
      rest(first, { etag: '"9"' }),
    ]
    assert.match(failure(await bench.fetch(always)), /^bad-answer: /)
    assert.equal(await bench.whole(), second)
  })

  it('of which all octets had come when it broke is whole (416)', async (context) => {
    const bench = await FeedBench.open(context)
    const unsatisfiable = status(416, { 'content-range': `bytes */${first.length}` })
    const allButTheEnd: Answer = (_, response, arrived) => {
      response.writeHead(200, { ...tag, 'transfer-encoding': 'chunked' })
      response.write(first)
      void arrived(first.length).then(() => response.destroy())
    }
    assert.equal((await bench.fetch([allButTheEnd, unsatisfiable])).outcome, 'new')
    assert.equal(await bench.whole(), first)
  })

  it('whose server lies about lengths or digests is refused, and the last one stays', async (context) => {
    const bench = await FeedBench.open(context)
    await bench.fetch([whole(first, tag)])
    const sha256 = { 'repr-digest': `sha-256=:${digest(first).toString('base64')}:` }
    const sha512 = { 'content-digest': `sha-512=:${digest(second, 'sha512').toString('base64')}:` }
    assert.match(failure(await bench.fetch([whole(second, sha256)])), /^wrong-digest: .* sha-256 that the server says/)
    assert.match(
      failure(await bench.fetch([whole(second)], { digest: digest(first).toString('hex') })),
      /^wrong-digest: /,
    )
    assert.match(
      failure(await bench.fetch([status(200, { 'content-encoding': 'gzip' })])),
      /^bad-answer: .*packs its answer/,
    )
    assert.match(failure(await bench.fetch([whole(second)], { limits: { bytes: 1000 } })), /^too-large: /)
    assert.match(failure(await bench.fetch([rest(first, tag)])), /^bad-answer: .*other octets than were asked for/)
    const tooLong: Answer = (_, response) => {
      response.writeHead(206, { ...tag, 'content-range': `bytes 50000-${first.length - 1}/${first.length}` })
      response.end(`${first.slice(50_000)}more`)
    }
    assert.match(failure(await bench.fetch([broken(first, 50_000, tag), tooLong])), /^bad-answer: .*sends more than/)
    assert.equal(await bench.whole(), first)
    // What is no digest says nothing (RFC 9651, 4.2: a field that does not parse is passed over).
    const none = { 'repr-digest': `sha-256=:${'a'.repeat(45)}:, sha-512=:short:` }
    assert.equal((await bench.fetch([whole(first, none)])).outcome, 'unchanged')
    assert.equal(
      (await bench.fetch([whole(second, sha512)], { digest: digest(second).toString('hex') })).outcome,
      'new',
    )
  })

  it('that is not given says why, and when to come again', async (context) => {
    const bench = await FeedBench.open(context)
    assert.match(failure(await bench.fetch([status(304)])), /^bad-answer: .*not asked that/)
    assert.equal(failure(await bench.fetch([status(404)])), 'not-answered: the server answers with status 404')
    const busy = await bench.fetch([status(503, { 'retry-after': '120' })])
    assert.equal(busy.outcome === 'failed' ? busy.retryAfter : undefined, 120)
    assert.equal(await bench.whole(), undefined)
  })

  it('is followed ten times to another place, and where the way out allows it', async (context) => {
    const bench = await FeedBench.open(context)
    const on = (times: number): readonly Answer[] =>
      Array.from({ length: times }, () => status(302, { location: '/elsewhere' }))
    assert.equal((await bench.fetch([...on(10), whole(first)])).outcome, 'new')
    assert.match(failure(await bench.fetch([...on(11), whole(first)])), /^too-many-redirects: /)
    assert.match(failure(await bench.fetch([status(301)])), /^bad-answer: .*does not say where/)
    assert.match(failure(await bench.fetch([status(301, { location: 'file:///etc/passwd' })])), /^bad-answer: /)
    const guarded = async (...[url, request]: Parameters<typeof anywhere>): ReturnType<typeof anywhere> => {
      if (url.endsWith('/elsewhere')) throw new Error('that is no peer')
      return anywhere(url, request)
    }
    assert.match(failure(await bench.fetch([...on(1), whole(second)], { fetch: guarded })), /^not-answered: .*no peer/)
    assert.equal(await bench.whole(), first)
  })

  it('that is called off throws the reason, and can be gone on with', async (context) => {
    const bench = await FeedBench.open(context)
    const calling = new AbortController()
    const hanging: Answer = (_, response, arrived) => {
      response.writeHead(200, { ...tag, 'content-length': first.length })
      response.write(first.slice(0, 40_000))
      void arrived(40_000).then(() => calling.abort(new Error('called off')))
    }
    let kept = {}
    const keep = async (state: object): Promise<void> => void (kept = state)
    await assert.rejects(bench.fetch([hanging], { signal: calling.signal, keep }), /called off/)
    assert.equal((await bench.fetch([rest(first, tag)], { state: kept })).outcome, 'new')
    assert.deepEqual(bench.asked, ['range bytes=40000-, ifRange "1"'])
    assert.equal(await bench.whole(), first)
  })
})
