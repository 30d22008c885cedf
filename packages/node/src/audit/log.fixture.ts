import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { sha256Hex, treeHasher } from '@comity/crypto'
import { Tree, encodeEntryBundle, formatCheckpoint, memoryHashStorage, parseTilePath } from '@comity/log'
import { advisoryUrn, instrumentUrn, productUrn, releaseUrn, signStatement } from '@comity/statement'
import { type Actor, actor, keeper, manualClock } from '@comity/testkit'
import { ComityNode } from '../node.ts'
import type { AuditSource, DocumentCheck } from './source.ts'

export const start = 1_795_219_200
export const home = keeper('audited keeper')

const date = '2026-11-20T12:00:00Z'

/** A new folder that is removed when the test ends. */
export function folder(context: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'comity-audited-'))
  context.after(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

/** A node that went through the main story: product, release, advisory, acknowledgement, published findings. */
export async function storyNode(directory: string) {
  const clock = manualClock(start)
  const node = await ComityNode.found({
    directory,
    keys: home.keys,
    now: () => clock.now(),
    party: home.founding(start),
    policy: home.policy(start),
  })
  const provider = actor('provider', home.origin)
  const operator = actor('operator', home.origin, { type: 'operator' })
  const product = productUrn(provider.urn, 'gateway')
  await node.submit(provider.founding(start))
  await node.submit(operator.founding(start))
  await node.submit(provider.sign('support', instrumentUrn('gids'), {}, start))
  await node.submit(provider.sign('product', product, gateway, start))
  const document = new TextEncoder().encode('{"id":"X-1"}')
  const digest = `sha256:${sha256Hex(document)}`
  const documents = [{ digest, size: document.length, type: 'application/json' }]
  await node.documents.put(digest, document)
  clock.advance(3600)
  const release = { version: '1.0.0', released: date, sbom: digest, documents }
  await node.submit(provider.sign('release', releaseUrn(product, '1.0.0'), release, clock.now()))
  const sub = advisoryUrn(provider.urn, 'X-1')
  const payload = {
    id: 'X-1',
    products: [product],
    title: 'Wrong',
    published: date,
    modified: date,
    document: digest,
    documents,
  }
  const advisory = await node.submit(provider.sign('advisory', sub, payload, clock.now()))
  await node.publishFindings()
  clock.advance(60)
  await node.submit(operator.sign('acknowledgement', sub, { advisory: advisory.id, state: 'affected' }, clock.now()))
  await node.publishFindings()
  return { node, clock, provider, operator, product, digest, advisory }
}

export const gateway = {
  name: 'Gateway',
  updatePolicy: { mechanism: 'download', consent: 'required', security: 'separate', rollback: true },
} as const

/** Adds statements until the log has at least `size` entries: more than one bundle, for example. */
export async function grow(node: ComityNode, provider: Actor, product: string, size: number): Promise<void> {
  while (node.head.size < size) {
    const missing = Math.min(200, size - node.head.size)
    const at = node.now()
    const names = Array.from({ length: missing }, (_, i) => `Gateway ${node.head.size} ${i}`)
    await Promise.all(names.map((name) => node.submit(provider.sign('product', product, { ...gateway, name }, at))))
  }
}

/**
 * A log in memory that a test may forge: it signs whatever it holds with the keeper's own keys, as a dishonest keeper
 * could.
 */
export class ForgedLog implements AuditSource {
  readonly name = 'a forged log'
  readonly concurrency = 2
  readonly hasTiles = true
  readonly leaves: Uint8Array[]
  readonly documents = new Map<string, DocumentCheck>()
  /** Changes what is served, by path (`checkpoint`, `tile/0/000`, `entries/0`). */
  readonly tamper = new Map<string, (bytes: Uint8Array) => void>()
  #tree = Tree.open(treeHasher, memoryHashStorage(), 0)
  closed = false

  constructor(leaves: readonly Uint8Array[]) {
    this.leaves = [...leaves]
  }

  static of(node: ComityNode): ForgedLog {
    const log = new ForgedLog(node.ledger.leaves(0, node.head.size).map((leaf) => leaf.slice()))
    for (const { digest } of node.truth.blobs.list()) log.documents.set(`sha256:${digest}`, 'present')
    return log
  }

  /** Appends statements and the time leaf that closes them. */
  append(at: number, ...statements: readonly Uint8Array[]): this {
    this.leaves.push(...statements, timeLeaf(at))
    return this
  }

  get tree(): Tree {
    for (const leaf of this.leaves.slice(this.#tree.size)) this.#tree.append(treeHasher.leaf(leaf))
    return this.#tree
  }

  note(size = this.leaves.length): string {
    return home.keys.log.signNote(formatCheckpoint({ origin: home.origin, size, root: this.tree.root(size) }))
  }

  async checkpoint(): Promise<Uint8Array> {
    return this.#served('checkpoint', Buffer.from(this.note()))
  }

  async entries(index: number, width: number): Promise<readonly Uint8Array[]> {
    const leaves = this.leaves.slice(index * 256, index * 256 + width)
    return leaves.map((leaf, i) => this.#served(`entry ${index * 256 + i}`, leaf))
  }

  async tile(level: number, index: number, width: number): Promise<Uint8Array> {
    return this.#served(`tile ${level}/${index}`, this.tree.tile(level, index, width))
  }

  async document(digest: string): Promise<DocumentCheck> {
    return this.documents.get(digest) ?? 'absent'
  }

  async documentBytes(): Promise<undefined> {}

  async receipt(): Promise<undefined> {}

  async mirrors(): Promise<readonly []> {
    return []
  }

  async close(): Promise<void> {
    this.closed = true
  }

  #served(what: string, bytes: Uint8Array): Uint8Array {
    const change = this.tamper.get(what)
    if (change === undefined) return bytes
    const copy = Uint8Array.from(bytes)
    change(copy)
    return copy
  }
}

/** What a keeper closes a batch with. */
export function timeLeaf(at: number, cosigned: readonly string[] = []): Uint8Array {
  return signStatement({
    kind: 'time',
    iss: home.urn,
    sub: home.origin,
    iat: at,
    payload: { at, cosigned },
    signer: home.keys.receipt,
  })
}

/** Flips one bit of the byte at `at`, counted from the end where it is negative. */
export function flip(at: number): (bytes: Uint8Array) => void {
  return (bytes) => {
    const index = at < 0 ? bytes.length + at : at
    bytes[index] = (bytes[index] ?? 0) ^ 1
  }
}

/** Serves the paths of a log over real HTTP from a running node. `tamper` changes a body, or takes it away. */
export async function serve(
  context: TestContext,
  node: ComityNode,
  tamper: (path: string, body: Uint8Array) => Uint8Array | undefined = (_, body) => body,
): Promise<string> {
  const server: Server = createServer((request, response) => {
    const path = (request.url ?? '').slice(1)
    const body = bodyOf(node, path)
    const sent = body && tamper(path, Uint8Array.from(body))
    response.statusCode = sent === undefined ? 404 : 200
    response.end(sent)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  context.after(() => {
    server.closeAllConnections()
    server.close()
  })
  // Safe: a listening TCP server has an address with a port.
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

function bodyOf(node: ComityNode, path: string): Uint8Array | undefined {
  if (path === 'checkpoint') return Buffer.from(node.head.note)
  if (path.startsWith('documents/')) {
    const digest = path.slice('documents/'.length)
    return node.documents.has(digest) ? node.documents.read(digest) : undefined
  }
  if (path.startsWith('entries/')) {
    const found = node.find(path.slice('entries/'.length))
    return found && node.receipt(found)
  }
  if (!path.startsWith('tile/')) return undefined
  const { level, index, width } = parseTilePath(path)
  if (index * 256 + width > node.head.size) return undefined
  if (level !== 'entries') return node.ledger.tree.tile(level, index, width)
  return encodeEntryBundle(node.ledger.leaves(index * 256, index * 256 + width))
}
