import { dirname, join } from 'node:path'
import { runAllInTurn, type View } from '@comity/store'
import type { KeyBook } from '../csaf/key-book.ts'
import type { ComityNode } from '../node.ts'
import { NodeError } from '../node-error.ts'
import type { FollowedDoor } from '../vault/followed-document.ts'
import { forgetFeed } from './follow-feed.ts'
import { Items } from './items.ts'
import { openSourcesView } from './open-view.ts'
import { RunMaker } from './run-maker.ts'
import { SourceList, unknownSource } from './source-list.ts'
import { SourceLog } from './source-log.ts'
import { type EndedRun, noCounts } from './source-record.ts'
import { type Source, sourceOf, type SourceRequest } from './source.ts'
import { forgetOthers, tellVault } from './tell-vault.ts'
import { permittedFor } from './way-out.ts'

export interface SourcesOptions {
  readonly node: Pick<ComityNode, 'truth' | 'documents' | 'peers' | 'origin' | 'now'>
  /** Where the view lies: `views/sources.db` of the data folder; feeds lie beside it, in `feeds`. */
  readonly view: string
  /** Where documents go that are taken, to be matched. Nowhere where nothing is given. */
  readonly vault?: FollowedDoor
  /** The keys that sign documents without a signature: those of the CSAF provider. */
  readonly keys: Pick<KeyBook, 'current'>
  /** Hears of a run that could not be made for a reason of this node's own; it is tried again. */
  readonly onError?: (error: unknown, source: string) => void
}

/** A source and how it is doing. */
export interface SourceState {
  readonly source: Source
  readonly stream: string
  /** Documents looked at, of how many, while a run is under way; 0 of 0 at its beginning. */
  readonly running: { readonly done: number; readonly total: number } | undefined
  readonly lastRun: EndedRun | undefined
  /** When the next run begins; whole seconds since the epoch. */
  readonly nextAt: number
}

/** Seconds to the next run behind one that was not whole, at most. */
const soon = 900

/** The sources of documents that a node follows, each at its own pace, and what was taken of them. */
export class Sources {
  readonly items: Items
  readonly #options: SourcesOptions
  readonly #view: View
  readonly #list: SourceList
  readonly #maker: RunMaker
  readonly #logs = new Map<string, SourceLog>()
  readonly #running = new Map<string, { readonly done: Promise<EndedRun>; at: number; of: number; end: () => void }>()
  #timer: NodeJS.Timeout | undefined
  #isStarted = false
  #isClosed = false

  private constructor(options: SourcesOptions, view: View) {
    const { node } = options
    this.#options = options
    this.#view = view
    this.items = new Items(view)
    this.#list = new SourceList(node.truth.cells)
    this.#maker = new RunMaker({ node, keys: options.keys, feeds: this.#feeds })
    node.peers.permitSources((name, url) => {
      const source = this.#list.find(name)
      return source === undefined ? undefined : permittedFor(source, url)
    })
    node.documents.keepAlso((digest) => this.items.wasTaken(digest))
  }

