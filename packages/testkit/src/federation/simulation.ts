/**
 * A whole federation in one process: nodes with their own clocks on a network that loses, repeats and delays, with power
 * cuts, partitions and liars among them, all from one seed. {@link simulate} throws what does not hold.
 */
import { sha256, treeHasher, verify } from '@comity/crypto'
import { ed25519Verifier, parseVerifierKey, verifyEquivocation } from '@comity/log'
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { type Published, act, settle } from './deeds.ts'
import { ForkingNode } from './forking-node.ts'
import { SimulatedNetwork, calm } from './network.ts'
import { type Random, randomOf } from './random.ts'
import { SimulatedNode } from './simulated-node.ts'

export interface SimulationOptions {
  readonly seed: number
  readonly nodes: number
  /** Rounds of weather before it clears up. */
  readonly rounds: number
  /** Whether one node shows two logs, and one shows heads without entries. */
  readonly liars: boolean
}

export interface SimulationReport {
  readonly entries: number
  readonly statements: number
  readonly crashes: number
  readonly mirrors: number
  /** Honest nodes that hold a proof against the forging node. */
  readonly proofs: number
}

/** Peers of each node, beside those that everybody has. */
const peersEach = 4

/** Rounds of calm at most, and seconds of each: a document that could not be had five times is tried again after half an hour. */
const calmRounds = 40
const calmSeconds = 90

const startAt = 1_795_219_200

/** Runs one federation. Throws AssertionError where honest nodes disagree, and whatever a node throws that it may not. */
export async function simulate(options: SimulationOptions): Promise<SimulationReport> {
  const directory = mkdtempSync(join(tmpdir(), 'comity-federation-'))
  const simulation = new Simulation(options, directory)
  try {
    return await simulation.run()
  } finally {
    await simulation.end()
    rmSync(directory, { recursive: true, force: true })
  }
}

class Simulation {
  readonly #options: SimulationOptions
  readonly #random: Random
  readonly #network: SimulatedNetwork
  readonly #nodes: SimulatedNode[]
  readonly #published: Published[] = []
  #forger: ForkingNode | undefined
  #now = startAt
  #crashes = 0

