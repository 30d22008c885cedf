/**
 * A whole federation in one process: nodes with their own clocks on a network that loses, repeats and delays, with power
 * cuts, partitions, a lost disk and liars among them, all from one seed. {@link simulate} throws what does not hold.
 */
import type { RecoveryOutcome } from '@comity/node'
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { introduce } from './acquaintance.ts'
import {
  checkAcknowledged,
  checkCosigned,
  checkDocuments,
  checkFindings,
  checkForger,
  checkMirrors,
  checkMoved,
  checkPrefix,
  checkWhole,
  honestWitnesses,
} from './agreement.ts'
import { type Published, act, settle } from './deeds.ts'
import { FaithlessPeer } from './faithless-peer.ts'
import { ForkingNode } from './forking-node.ts'
import { LostDisk } from './lost-disk.ts'
import { MovingParty } from './moving-party.ts'
import { SimulatedNetwork, calm } from './network.ts'
import { onOneThread } from './one-thread.ts'
import { type Random, randomOf } from './random.ts'
import { SealedTraffic } from './sealed-traffic.ts'
import { SealedWatch } from './sealed-watch.ts'
import { SimulatedNode } from './simulated-node.ts'
import { Trace } from './trace.ts'

export interface SimulationOptions {
  readonly seed: number
  /** At least 3; from 5 on there is a faithless peer among them where there are liars. */
  readonly nodes: number
  /** Rounds of weather before it clears up. */
  readonly rounds: number
  /** Whether one node shows two logs, and another answers as it should not. */
  readonly liars: boolean
  /** Whether an hour with sealed traffic and one without are compared at the end; it costs seconds. */
  readonly hours?: boolean
}

export interface SimulationReport {
  readonly entries: number
  readonly statements: number
  readonly crashes: number
  /** Nodes that lost their disk and got the tail of their log back. */
  readonly recovered: number
  readonly mirrors: number
  /** Honest nodes that hold a proof against the forging node: all who follow it. */
  readonly proofs: number
  /** Sealed messages that came, once each. */
  readonly messages: number
  /** Names what crossed the network: the same for runs that went the same way. */
  readonly trace: string
}

/** Honest nodes that write sealed messages. */
const correspondents = 6

/** Pauses of calm, in seconds: what failed often in bad weather is tried again after half an hour. */
const calmPauses = [30, 65, 65, 65, 120, 240, 480, 900, 1800, 1800, 3600, 3600, 7200, 7200]

/** Five minutes past a full hour: what happens before the next one is committed to there. */
const startAt = 1_795_219_200 + 300

/** Runs one federation. Throws AssertionError where honest nodes disagree, and whatever a node throws that it may not. */
export async function simulate(options: SimulationOptions): Promise<SimulationReport> {
  // Views are thrown away: in memory where the machine has a folder for that.
  const directory = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'comity-federation-'))
  const simulation = new Simulation(options, directory)
  try {
    return await onOneThread(() => simulation.run())
  } finally {
    await simulation.end()
    rmSync(directory, { recursive: true, force: true })
  }
}

class Simulation {
  readonly #options: SimulationOptions
  readonly #random: Random
  readonly #network: SimulatedNetwork
  readonly #nodes: readonly SimulatedNode[]
  readonly #honest: readonly SimulatedNode[]
  readonly #published: Published[] = []
  readonly #sealed = new SealedTraffic()
  readonly #watch = new SealedWatch()
  readonly #trace = new Trace()
  #forger: ForkingNode | undefined
  #faithless: FaithlessPeer | undefined
  #lostDisk: LostDisk | undefined
  #moving: MovingParty | undefined
  #now = startAt

