import { ComityNode, Vault, createServer } from '@comity/node'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Actor, type Keeper, actor, keeper } from '../actors.ts'
import { type SimulatedDisk, simulatedDisk } from '../disk/simulated-disk.ts'
import type { Answer, SimulatedNetwork } from './network.ts'
import { type Random, randomOf } from './random.ts'

export interface SimulatedNodeParts {
  readonly host: string
  readonly network: SimulatedNetwork
  /** True time of the simulation, whole seconds. */
  readonly now: () => number
  /** How far this node's clock is off, in seconds. */
  readonly skew: number
  readonly seed: number
  /** Where views lie: SQLite knows no simulated disk. */
  readonly views: string
}

/** Parties that each node hosts beside its keeper. */
const hostedParties = 2

const directory = '/data'

/** A whole node of a simulation: truth on a simulated disk, HTTP on the simulated network, a clock that may be wrong. */
export class SimulatedNode {
  readonly host: string
  readonly keeper: Keeper
  readonly hosted: readonly Actor[]
  /** Identifiers of statements for which a receipt was given, with where they stand. */
  readonly acknowledged = new Map<string, number>()
  /** What the server wrote to its log. */
  readonly said: string[] = []
  disk: SimulatedDisk = simulatedDisk()
  readonly #parts: SimulatedNodeParts
  readonly #random: Random
  #open:
    | { readonly node: ComityNode; readonly vault: Vault; readonly app: Awaited<ReturnType<typeof createServer>> }
    | undefined

  constructor(parts: SimulatedNodeParts) {
    this.#parts = parts
    this.#random = randomOf(parts.seed, `node ${parts.host}`)
    this.host = parts.host
    this.keeper = keeper(parts.host, { type: 'state', witness: true })
    this.hosted = Array.from({ length: hostedParties }, (_, i) => actor(`${parts.host} party ${i}`, this.keeper.origin))
  }

  get url(): string {
    return `http://${this.host}`
  }

  /** Throws while it is down. */
  get node(): ComityNode {
    if (this.#open === undefined) throw new Error(`${this.host} is down`)
    return this.#open.node
  }

  get isUp(): boolean {
    return this.#open !== undefined
  }

  now(): number {
    return this.#parts.now() + this.#parts.skew
  }

  /** The same node a second time, on a disk of its own: what a keeper who lies runs. It is not on the network by itself. */
  twin(disk: SimulatedDisk): SimulatedNode {
    const twin = new SimulatedNode({ ...this.#parts, views: `${this.#parts.views}-twin` })
    twin.disk = disk
    return twin
  }

  async found(): Promise<void> {
    const at = this.now()
    const party = this.keeper.founding(at)
    const policy = this.keeper.policy(at)
    await this.#serve(await ComityNode.found({ ...this.#options(), party, policy }))
  }

  /** Starts it again from what its disk holds. */
  async start(): Promise<void> {
    await this.#serve(await ComityNode.open(this.#options()))
  }

  async stop(): Promise<void> {
    const open = this.#open
    this.#open = undefined
    this.#parts.network.connect(this.host, undefined)
    if (open === undefined) return
    await open.app.close()
    await open.vault.close()
    await open.node.close()
  }

  /** Ends it as a power cut does; what was not synced survives or not. Views may be lost, they are rebuilt. */
  async crash(): Promise<void> {
    const open = this.#open
    this.#open = undefined
    this.#parts.network.connect(this.host, undefined)
    this.disk.crash(() => this.#random() < 0.5)
    // The process that is gone still holds SQLite files and timers of this one.
    await open?.app.close()
    await open?.vault.close().catch(() => undefined)
    await open?.node.close().catch(() => undefined)
    if (this.#random() < 0.3) await rm(this.#parts.views, { recursive: true, force: true })
  }

  /** Registers a statement, and remembers that it was acknowledged. Undefined where the node refuses it. */
  async submit(bytes: Uint8Array): Promise<{ readonly id: string; readonly index: number } | undefined> {
    if (this.#open === undefined) return undefined
    try {
      const { id, index } = await this.#open.node.submit(bytes)
      this.acknowledged.set(id, index)
      return { id, index }
    } catch {
      return undefined
    }
  }

  /** Does what is due between nodes. */
  async step(): Promise<void> {
    if (this.#open === undefined) return
    const { node } = this.#open
    const now = this.now()
    await Promise.all([node.mirrors.step(now), node.gossip.step(now), node.witnessing.step(now)])
  }

  /** What it answers over HTTP. */
  readonly answer: Answer = async ({ method, url, headers, body }) => {
    const open = this.#open
    if (open === undefined) return { status: 503, headers: {}, body: new Uint8Array() }
    const payload = body === undefined ? {} : { payload: Buffer.from(body) }
    // Safe: methods are those of `fetch`.
    const found = await open.app.inject({ method: method as 'GET', url, headers, ...payload })
    const given = Object.entries(found.headers).map(([name, value]) => [name, String(value)])
    return { status: found.statusCode, headers: Object.fromEntries(given), body: found.rawPayload }
  }

  #options() {
    const { views, network, host } = this.#parts
    return {
      directory,
      fileSystem: this.disk.fileSystem,
      viewsDirectory: views,
      keys: this.keeper.keys,
      now: () => this.now(),
      fetch: network.fetchOf(host),
      mirrors: { random: this.#random, pace: { busy: 1, idle: 5, retry: 1, longestRetry: 60 } },
    }
  }

  async #serve(node: ComityNode): Promise<void> {
    const { views, network, host } = this.#parts
    const now = () => this.now()
    const vault = await Vault.open({ truth: node.truth, view: join(views, 'vault.db'), register: node.reader, now })
    const log = {
      error: (fields: Readonly<Record<string, unknown>>, message: string) =>
        this.said.push(`${message} ${JSON.stringify(fields)}`),
    }
    const app = await createServer({ node, vault, log })
    await app.ready()
    this.#open = { node, vault, app }
    network.connect(host, this.answer)
  }
}