  constructor(options: SimulationOptions, directory: string) {
    const { seed, nodes } = options
    this.#options = options
    this.#random = randomOf(seed, 'simulation')
    this.#network = new SimulatedNetwork((name) => randomOf(seed, name))
    this.#nodes = Array.from({ length: nodes }, (_, i) => {
      const host = `n${i}.test`
      const skew = i === 0 ? 0 : Math.floor(this.#random() * 120) - 60
      const now = () => this.#now
      return new SimulatedNode({ host, network: this.#network, now, skew, seed, views: join(directory, host) })
    })
  }

  async run(): Promise<SimulationReport> {
    for (const node of this.#nodes) {
      await node.found()
      await settle(node)
    }
    await this.#introduce()
    await this.#stepAll()
    const [first] = this.#nodes
    if (this.#options.liars && first !== undefined) await this.#fork(first)
    for (let round = 0; round < this.#options.rounds; round++) await this.#round()
    await this.#clearUp()
    return this.#check()
  }

  async end(): Promise<void> {
    await this.#forger?.stop()
    for (const node of this.#nodes) if (node.isUp) await node.stop()
  }

  /** Node 0 is the liar, and everybody's peer. */
  get #honest(): readonly SimulatedNode[] {
    return this.#options.liars ? this.#nodes.slice(1) : this.#nodes
  }

  async #introduce(): Promise<void> {
    for (const [i, node] of this.#nodes.entries()) {
      const others = this.#nodes.filter(
        (_, j) => j !== i && (j === 0 || this.#random() < peersEach / this.#nodes.length),
      )
      const next = this.#nodes[(i + 1) % this.#nodes.length]
      for (const other of new Set([...others, ...(next === undefined || next === node ? [] : [next])])) {
        // Each has one witness. Honest witnesses cosign what they see, so those of the forger may cosign either side.
        const witnessKeys = other === next ? other.node.witnessing.verifierKeys : []
        await node.node.peers.add({ url: other.url, keeper: other.keeper.urn, witnessKeys })
      }
    }
    // A witness cosigns the logs of its peers.
    for (const [i, { url, keeper }] of this.#nodes.entries()) {
      const next = this.#nodes[(i + 1) % this.#nodes.length]
      if (next !== undefined && next.url !== url && next.node.peers.find(keeper.origin) === undefined)
        await next.node.peers.add({ url, keeper: keeper.urn })
    }
  }

  async #fork(liar: SimulatedNode): Promise<void> {
    this.#forger = await ForkingNode.from(liar, this.#network, (host) => Number(host.slice(1, host.indexOf('.'))) % 2)
  }

  async #round(): Promise<void> {
    const random = this.#random
    this.#now += 1 + Math.floor(random() * 20)
    this.#changeWeather()
    for (const node of this.#honest) {
      if (!node.isUp) await node.start()
      else if (random() < 0.04) await this.#crash(node)
      if (random() < 0.5) await act(node, random, this.#published).catch(ignoreDown(node))
    }
    if (random() < 0.5) await this.#forger?.lie(random)
    await this.#stepAll()
  }

  async #crash(node: SimulatedNode): Promise<void> {
    this.#crashes += 1
    await node.crash()
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
    for (const node of this.#honest) if (!node.isUp) await node.start()
    for (let round = 0; round < calmRounds && !this.#isQuiet(); round++) {
      this.#now += calmSeconds
      await this.#stepAll()
    }
  }

  /** Whether everybody has heard everything there is to hear; {@link Simulation.#check} says what was wrong otherwise. */
  #isQuiet(): boolean {
    const isWhole = this.#honest.every(({ node }) =>
      this.#honest.every((other) => {
        const mirror = node.mirrors.find(other.node.origin)
        return mirror === undefined || mirror.copy.complete?.size === other.node.head.size
      }),
    )
    const isMissing = this.#honest.some(({ node }) =>
      this.#published.some(
        ({ origin, digest }) => node.mirrors.find(origin) !== undefined && node.documents.status(digest) === 'absent',
      ),
    )
    const isCosigned = this.#honest.every(({ node }) =>
      this.#honestWitnesses(node).every(({ size }) => size === node.head.size),
    )
    return isWhole && isCosigned && !isMissing && (this.#forger?.hasLied !== true || this.#proofs().length > 0)
  }

  /** Everybody does what is due at the same time, while the network brings what is late. */
  async #stepAll(): Promise<void> {
    const under = { way: true }
    const stepping = Promise.all(this.#nodes.map((node) => node.step())).finally(() => (under.way = false))
    // A step that fails is reported below, once the others have ended.
    stepping.catch(() => undefined)
    while (under.way) {
      this.#network.turn()
      await turn()
    }
    await stepping
  }

  async #check(): Promise<SimulationReport> {
    let mirrors = 0
    let entries = 0
    for (const node of this.#honest) {
      entries += node.node.head.size
      this.#checkAcknowledged(node)
      this.#checkCosigned(node)
      for (const other of this.#honest) if (other !== node) mirrors += this.#checkMirror(node, other)
    }
    await this.#checkFindings()
    const statements = this.#honest.reduce((sum, { acknowledged }) => sum + acknowledged.size, 0)
    return { entries, statements, crashes: this.#crashes, mirrors, proofs: this.#checkForger() }
  }

  #checkAcknowledged({ node, acknowledged, host }: SimulatedNode): void {
    for (const [id, index] of acknowledged)
      assert.equal(node.find(id)?.index, index, `${host} acknowledged ${id} at ${index} and does not have it there`)
  }

  #honestWitnesses({ witnessing }: SimulatedNode['node']) {
    const known = new Set(this.#honest.map(({ keeper }) => keeper.origin))
    return witnessing.witnesses().filter(({ origin }) => known.has(origin))
  }

  /** In calm weather its witness has cosigned its newest head, unless the witness is the liar. */
  #checkCosigned({ node, host }: SimulatedNode): void {
    const states = this.#honestWitnesses(node)
    for (const { size, lastError } of states)
      assert.equal(size, node.head.size, `${host}: its witness has not cosigned its head: ${JSON.stringify(lastError)}`)
  }

  /** A copy of an honest log is whole, and is that log. Returns how many were compared. */
  #checkMirror(node: SimulatedNode, other: SimulatedNode): number {
    const mirror = node.node.mirrors.find(other.node.origin)
    if (mirror === undefined) return 0
    const what = `${other.host} as ${node.host} has it`
    assert.equal(mirror.isQuarantined, false, `${what}: an honest log is quarantined`)
    assert.equal(
      mirror.copy.complete?.size,
      other.node.head.size,
      `${what}: ${JSON.stringify(mirror.state(node.now()))}`,
    )
    assert.deepEqual(mirror.copy.tree.root(), other.node.ledger.tree.root(), what)
    const size = other.node.head.size
    for (let index = 0; index < size; index++)
      assert.deepEqual(mirror.copy.leaves(index, index + 1), [other.node.ledger.leaf(index)])
    return 1
  }

  /** Any two nodes that hold the same logs compute the same bytes on them. */
  async #checkFindings(): Promise<void> {
    const seen = new Map<string, { readonly host: string; readonly digest: string }>()
    for (const { node, host } of this.#honest) {
      for (const other of this.#honest) {
        const origin = other.node.origin
        const isHeld = origin === node.origin || node.mirrors.find(origin) !== undefined
        if (!isHeld) continue
        const { size, root, at } = other.node.head
        const request = {
          ...node.findings.request(),
          cut: [{ origin, size, root: `sha256:${Buffer.from(root).toString('hex')}` }],
          at,
        }
        const { digest } = await node.findings.assess(request)
        const first = seen.get(origin)
        if (first === undefined) seen.set(origin, { host, digest })
        else assert.equal(digest, first.digest, `${host} and ${first.host} differ on the findings of ${origin}`)
      }
    }
  }

  /** What honest nodes hold against the forging node. */
  #proofs() {
    const { origin = '' } = this.#forger ?? {}
    return this.#honest.flatMap(({ node }) => node.mirrors.find(origin)?.evidence ?? [])
  }

  /** Whoever could see both sides of the forger has a proof that anyone can check. Returns how many have one. */
  #checkForger(): number {
    const forger = this.#forger
    if (forger === undefined || !forger.hasLied) return 0
    const proofs = this.#proofs()
    for (const proof of proofs) {
      const keys = [ed25519Verifier(parseVerifierKey(forger.logKey, sha256), verify)]
      verifyEquivocation(treeHasher, proof, keys)
    }
    assert.ok(proofs.length > 0, 'a log that showed two trees was caught by nobody')
    return proofs.length
  }
}

/** A node that went down while somebody used it answers him with an error: nothing was acknowledged. */
function ignoreDown(node: SimulatedNode): (error: unknown) => void {
  return (error) => {
    if (node.isUp) throw error
  }
}
