/**
 * A network in memory between nodes of one process, driven by a seed and by the simulation's own time: requests are lost,
 * doubled, overtaken, answered late or stopped at a partition, and a run with the same seed goes the same way.
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
}) => Promise<Answered | 'silence'>

/** What came back; `silence` where the connection stands and nothing ever comes. */
export interface Answered {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

/** How bad the network is: each a share of requests between 0 and 1. */
export interface Weather {
  /** The request never arrives. */
  readonly lost: number
  /** The request arrives and the answer does not. */
  readonly unanswered: number
  /** The request arrives twice: at once, or the second time after others that were sent later. */
  readonly doubled: number
  /** The request, or its answer, arrives after others that were sent later. */
  readonly late: number
}

/** One exchange, for who listens in. */
export interface Exchange {
  readonly from: string
  readonly to: string
  readonly method: string
  /** Path and query. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly request: Uint8Array | undefined
  readonly answer: Answered | undefined
}

export const calm: Weather = { lost: 0, unanswered: 0, doubled: 0, late: 0 }

/** Turns of the simulation by which something is late, at most, and after which a silent host is given up. */
const latestTurns = 6
const patienceTurns = 12

/** Connects hosts by name. Whoever runs the simulation calls {@link turn} for time to pass. */
export class SimulatedNetwork {
  readonly #hosts = new Map<string, Answer>()
  readonly #randomOf: (name: string) => () => number
  readonly #fates = new Map<string, () => number>()
  readonly #sides = new Map<string, number>()
  readonly #waiting: { turn: number; go: () => void }[] = []
  /** Second arrivals of doubled requests that nobody waits for. */
  readonly #replays = new Set<Promise<unknown>>()
  #turn = 0
  weather: Weather = calm
  /** Hears every exchange, the lost ones too: what was sent, and what came back if anything did. */
  onExchange: (exchange: Exchange) => void = () => {}

  /**
   * `randomOf` gives each name a sequence of its own, numbers from 0 to below 1: the fate of what is asked of a host then
   * depends on nothing else that happens at the same time.
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

  /** Whether something is still on its way. */
  get isBusy(): boolean {
    return this.#waiting.length > 0 || this.#replays.size > 0
  }

  /** Lets one turn pass: what was late for it arrives. */
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

  async #fetch(from: string, target: URL, init: RequestInit = {}): Promise<Response> {
    const to = target.host
    const method = init.method ?? 'GET'
    const url = `${target.pathname}${target.search}`
    const random = this.#fateOf(`${from} ${to} ${method} ${target.pathname}`)
    const chance = (share: number): boolean => share > 0 && random() < share
    const isApart = (this.#sides.get(from) ?? 0) !== (this.#sides.get(to) ?? 0)
    const { lost, doubled, late, unanswered } = this.weather
    const body = await bytesOf(init.body)
    const request = { from, method, url, headers: Object.fromEntries(new Headers(init.headers)), body }
    const heard = (answer: Answered | undefined): void =>
      this.onExchange({ from, to, method, url, headers: request.headers, request: body, answer })
    const reach = async (): Promise<Answered | 'silence'> => {
      const answer = this.#hosts.get(to)
      if (answer !== undefined && !isApart) return answer(request)
      heard(undefined)
      throw unreachable(to)
    }
    if (chance(lost)) {
      heard(undefined)
      throw unreachable(to)
    }
    const wait = () => this.#later(1 + Math.floor(random() * latestTurns))
    const isLate = chance(late)
    if (isLate && random() < 0.5) await wait()
    if (chance(doubled)) {
      if (random() < 0.5) await reach()
      else this.#replay(wait().then(reach))
    }
    const answered = await reach()
    if (answered === 'silence') {
      heard(undefined)
      await this.#later(patienceTurns)
      throw new FederationError('peer-too-slow', `${to} does not answer in time`)
    }
    heard(answered)
    if (isLate) await wait()
    if (init.signal?.aborted === true) throw init.signal.reason
    if (chance(unanswered)) throw unreachable(to)
    // Those that the tests tell of lead in circles, or elsewhere; the real way out follows neither.
    if (answered.status >= 300 && answered.status < 400 && answered.status !== 304)
      throw new FederationError('peer-redirects', `${target.href} sends on`)
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

  #replay(arrival: Promise<unknown>): void {
    const ended = arrival.catch(() => undefined).finally(() => this.#replays.delete(ended))
    this.#replays.add(ended)
  }

  /** Tickets are chance, and no part of what decides. */
  #fateOf(request: string): () => number {
    const name = request.replaceAll(/\/[0-9a-f]{32}(?=\/|$)/g, '/*')
    const known = this.#fates.get(name) ?? this.#randomOf(name)
    this.#fates.set(name, known)
    return known
  }
}

function unreachable(host: string): FederationError {
  return new FederationError('peer-unreachable', `${host} does not answer`)
}

async function bytesOf(body: RequestInit['body']): Promise<Uint8Array | undefined> {
  if (body === undefined || body === null) return undefined
  if (typeof body === 'string') return Buffer.from(body)
  return body instanceof Uint8Array ? body : new Uint8Array(await new Response(body).arrayBuffer())
}
