/** A server on loopback that does to a feed whatever a test says. */
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { feedFiles } from '../files/feed-files.ts'
import { fetchFeed } from './fetch-feed.ts'
import type { FeedOptions, FeedOutcome, FeedPlace, FeedPort, FeedState } from './feed-state.ts'

/** `arrived` resolves when the client has put so many octets of the feed away. */
export type Answer = (
  request: IncomingMessage,
  response: ServerResponse,
  arrived: (octets: number) => Promise<void>,
) => void

/** A way out that goes wherever it is sent. */
export const anywhere: FeedPort = async (url, { method, headers: asked, redirect, signal }) => {
  const { status, headers, body } = await fetch(url, { method, headers: asked, redirect, signal: signal ?? null })
  return { status, headers, body }
}

export class FeedBench {
  /** What was asked, in order: the conditions of each request. */
  readonly asked: string[] = []
  readonly #path: string
  readonly #answers: Answer[] = []
  readonly #waiting: { readonly at: number; readonly resolve: () => void }[] = []
  #url = ''
  #state: FeedState = {}

  private constructor(path: string) {
    this.#path = path
  }

  static async open(context: TestContext): Promise<FeedBench> {
    const folder = await mkdtemp(join(tmpdir(), 'comity-feed-'))
    const bench = new FeedBench(join(folder, 'all.json'))
    const server = createServer((request, response) => {
      const { range, 'if-range': ifRange, 'if-none-match': ifNoneMatch, 'if-modified-since': since } = request.headers
      const conditions = Object.entries({ range, ifRange, ifNoneMatch, since })
      bench.asked.push(
        conditions.flatMap(([name, value]) => (value === undefined ? [] : [`${name} ${value}`])).join(', '),
      )
      const answer = bench.#answers.length > 1 ? bench.#answers.shift() : bench.#answers[0]
      answer?.(request, response, (octets) => bench.#arrived(octets))
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    // A server on TCP has an address with a port.
    bench.#url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/feed`
    context.after(async () => {
      server.closeAllConnections()
      server.close()
      await rm(folder, { recursive: true })
    })
    return bench
  }

  get state(): FeedState {
    return this.#state
  }

  /** One call against these answers, of which the last is given again and again. */
  async fetch(answers: readonly Answer[], options: Partial<FeedOptions> = {}): Promise<FeedOutcome> {
    this.#answers.splice(0, this.#answers.length, ...answers)
    this.asked.length = 0
    this.#waiting.length = 0
    // What is kept goes through JSON, as a caller keeps it.
    const state: FeedState = JSON.parse(JSON.stringify(this.#state))
    const outcome = await fetchFeed(this.#url, { fetch: anywhere, place: this.#place(), state, ...options })
    this.#state = outcome.state
    return outcome
  }

  #place(): FeedPlace {
    const files = feedFiles(this.#path)
    return {
      ...files,
      append: async (octets) => {
        await files.append(octets)
        const size = await files.partSize()
        for (const { at, resolve } of this.#waiting) if (size >= at) resolve()
      },
    }
  }

  #arrived(at: number): Promise<void> {
    return new Promise((resolve) => this.#waiting.push({ at, resolve }))
  }

  /** What is kept whole; undefined where nothing is. */
  async whole(): Promise<string | undefined> {
    return readFile(this.#path, 'utf8').catch(() => undefined)
  }
}

/** All of it. */
export function whole(text: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return (_, response) =>
    void response.writeHead(200, { 'content-length': Buffer.byteLength(text), ...headers }).end(text)
}

/** Says that all of it comes, and breaks off. */
export function broken(text: string, after: number, headers: Readonly<Record<string, string>> = {}): Answer {
  return (_, response, arrived) => {
    response.writeHead(200, { 'content-length': Buffer.byteLength(text), ...headers })
    response.write(text.slice(0, after))
    void arrived(after).then(() => response.destroy())
  }
}

/** What was asked for of it, up to `end`. */
export function rest(text: string, headers: Readonly<Record<string, string>> = {}, end = text.length): Answer {
  return (request, response) => {
    const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 1)
    const range = `bytes ${start}-${end - 1}/${text.length}`
    response.writeHead(206, { 'content-range': range, 'content-length': end - start, ...headers })
    response.end(text.slice(start, end))
  }
}

export function status(code: number, headers: Readonly<Record<string, string>> = {}): Answer {
  return (_, response) => void response.writeHead(code, headers).end()
}
