/** A CSAF provider of somebody else on loopback, which can be spoiled in every way; and a node that follows it. */
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { keeper, manualClock } from '@comity/testkit'
import { ComityNode } from '../../node.ts'
import { Sources, type SourcesOptions } from '../../sources/sources.ts'
import { bytesOf, csafDocument, type CsafLike } from '../csaf.fixture.ts'
import { KeyBook } from '../key-book.ts'
import { newOpenPgpKey, type OpenPgpKey, signDetached } from '../open-pgp.ts'

export const startAt = 1_795_219_200
export const home = keeper('follows others')

type Answer = (response: ServerResponse) => void

/** Whatever is put at a path, and what was asked. */
export class ProviderServer {
  url = ''
  readonly asked: string[] = []
  readonly #files = new Map<string, Buffer>()
  readonly #answers = new Map<string, Answer>()

  static async start(context: Pick<TestContext, 'after'>): Promise<ProviderServer> {
    const there = new ProviderServer()
    const server = createServer((request, response) => {
      const path = request.url ?? ''
      there.asked.push(path)
      const answer = there.#answers.get(path)
      if (answer !== undefined) return answer(response)
      const file = there.#files.get(path)
      if (file === undefined) return void response.writeHead(404).end()
      const etag = `"${createHash('sha256').update(file).digest('hex').slice(0, 16)}"`
      if (request.headers['if-none-match'] === etag) return void response.writeHead(304, { etag }).end()
      response.writeHead(200, { etag, 'content-length': file.length }).end(file)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    // Safe: it listens on a TCP port.
    there.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    context.after(() => {
      server.closeAllConnections()
      server.close()
    })
    return there
  }

  put(path: string, content: string | Uint8Array | object): void {
    const isBytes = typeof content === 'string' || content instanceof Uint8Array
    this.#files.set(path, Buffer.from(isBytes ? content : JSON.stringify(content)))
  }

  text(path: string): string {
    return this.#files.get(path)?.toString() ?? ''
  }

  remove(path: string): void {
    this.#files.delete(path)
  }

  /** Answers so in place of the file. */
  answer(path: string, answer: Answer | undefined): void {
    if (answer === undefined) this.#answers.delete(path)
    else this.#answers.set(path, answer)
  }

  /** Paths asked since the last call, of documents alone. */
  documentsAsked(): readonly string[] {
    const paths = this.asked.filter((path) => /\/\d{4}\/[^/]+\.json$/.test(path)).toSorted()
    this.asked.length = 0
    return paths
  }
}

export interface ProviderLike {
  readonly documents?: readonly CsafLike[]
  readonly role?: string
  readonly list?: 'rolie' | 'directory'
  readonly publisher?: string
}

/** A provider with documents below `/csaf/white`, and the key that signs them. */
export async function provider(
  server: ProviderServer,
  { documents = [{}], role = 'csaf_trusted_provider', list = 'rolie', publisher = 'North' }: ProviderLike = {},
): Promise<{ readonly key: OpenPgpKey; publish(like: CsafLike): Promise<string>; list(): void; metadata(): void }> {
  const key = await newOpenPgpKey(publisher, startAt - 1000)
  const listed = new Map<string, string>()
  const base = '/csaf/white'
  const there = {
    key,
    async publish(like: CsafLike): Promise<string> {
      const document = csafDocument({ publisher, ...like })
      const bytes = bytesOf(document)
      const { id = 'NORTH-2026:001', initial = '2026-11-20T12:00:00Z', current = initial } = like
      const path = `${initial.slice(0, 4)}/${id.toLowerCase().replaceAll(/[^+\-a-z0-9]+/g, '_')}.json`
      server.put(`${base}/${path}`, bytes)
      server.put(`${base}/${path}.sha512`, `${createHash('sha512').update(bytes).digest('hex')}  name\n`)
      server.put(`${base}/${path}.asc`, await signDetached(bytes, key.secretKey, startAt - 500))
      listed.set(path, current)
      there.list()
      return `${base}/${path}`
    },
    list(): void {
      const rows = [...listed].toSorted(([, a], [, b]) => (a < b ? 1 : -1))
      server.put(`${base}/changes.csv`, rows.map(([path, at]) => `${path},${at}\n`).join(''))
      server.put(`${base}/index.txt`, rows.map(([path]) => `${path}\n`).join(''))
      const href = (path: string, extension = '') => `${server.url}${base}/${path}${extension}`
      server.put('/csaf/feed-tlp-white.json', {
        feed: {
          id: 'feed',
          entry: rows.map(([path, updated]) => ({
            id: path,
            updated,
            link: [
              { rel: 'self', href: href(path) },
              { rel: 'hash', href: href(path, '.sha512') },
              { rel: 'signature', href: href(path, '.asc') },
            ],
            content: { type: 'application/json', src: href(path) },
          })),
        },
      })
    },
    metadata(): void {
      server.put('/csaf/key.asc', key.publicKey)
      server.put('/.well-known/csaf/provider-metadata.json', {
        canonical_url: `${server.url}/.well-known/csaf/provider-metadata.json`,
        role,
        publisher: { category: 'vendor', name: publisher, namespace: `https://${publisher.toLowerCase()}.example` },
        distributions: [
          list === 'rolie'
            ? { rolie: { feeds: [{ tlp_label: 'WHITE', url: `${server.url}/csaf/feed-tlp-white.json` }] } }
            : { directory_url: `${server.url}${base}/` },
        ],
        public_openpgp_keys: [{ fingerprint: key.fingerprint, url: `${server.url}/csaf/key.asc` }],
      })
    },
  }
  there.metadata()
  for (const like of documents) await there.publish(like)
  there.list()
  return there
}

export interface Following {
  readonly node: ComityNode
  readonly sources: Sources
  readonly directory: string
  readonly clock: ReturnType<typeof manualClock>
  /** Adds a source by this address and follows it once. */
  follow(address: string, name?: string): ReturnType<Sources['run']>
  /** What was refused, as `document: test`, and what is served. */
  refused(name?: string): readonly string[]
  taken(name?: string): readonly string[]
  close(): Promise<void>
}

/** A node in a folder, founded where it is empty; closed when the test ends. */
export async function following(
  context: Pick<TestContext, 'after'>,
  given: { directory?: string; vault?: NonNullable<SourcesOptions['vault']> } = {},
): Promise<Following> {
  const directory = given.directory ?? mkdtempSync(join(tmpdir(), 'comity-follows-'))
  const clock = manualClock(startAt)
  const options = { directory, keys: home.keys, now: clock.now }
  const founding = { party: home.founding(startAt), policy: home.policy(startAt) }
  const node = await ComityNode.open(options).catch(() => ComityNode.found({ ...options, ...founding }))
  const keys = new KeyBook({
    cells: node.truth.cells,
    keyring: node.truth.keyring,
    origin: node.origin,
    now: clock.now,
  })
  const { vault } = given
  const sources = await Sources.open({
    node,
    view: join(directory, 'views', 'sources.db'),
    keys,
    ...(vault === undefined ? {} : { vault }),
  })
  let isOpen = true
  const close = async (): Promise<void> => {
    if (!isOpen) return
    isOpen = false
    await sources.close()
    await node.close()
  }
  context.after(async () => {
    await close()
    if (given.directory === undefined) rmSync(directory, { recursive: true, force: true })
  })
  const streamOf = (name: string) => sources.state(name).stream
  const lastPart = (item: string) => item.slice(item.lastIndexOf('/') + 1)
  return {
    node,
    sources,
    directory,
    clock,
    close,
    follow: async (address, name = 'north') => {
      await sources.add({ address, name, allowPrivate: true })
      return sources.run(name)
    },
    refused: (name = 'north') =>
      sources.items
        .refused(streamOf(name), '', 1000)
        .map(({ item, refused }) => `${lastPart(item)}: ${refused?.faults.map(({ test }) => test).join()}`),
    taken: (name = 'north') => [...sources.items.taken(streamOf(name))].map(({ item }) => lastPart(item)),
  }
}
