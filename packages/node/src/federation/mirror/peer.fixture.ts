/** Logs that a test writes by hand, honest or not, served on real ports, and a mirror that follows them. */
import { mkdtempSync, rmSync } from 'node:fs'
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { sha256, treeHasher } from '@comity/crypto'
import {
  Tree,
  encodeEntryBundle,
  formatCheckpoint,
  formatVerifierKey,
  memoryHashStorage,
  noteType,
  parseTilePath,
  verifierKey,
} from '@comity/log'
import { type Signer, productUrn, signStatement } from '@comity/statement'
import { type FileSystem, type Truth, openFiles } from '@comity/store'
import { type Actor, type Keeper, actor, keeper } from '@comity/testkit'
import { openReader, openRegister } from '../../register/open-register.ts'
import type { Patience } from '../peers/answer-body.ts'
import { GuardedFetch } from '../peers/guarded-fetch.ts'
import type { Fetch, Peer } from '../peers/peer.ts'
import { type MirrorOptions, Mirrors } from './mirrors.ts'
import { openCopies, viewedCopy } from './opened-copies.ts'

export const start = 1_795_219_200

/** A log in memory: it holds and signs whatever the test says. */
export class WrittenLog {
  readonly keeper: Keeper
  readonly leaves: Uint8Array[] = []
  /** Signs heads; another key after a rotation. */
  signNote: (text: string) => string
  readonly #tree = Tree.open(treeHasher, memoryHashStorage(), 0)

  constructor(owner: Keeper, leaves: readonly Uint8Array[] = []) {
    this.keeper = owner
    this.signNote = (text) => owner.keys.log.signNote(text)
    this.leaves.push(...leaves)
  }

  /** A founded log: keeper, policy, first time, and one author. */
  static founded(label: string, owner: Keeper = keeper(label)): { log: WrittenLog; author: Actor } {
    const log = new WrittenLog(owner)
    const author = actor(`${label} author`, owner.origin)
    log.append(start, owner.founding(start), owner.policy(start)).append(start + 1, author.founding(start))
    return { log, author }
  }

  get origin(): string {
    return this.keeper.origin
  }

  get size(): number {
    return this.leaves.length
  }

