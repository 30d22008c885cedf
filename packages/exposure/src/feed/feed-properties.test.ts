/** Feeds over a way out that breaks, changes and lies as it likes, with the octets in memory. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { FeedAnswer, FeedPlace, FeedPort, FeedState } from './feed-state.ts'
import { fetchFeed } from './fetch-feed.ts'

class MemoryPlace implements FeedPlace {
  whole: string | undefined
  #part = Buffer.alloc(0)

  partSize = async (): Promise<number> => this.#part.length
  cutPart = async (octets: number): Promise<void> => void (this.#part = this.#part.subarray(0, octets))
  append = async (octets: Uint8Array): Promise<void> => void (this.#part = Buffer.concat([this.#part, octets]))
  digestOfPart = async (algorithm: string): Promise<string> =>
    createHash(algorithm.replace('-', '')).update(this.#part).digest('hex')
  commit = async (): Promise<void> => {
    this.whole = this.#part.toString('latin1')
    this.#part = Buffer.alloc(0)
  }
}

const versions = ['first '.repeat(9), 'second '.repeat(9), 'third'] as const

function answerOf(
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string,
  breaksAt?: number,
): FeedAnswer {
  return {
    status,
    headers: { get: (name) => headers[name] ?? null },
    body: (async function* pieces() {
      for (let at = 0; at < body.length; at += 7) {
        if (breaksAt !== undefined && at >= breaksAt) throw new Error('the line went dead')
        yield Buffer.from(body.slice(at, at + 7), 'latin1')
      }
      if (breaksAt !== undefined) throw new Error('the line went dead')
    })(),
  }
}

/** What one request meets: which version stands there, whether the line breaks, which conditions the server knows. */
const meeting = fc.record({
  version: fc.nat(2),
  breaksAt: fc.option(fc.nat(60), { nil: undefined }),
  knows: fc.constantFrom('all', 'no ranges', 'nothing'),
  saysLength: fc.boolean(),
})

/** A server that keeps to RFC 9110, and a line that does not. */
function honest({
  version,
  breaksAt,
  knows,
  saysLength,
}: typeof meeting extends fc.Arbitrary<infer T> ? T : never): FeedPort {
  return async (_, { headers }) => {
    const text = versions[version] ?? ''
    const etag = `"${version}"`
    const length = (body: string) => (saysLength ? { 'content-length': String(body.length) } : {})
    const start = Number(/^bytes=(\d+)-$/.exec(headers['range'] ?? '')?.[1] ?? Number.NaN)
    if (knows === 'all' && start >= 0 && headers['if-range'] === etag) {
      if (start >= text.length) return answerOf(416, { 'content-range': `bytes */${text.length}` }, '')
      const rest = text.slice(start)
      const range = `bytes ${start}-${text.length - 1}/${text.length}`
      return answerOf(206, { 'content-range': range, etag, ...length(rest) }, rest, breaksAt)
    }
    if (knows !== 'nothing' && headers['if-none-match'] === etag) return answerOf(304, { etag }, '')
    return answerOf(200, { etag, ...length(text) }, text, breaksAt)
  }
}

/** Answers one after the other; none is left, nobody answers. */
function oneAfterTheOther(ports: readonly FeedPort[]): FeedPort {
  const left = [...ports]
  return async (url, request) => {
    const port = left.shift()
    if (port === undefined) throw new Error('nobody is there')
    return port(url, request)
  }
}

describe('fetchFeed, by property', () => {
  it('never-of-two: what is whole is what stood at the server at one time, whatever broke in between', () =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.array(meeting, { maxLength: 5 }), { minLength: 1, maxLength: 4 }), async (calls) => {
        const place = new MemoryPlace()
        let state: FeedState = {}
        for (const met of calls) {
          const before = place.whole
          const fetch = oneAfterTheOther(met.map(honest))
          const outcome = await fetchFeed('https://feed.example/all', { fetch, place, state })
          if (outcome.outcome === 'failed') assert.equal(place.whole, before)
          assert.ok(place.whole === undefined || (versions as readonly string[]).includes(place.whole), place.whole)
          assert.equal(outcome.state.whole?.octets, place.whole?.length)
          state = JSON.parse(JSON.stringify(outcome.state))
        }
      }),
      { numRuns: 1000 },
    ))

  it('never-throws: whatever a server answers, the call ends, and what was whole is whole', () => {
    const header = fc.oneof(
      fc.constantFrom(
        'bytes 0-9/10',
        'bytes 7-9/10',
        'bytes */7',
        '"a"',
        'W/"a"',
        '10',
        '7',
        '99999',
        'gzip',
        'identity',
        '/x',
        'file:///x',
        `sha-256=:${'a'.repeat(45)}:`,
      ),
      fc.string({ maxLength: 12 }),
    )
    const names = [
      'content-range',
      'content-length',
      'etag',
      'last-modified',
      'content-encoding',
      'location',
      'retry-after',
      'repr-digest',
    ]
    const answer = fc.record({
      status: fc.constantFrom(200, 200, 206, 206, 304, 416, 301, 307, 404, 503),
      headers: fc.dictionary(fc.constantFrom(...names), header),
      body: fc.string({ maxLength: 40, unit: 'binary-ascii' }),
      breaksAt: fc.option(fc.nat(40), { nil: undefined }),
    })
    return fc.assert(
      fc.asyncProperty(fc.array(answer, { maxLength: 12 }), async (answers) => {
        const place = new MemoryPlace()
        let state: FeedState = {}
        for (let call = 0; call < 2; call += 1) {
          const before = place.whole
          const ports = answers.map(
            ({ status, headers, body, breaksAt }): FeedPort =>
              async () =>
                answerOf(status, headers, body, breaksAt),
          )
          const outcome = await fetchFeed('https://feed.example/all', { fetch: oneAfterTheOther(ports), place, state })
          if (outcome.outcome === 'failed') assert.equal(place.whole, before)
          state = JSON.parse(JSON.stringify(outcome.state))
        }
      }),
      { numRuns: 1000 },
    )
  })
})