  constructor(options: SimulationOptions, directory: string) {
    const { seed, nodes, liars } = options
    this.#options = options
    this.#random = randomOf(seed, 'simulation')
    this.#network = new SimulatedNetwork((name) => randomOf(seed, name))
    this.#network.onExchange = (exchange) => {
      this.#watch.hear(exchange)
      this.#trace.hear(exchange)
    }
    // Node 0 shows two logs, and is everybody's peer; node 1 is faithless; the next one is to lose its disk.
    const lying = !liars ? 0 : nodes < 5 ? 1 : 2
    this.#nodes = Array.from({ length: nodes }, (_, i) => {
      const host = `n${i}.test`
      const skew = i === 0 ? 0 : Math.floor(this.#random() * 120) - 60
      const now = () => this.#now
      const hasInbox = i > lying && i <= lying + correspondents
      return new SimulatedNode({
        host,
        network: this.#network,
        now,
        skew,
        seed,
        views: join(directory, host),
        hasInbox,
      })
    })
    this.#honest = this.#nodes.slice(lying)
  }

  async run(): Promise<SimulationReport> {
    await Promise.all(
      this.#nodes.map(async (node) => {
        await node.found()
        await settle(node)
      }),
    )
    await introduce(this.#nodes, this.#random)
    await this.#stepAll()
    const [unlucky] = this.#honest
    if (unlucky !== undefined && this.#nodes.length > 3) this.#lostDisk = await LostDisk.of(unlucky)
    const [, left, next] = this.#honest
    if (left !== undefined && next !== undefined) this.#moving = new MovingParty(left, next)
    if (this.#options.liars) await this.#cast()
    for (let round = 0; round < this.#options.rounds; round++) await this.#round(round)
    await this.#clearUp()
    if (this.#options.hours === true) await this.#compareHours()
    return this.#check()
  }

  async end(): Promise<void> {
    await this.#forger?.stop()
    for (const node of this.#nodes) if (node.isUp) await node.stop()
  }

  async #cast(): Promise<void> {
    const [liar, faithless, other] = this.#nodes
    const sideOf = (host: string) => Number(host.slice(1, host.indexOf('.'))) % 2
    if (liar !== undefined) this.#forger = await ForkingNode.from(liar, this.#network, sideOf)
    if (faithless !== undefined && other !== undefined && !this.#honest.includes(faithless))
      this.#faithless = FaithlessPeer.among(faithless, other, this.#network, this.#options.seed)
  }

  async #round(round: number): Promise<void> {
    const random = this.#random
    this.#now += 1 + Math.floor(random() * 20)
    this.#changeWeather()
    for (const node of this.#honest) {
      if (!node.isUp) await node.start()
      else if (random() < 0.03) await node.crash()
      else if (random() < 0.07) node.crashAfter(Math.floor(random() * 25))
    }
    await this.#act(this.#honest.filter(() => random() < 0.5))
    if (random() < 0.5) await this.#sealed.write(this.#honest, random)
    if (round >= this.#options.rounds / 2 && random() < 0.7) await this.#loseDisk()
    if (round >= this.#options.rounds / 3) await this.#moving?.goOn()
    await this.#lie(round)
    await this.#stepAll()
  }

  /** They do something at the same time. */
  async #act(nodes: readonly SimulatedNode[]): Promise<void> {
    const before = [...this.#published]
    const done = nodes.map(async (node) => {
      const published = [...before]
      const random = randomOf(this.#options.seed, `deeds of ${node.host} at ${this.#now}`)
      await act(node, random, published).catch(ignoreDown(node))
      return published.slice(before.length)
    })
    for (const published of await Promise.all(done)) this.#published.push(...published)
  }

  /** What the liars do in a round. They speak at least once. */
  async #lie(round: number): Promise<void> {
    const random = this.#random
    const isLast = round === this.#options.rounds - 1
    if (random() < 0.3 || (isLast && this.#forger?.hasLied === false)) await this.#forger?.lie()
    const faithless = this.#faithless
    if (faithless === undefined) return
    if (random() < 0.3) faithless.turnRound()
    if (random() < 0.3) await act(faithless.node, random, [])
    if (this.#runsAhead && round === this.#options.rounds >> 1) faithless.runAhead()
  }

  /** In every third federation the faithless peer sets its clock ahead in the end. */
  get #runsAhead(): boolean {
    return this.#options.seed % 3 === 0
  }

  /** In every other federation the faithless peer answers as it should in the end. */
  get #repents(): boolean {
    return this.#options.seed % 2 === 0
  }

  async #loseDisk(): Promise<void> {
    const turning = (work: Promise<RecoveryOutcome>) => this.#turning(work)
    await this.#lostDisk?.goOn(this.#honest, this.#published, turning)
  }

  #changeWeather(): void {
    const random = this.#random
    if (random() < 0.3) {
      const share = () => random() * 0.3
      this.#network.weather =
        random() < 0.3 ? calm : { lost: share(), unanswered: share(), doubled: share(), late: share() }
    }
    if (random() < 0.2) {
      const hosts = this.#nodes.map(({ host }) => host)
      const side = hosts.filter(() => random() < 0.5)
      this.#network.partition(random() < 0.4 ? [] : [side, hosts.filter((host) => !side.includes(host))])
    }
  }

  async #clearUp(): Promise<void> {
    this.#network.weather = calm
    this.#network.partition([])
    for (const node of this.#honest) {
      node.crashAfter(Number.POSITIVE_INFINITY)
      if (!node.isUp) await node.start()
    }
    if (this.#repents) this.#faithless?.repent(this.#network)
    for (const seconds of calmPauses) {
      this.#now += seconds
      this.#faithless?.turnRound()
      await this.#stepAll()
      await this.#loseDisk()
      await this.#moving?.goOn()
      if (this.#isQuiet()) return
    }
    // It never got quiet, and the checks say why: first what the last pause brought has to be told on.
    for (let i = 0; i < 3; i++) {
      this.#now += 2
      await this.#stepAll()
    }
  }

  /** Whether everybody has heard everything there is to hear; the checks say what was wrong otherwise. */
  #isQuiet(): boolean {
    const honest = this.#honest
    if (this.#lostDisk?.isRecovered === false || this.#moving?.isAtHome === false) return false
    if (!this.#sealed.isDelivered) return false
    const followed = this.#followed
    const isWhole = honest.every(({ node }) =>
      followed.every((other) => {
        const mirror = node.mirrors.find(other.node.origin)
        return mirror === undefined || mirror.copy.complete?.size === other.node.head.size
      }),
    )
    const isMissing = honest.some(({ node }) =>
      this.#published.some(
        ({ origin, digest }) => node.mirrors.find(origin) !== undefined && node.documents.status(digest) === 'absent',
      ),
    )
    const isCosigned = honest.every((each) =>
      honestWitnesses(each, honest).every(({ size }) => size === each.node.head.size),
    )
    const forged = this.#forger?.origin ?? ''
    const isProved = honest.every(({ node }) => node.mirrors.find(forged)?.isQuarantined ?? true)
    return isWhole && isCosigned && !isMissing && isProved
  }

  /** Those whose logs are whole with everybody in the end. */
  get #followed(): readonly SimulatedNode[] {
    const faithless = this.#faithless?.node
    const isToCome = faithless !== undefined && this.#repents && !this.#runsAhead
    return isToCome ? [...this.#honest, faithless] : this.#honest
  }

  /** Everybody does what is due at the same time, while the network brings what is late. */
  async #stepAll(): Promise<void> {
    await this.#turning(Promise.all(this.#nodes.map((node) => node.step())))
  }

  /** Lets turns pass until something has ended, and all that is still on its way has arrived. */
  async #turning<T>(work: Promise<T>): Promise<T> {
    const under = { way: true }
    // What fails is reported below, once everything has ended.
    work.catch(() => undefined).finally(() => (under.way = false))
    while (under.way || this.#network.isBusy) {
      this.#network.turn()
      await turn()
    }
    return work
  }

  /** An hour without sealed messages and one with them: to who reads the logs they look alike. */
  async #compareHours(): Promise<void> {
    const hour = 3600
    const pass = async (messagesEach: number): Promise<void> => {
      for (let quarter = 0; quarter < 4; quarter++) {
        for (let i = 0; i < messagesEach; i++) await this.#sealed.write(this.#honest, this.#random)
        this.#now += hour / 4
        for (let i = 0; i < 3; i++) await this.#stepAll()
      }
    }
    // Clocks are off by up to a minute: from two minutes past to two minutes past.
    this.#now += hour - (this.#now % hour) + 120
    for (let i = 0; i < 3; i++) await this.#stepAll()
    const writers = this.#honest.filter(({ hasInbox }) => hasInbox)
    const begin = this.#watch.beginHour(writers)
    await pass(0)
    const idle = this.#watch.endHour(writers, begin)
    const again = this.#watch.beginHour(writers)
    const before = this.#sealed.size
    await pass(2)
    this.#watch.compareHours(idle, this.#watch.endHour(writers, again), this.#sealed.size - before)
    await this.#clearUp()
  }

  async #check(): Promise<SimulationReport> {
    const honest = this.#honest
    for (const node of honest) checkAcknowledged(node)
    const mirrors = checkMirrors(honest)
    const proofs = this.#forger === undefined ? 0 : checkForger(this.#forger, honest)
    for (const node of honest) checkCosigned(node, honest)
    const faithless = this.#faithless?.node
    if (faithless !== undefined) {
      checkAcknowledged(faithless)
      for (const node of honest) checkPrefix(node, faithless)
      if (this.#followed.includes(faithless)) for (const node of honest) checkWhole(node, faithless)
    }
    if (this.#lostDisk?.isRecovered === false)
      assert.fail(`${this.#lostDisk.node.host} lost its disk and has not recovered`)
    if (this.#moving !== undefined) checkMoved(this.#moving, honest)
    checkDocuments(honest, this.#published)
    await checkFindings(honest)
    await this.#sealed.check(honest)
    await this.#watch.check(honest, this.#sealed.ids)
    return {
      entries: honest.reduce((sum, { node }) => sum + node.head.size, 0),
      statements: honest.reduce((sum, { acknowledged }) => sum + acknowledged.size, 0),
      crashes: honest.reduce((sum, { crashes }) => sum + crashes, 0),
      recovered: this.#lostDisk === undefined ? 0 : 1,
      mirrors,
      proofs,
      messages: this.#sealed.size,
      trace: this.#trace.digest,
    }
  }
}

/** A node that went down while somebody used it answers him with an error: nothing was acknowledged. */
function ignoreDown(node: SimulatedNode): (error: unknown) => void {
  return (error) => {
    if (node.isUp) throw error
  }
}
