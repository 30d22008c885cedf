import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { ComityNode, createServer, Telling, Vault } from '@comity/node'
import { advisoryUrn, productUrn } from '@comity/statement'
import { type Actor, actor, keeper } from '@comity/testkit'
import { sha256Hex } from '@comity/crypto'
import { type Bench, type Figure, median } from './figure.ts'

/** Between two publications, in milliseconds: each is over before the next. */
const apart = 1500

/** After which nobody will be told any more, in milliseconds. */
const latest = 30_000

/** Components of each inventory. */
const components = 100

/**
 * From the moment a provider hands in an advisory to the moment the user of the last of `nodes` nodes has it in hand. All
 * nodes run in this process: one publishes over HTTP on loopback, the others mirror it by their own clockwork, match it
 * against an inventory of their own and answer a waiting read. `n` advisories, one after the other. Beside it how much of
 * that the mirrors alone take: the moment at which the last of them has folded the entry.
 */
const bench: Bench = {
  name: 'notify',
  parameters: { nodes: 50, n: 24 },
  async run({ nodes = 50, n = 24 }): Promise<readonly Figure[]> {
    const folder = mkdtempSync(join(tmpdir(), 'comity-bench-notify-'))
    const closing: (() => Promise<unknown>)[] = []
    try {
      const publisher = await Publisher.open(join(folder, 'publisher'), closing)
      const users: User[] = []
      for (let i = 1; i < nodes; i++) users.push(await User.open(join(folder, `user-${i}`), i, publisher.url, closing))
      await Promise.all(users.map((user) => user.follows(publisher.node)))
      const told: number[] = []
      const mirrored: number[] = []
      for (let i = 0; i < n; i++) {
        await wait(apart)
        const mirrors = Promise.all(users.map((user) => user.folds(publisher.origin, publisher.node.head.size + 2)))
        const hands = Promise.all(users.map((user) => user.isTold()))
        const before = performance.now()
        await publisher.publish(i)
        const folded = mirrors.then(() => mirrored.push(performance.now() - before))
        await within(hands)
        told.push(performance.now() - before)
        await folded
      }
      return figuresOf(nodes, told, mirrored)
    } finally {
      for (const close of closing.toReversed()) await close()
      rmSync(folder, { recursive: true, force: true })
    }
  },
}

export default bench

async function within(work: Promise<unknown>): Promise<void> {
  const late = new AbortController()
  const tooLate = wait(latest, undefined, { signal: late.signal }).then(() => {
    throw new Error(`somebody was not told within ${latest / 1000} s`)
  })
  await Promise.race([work, tooLate])
  late.abort()
  await tooLate.catch(() => undefined)
}

function figuresOf(nodes: number, told: readonly number[], mirrored: readonly number[]): readonly Figure[] {
  const at = (values: readonly number[], share: number): number =>
    values.toSorted((a, b) => a - b)[Math.ceil(share * values.length) - 1] ?? Number.NaN
  const p99 = at(told, 0.99)
  const mirror = at(mirrored, 0.99)
  const ratio = median(told.map((each, i) => each / (mirrored[i] ?? Number.NaN)))
  return [
    {
      figure: `publication to the last of ${nodes} nodes told, 99th percentile of ${told.length}`,
      value: p99,
      unit: 'ms',
      against: `${mirror.toFixed(0)} ms for the mirrors alone; ${median(told).toFixed(0)} ms in the middle`,
      ratio,
      goal: '< 1000 ms',
      met: p99 < 1000,
    },
  ]
}

const now = (): number => Math.floor(Date.now() / 1000)

/** A provider and the node that it publishes at. */
class Publisher {
  readonly node: ComityNode
  readonly url: string
  readonly #provider: Actor

  private constructor(node: ComityNode, url: string, provider: Actor) {
    this.node = node
    this.url = url
    this.#provider = provider
  }

  get origin(): string {
    return this.node.origin
  }

