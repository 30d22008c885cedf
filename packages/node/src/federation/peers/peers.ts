import type { Cells } from '@comity/store'
import { FederationError } from '../federation-error.ts'
import { type Contact, Contacts } from './contacts.ts'
import { type Destination, GuardedFetch, checkedUrl } from './guarded-fetch.ts'
import { type Expectation, type Introduction, introduce, witnessKey, witnessKeysAtMost } from './introduction.ts'
import { PeerList } from './peer-list.ts'
import type { PeerRole, PeerState } from './peer-state.ts'
import { type Fetch, type FetchInit, type Peer, isWitnessAlone } from './peer.ts'

/** What a keeper says when he adds a peer. */
export interface PeerRequest extends Expectation {
  /** Where it answers. */
  readonly url: string
  /** Follow and keep its log; yes where nothing is said. */
  readonly mirror?: boolean | undefined
  /** Keys under which it cosigns, as C2SP verifier keys. */
  readonly witnessKeys?: readonly string[] | undefined
  /** Where its witness takes checkpoints, if not at `/witness`. Without a log to follow or a keeper: a witness alone. */
  readonly witnessUrl?: string | undefined
  /** It is in a network of one's own. */
  readonly allowPrivate?: boolean | undefined
}

export interface AddedPeer {
  readonly peer: Peer
  /** Undefined for a witness alone: what it has is the keys that were given. */
  readonly introduction: Introduction | undefined
  readonly outcome: 'added' | 'changed' | 'unchanged'
}

/** Whether an address may be asked for a source of documents, and as whose; undefined for no. */
export type Permission = (source: string, url: URL) => Destination | undefined

/** What somebody who deals with a peer knows about how it is doing. */
export type PeerReport = Partial<Omit<PeerState, 'origin' | 'url' | 'role'>>

export interface PeersParts {
  readonly cells: Cells
  /** Of this node's own log, which is no peer. */
  readonly origin: string
  /** Whole seconds since the epoch. */
  readonly now: () => number
  /** Addresses that a party published in its own statement. */
  readonly publishedBy: (party: string) => readonly string[]
  /** What carries the calls: a simulated network. The real one where nothing is given. */
  readonly fetch?: Fetch | undefined
}

/** The other nodes that this one deals with, and the only way to them. */
export class Peers {
  /** Asks peers, what a party published (`publishedBy`), and sources of documents (`source`). Throws {@link FederationError}. */
  readonly fetch: Fetch
  readonly #parts: PeersParts
  readonly #list: PeerList
  readonly #contacts: Contacts
  readonly #guard: GuardedFetch
  readonly #sources: ((peer: Peer) => PeerReport | undefined)[] = []
  readonly #listeners = new Set<() => void>()
  #permission: Permission = () => undefined
  /** Nodes that the keeper is being introduced to at the moment, by address, with how often. */
  readonly #meeting = new Map<string, { readonly allowPrivate: boolean; count: number }>()

