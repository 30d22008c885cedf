import { runAllInTurn, type Truth } from '@comity/store'
import type { OpenRegister } from '../../register/open-register.ts'
import { addMirrored } from '../../register/open-register.ts'
import type { Register } from '../../register/register.ts'
import { FederationError } from '../federation-error.ts'
import type { PeerReport } from '../peers/peers.ts'
import { type Fetch, type Peer, isWitnessAlone } from '../peers/peer.ts'
import { pinnedKeys } from './head-keys.ts'
import { type Comparison, Mirror } from './mirror.ts'
import type { MirrorCopy } from './mirror-copy.ts'
import { MirrorFold } from './mirror-fold.ts'
import { MirrorSources } from './mirror-sources.ts'
import { type MirrorPace, type MirrorState, defaultPace } from './mirror-state.ts'
import { type OpenedCopy, addCopy } from './opened-copies.ts'
import { Slots } from './slots.ts'
import { defaultWindow } from './window.ts'
import { type DocumentChoice, WantedDocuments, everyDocument } from './wanted-documents.ts'

/** Logs whose entries, and whose documents, are read at a time; the others wait. Each holds a few windows in memory. */
const readAtOnce = 4
const documentsAtOnce = 2

/** How long a job that failed for an unforeseen reason rests, in seconds. */
const restSeconds = 60

/** What a keeper may choose about mirrors. */
export interface MirrorOptions {
  readonly pace?: MirrorPace
  readonly documents?: DocumentChoice
  /** From 0 to below 1; chance where nothing is given. */
  readonly random?: () => number
  /** Entries of one log that are in memory at a time, a multiple of 256. */
  readonly windowEntries?: number
}

export interface MirrorsParts extends MirrorOptions {
  readonly truth: Truth
  /** Of this node's own log, which nobody mirrors here. */
  readonly origin: string
  readonly copies: readonly OpenedCopy[]
  /** The registers of the copies, in the same order. */
  readonly registers: readonly Register[]
  readonly opened: Pick<OpenRegister, 'view' | 'stale'>
  /** Runs work while no batch of the own log holds the register's transaction. */
  readonly betweenBatches: (work: () => void) => Promise<void>
  readonly fetch: Fetch
  /** Seconds since the epoch. */
  readonly now: () => number
}

/** Hears of a mirrored log, and up to which size its entries are in the register. */
export type FoldListener = (origin: string, size: number) => void

/** One followed log with what is done for it. */
interface Followed {
  readonly log: number
  readonly mirror: Mirror
  readonly documents: WantedDocuments
  sources: MirrorSources
  /** It is on the list of peers that are mirrored. */
  isFollowed: boolean
  /** Why it is not followed although it is on the list. */
  refused?: FederationError
  nextAt: number
  documentsAt: number
}

/**
 * All logs that this node follows, or followed once. Each is verified and folded by itself; what is wrong with one delays
 * none of the others.
 */
export class Mirrors {
  readonly #parts: MirrorsParts
  readonly #followed = new Map<string, Followed>()
  /** Copies that cannot be read, by origin. */
  readonly #damaged = new Map<string, FederationError>()
  readonly #slots = new Slots(readAtOnce)
  readonly #documentSlots = new Slots(documentsAtOnce)
  /** One change of the list at a time. */
  #turn: Promise<unknown> = Promise.resolve()
  readonly #timers = new Map<string, NodeJS.Timeout>()
  /** Names of jobs that run, and of those that are to run once more at once. */
  readonly #running = new Set<string>()
  readonly #again = new Set<string>()
  readonly #onFolded = new Set<FoldListener>()
  readonly #onGathered = new Set<FoldListener>()
  #onError: ((error: unknown) => void) | undefined

  constructor(parts: MirrorsParts) {
    this.#parts = parts
    for (const [i, { origin, copy, error }] of parts.copies.entries()) {
      const register = parts.registers[i]
      if (copy === undefined) this.#damaged.set(origin, error)
      else if (register !== undefined) this.#add(i + 1, copy, register)
    }
  }