  static async open(directory: string, closing: (() => Promise<unknown>)[]): Promise<Publisher> {
    const own = keeper('bench notify publisher')
    const node = await founded(directory, own)
    const vault = await vaultOf(node, directory)
    const provider = actor('bench notify provider', own.origin)
    await node.submit(provider.founding(now()))
    const product = {
      name: 'Gateway',
      updatePolicy: { mechanism: 'download', consent: 'required', security: 'separate', rollback: true },
    } as const
    await node.submit(provider.sign('product', productUrn(provider.urn, 'gateway'), product, now()))
    const app = await createServer({ node, vault })
    const url = await app.listen({ host: '127.0.0.1', port: 0 })
    closing.push(async () => {
      app.server.closeAllConnections()
      await app.close()
      await vault.close()
      await node.close()
    })
    return new Publisher(node, url, provider)
  }

  /** Hands in an advisory about component `i` of everybody. */
  async publish(i: number): Promise<void> {
    const { urn } = this.#provider
    const id = `BENCH-${i}`
    const date = new Date(now() * 1000).toISOString().replace('.000Z', 'Z')
    const range = { type: 'SEMVER', events: [{ introduced: '0' }, { fixed: '2.0.0' }] }
    const affected = [{ package: { ecosystem: 'npm', name: `component-${i}` }, ranges: [range] }]
    const bytes = Buffer.from(JSON.stringify({ schema_version: '1.7.0', id, modified: date, affected }))
    const digest = `sha256:${sha256Hex(bytes)}`
    await this.node.documents.put(digest, bytes)
    const payload = {
      products: [productUrn(urn, 'gateway')],
      title: `Advisory ${i}`,
      published: date,
      modified: date,
      document: digest,
      documents: [{ digest, size: bytes.length, type: 'application/json' }],
      id,
    }
    await this.node.submit(this.#provider.sign('advisory', advisoryUrn(urn, id), payload, now()))
  }
}

/** An operator with a node, an inventory, and somebody who waits for news. */
class User {
  readonly #node: ComityNode
  readonly #telling: Telling
  readonly #party: string
  #cursor: string | undefined

  private constructor(node: ComityNode, telling: Telling, party: string) {
    this.#node = node
    this.#telling = telling
    this.#party = party
  }

  static async open(directory: string, i: number, url: string, closing: (() => Promise<unknown>)[]): Promise<User> {
    const own = keeper(`bench notify user ${i}`)
    const node = await founded(directory, own)
    const vault = await vaultOf(node, directory)
    const telling = new Telling({ vault, now })
    const sbom = {
      bomFormat: 'CycloneDX',
      specVersion: '1.6',
      components: Array.from({ length: components }, component),
    }
    await vault.addInventory(own.urn, 'inventory', Buffer.from(JSON.stringify(sbom)))
    await node.peers.add({ url, allowPrivate: true })
    node.startClockwork((error) => {
      throw error
    })
    closing.push(async () => {
      await telling.stop()
      await vault.close()
      await node.close()
    })
    return new User(node, telling, own.urn)
  }

  /** Resolves once the log of the other node is held here as it is. */
  async follows(other: ComityNode): Promise<void> {
    while ((this.#node.mirrors.states()[0]?.size ?? 0) < other.head.size) await wait(50)
  }

  /** Resolves once so many entries of a log are folded here. */
  folds(origin: string, size: number): Promise<void> {
    return new Promise((resolve) => {
      const stop = this.#node.mirrors.onFolded((folded, reached) => {
        if (folded !== origin || reached < size) return
        stop()
        resolve()
      })
    })
  }

  /** Resolves once the next alert has been read. */
  async isTold(): Promise<void> {
    const page = await this.#telling.alerts(this.#party, { cursor: this.#cursor, limit: 10, wait: 45 })
    this.#cursor = page.next
    if (page.alerts.length !== 1) throw new Error(`${page.alerts.length} alerts were read where one was due`)
  }
}

function component(_: unknown, i: number): object {
  return { type: 'library', name: `component-${i}`, version: '1.0.0', purl: `pkg:npm/component-${i}@1.0.0` }
}

async function founded(directory: string, own: ReturnType<typeof keeper>): Promise<ComityNode> {
  const keys = { receipt: own.keys.receipt, log: own.keys.log }
  return ComityNode.found({ directory, keys, party: own.founding(now()), policy: own.policy(now()) })
}

async function vaultOf(node: ComityNode, directory: string): Promise<Vault> {
  const view = join(directory, 'views', 'vault.db')
  const vault = await Vault.open({ truth: node.truth, view, register: node.reader, now })
  node.onBatch(() => vault.wake())
  node.mirrors.onGathered(() => vault.wake())
  return vault
}