  constructor(parts: PeersParts) {
    const { cells, now, fetch } = parts
    this.#parts = parts
    this.#list = new PeerList(cells)
    this.#contacts = new Contacts((name) => this.find(name) !== undefined, now)
    this.#guard = new GuardedFetch({
      destination: (url, asked) => this.#destination(url, asked),
      onCall: ({ name }, outcome, error) => this.#contacts.note(name, outcome, error),
      now,
    })
    this.fetch = fetch === undefined ? this.#guard.fetch : this.#overSimulated(fetch)
  }

  /** In the order in which they were added. */
  list(): readonly Peer[] {
    return this.#list.peers
  }

  /** The peer whose log has that origin. */
  find(origin: string): Peer | undefined {
    return this.#list.peers.find((peer) => peer.origin === origin)
  }

  /** The peers whose node that party keeps. */
  keptBy(keeper: string): readonly Peer[] {
    return this.#list.peers.filter((peer) => peer.keeper === keeper)
  }

  /** Whether the keeper took that party's node off the list. */
  hasDeclined(keeper: string): boolean {
    return this.#list.hasDeclined(keeper)
  }

  /** What the address of a node says of itself, verified. Nothing is kept. Throws as {@link add} does. */
  async meet({ url: text, keeper, logKey, allowPrivate = false }: PeerRequest): Promise<Introduction> {
    const url = addressOf(text)
    const meeting = this.#meeting.get(url) ?? { allowPrivate, count: 0 }
    meeting.count += 1
    this.#meeting.set(url, meeting)
    try {
      const found = await introduce(this.fetch, url, { keeper, logKey })
      if (found.origin !== this.#parts.origin) return found
    } finally {
      meeting.count -= 1
      if (meeting.count === 0) this.#meeting.delete(url)
    }
    throw new FederationError('own-log', `${url} serves this node's own log: a peer is somebody else's`)
  }

  /**
   * Meets a node and puts it on the list, its keeper and log keys pinned; one that is on the list already is changed.
   * Throws FederationError as meeting it does, `own-log`, `wrong-keeper`, `bad-verifier-key`, `too-many-peers`.
   */
  async add(request: PeerRequest): Promise<AddedPeer> {
    const { witnessKeys = [], mirror = true, allowPrivate = false } = request
    for (const key of witnessKeys) witnessKey(key)
    if (witnessKeys.length > witnessKeysAtMost)
      throw new FederationError('bad-verifier-key', `a witness has at most ${witnessKeysAtMost} keys`)
    const witnessUrl = request.witnessUrl === undefined ? undefined : addressOf(request.witnessUrl)
    if (witnessUrl !== undefined && isForWitnessAlone(request)) return this.#addWitness(request, witnessUrl)
    const introduction = await this.meet(request)
    const { origin, url, keeper, logKeys } = introduction
    const before = this.find(origin)
    if (before !== undefined && before.keeper !== keeper) {
      throw new FederationError(
        'wrong-keeper',
        `the log ${origin} is kept by ${before.keeper} as this node knows it, and by ${keeper} at ${url}: remove the peer first if that is meant`,
      )
    }
    // Keys that were pinned earlier stay: those that came since follow from what the keeper states.
    const pinned = before === undefined || request.logKey !== undefined ? logKeys : before.logKeys
    const known = { origin, url, keeper, logKeys: pinned, mirror, witnessKeys: [...witnessKeys], allowPrivate }
    const peer: Peer = witnessUrl === undefined ? known : { ...known, witnessUrl }
    return { peer, introduction, outcome: await this.#put(peer) }
  }

  /** A witness that keeps no log goes by the name in its keys, which are all that vouches for it. */
  async #addWitness({ witnessKeys = [], allowPrivate = false }: PeerRequest, witnessUrl: string): Promise<AddedPeer> {
    const [origin, ...others] = new Set(witnessKeys.map((text) => witnessKey(text).name))
    if (origin === undefined || others.length > 0) {
      throw new FederationError('bad-verifier-key', 'a witness without a log takes its keys, all under one name')
    }
    if (origin === this.#parts.origin) throw new FederationError('own-log', `${origin} is this node itself`)
    const before = this.find(origin)
    if (before !== undefined && !isWitnessAlone(before)) {
      throw new FederationError('wrong-keeper', `${origin} is a peer with a log: add it by its address, with its keys`)
    }
    const peer: Peer = {
      origin,
      url: witnessUrl,
      keeper: '',
      logKeys: [],
      mirror: false,
      witnessKeys: [...witnessKeys],
      allowPrivate,
      witnessUrl,
    }
    return { peer, introduction: undefined, outcome: await this.#put(peer) }
  }

  async #put(peer: Peer): Promise<AddedPeer['outcome']> {
    const before = this.find(peer.origin)
    if (JSON.stringify(before) === JSON.stringify(peer)) return 'unchanged'
    await this.#list.put(peer)
    this.#changed()
    return before === undefined ? 'added' : 'changed'
  }

  /** Takes a peer off the list, by origin or address. What was mirrored of it stays. Throws `unknown-peer`. */
  async remove(name: string): Promise<Peer> {
    const url = name.replace(/\/+$/, '')
    const peer = this.list().find((each) => each.origin === name || each.url === url)
    if (peer === undefined) throw new FederationError('unknown-peer', `no peer has the origin or address ${name}`)
    await this.#list.remove(peer)
    this.#contacts.forget(peer.origin)
    this.#changed()
    return peer
  }

  /** Calls `listener` after each change of the list. Returns what ends that. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Whoever deals with peers says so how they are doing; later sources add to, or replace, what earlier ones say. */
  reportFrom(source: (peer: Peer) => PeerReport | undefined): void {
    this.#sources.push(source)
  }

  /** Whoever follows sources of documents says which addresses are theirs; nobody else may be asked in their name. */
  permitSources(permission: Permission): void {
    this.#permission = permission
  }

  /** How each peer is doing, in the order of the list. */
  states(): readonly PeerState[] {
    return this.list().map((peer) => {
      const contact = this.#contacts.of(peer.origin)
      const reports = this.#sources.map((source) => source(peer) ?? {})
      return Object.assign({}, basicState(peer, contact), ...reports)
    })
  }

  /** How calls went by destination: the origin of a peer, or `(published)`. */
  contacts(): ReadonlyMap<string, Contact> {
    return new Map(
      this.#contacts.names().flatMap((name) => {
        const contact = this.#contacts.of(name)
        return contact === undefined ? [] : [[name, contact] as const]
      }),
    )
  }

  /** Ends connections. */
  close(): void {
    this.#guard.close()
  }

  #changed(): void {
    for (const listener of this.#listeners) listener()
  }

  /** Whose an address is. Of several that fit, the longest: one host may serve several logs. */
  #destination(url: URL, { publishedBy, source }: Pick<FetchInit, 'publishedBy' | 'source'>): Destination | undefined {
    if (source !== undefined) return this.#permission(source, url)
    const inside = (base: string) => isInside(url, base)
    // What the keeper allows while being introduced may differ from what was allowed before.
    for (const [base, { allowPrivate }] of this.#meeting) if (inside(base)) return { name: url.host, allowPrivate }
    const [peer] = this.list()
      .filter(({ url: base, witnessUrl }) => inside(base) || (witnessUrl !== undefined && inside(witnessUrl)))
      .toSorted((a, b) => b.url.length - a.url.length)
    if (peer !== undefined) return { name: peer.origin, allowPrivate: peer.allowPrivate }
    if (publishedBy === undefined) return undefined
    const isPublished = this.#parts.publishedBy(publishedBy).some(inside)
    return isPublished ? { name: url.host, allowPrivate: false } : undefined
  }

  /** A simulated network reaches no more than the real one does. */
  #overSimulated(carry: Fetch): Fetch {
    return async (text, init) => {
      const url = checkedUrl(text)
      const destination = this.#destination(url, init ?? {})
      if (destination === undefined)
        throw new FederationError('not-a-peer', `${url.href} is no address of a peer: nothing else is asked`)
      try {
        const response = await carry(text, init)
        if (init?.sealed !== true) this.#contacts.note(destination.name, response.status >= 500 ? 'failed' : 'answered')
        return response
      } catch (error) {
        if (error instanceof FederationError && init?.sealed !== true)
          this.#contacts.note(destination.name, error.code, error)
        throw error
      }
    }
  }
}

