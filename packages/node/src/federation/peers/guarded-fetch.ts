/**
 * The one way out of a node. It asks peers, and places that a party published in its own statement, and nobody else; it
 * connects to addresses that it checked itself, follows nobody to another place, and has an end to its patience.
 */
import { setMaxListeners } from 'node:events'
import { isIP } from 'node:net'
import { FederationError } from '../federation-error.ts'
import { type Patience, defaultPatience } from './answer-body.ts'
import { type Resolve, requirePermitted, systemResolve } from './checked-lookup.ts'
import { Exchange, type Outgoing, redirects } from './exchange.ts'
import { type CallKind, type LaneLimits, OutgoingLane } from './outgoing-lane.ts'
import type { Fetch, FetchInit } from './peer.ts'

/** A place that may be asked. */
export interface Destination {
  /** Calls to one name share their limits: the origin of a peer's log, or the host of a published address. */
  readonly name: string
  readonly allowPrivate: boolean
  /** Limits of their own, where those of peers do not fit. */
  readonly lane?: LaneLimits
}

/** How a call ended: with an answer, or with a code. */
export type CallOutcome = 'answered' | 'failed' | FederationError['code']

export interface GuardedFetchOptions {
  /** Whether an address may be asked, and as whose; undefined for no. */
  readonly destination: (url: URL, asked: Pick<FetchInit, 'publishedBy' | 'source'>) => Destination | undefined
  /** Hears how each call ended. `failed`: an answer with status 429 or 5xx. */
  readonly onCall?: (destination: Destination, outcome: CallOutcome, error?: FederationError) => void
  /** Whole seconds since the epoch. */
  readonly now: () => number
  readonly resolve?: Resolve
  readonly patience?: Partial<Patience>
  readonly lane?: LaneLimits
  /** Certificates to trust in place of the machine's, PEM. */
  readonly ca?: string | Buffer
}

/** What a call may bring in when it says nothing: twice the largest bundle of entries. */
const defaultMaxBytes = 32 * 1024 * 1024

/** Redirects that stay at one place, followed in a row. */
const redirectsFollowed = 3

/** Lanes of destinations that nobody asks any more are forgotten beyond so many. */
const lanesKept = 256

const reading: ReadonlySet<string> = new Set(['GET', 'HEAD'])

export class GuardedFetch {
  readonly #options: GuardedFetchOptions
  readonly #patience: Patience
  readonly #exchanges: readonly [publicOnly: Exchange, withPrivate: Exchange]
  readonly #lanes = new Map<string, OutgoingLane>()
  readonly #closing = new AbortController()

