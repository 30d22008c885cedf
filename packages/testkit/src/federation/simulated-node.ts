import {
  ComityNode,
  FederationError,
  type Fetch,
  Inbox,
  type RecoveryOutcome,
  Vault,
  createServer,
  recoverTail,
} from '@comity/node'
import { FilesTruth, backupTruth, restoreBackup } from '@comity/store'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { type Actor, type Keeper, actor, keeper } from '../actors.ts'
import { type SimulatedDisk, simulatedDisk } from '../disk/simulated-disk.ts'
import type { Answer, SimulatedNetwork } from './network.ts'
import { type Random, randomOf } from './random.ts'
import { type SealKeys, sealKeysFor } from './seal-pair.ts'

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
  /** The first party it hosts has an inbox on it. */
  readonly hasInbox: boolean
}

/** Parties that each node hosts beside its keeper. */
const hostedParties = 2

const directory = '/data'
const backupDirectory = '/backup'

/** Looks at an inbox in one step, at most: each sees to one message for each correspondent. */
const inboxTurns = 4

/** Pauses without chance in them: who finishes first would draw first, and a seed would not go the same way again. */
const evenly = () => 0.5

/** From one start of a node to its end: what outlives it is no part of the simulation. */
interface Life {
  isOver: boolean
  /** Exchanges over the network after which the power goes. */
  exchangesLeft: number
}

interface Open {
  readonly life: Life
  readonly node: ComityNode
  readonly vault: Vault
  readonly inbox: Inbox | undefined
  readonly app: Awaited<ReturnType<typeof createServer>>
}

/** A whole node of a simulation: truth on a simulated disk, HTTP on the simulated network, a clock that may be wrong. */
export class SimulatedNode {
  readonly host: string
  readonly keeper: Keeper
  /** The parties that are at home here, beside its keeper. */
  readonly hosted: Actor[]
  /** Identifiers of statements for which a receipt was given, with where they stand. */
  readonly acknowledged = new Map<string, number>()
  /** What the server wrote to its log. */
  readonly said: string[] = []
  /** What its inbox reported as nobody's answer, while the machine was well. */
  readonly defects: string[] = []
  disk: SimulatedDisk = simulatedDisk()
  /** Power cuts so far. */
  crashes = 0
  /** How far its clock is off, in seconds. */
  skew: number
  readonly #parts: SimulatedNodeParts
  readonly #random: Random
  readonly #seal: SealKeys
  #backup: SimulatedDisk | undefined
  #open: Open | undefined
  #life: Life = { isOver: true, exchangesLeft: Number.POSITIVE_INFINITY }
  /** Of a life that the power cut ended: until its files are closed. */
  #ending: Promise<void> = Promise.resolve()

