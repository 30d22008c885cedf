/**
 * A network in memory between nodes of one process, driven by a seed and by the simulation's own time: requests are lost,
 * answered twice, late, or stopped at a partition, and a run with the same seed goes the same way.
 */
import { type Fetch, FederationError } from '@comity/node'

/** Answers a request as a server would; `app.inject` of a node's HTTP side fits. */
export type Answer = (request: {
  /** The host that asks. */
  readonly from: string
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array | undefined
}) => Promise<{
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}>

/** How bad the network is: each a share of requests between 0 and 1. */
export interface Weather {
  /** The request never arrives. */
  readonly lost: number
  /** The request arrives and the answer does not. */
  readonly unanswered: number
  /** The request arrives twice. */
  readonly doubled: number
  /** The answer comes after later ones. */
  readonly late: number
}

export const calm: Weather = { lost: 0, unanswered: 0, doubled: 0, late: 0 }

/** Turns of the simulation by which a late answer is late, at most. */
const latestTurns = 6

/** Connects hosts by name. Whoever runs the simulation calls {@link turn} for time to pass. */
export class SimulatedNetwork {
  readonly #hosts = new Map<string, Answer>()
  readonly #randomOf: (name: string) => () => number
  readonly #links = new Map<string, () => number>()
  readonly #sides = new Map<string, number>()
  readonly #waiting: { turn: number; go: () => void }[] = []
  #turn = 0
  weather: Weather = calm
  /** Every byte that crossed the network: request and answer bodies, in order, for who looks for what must not be there. */
  onTraffic: (from: string, to: string, bytes: Uint8Array) => void = () => {}

  /**
   * `randomOf` gives each name a sequence of its own, numbers from 0 to below 1: the fate of what goes from one host to
   * another then depends on nothing else that happens at the same time.
   */
  constructor(randomOf: (name: string) => () => number) {
    this.#randomOf = randomOf
  }

  /** Puts a host on the network, or takes it off. */
  connect(host: string, answer: Answer | undefined): void {
    if (answer === undefined) this.#hosts.delete(host)
    else this.#hosts.set(host, answer)
  }

  /** Hosts of different sides do not reach each other; without sides everybody reaches everybody. */
  partition(sides: readonly (readonly string[])[]): void {
    this.#sides.clear()
    for (const [side, hosts] of sides.entries()) for (const host of hosts) this.#sides.set(host, side)
  }

  /** Lets one turn pass: answers that were late for it arrive. */
  turn(): void {
    this.#turn += 1
    const due = this.#waiting.filter(({ turn }) => turn <= this.#turn)
    for (const each of due) this.#waiting.splice(this.#waiting.indexOf(each), 1)
    for (const { go } of due) go()
  }

  /** What a host uses in place of `fetch`. */
  fetchOf(from: string): Fetch {
    return (url, init) => this.#fetch(from, new URL(url), init)
  }

  async #fetch(from: string, url: URL, init: RequestInit = {}): Promise<Response> {
    const to = url.host
    const answer = this.#hosts.get(to)
    const random = this.#link(from, to)
    const chance = (share: number): boolean => share > 0 && random() < share
    const isApart = (this.#sides.get(from) ?? 0) !== (this.#sides.get(to) ?? 0)
    if (answer === undefined || isApart || chance(this.weather.lost)) throw unreachable(to)
    const method = init.method ?? 'GET'
    const body = await bytesOf(init.body)
    const headers = Object.fromEntries(new Headers(init.headers))
    const request = { from, method, url: `${url.pathname}${url.search}`, headers, body }
    if (body !== undefined) this.onTraffic(from, to, body)
    if (chance(this.weather.doubled)) await answer(request)
    const answered = await answer(request)
    if (chance(this.weather.late)) await this.#later(1 + Math.floor(random() * latestTurns))
    if (init.signal?.aborted === true) throw init.signal.reason
    if (chance(this.weather.unanswered)) throw unreachable(to)
    this.onTraffic(to, from, answered.body)
    const hasBody = method !== 'HEAD' && answered.status !== 204 && answered.status !== 304
    // A copy: a Response wants bytes of a plain ArrayBuffer.
    return new Response(hasBody ? Uint8Array.from(answered.body) : null, {
      status: answered.status,
      headers: { ...answered.headers },
    })
  }

  #later(turns: number): Promise<void> {
    const turn = this.#turn + turns
    return new Promise((go) => this.#waiting.push({ turn, go }))
  }

  #link(from: string, to: string): () => number {
    const name = `${from} ${to}`
    const known = this.#links.get(name) ?? this.#randomOf(name)
    this.#links.set(name, known)
    return known
  }
}

function unreachable(host: string): FederationError {
  return new FederationError('peer-unreachable', `${host} does not answer`)
}

async function bytesOf(body: RequestInit['body']): Promise<Uint8Array | undefined> {
  if (body === undefined || body === null) return undefined
  return new Uint8Array(await new Response(body).arrayBuffer())
}
