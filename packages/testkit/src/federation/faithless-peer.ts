import type { Answer, Answered, SimulatedNetwork } from './network.ts'
import { type Random, pick, randomOf } from './random.ts'
import type { SimulatedNode } from './simulated-node.ts'

/**
 * What it does to who asks: its head goes on and what the head covers is not there, never comes, is cut off or another
 * log's; its head is another log's, one of long ago, or the address sends to itself.
 */
const manners = [
  'honest',
  'missing',
  'silent',
  'truncated',
  'foreign-entries',
  'foreign-head',
  'replayed-head',
  'redirects',
] as const
type Manner = (typeof manners)[number]

/** How far ahead of everybody else's it sets its clock, in seconds. */
const aheadSeconds = 7200

/** A node whose log is right and which answers as it should not: each asker another way, and every round anew. */
export class FaithlessPeer {
  readonly #node: SimulatedNode
  readonly #other: SimulatedNode
  /** Of each asker its own: in which order they come is chance. */
  readonly #randoms = new Map<string, Random>()
  readonly #seed: number
  readonly #manners = new Map<string, Manner>()
  #firstHead: Answered | undefined

  private constructor(node: SimulatedNode, other: SimulatedNode, seed: number) {
    this.#node = node
    this.#other = other
    this.#seed = seed
  }

  /** From now on `node` answers the network as it likes, at times with what `other` serves. */
  static among(node: SimulatedNode, other: SimulatedNode, network: SimulatedNetwork, seed: number): FaithlessPeer {
    const faithless = new FaithlessPeer(node, other, seed)
    network.connect(node.host, faithless.#answer)
    return faithless
  }

  get node(): SimulatedNode {
    return this.#node
  }

  /** Everybody is met in another way from now on. */
  turnRound(): void {
    this.#manners.clear()
  }

  /** Its log says from now on that it is later than it is: nobody takes that until the time has come. */
  runAhead(): void {
    this.#node.skew += aheadSeconds
  }

  /** Answers as it should, from now on. */
  repent(network: SimulatedNetwork): void {
    network.connect(this.#node.host, this.#node.answer)
  }

  readonly #answer: Answer = async (request) => {
    const { from, url } = request
    const random = this.#randoms.get(from) ?? randomOf(this.#seed, `faithless to ${from}`)
    this.#randoms.set(from, random)
    const manner = this.#manners.get(from) ?? pick(random, manners)
    this.#manners.set(from, manner)
    const isHead = url === '/checkpoint'
    const isCovered = url.startsWith('/tile/') || url.startsWith('/documents/')
    if (isHead) this.#firstHead ??= await this.#honestly(request)
    if (isHead && manner === 'foreign-head') return this.#other.isUp ? this.#other.answer(request) : notFound
    if (isHead && manner === 'replayed-head') return this.#firstHead ?? notFound
    if (isHead && manner === 'redirects') return { ...notFound, status: 302, headers: { location: url } }
    if (isCovered && manner === 'missing') return notFound
    if (isCovered && manner === 'silent') return 'silence'
    if (isCovered && manner === 'foreign-entries') return this.#other.isUp ? this.#other.answer(request) : notFound
    const answered = await this.#honestly(request)
    if (!isCovered || manner !== 'truncated') return answered
    return { ...answered, body: answered.body.subarray(0, answered.body.length >> 1) }
  }

  async #honestly(request: Parameters<Answer>[0]): Promise<Answered> {
    const answered = await this.#node.answer(request)
    return answered === 'silence' ? notFound : answered
  }
}

const notFound: Answered = { status: 404, headers: {}, body: new Uint8Array() }