  /** Opens the view, makes it again from the streams where need be. Nobody is asked before {@link start} or {@link run}. */
  static async open(options: SourcesOptions): Promise<Sources> {
    const view = openSourcesView(options.view, options.node.origin)
    const sources = new Sources(options, view)
    try {
      for (const source of sources.#list.sources) await sources.#open(source)
      return sources
    } catch (error) {
      view.close()
      throw error
    }
  }

  /** In the order in which they were added. */
  states(): readonly SourceState[] {
    return this.#list.sources.map((source) => this.#stateOf(source))
  }

  /** Throws `unknown-source`. */
  state(name: string): SourceState {
    const source = this.#list.find(name)
    if (source === undefined) throw unknownSource(name)
    return this.#stateOf(source)
  }

  /** Puts a source on the list, or changes the one of its name. Throws `bad-source`. */
  async add(request: SourceRequest): Promise<{ state: SourceState; outcome: 'added' | 'changed' | 'unchanged' }> {
    const source = sourceOf(request)
    const other = this.#list.sources.find(({ kind, address }) => kind === source.kind && address === source.address)
    if (other !== undefined && other.name !== source.name && request.name !== undefined)
      throw new NodeError('bad-source', `${source.address} is followed already, as ${other.name}`)
    const wanted = other === undefined ? source : { ...source, name: other.name }
    const outcome = await this.#list.put(wanted)
    await this.#open(wanted)
    this.#plan()
    return { state: this.#stateOf(wanted), outcome }
  }

  /** Takes a source off the list and ends its run. What was taken says nothing any longer. Throws `unknown-source`. */
  async remove(name: string): Promise<void> {
    const source = await this.#list.remove(name)
    const running = this.#running.get(name)
    running?.end()
    await running?.done.catch(() => {})
    const log = this.#logs.get(name)
    this.#logs.delete(name)
    if (log !== undefined && source.kind === 'feed') forgetFeed(this.#feeds, log.stream)
    if (this.#options.vault !== undefined) await forgetOthers(this.#options.vault, this.#list.sources)
  }

  /**
   * Makes a run now; who asks while one is under way gets that. Resolves with how it ended. Throws `unknown-source`,
   * `closed`, and what this node itself cannot do.
   */
  run(name: string): Promise<EndedRun> {
    const { source } = this.state(name)
    if (this.#isClosed) throw new NodeError('closed', 'the node is shutting down')
    const before = this.#running.get(name)
    if (before !== undefined) return before.done
    const ending = new AbortController()
    const end = (): void => ending.abort(new NodeError('closed', 'the run was ended'))
    const running = { at: 0, of: 0, end, done: Promise.resolve().then(() => this.#run(source, ending.signal)) }
    this.#running.set(name, running)
    // Who started it hears what it throws; nobody else has to.
    running.done
      .finally(() => {
        this.#running.delete(name)
        this.#plan()
      })
      .catch(() => {})
    return running.done
  }

  /** Begins a run, or leaves the one under way; how it ends is kept with the source. Throws `unknown-source`. */
  runSoon(name: string): void {
    this.run(name)
      .catch((error: unknown) => this.#recordFailure(name, error))
      .catch((error: unknown) => this.#options.onError?.(error, name))
  }

  /** Follows every source from now on, at its pace; the vault is told of what was taken before. */
  start(): void {
    this.#isStarted = true
    void this.tellVault().catch((error: unknown) => this.#options.onError?.(error, ''))
    this.#plan()
  }

  /** Tells the vault what every source has; what it knows is passed over. */
  async tellVault(): Promise<void> {
    const { vault } = this.#options
    if (vault === undefined) return
    for (const source of this.#list.sources) {
      const log = await this.#open(source)
      await tellVault(vault, source, this.items, log.stream)
    }
    await forgetOthers(vault, this.#list.sources)
  }

  /** Ends what is under way; the next start goes on there. */
  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    clearTimeout(this.#timer)
    const running = [...this.#running.values()]
    for (const { end } of running) end()
    await runAllInTurn([
      () => this.#maker.close(),
      async () => void (await Promise.allSettled(running.map(({ done }) => done))),
      () => this.#view.close(),
    ])
  }

  get #feeds(): string {
    return join(dirname(this.#options.view), 'feeds')
  }

  async #open(source: Source): Promise<SourceLog> {
    const log = this.#logs.get(source.name) ?? (await SourceLog.open(this.#options.node.truth, this.#view, source))
    this.#logs.set(source.name, log)
    return log
  }

  #stateOf(source: Source): SourceState {
    const running = this.#running.get(source.name)
    const stream = this.#logs.get(source.name)?.stream ?? ''
    const lastRun = this.items.lastRun(stream)
    const isWhole = lastRun?.outcome === 'done' || lastRun?.outcome === 'unchanged'
    const wait = isWhole ? source.every : Math.min(source.every, soon)
    return {
      source,
      stream,
      running: running === undefined ? undefined : { done: running.at, total: running.of },
      lastRun,
      nextAt: lastRun === undefined ? 0 : lastRun.at + wait,
    }
  }

  async #run(source: Source, signal: AbortSignal): Promise<EndedRun> {
    const { node, vault } = this.#options
    const log = await this.#open(source)
    const begunAt = node.now()
    const onProgress = (done: number, total: number): void => {
      const running = this.#running.get(source.name)
      if (running !== undefined) [running.at, running.of] = [done, total]
    }
    const result = await this.#maker.run({ source, log, items: this.items, signal, onProgress })
    if (vault !== undefined) await tellVault(vault, source, this.items, log.stream)
    const ended: EndedRun = { record: 'run', at: node.now(), begunAt, ...result }
    await log.append([ended])
    return ended
  }

  /** Sets the timer for the run that is due first. One source is read at a time, so that memory is that of one. */
  #plan(): void {
    clearTimeout(this.#timer)
    if (!this.#isStarted || this.#isClosed || this.#running.size > 0) return
    const [first] = this.states().toSorted((a, b) => a.nextAt - b.nextAt)
    if (first === undefined) return
    const seconds = Math.max(0, first.nextAt - this.#options.node.now())
    this.#timer = setTimeout(() => this.#runDue(first.source.name), Math.min(seconds, 3600) * 1000).unref()
  }

  #runDue(name: string): void {
    const due = this.states().find(({ source, nextAt }) => source.name === name && nextAt <= this.#options.node.now())
    if (due === undefined) this.#plan()
    else this.runSoon(name)
  }

  /** That the node itself could not make a run: shown with the source, and tried again later. */
  async #recordFailure(name: string, error: unknown): Promise<void> {
    if (this.#isClosed || (error instanceof NodeError && error.code === 'closed')) return
    this.#options.onError?.(error, name)
    const at = this.#options.node.now()
    const fault = { test: 'node', pointer: '', message: 'this node could not make the run; its log says why' }
    const run = { outcome: 'failed', faults: [fault], counts: noCounts, lists: {} } as const
    await this.#logs.get(name)?.append([{ record: 'run', at, begunAt: at, ...run }])
    this.#plan()
  }
}