  /** Origins of the logs of which there is a copy, in the order in which they were followed first. */
  origins(): readonly string[] {
    return [...this.#followed.keys()]
  }

  /** The mirror of a log, followed or not; undefined where there is no copy. */
  find(origin: string): Mirror | undefined {
    return this.#followed.get(origin)?.mirror
  }

  /** Calls `listener` whenever something of a mirrored log was folded, or documents have come. Returns what ends that. */
  onFolded(listener: FoldListener): () => void {
    this.#onFolded.add(listener)
    return () => this.#onFolded.delete(listener)
  }

  /**
   * Calls `listener` whenever the documents that folded entries cite were looked for: what can be had at once is here.
   * Whoever reads documents is woken once by this, and twice by {@link onFolded}. Returns what ends that.
   */
  onGathered(listener: FoldListener): () => void {
    this.#onGathered.add(listener)
    return () => this.#onGathered.delete(listener)
  }

  /** How the mirrors are doing, those that are not followed any more left out. */
  states(): readonly MirrorState[] {
    const followed = [...this.#followed.values()].filter(
      ({ isFollowed, refused }) => isFollowed || refused !== undefined,
    )
    return followed.map((each) => this.#stateOf(each))
  }

  /** How the mirror of a peer is doing, for the list of peers. */
  report({ origin, mirror }: Peer): PeerReport | undefined {
    if (!mirror) return undefined
    const followed = this.#followed.get(origin)
    if (followed !== undefined) {
      const { state, size, entriesBehind, secondsBehind, lastSuccessAt, nextTryAt, lastError } = this.#stateOf(followed)
      const report = { state, size, entriesBehind, secondsBehind, lastSuccessAt, nextTryAt }
      return lastError === undefined ? report : { ...report, lastError }
    }
    const damage = this.#damaged.get(origin)
    if (damage === undefined) return undefined
    return { state: 'unreachable', lastError: { code: damage.code, message: damage.message, at: this.#parts.now() } }
  }

  /** Folds what the copies hold and the register does not: at the start, before anybody reads the register. */
  async catchUp(onProgress?: (done: number, total: number) => void): Promise<void> {
    for (const { mirror } of this.#followed.values()) await mirror.catchUp(onProgress)
  }

  /**
   * Follows the logs of these peers from now on, and no others. What was held of those that are not among them stays, and
   * is in no cut of this node's.
   */
  follow(peers: readonly Peer[]): Promise<void> {
    const done = this.#turn.then(() => this.#follow(peers))
    this.#turn = done.catch(() => undefined)
    return done
  }

  /**
   * Does for every log what is due: a bounded piece of work each, a few of them at a time. Returns when it wants to be
   * called next, in seconds since the epoch like `now`.
   */
  async step(now: number): Promise<number> {
    const due = [...this.#followed.values()].filter(({ isFollowed }) => isFollowed)
    await Promise.all(
      due.map(async (each) => {
        if (each.nextAt <= now) each.nextAt = await each.mirror.step(now)
        if (each.documentsAt <= now) each.documentsAt = await each.documents.step(now)
      }),
    )
    return Math.min(...due.flatMap(({ nextAt, documentsAt }) => [nextAt, documentsAt]), Number.POSITIVE_INFINITY)
  }

  /**
   * Compares a head of a mirrored log that was seen elsewhere. Undefined for a log that is not mirrored; throws
   * FederationError where it shows nothing: `head-malformed`, `wrong-origin`, `head-unsigned`.
   */
  async compare(origin: string, note: string | Uint8Array): Promise<Comparison | undefined> {
    const followed = this.#followed.get(origin)
    if (followed === undefined) return undefined
    const found = await followed.mirror.compare(note)
    if (found === 'later') this.#readNow(followed)
    return found
  }

  /** Takes the newest checkpoint of a mirrored log as its own node shows it. Throws as {@link compare} does. */
  async hear(origin: string, note: Uint8Array): Promise<void> {
    const followed = this.#followed.get(origin)
    if (followed === undefined) return
    if ((await followed.mirror.hear(note)) === 'later') this.#readNow(followed)
  }

  /** Follows by the clock until {@link close}. `onError` hears of what nobody foresaw; it is tried again later. */
  start(onError: (error: unknown) => void): void {
    this.#onError = onError
    for (const followed of this.#followed.values()) this.#drive(followed)
  }

  /** Ends what is under way. Everything that was verified is durable. */
  async close(): Promise<void> {
    this.#onError = undefined
    for (const timer of this.#timers.values()) clearTimeout(timer)
    this.#timers.clear()
    await runAllInTurn([
      () => this.#turn,
      ...[...this.#followed.values()].flatMap(({ mirror, documents }) => [
        () => mirror.close(),
        () => documents.close(),
      ]),
    ])
  }

  async #follow(peers: readonly Peer[]): Promise<void> {
    const { origin: own } = this.#parts
    const wanted = new Map(
      peers.filter(({ mirror, origin }) => mirror && origin !== own).map((peer) => [peer.origin, peer]),
    )
    for (const [origin, followed] of this.#followed)
      if (followed.isFollowed && !wanted.has(origin)) await this.#retire(followed)
    for (const peer of wanted.values()) await this.#followOne(peer, peers)
  }

  async #followOne(peer: Peer, peers: readonly Peer[]): Promise<void> {
    const { origin, keeper } = peer
    if (this.#damaged.has(origin)) return
    const followed = this.#followed.get(origin) ?? (await this.#begin(peer))
    const { copy } = followed.mirror
    const others = peers.filter((other) => other.origin !== origin && !isWitnessAlone(other)).map(({ url }) => url)
    delete followed.refused
    try {
      if (copy.record.keeper !== keeper) await changeKeeper(copy, keeper)
      followed.sources = MirrorSources.of(origin, peer.url, others, this.#parts.fetch)
      followed.mirror.redirect(followed.sources, pinnedKeys(peer.logKeys, origin))
    } catch (error) {
      if (!(error instanceof FederationError)) throw error
      followed.refused = error
      return this.#retire(followed)
    }
    followed.isFollowed = true
    followed.nextAt = 0
    await this.#setFollowed(followed, !followed.mirror.isQuarantined)
    this.#drive(followed)
  }

  async #begin({ origin, keeper }: Peer): Promise<Followed> {
    const { truth, opened, betweenBatches } = this.#parts
    const { log, copy } = await addCopy(truth, origin, keeper)
    const made: Register[] = []
    await betweenBatches(() => made.push(addMirrored(opened, log, origin)))
    const [register] = made
    if (register === undefined) throw new FederationError('mirror-not-written', `no register was made for ${origin}`)
    return this.#add(log, copy, register)
  }

  #add(log: number, copy: MirrorCopy, register: Register): Followed {
    const { truth, betweenBatches: slice, pace = defaultPace, random = Math.random } = this.#parts
    const { documents: choice = everyDocument, windowEntries = defaultWindow } = this.#parts
    const { origin } = copy
    const onFolded = (size: number): void => {
      this.#wantDocuments(followed)
      this.#tell(this.#onFolded, origin, size)
      // Nobody looks for documents of a log that is not followed any more.
      if (!followed.isFollowed) this.#tell(this.#onGathered, origin, size)
    }
    const fold = new MirrorFold({ copy, register, slice, onFolded })
    const sources = new MirrorSources([])
    const documents = new WantedDocuments({
      copy,
      register,
      fold,
      blobs: truth.blobs,
      choice,
      sources: () => followed.sources,
      slots: this.#documentSlots,
      // What rests on them can be told anew.
      onFetched: () => this.#tell(this.#onFolded, origin, fold.size),
      onLooked: () => this.#tell(this.#onGathered, origin, fold.size),
    })
    const mirror = new Mirror({
      origin,
      copy,
      register,
      fold,
      sources,
      pinned: [],
      pace,
      random,
      windowEntries,
      slots: this.#slots,
      slice,
    })
    const followed: Followed = { log, mirror, documents, sources, isFollowed: false, nextAt: 0, documentsAt: 0 }
    this.#followed.set(origin, followed)
    return followed
  }

  #tell(listeners: ReadonlySet<FoldListener>, origin: string, size: number): void {
    for (const listener of listeners) {
      try {
        listener(origin, size)
      } catch (error) {
        this.#onError?.(error)
      }
    }
  }

  async #retire(followed: Followed): Promise<void> {
    followed.isFollowed = false
    await this.#setFollowed(followed, false)
  }

  /** Whether the log counts in the cuts of this node. */
  async #setFollowed({ log, mirror }: Followed, isFollowed: boolean): Promise<void> {
    const { opened, betweenBatches } = this.#parts
    const row = opened.view.prepare('SELECT followed FROM log WHERE log = ?').get(log)
    if (Number(row?.['followed'] ?? 0) === (isFollowed ? 1 : 0)) return
    await betweenBatches(() => mirror.setFollowed(isFollowed))
  }

  #stateOf({ mirror, documents, refused }: Followed): MirrorState {
    const state = { ...mirror.state(this.#parts.now()), documentsWanted: documents.count }
    if (refused === undefined) return state
    const { code, message } = refused
    return { ...state, state: 'unreachable', lastError: { code, message, at: Math.floor(this.#parts.now()) } }
  }

  #readNow(followed: Followed): void {
    followed.nextAt = 0
    this.#drive(followed)
  }

  /** Calls a log's jobs when they want to be called. */
  #drive(followed: Followed): void {
    const { origin } = followed.mirror
    this.#schedule(`log ${origin}`, followed, (now) => followed.mirror.step(now), 0)
    if (!this.#timers.has(`documents ${origin}`))
      this.#schedule(`documents ${origin}`, followed, (now) => followed.documents.step(now), 0)
  }

  /** Entries may cite documents: they are looked for now, and not when it was their turn. */
  #wantDocuments(followed: Followed): void {
    followed.documentsAt = 0
    const name = `documents ${followed.mirror.origin}`
    if (this.#running.has(name)) this.#again.add(name)
    else if (this.#timers.has(name)) this.#schedule(name, followed, (now) => followed.documents.step(now), 0)
  }

  #schedule(name: string, followed: Followed, job: (now: number) => Promise<number>, seconds: number): void {
    const onError = this.#onError
    if (onError === undefined || !followed.isFollowed || seconds === Number.POSITIVE_INFINITY) return
    clearTimeout(this.#timers.get(name))
    const run = async (): Promise<void> => {
      const now = this.#parts.now()
      let next = now + restSeconds
      this.#running.add(name)
      try {
        next = await job(now)
      } catch (error) {
        onError(error)
      }
      this.#running.delete(name)
      if (this.#again.delete(name)) next = now
      // Who was called in between has set a timer of its own.
      if (this.#timers.get(name) === timer) this.#schedule(name, followed, job, Math.max(0, next - now))
    }
    const timer = setTimeout(() => void run(), Math.min(seconds * 1000, longestTimer)).unref()
    this.#timers.set(name, timer)
  }
}

/** A timer takes no more milliseconds than this. */
const longestTimer = 2 ** 31 - 1

/** A log that nothing is held of may turn out to have another keeper than was thought. */
async function changeKeeper(copy: MirrorCopy, keeper: string): Promise<void> {
  if (copy.size > 0) {
    throw new FederationError(
      'wrong-keeper',
      `the copy of ${copy.origin} that is held here was kept by ${copy.record.keeper}, not by ${keeper}`,
    )
  }
  await copy.change({ keeper })
}