  get tree(): Tree {
    for (const leaf of this.leaves.slice(this.#tree.size)) this.#tree.append(treeHasher.leaf(leaf))
    return this.#tree
  }

  /** Appends statements and the time leaf that closes them. */
  append(at: number, ...statements: readonly Uint8Array[]): this {
    this.leaves.push(...statements, this.timeLeaf(at))
    return this
  }

  /** Products, in batches of 64. */
  grow(author: Actor, to: number, at = start + 10, name = 'Product'): this {
    while (this.size < to) {
      const count = Math.min(64, to - this.size)
      this.append(at, ...Array.from({ length: count }, (_, i) => product(author, `${name} ${this.size + i}`, at)))
    }
    return this
  }

  timeLeaf(at: number, signer: Signer = this.keeper.keys.receipt): Uint8Array {
    const { urn: iss, origin: sub } = this.keeper
    return signStatement({ kind: 'time', iss, sub, iat: at, payload: { at, cosigned: [] }, signer })
  }

  note(size = this.size): string {
    return this.signNote(formatCheckpoint({ origin: this.origin, size, root: this.tree.root(size) }))
  }

  /** The first entries as a log of their own. */
  fork(size: number): WrittenLog {
    return new WrittenLog(this.keeper, this.leaves.slice(0, size))
  }

  /** What is served at a path of tlog-tiles; undefined for nothing. */
  serve(path: string, size = this.size): Uint8Array | undefined {
    if (path === 'checkpoint') return Buffer.from(this.note(size))
    if (!path.startsWith('tile/')) return undefined
    const { level, index, width } = parseTilePath(path)
    const span = level === 'entries' ? 1 : 256 ** level
    if ((index * 256 + width) * span > size) return undefined
    if (level !== 'entries') return this.tree.tile(level, index, width)
    return encodeEntryBundle(this.leaves.slice(index * 256, index * 256 + width))
  }
}

export function product(author: Actor, name: string, at: number): Uint8Array {
  const slug = name.toLowerCase().replace(/[^a-z0-9]+/g, '-')
  const updatePolicy = { mechanism: 'download', consent: 'required', security: 'separate', rollback: true } as const
  return author.sign('product', productUrn(author.urn, slug), { name, updatePolicy }, at)
}

/** What a served path answers in place of its bytes: other bytes, nothing, or whatever the test does with the response. */
export type Answer = Uint8Array | undefined | ((request: IncomingMessage, response: ServerResponse) => void)

export interface ServedPeer {
  readonly url: string
  /** Paths in the order in which they were asked for. */
  readonly asked: string[]
  /** Bytes that were sent. */
  sent: number
  /** The server stops answering, as a node that is down. */
  readonly stop: () => Promise<void>
}

/** Serves a log on a port of its own. `answer` may change what is served. Ranges are served as nodes do. */
export async function servePeer(
  context: TestContext,
  log: () => WrittenLog,
  answer: (path: string, bytes: Uint8Array | undefined) => Answer = (_, bytes) => bytes,
): Promise<ServedPeer> {
  const server = createServer((request, response) => {
    const path = (request.url ?? '').slice(1)
    peer.asked.push(path)
    const found = answer(path, log().serve(path))
    if (typeof found === 'function') return found(request, response)
    if (found === undefined) return response.writeHead(404).end()
    const from = Number(/^bytes=([0-9]+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0)
    if (from > 0 && from >= found.length) return response.writeHead(416).end()
    const body = found.subarray(from)
    if (from > 0) response.writeHead(206, { 'content-range': `bytes ${from}-${found.length - 1}/${found.length}` })
    peer.sent += body.length
    response.end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const stop = async (): Promise<void> => {
    server.closeAllConnections()
    await new Promise<void>((resolve) => server.close(() => resolve()))
  }
  context.after(stop)
  // Safe: a listening TCP server has an address with a port.
  const { port } = server.address() as AddressInfo
  const peer: ServedPeer = { url: `http://127.0.0.1:${port}`, asked: [], sent: 0, stop }
  return peer
}

/** A peer as the keeper of the follower added it. */
export function peerOf(log: WrittenLog, url: string, changes: Partial<Peer> = {}): Peer {
  const { keeper: owner, origin } = log
  const key = formatVerifierKey(verifierKey(origin, noteType.ed25519, owner.keys.log.publicKey, sha256))
  return {
    origin,
    url,
    keeper: owner.urn,
    logKeys: [key],
    mirror: true,
    witnessKeys: [],
    allowPrivate: true,
    ...changes,
  }
}

/** What hears of an end: a test, or a process that is killed. */
export type Ending = Pick<TestContext, 'after'> | { after(end: () => unknown): void }

/** The real way out, to which every address is that of a peer in one's own network. */
export function ownNetwork(context: Ending, patience: Partial<Patience> = {}): Fetch {
  const guard = new GuardedFetch({
    destination: () => ({ name: 'peer', allowPrivate: true }),
    now: () => start,
    patience,
  })
  context.after(() => guard.close())
  return guard.fetch
}

/** Answers for logs without a network: `url` without a slash at the end, a log, and how much of it is shown. */
export function simulatedNetwork(
  places: ReadonlyMap<string, { readonly log: WrittenLog; readonly size?: () => number }>,
): Fetch {
  return async (address, init) => {
    const place = [...places].find(([url]) => address.startsWith(`${url}/`))
    if (place === undefined) return new Response(null, { status: 404 })
    const [url, { log, size }] = place
    const found = log.serve(address.slice(url.length + 1), size?.() ?? log.size)
    if (found === undefined) return new Response(null, { status: 404 })
    const from = Number(/^bytes=([0-9]+)-$/.exec(new Headers(init?.headers).get('range') ?? '')?.[1] ?? 0)
    const headers = { 'content-range': `bytes ${from}-${found.length - 1}/${found.length}` }
    if (from > 0 && from >= found.length) return new Response(null, { status: 416 })
    return new Response(Uint8Array.from(found.subarray(from)), from > 0 ? { status: 206, headers } : { status: 200 })
  }
}

export interface FollowerOptions extends MirrorOptions {
  readonly fetch?: Fetch
  readonly directory?: string
  /** The disk under the truth; then `directory` holds the views alone. */
  readonly fileSystem?: FileSystem
}

/** Mirrors over a truth and a register of their own, without a node around them. */
export class Follower {
  readonly mirrors: Mirrors
  readonly truth: Truth
  readonly directory: string
  readonly clock: { now: number }
  readonly #close: () => void

  private constructor(parts: {
    mirrors: Mirrors
    truth: Truth
    directory: string
    clock: { now: number }
    close(): void
  }) {
    this.mirrors = parts.mirrors
    this.truth = parts.truth
    this.directory = parts.directory
    this.clock = parts.clock
    this.#close = parts.close
  }

  static async open(context: Ending, options: FollowerOptions = {}): Promise<Follower> {
    const { fetch = ownNetwork(context), fileSystem } = options
    const directory = options.directory ?? mkdtempSync(join(tmpdir(), 'comity-follower-'))
    context.after(() => rmSync(directory, { recursive: true, force: true }))
    const truth = await openFiles({
      directory: fileSystem === undefined ? directory : '/truth',
      ...(fileSystem === undefined ? {} : { fileSystem }),
    })
    const clock = { now: start + 1000 }
    try {
      const copies = await openCopies(truth)
      const empty = {
        origin: 'follower.invalid',
        size: 0,
        leaf: () => new Uint8Array(),
        root: () => new Uint8Array(32),
      }
      const opened = openRegister(join(directory, 'views', 'public.db'), empty, copies.map(viewedCopy))
      const mirrors = new Mirrors({
        random: () => 0.5,
        ...options,
        truth,
        origin: empty.origin,
        copies,
        registers: opened.mirrored,
        opened,
        betweenBatches: async (work) => work(),
        fetch,
        now: () => clock.now,
      })
      const close = (): void => opened.view.close()
      await mirrors.catchUp().catch((error: unknown) => {
        close()
        throw error
      })
      return new Follower({ mirrors, truth, directory, clock, close })
    } catch (error) {
      await truth.close().catch(() => undefined)
      throw error
    }
  }

  /** Steps until nothing is due for a while, at most `limit` times. */
  async settle(limit = 20): Promise<void> {
    for (let i = 0; i < limit; i++) if ((await this.mirrors.step(this.clock.now)) > this.clock.now) return
  }

  /** Lets time go by, then does what is due. */
  async later(seconds = 1000): Promise<void> {
    this.clock.now += seconds
    await this.settle()
  }

  /** Every row of the register that a rebuild has to come to, in key order. */
  rows(): Record<string, string[]> {
    const view = openReader(join(this.directory, 'views', 'public.db'), 'follower.invalid')
    try {
      const tables = view.prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").all()
      return Object.fromEntries(
        tables.flatMap(({ name }) => {
          if (['finding', 'stale', 'meta'].includes(String(name))) return []
          const rows = view.prepare(`SELECT * FROM "${String(name)}"`).all()
          return [[String(name), rows.map((row) => JSON.stringify(row, binaryAsHex)).sort()]]
        }),
      )
    } finally {
      view.close()
    }
  }

  async close(): Promise<void> {
    try {
      await this.mirrors.close()
    } finally {
      this.#close()
      await this.truth.close()
    }
  }
}

function binaryAsHex(_key: string, value: unknown): unknown {
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value
}
