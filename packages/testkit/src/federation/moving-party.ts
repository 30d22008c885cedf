import { sha256 } from '@comity/crypto'
import { decodeStatement } from '@comity/statement'
import type { Actor } from '../actors.ts'
import { continuationOf } from '../moves.ts'
import type { SimulatedNode } from './simulated-node.ts'

/** A hosted party that moves from one node to another, through whatever weather: each step is tried until it is done. */
export class MovingParty {
  readonly party: Actor
  readonly #from: SimulatedNode
  readonly to: SimulatedNode
  /** The party statement that names the new home, as it was signed. */
  #move: Uint8Array | undefined
  #isAtHome = false

  constructor(from: SimulatedNode, to: SimulatedNode) {
    const party = from.hosted.at(-1)
    if (party === undefined) throw new Error(`${from.host} hosts nobody`)
    this.party = party
    this.#from = from
    this.to = to
  }

  get isAtHome(): boolean {
    return this.#isAtHome
  }

  async goOn(): Promise<void> {
    const { party, to } = this
    const from = this.#from
    if (this.#isAtHome || !from.isUp || !to.isUp) return
    const founding = from.node.ledger.leaves(0, from.node.head.size).find((leaf) => isFounding(leaf, party))
    if (founding === undefined) return
    const left = await this.#leave(founding)
    if (left === undefined) return
    // Where it goes nothing is known of it yet: first who it is, then that it comes, then what it left behind.
    for (const copy of [founding, left.leaf]) if ((await to.submit(copy)) === undefined) return
    const { origin } = to.keeper
    const continued = party.sign('continuation', origin, continuationOf(from.node, left), to.now())
    if ((await to.submit(continued)) === undefined) return
    to.hosted.push(party)
    this.#isAtHome = true
  }

  /** Names the new home in the old one. Undefined where that is not registered yet. */
  async #leave(founding: Uint8Array): Promise<{ readonly leaf: Uint8Array; readonly index: number } | undefined> {
    const { party, to } = this
    const from = this.#from
    const registered = this.#move === undefined ? undefined : from.node.find(idOf(this.#move))
    if (registered !== undefined) return { leaf: from.node.ledger.leaf(registered.index), index: registered.index }
    const payload = { ...party.payload, home: to.keeper.origin, previous: idOf(founding) }
    this.#move = party.sign('party', party.urn, payload, from.now())
    from.hosted.splice(from.hosted.indexOf(party), from.hosted.includes(party) ? 1 : 0)
    const submitted = await from.submit(this.#move)
    return submitted === undefined ? undefined : { leaf: this.#move, index: submitted.index }
  }
}

function isFounding(leaf: Uint8Array, { urn }: Actor): boolean {
  const { kind, iss } = decode(leaf)
  return kind === 'party' && iss === urn
}

function idOf(statement: Uint8Array): string {
  return decode(statement).id
}

function decode(statement: Uint8Array) {
  return decodeStatement(statement, { sha256, verify: () => false })
}