/** Nobody keeps it that the request names, and nothing is to be followed. */
export function isForWitnessAlone({ witnessUrl, mirror, keeper, logKey }: PeerRequest): boolean {
  return witnessUrl !== undefined && mirror === false && keeper === undefined && logKey === undefined
}

/** An address as peers have it: without query, fragment and slash at the end. Throws `bad-peer-url`. */
export function addressOf(text: string): string {
  const url = checkedUrl(text)
  if (url.search !== '')
    throw new FederationError('bad-peer-url', `${JSON.stringify(text.slice(0, 200))} has a query: leave it out`)
  return url.href.replace(/\/+$/, '')
}

function isInside(url: URL, base: string): boolean {
  const parsed = URL.parse(base)
  if (parsed === null || parsed.origin !== url.origin) return false
  const path = parsed.pathname.replace(/\/+$/, '')
  return url.pathname === path || url.pathname.startsWith(`${path}/`)
}

function roleOf({ mirror, witnessKeys }: Peer): PeerRole {
  if (witnessKeys.length > 0) return mirror ? 'mirror-and-witness' : 'witness'
  return mirror ? 'mirror' : 'contact'
}

/** As far as the calls to it tell. */
function basicState(peer: Peer, contact: Contact | undefined): PeerState {
  const { origin, url, mirror } = peer
  const { lastSuccessAt = 0, lastError } = contact ?? {}
  return {
    origin,
    url,
    role: roleOf(peer),
    state: lastError !== undefined ? 'unreachable' : lastSuccessAt > 0 && !mirror ? 'following' : 'not-yet',
    size: 0,
    entriesBehind: 0,
    secondsBehind: 0,
    lastSuccessAt,
    nextTryAt: 0,
    ...(lastError === undefined ? {} : { lastError }),
  }
}
