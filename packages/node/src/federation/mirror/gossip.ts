import { api } from '@comity/contract'
import type { EquivocationProof } from '@comity/log'
import { Compile } from 'typebox/compile'
import { FederationError } from '../federation-error.ts'
import type { Fetch, Peer } from '../peers/peer.ts'
import { maxHeadBytes } from './head.ts'
import type { Comparison } from './mirror.ts'

const mirrorList = Compile(api.mirrorsResponse)
const equivocationProof = Compile(api.equivocationProof)

/** How often a peer is asked what it has seen, in seconds. */
const askEvery = 60

/** A list of mirrored logs, of some hundred bytes each. */
const maxListBytes = 1 << 20

/** Logs whose heads are compared with one peer in one go; the others have their turn later. */
const comparedAtOnce = 16

const maxMilliseconds = 60_000

/** What gossip needs of the mirrors. */
export interface ComparedLogs {
  origins(): readonly string[]
  compare(origin: string, note: string | Uint8Array): Promise<Comparison | undefined>
  find(origin: string): { readonly isQuarantined: boolean } | undefined
}

export interface GossipParts {
  /** Of this node's own log. */
  readonly origin: string
  readonly peers: () => readonly Peer[]
  readonly mirrors: ComparedLogs
  readonly fetch: Fetch
}

/** How much of this node's own log a peer says that it holds. */
export interface Held {
  readonly size: number
  /** When it first said that, in whole seconds since the epoch. */
  readonly at: number
}

interface Neighbour {
  nextAt: number
  held?: Held
  /** Where in its list the next round begins. */
  from: number
}

/**
 * Asks peers which heads they hold of the logs that this node follows too, and compares. A log that shows different trees
 * to different nodes is found out as soon as two of them are peers: a head that contradicts ours, or a proof that the peer
 * holds, quarantines the log here as well. Nobody is believed: what is compared is signed by the log itself.
 */
export class Gossip {
  readonly #parts: GossipParts
  readonly #neighbours = new Map<string, Neighbour>()

  constructor(parts: GossipParts) {
    this.#parts = parts
  }

  /**
   * Asks each peer whose turn it is. Returns when it wants to be called next, in seconds since the epoch like `now`. A
   * peer that does not answer as it should is asked again at its next turn; what is wrong with it, its mirror says.
   */
  async step(now: number): Promise<number> {
    const peers = this.#parts.peers()
    const known = new Set(peers.map(({ origin }) => origin))
    for (const origin of this.#neighbours.keys()) if (!known.has(origin)) this.#neighbours.delete(origin)
    await Promise.all(peers.map((peer) => this.#askInTurn(peer, now)))
    return Math.min(now + askEvery, ...[...this.#neighbours.values()].map(({ nextAt }) => nextAt))
  }

  /** What a peer last said that it holds of this node's own log; undefined where it said nothing of it. */
  heldBy(peer: string): Held | undefined {
    return this.#neighbours.get(peer)?.held
  }

  async #askInTurn(peer: Peer, now: number): Promise<void> {
    const neighbour = this.#neighbours.get(peer.origin) ?? { nextAt: now, from: 0 }
    this.#neighbours.set(peer.origin, neighbour)
    if (neighbour.nextAt > now) return
    neighbour.nextAt = now + askEvery
    try {
      await this.#ask(peer, neighbour, now)
    } catch (error) {
      if (!(error instanceof FederationError)) throw error
    }
  }

  async #ask({ url }: Peer, neighbour: Neighbour, now: number): Promise<void> {
    const { mirrors, origin: own } = this.#parts
    const ours = new Set(mirrors.origins())
    const list = await this.#json(`${url}/mirrors`, maxListBytes)
    if (!mirrorList.Check(list)) return
    const held = list.mirrors.find(({ origin }) => origin === own)?.size
    if (held !== undefined && held !== neighbour.held?.size) neighbour.held = { size: held, at: Math.floor(now) }
    const shared = list.mirrors.filter(
      ({ origin }) => ours.has(origin) && mirrors.find(origin)?.isQuarantined === false,
    )
    const start = shared.length === 0 ? 0 : neighbour.from % shared.length
    const chosen = [...shared.slice(start), ...shared.slice(0, start)].slice(0, comparedAtOnce)
    neighbour.from = start + chosen.length
    for (const { origin, quarantined } of chosen) {
      const path = `${url}/mirrors/${encodeURIComponent(origin)}`
      const heads = quarantined ? await this.#contradictingHeads(path) : [await this.#note(`${path}/checkpoint`)]
      for (const head of heads) await this.#compare(origin, head)
    }
  }

  /** A head that shows nothing about the log (malformed, not signed by it) is no news. */
  async #compare(origin: string, head: string | Uint8Array | undefined): Promise<void> {
    if (head === undefined) return
    try {
      await this.#parts.mirrors.compare(origin, head)
    } catch (error) {
      if (!(error instanceof FederationError)) throw error
    }
  }

  /** Both heads of a proof that the peer holds: one of them contradicts what is held here. */
  async #contradictingHeads(path: string): Promise<readonly string[]> {
    const proof: unknown = await this.#json(`${path}/equivocation`, 4 * maxHeadBytes)
    if (!equivocationProof.Check(proof)) return []
    const { first, second }: Pick<EquivocationProof, 'first' | 'second'> = proof
    return [first, second]
  }

  async #note(url: string): Promise<Uint8Array | undefined> {
    const response = await this.#parts.fetch(url, { maxBytes: maxHeadBytes, maxMilliseconds })
    const bytes = new Uint8Array(await response.arrayBuffer())
    return response.ok ? bytes : undefined
  }

  async #json(url: string, maxBytes: number): Promise<unknown> {
    const response = await this.#parts.fetch(url, { maxBytes, maxMilliseconds })
    const text = await response.text()
    if (!response.ok) return undefined
    try {
      return JSON.parse(text)
    } catch {
      return undefined
    }
  }
}