  constructor(parts: SimulatedNodeParts) {
    this.#parts = parts
    this.#random = randomOf(parts.seed, `node ${parts.host}`)
    this.#seal = sealKeysFor(parts.host)
    this.skew = parts.skew
    this.host = parts.host
    this.keeper = keeper(parts.host, { type: 'state', witness: true })
    this.hosted = Array.from({ length: hostedParties }, (_, i) => this.#party(`${parts.host} party ${i}`, i === 0))
  }

  get url(): string {
    return `http://${this.host}`
  }

  /** Throws while it is down. */
  get node(): ComityNode {
    return this.#running.node
  }

  /** Throws while it is down, and for a node without one. */
  get inbox(): Inbox {
    const { inbox } = this.#running
    if (inbox === undefined) throw new Error(`${this.host} has no inbox`)
    return inbox
  }

  get hasInbox(): boolean {
    return this.#parts.hasInbox
  }

  /** The party that has the inbox. */
  get correspondent(): Actor {
    const [party] = this.hosted
    if (party === undefined) throw new Error(`${this.host} hosts nobody`)
    return party
  }

  get isUp(): boolean {
    return this.#open !== undefined
  }

  /** Whether it signs: a restored one does not until it has what its log got since. */
  get isFrozen(): boolean {
    return this.node.stopped !== undefined
  }

  now(): number {
    return this.#parts.now() + this.skew
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
    if (this.hasInbox) await this.inbox.sealKeys.add(this.correspondent.urn, this.#seal.privateJwk)
  }

  /** Starts it again from what its disk holds. */
  async start(): Promise<void> {
    await this.#ending
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
  crash(): Promise<void> {
    const open = this.#open
    if (open === undefined) return this.#ending
    this.crashes += 1
    this.#open = undefined
    open.life.isOver = true
    this.#parts.network.connect(this.host, undefined)
    this.disk.crash(() => this.#random() < 0.5)
    const areViewsLost = this.#random() < 0.3
    this.#ending = this.#bury(open).then((isBuried) => {
      if (areViewsLost || !isBuried) rmSync(this.#parts.views, { recursive: true, force: true })
    })
    return this.#ending
  }

  /** The power goes in the middle of what it does: with the exchange after so many, asked by it or of it. */
  crashAfter(exchanges: number): void {
    this.#life.exchangesLeft = exchanges
  }

  /** Closes what the process that is gone still holds of this one. Returns whether all of it could be. */
  async #bury({ app, vault, node }: Open): Promise<boolean> {
    await app.close()
    const closed = await Promise.allSettled([vault.close(), node.close()])
    return closed.every(({ status }) => status === 'fulfilled')
  }

  /** Makes a backup, which lies elsewhere than on its disk. */
  async backUp(): Promise<void> {
    const disk = simulatedDisk()
    const { truth } = this.node
    if (!(truth instanceof FilesTruth)) throw new Error('only a truth of files has backups')
    await backupTruth(truth, backupDirectory, { at: this.now(), fileSystem: disk.fileSystem })
    this.#backup = disk
  }

  /** Loses its disk and comes back from its backup: frozen, with an old log. */
  async restore(): Promise<void> {
    const disk = this.#backup
    if (disk === undefined) throw new Error(`${this.host} has no backup`)
    await this.crash()
    this.#backup = undefined
    await restoreBackup(backupDirectory, directory, { at: this.now(), fileSystem: disk.fileSystem })
    this.disk = disk
    rmSync(this.#parts.views, { recursive: true, force: true })
    await this.start()
  }

  /** Asks those who mirror its log for what came after the backup. Signs again where it has all that is known. */
  async recover(): Promise<RecoveryOutcome> {
    const { network, host } = this.#parts
    await this.stop()
    const { outcome } = await recoverTail({
      directory,
      fileSystem: this.disk.fileSystem,
      logKeys: [this.keeper.keys.log.publicKey],
      now: () => this.now(),
      fetch: network.fetchOf(host),
    })
    await this.start()
    return outcome
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

  /** Does what is due between nodes. Where the power goes meanwhile nothing of it counts. */
  async step(): Promise<void> {
    if (this.#open === undefined) return
    const { life, node, inbox } = this.#open
    const now = this.now()
    const { isFrozen } = this
    // The power may go with the first of these.
    const witnessed = node.witnessing.step(now).finally(() => node.witnessing.settled())
    const work = [node.mirrors.step(now), node.gossip.step(now), witnessed]
    if (inbox !== undefined && !isFrozen) work.push(stepInbox(inbox, now))
    for (const ended of await Promise.allSettled(work))
      if (ended.status === 'rejected' && !life.isOver) throw ended.reason
    await this.#ending
  }

  /** What it answers over HTTP. */
  readonly answer: Answer = async ({ method, url, headers, body }) => {
    const open = this.#open
    if (open === undefined || this.#hasPowerGone(open.life)) return 'silence'
    const payload = body === undefined ? {} : { payload: Buffer.from(body) }
    // Safe: methods are those of `fetch`.
    const asked = open.app.inject({ method: method as 'GET', url, headers, ...payload })
    const found = await asked.catch((error: unknown) => {
      // The power went in the middle of the answer.
      if (open.life.isOver) return undefined
      throw error
    })
    if (found === undefined || open.life.isOver) return 'silence'
    const given = Object.entries(found.headers).map(([name, value]) => [name, String(value)])
    return { status: found.statusCode, headers: Object.fromEntries(given), body: found.rawPayload }
  }

  /** Counts an exchange; true where it is the one with which the power goes, or that came too late. */
  #hasPowerGone(life: Life): boolean {
    if (life.exchangesLeft-- <= 0 && !life.isOver) void this.crash()
    return life.isOver
  }

  get #running(): Open {
    if (this.#open === undefined) throw new Error(`${this.host} is down`)
    return this.#open
  }

  #party(label: string, hasInbox: boolean): Actor {
    const home = this.keeper.origin
    const plain = actor(label, home)
    if (!hasInbox || !this.hasInbox) return plain
    const keys = [...plain.payload.keys, { jwk: this.#seal.publicJwk, roles: ['seal' as const] }]
    return actor(label, home, { party: { keys } })
  }

  /** Of a new life. */
  #options() {
    const { views, network, host } = this.#parts
    const life: Life = { isOver: false, exchangesLeft: Number.POSITIVE_INFINITY }
    this.#life = life
    const carry = network.fetchOf(host)
    const fetch: Fetch = async (url, init) => {
      if (this.#hasPowerGone(life)) throw new FederationError('peer-unreachable', `${host} has no power`)
      return carry(url, init)
    }
    return {
      directory,
      fileSystem: this.disk.fileSystem,
      viewsDirectory: views,
      keys: this.keeper.keys,
      now: () => this.now(),
      fetch,
      mirrors: { random: evenly, pace: { busy: 1, idle: 15, longestIdle: 15, retry: 1, longestRetry: 60 } },
    }
  }

  async #serve(node: ComityNode): Promise<void> {
    const { views, network, host } = this.#parts
    const now = () => this.now()
    const vault = await Vault.open({ truth: node.truth, view: join(views, 'vault.db'), register: node.reader, now })
    const log = {
      error: (fields: Readonly<Record<string, unknown>>, message: string) =>
        this.said.push(`${message} ${inspect(fields, { depth: 6 })}`),
    }
    const onError = (error: unknown): void => {
      // A process that is gone says nothing.
      if (this.#open?.node === node) this.defects.push(inspect(error, { depth: 6, showHidden: true }))
    }
    const inbox = this.hasInbox ? new Inbox({ node, vault, random: evenly, onError }) : undefined
    const app = await createServer({ node, vault, log, ...(inbox === undefined ? {} : { inbox }) })
    await app.ready()
    this.#open = { life: this.#life, node, vault, inbox, app }
    network.connect(host, this.answer)
  }
}

async function stepInbox(inbox: Inbox, now: number): Promise<number> {
  let next = now
  for (let turn = 0; turn < inboxTurns && next <= now; turn++) next = await inbox.step(now)
  return next
}