  constructor(options: GuardedFetchOptions) {
    this.#options = options
    this.#patience = { ...defaultPatience, ...options.patience }
    const { resolve = systemResolve, ca } = options
    // A connection that is kept open was opened under the same rule that it is used under.
    const exchange = (allowPrivate: boolean) =>
      new Exchange({ resolve, allowPrivate, ...(ca === undefined ? {} : { ca }) })
    this.#exchanges = [exchange(false), exchange(true)]
    // Every call under way listens, and lets go when it ends.
    setMaxListeners(0, this.#closing.signal)
  }

  /**
   * As `fetch`, for http and https. Rejects with {@link FederationError}, or with the reason of an aborted signal.
   * `redirect: 'follow'` stays at one place (scheme, host and port), and is for GET and HEAD.
   */
  readonly fetch: Fetch = async (address, given = {}) => {
    const url = checkedUrl(address)
    const signal = given.signal ? AbortSignal.any([given.signal, this.#closing.signal]) : this.#closing.signal
    const init = { ...given, signal }
    const destination = this.#destinationOf(url, init)
    const outgoing = await outgoingOf(init)
    const kind = reading.has(outgoing.method) ? 'read' : 'write'
    const leave = await this.#laneOf(destination).enter(kind, signal)
    try {
      const onEnd = (error?: Error): void => {
        leave()
        this.#report(destination, init, error)
      }
      const response = await this.#follow(url, destination, outgoing, init, onEnd)
      this.#heed(response, destination, kind)
      const isFailing = response.status === 429 || response.status >= 500
      if (init.sealed !== true) this.#options.onCall?.(destination, isFailing ? 'failed' : 'answered')
      return response
    } catch (error) {
      leave()
      this.#report(destination, init, error)
      throw error
    }
  }

  /** Ends all connections. Calls under way fail, and so do later ones. */
  close(): void {
    this.#closing.abort(new FederationError('peer-unreachable', 'nobody is asked any more: this node is shutting down'))
    for (const exchange of this.#exchanges) exchange.close()
  }

  async #follow(
    start: URL,
    destination: Destination,
    outgoing: Outgoing,
    init: FetchInit,
    onEnd: (error?: Error) => void,
  ): Promise<Response> {
    const { signal, maxBytes = defaultMaxBytes, maxMilliseconds, redirect = 'follow' } = init
    const exchange = this.#exchanges[destination.allowPrivate ? 1 : 0]
    const total = maxMilliseconds ?? this.#patience.total
    const deadline = performance.now() + total
    const seen = new Set<string>()
    for (let url = start; ;) {
      seen.add(url.href)
      if (isIP(hostOf(url)) !== 0) requirePermitted(hostOf(url), destination.allowPrivate)
      const patience = { ...this.#patience, total: Math.max(1, deadline - performance.now()) }
      const response = await exchange.send({ url, outgoing, signal: signal ?? undefined, maxBytes, patience, onEnd })
      const location = response.headers.get('location')
      if (!redirects.has(response.status)) return response
      if (location === null || redirect === 'manual') {
        onEnd()
        return response
      }
      url = this.#redirected(url, location, { seen, outgoing, init })
    }
  }

  #redirected(
    from: URL,
    location: string,
    { seen, outgoing, init }: { seen: ReadonlySet<string>; outgoing: Outgoing; init: FetchInit },
  ): URL {
    const to = URL.parse(location, from.href)
    const refuse = (why: string): FederationError => new FederationError('peer-redirects', `${from.href} ${why}`)
    if (to === null) throw refuse('sends to an address that is none')
    to.hash = ''
    const shown = to.href.slice(0, 200)
    if (init.redirect === 'error' || !reading.has(outgoing.method))
      throw refuse(`sends elsewhere (${shown}) where an answer was expected`)
    if (to.origin !== from.origin) throw refuse(`sends elsewhere: give ${shown} as the address of this peer`)
    if (seen.has(to.href)) throw refuse('sends back to where it came from')
    if (seen.size > redirectsFollowed) throw refuse(`sends on for more than ${redirectsFollowed} times`)
    this.#destinationOf(to, init)
    return to
  }

  #destinationOf(url: URL, asked: FetchInit): Destination {
    const destination = this.#options.destination(url, asked)
    if (destination !== undefined) return destination
    const { publishedBy, source } = asked
    if (source !== undefined)
      throw new FederationError('not-a-peer', `${url.href} is no address that the source ${source} may lead to`)
    throw new FederationError(
      'not-a-peer',
      publishedBy === undefined
        ? `${url.href} is no address of a peer: nothing else is asked. Add the peer first`
        : `${url.href} is no address that ${publishedBy} has published`,
    )
  }

  #laneOf({ name, lane: own }: Destination): OutgoingLane {
    const known = this.#lanes.get(name)
    if (known !== undefined) return known
    if (this.#lanes.size >= lanesKept) {
      for (const [each, lane] of this.#lanes) if (lane.isIdle) this.#lanes.delete(each)
    }
    const { lane: general, now } = this.#options
    const limits = own ?? general
    const clock = () => performance.now()
    const lane = new OutgoingLane({ name, clock, now, ...(limits === undefined ? {} : { limits }) })
    this.#lanes.set(name, lane)
    return lane
  }

  /** Retry-After (RFC 9110 §10.2.3), in seconds or as a date. */
  #heed(response: Response, destination: Destination, kind: CallKind): void {
    if (response.status !== 429 && response.status !== 503) return
    const text = response.headers.get('retry-after')?.trim()
    if (text === undefined || text === '') return
    const seconds = /^[0-9]{1,9}$/.test(text) ? Number(text) : Date.parse(text) / 1000 - this.#options.now()
    if (seconds > 0) this.#laneOf(destination).pause(kind, seconds)
  }

  #report(destination: Destination, { sealed }: FetchInit, error: unknown): void {
    if (sealed !== true && error instanceof FederationError) this.#options.onCall?.(destination, error.code, error)
  }
}

/** Throws `bad-peer-url` for what is no http or https address, or holds a name and password. */
export function checkedUrl(text: string): URL {
  const url = URL.parse(text)
  const shown = JSON.stringify(text.slice(0, 200))
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    throw new FederationError('bad-peer-url', `${shown} is no http or https address, such as https://log.example.org`)
  }
  if (url.username !== '' || url.password !== '') {
    throw new FederationError('bad-peer-url', `the address of ${url.host} holds a name or a password: leave them out`)
  }
  url.hash = ''
  return url
}

/** The host of a URL as an address has it: without the brackets of IPv6. */
function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '')
}

async function outgoingOf({ method = 'GET', headers, body }: FetchInit): Promise<Outgoing> {
  const name = method.toUpperCase()
  if (body === undefined || body === null) return { method: name, headers: new Headers(headers), body: undefined }
  if (reading.has(name)) throw new TypeError(`a ${name} has no body`)
  if (body instanceof ReadableStream) return { method: name, headers: new Headers(headers), body }
  // What fetch takes besides (forms, blobs) is read as fetch would write it, with the type it would give it.
  if (body instanceof Uint8Array) return { method: name, headers: new Headers(headers), body }
  const written = new Response(body)
  const given = new Headers(headers)
  const type = written.headers.get('content-type')
  if (type !== null && !given.has('content-type')) given.set('content-type', type)
  return { method: name, headers: given, body: new Uint8Array(await written.arrayBuffer()) }
}
