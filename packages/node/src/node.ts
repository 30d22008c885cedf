import { type CorePayloads, type PartyState, signStatement } from '@comity/statement'
import { type Truth, type View, openFiles, runAllInTurn } from '@comity/store'
import { Clockwork } from './clockwork.ts'
import { Documents } from './documents.ts'
import { Gossip } from './federation/mirror/gossip.ts'
import { News } from './federation/mirror/news.ts'
import { Mirrors } from './federation/mirror/mirrors.ts'
import { EndorsedPeers } from './federation/peers/endorsed-peers.ts'
import { meterPeers } from './federation/peers/peer-metrics.ts'
import { Peers } from './federation/peers/peers.ts'
import { Seat } from './federation/seat/seat.ts'
import { Witnessing } from './federation/witness/witnessing.ts'
import { FindingsKeeper } from './findings.ts'
import { NodeError } from './node-error.ts'
import { type NodeOptions, machineClock, truthOptions } from './node-options.ts'
import { type LogIdentity, type OpenedLog, bootstrap, closeTail, closeViews, openLog } from './open-log.ts'
import type { Bringer } from './pipeline/admission.ts'
import { Intake, type Submitted } from './pipeline/intake.ts'
import type { NodeKeys } from './pipeline/keys.ts'
import type { Ledger, SignedHead } from './pipeline/ledger.ts'
import { Metrics } from './pipeline/metrics.ts'
import { type Registered, Sequencer, batchOf, refusalOf } from './pipeline/sequencer.ts'
import { positionById } from './register/by-id.ts'
import { decodeEntry } from './register/fold.ts'
import { Sight } from './register/sight.ts'

/** One party's running Comity: its log, its register, its documents. What speaks HTTP stands on top of it. */
export class ComityNode {
  readonly truth: Truth
  readonly ledger: Ledger
  readonly documents: Documents
  readonly findings: FindingsKeeper
  /** The other nodes that this one deals with, and the only way to them. */
  readonly peers: Peers
  /** The logs of others that this node follows and keeps. */
  readonly mirrors: Mirrors
  /** Compares what peers have seen of the logs that this node follows. */
  readonly gossip: Gossip
  /** Takes moves over that were filed elsewhere, for cases whose seat is this log. */
  readonly seat: Seat
  /** Cosigns the logs of peers, and has this one cosigned by them. */
  readonly witnessing: Witnessing
  readonly metrics = new Metrics()
  /** Committed rows of the register, for everybody who reads. */
  readonly reader: View
  readonly now: () => number
  readonly #log: OpenedLog
  readonly #keys: NodeKeys
  readonly #sequencer: Sequencer
  readonly #intake: Intake
  readonly #clockwork: Clockwork
  readonly #news: News
  #publishing: Promise<Submitted> | undefined
  readonly #listeners = new Set<(from: number, head: SignedHead) => void>()

  private constructor(log: OpenedLog, options: NodeOptions) {
    const { truth, ledger, register, stale, reader } = log
    const { keys, now = machineClock } = options
    const documents = new Documents(truth.blobs, reader)
    const findings = new FindingsKeeper({ reader, register, stale, documents, ledger })
    const onBatch = (from: number, head: SignedHead): void => this.#afterBatch(from, head)
    const cosigned = (at: number, isHeartbeat: boolean) => this.witnessing.forTimeLeaf(at, isHeartbeat)
    const sequencer = new Sequencer({ ledger, register, keys, now, onBatch, cosigned })
    this.truth = truth
    this.ledger = ledger
    this.reader = reader
    this.now = now
    this.documents = documents
    this.findings = findings
    this.peers = new Peers({
      cells: truth.cells,
      origin: ledger.origin,
      now,
      publishedBy: (party) => (this.findParty(party)?.contacts ?? []).flatMap(({ url }) => url ?? []),
      fetch: options.fetch,
    })
    this.mirrors = new Mirrors({
      ...options.mirrors,
      truth,
      origin: ledger.origin,
      copies: log.copies,
      registers: log.mirrored,
      opened: { view: log.writer, stale },
      betweenBatches: (work) => sequencer.betweenBatches(work),
      fetch: this.peers.fetch,
      now: options.now ?? (() => Date.now() / 1000),
    })
    this.seat = new Seat({
      database: reader,
      cells: truth.cells,
      origin: ledger.origin,
      leaf: (origin, index) => this.mirrors.find(origin)?.copy.leaves(index, index + 1)[0],
      submit: (bytes) => this.submit(bytes),
      refuse: (statement, reason) => refusalOf(statement, reason, now(), ledger, keys),
      now,
    })
    this.mirrors.onFolded(() => {
      this.#clockwork.renewSoon()
      this.seat.wake()
    })
    this.gossip = new Gossip({
      origin: ledger.origin,
      peers: () => this.peers.list(),
      mirrors: this.mirrors,
      fetch: this.peers.fetch,
    })
    this.#news = new News({
      peers: () => this.peers.list(),
      fetch: this.peers.fetch,
      hear: (peer, note) => this.mirrors.hear(peer, note),
    })
    this.peers.reportFrom((peer) => this.mirrors.report(peer))
    this.witnessing = new Witnessing({
      ledger,
      cells: truth.cells,
      peers: this.peers,
      reader,
      cosigners: keys.witness,
      now,
      random: options.mirrors?.random,
      stopped: () => sequencer.stopped,
      compare: async (origin, note) => this.mirrors.find(origin)?.compare(note),
    })
    meterPeers(this.metrics.registry, this.peers)
    this.#log = log
    this.#keys = keys
    this.#sequencer = sequencer
    this.#intake = new Intake({ ledger, register, documents, sequencer, keys, metrics: this.metrics, now })
    this.#clockwork = new Clockwork({
      sequencer,
      findings,
      documents,
      hashes: truth.hashes('public'),
      reader,
      writer: log.writer,
      keeper: ledger.keeper,
      size: ledger.tree.size,
      now,
      ...(keys.findings === undefined ? {} : { publishFindings: () => this.publishFindings() }),
    })
  }

  /** Opens a founded node. Throws `not-founded` for a folder without a log. */
  static async open(options: NodeOptions): Promise<ComityNode> {
    const truth = await openFiles(truthOptions(options))
    try {
      const stream = await truth.stream('public')
      if (stream.size < 2) {
        throw new NodeError('not-founded', `${options.directory} holds no founded log: run comity init first`)
      }
      const keeper = decodeEntry(0, stream.read(0)).statement.iss
      const origin = decodeEntry(1, stream.read(1)).statement.sub
      return await ComityNode.#start(truth, options, { keeper, origin })
    } catch (error) {
      await truth.close()
      throw error
    }
  }

  /**
   * Founds a log in an empty folder: its keeper's first party statement, the filing policy, the first time leaf, in one
   * batch. Throws `already-founded`, and whatever is wrong with the two statements.
   */
  static async found(
    options: NodeOptions & { readonly party: Uint8Array; readonly policy: Uint8Array },
  ): Promise<ComityNode> {
    const truth = await openFiles(truthOptions(options))
    try {
      const stream = await truth.stream('public')
      if (stream.size > 0)
        throw new NodeError('already-founded', `${options.directory} holds a log of ${stream.size} entries`)
      const keeper = decodeEntry(0, options.party).statement.iss
      const origin = decodeEntry(1, options.policy).statement.sub
      return await ComityNode.#start(truth, options, { keeper, origin }, (node) =>
        bootstrap(node.#sequencer, options.party, options.policy),
      )
    } catch (error) {
      await truth.close()
      throw error
    }
  }

  /** Opens the log, finishes what a crash left, then does `first`. Leaves nothing open but the truth when it throws. */
  static async #start(
    truth: Truth,
    options: NodeOptions,
    identity: LogIdentity,
    first: (node: ComityNode) => Promise<void> = async () => {},
  ): Promise<ComityNode> {
    const log = await openLog(truth, options, identity)
    try {
      const node = new ComityNode(log, options)
      if (log.stopped === undefined) await closeTail(log, node.#sequencer)
      else await node.#sequencer.stop(log.stopped)
      await node.#openMirrors(options.onProgress)
      if (log.ledger.head !== undefined) node.findings.renew()
      await first(node)
      return node
    } catch (error) {
      closeViews(log)
      throw error
    }
  }

  get origin(): string {
    return this.ledger.origin
  }

  /** The party that keeps this node. */
  get keeper(): string {
    return this.ledger.keeper
  }

  /** The newest signed head. Every founded node has one. */
  get head(): SignedHead {
    const { head } = this.ledger
    if (head === undefined) throw new NodeError('not-founded', 'the log has no entries yet')
    return head
  }

  /** Why the node takes no statements, if it takes none. */
  get stopped(): NodeError | undefined {
    return this.#sequencer.stopped
  }

  /**
   * Registers a statement. Resolves when it is durable and under a signed checkpoint, with what was there before if it
   * is a duplicate. Rejects with `Refused` when an authentic statement is refused, else with the error itself.
   */
  submit(bytes: Uint8Array, by?: Bringer): Promise<Submitted> {
    return this.#intake.submit(bytes, by)
  }

  /**
   * Where a statement stands in this log, by its identifier; undefined where it does not. The time leaves of one second
   * say the same and so are one statement: the first of them is found.
   */
  find(id: string): Registered | undefined {
    const index = positionById(this.reader, id, { from: 0, to: this.head.size })
    if (index === undefined) return undefined
    return { id, index, batch: batchOf(this.reader, index), duplicate: false }
  }

  /** A party as the newest committed batch left it, in the log where it is at home; else as copies have it. */
  findParty(urn: string): PartyState | undefined {
    const atHome = new Sight(this.reader).stateOf(urn)
    if (atHome !== undefined) return atHome
    const row = this.reader
      .prepare(
        'SELECT v.state AS state FROM party_version v JOIN party USING (party) WHERE urn = ? ORDER BY party, position DESC LIMIT 1',
      )
      .get(urn)
    return row === undefined ? undefined : JSON.parse(String(row['state']))
  }

  /** The first receipt of an entry. */
  receipt({ index, batch }: Pick<Registered, 'index' | 'batch'>): Uint8Array {
    return this.ledger.receipt(index, batch)
  }

  /**
   * Assesses everybody bound on the log as it stands and registers the digest of the result as a `findings` statement;
   * who asks while that is under way gets the same. Throws `missing-key` where the node was given no key for that.
   */
  publishFindings(): Promise<Submitted> {
    this.#publishing ??= this.#assessAndPublish().finally(() => (this.#publishing = undefined))
    return this.#publishing
  }

  /** Calls `listener` after each batch with the index of its first entry. Returns what ends that. */
  onBatch(listener: (from: number, head: SignedHead) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /**
   * Starts the clockwork of a serving node: heartbeats, daily findings, and the removal of documents that nobody cites.
   * `onError` hears of a chore that failed, which is tried again at its next time, and of a listener that threw.
   * `followEndorsed`: the nodes of whom the keeper endorsed become peers.
   */
  startClockwork(onError: (error: unknown) => void, { followEndorsed = false } = {}): void {
    const { peers, reader, keeper, now } = this
    const endorsed = new EndorsedPeers({ peers, reader, keeper, now, findParty: (urn) => this.findParty(urn) })
    const gossip = () => this.gossip.step(now())
    const seat = () => this.seat.wake()
    this.#clockwork.start(onError, [gossip, seat, ...(followEndorsed ? [() => endorsed.step()] : [])])
    this.seat.start(onError)
    this.mirrors.start(onError)
    this.#news.start(onError)
    this.witnessing.start(onError)
  }

  /** Ends the batch under way, makes everything durable and frees the folder. */
  async close(): Promise<void> {
    await runAllInTurn([
      () => this.#news.close(),
      () => this.peers.close(),
      () => this.witnessing.stop(),
      () => this.mirrors.close(),
      () => this.seat.stop(),
      () => this.#sequencer.stop(new NodeError('closed', 'the node is shutting down')),
      () => this.#clockwork.stop(),
      () => this.truth.hashes('public').sync(this.ledger.tree.size),
      () => closeViews(this.#log),
      () => this.truth.close(),
    ])
  }

  /** Folds what was mirrored and is not in the register yet, and follows those that are on the list of peers. */
  async #openMirrors(onProgress: NodeOptions['onProgress']): Promise<void> {
    await this.mirrors.catchUp(onProgress)
    await this.mirrors.follow(this.peers.list())
    const report = (error: unknown): void => this.#clockwork.report(error)
    this.peers.onChange(() => {
      void this.mirrors.follow(this.peers.list()).catch(report)
      this.#news.renew()
    })
  }

  async #assessAndPublish(): Promise<Submitted> {
    const signer = this.#keys.findings
    if (signer === undefined) {
      throw new NodeError('missing-key', 'no key with role sign for the kind findings was given to this node')
    }
    const { digest, parties, cut, at, ruleset, trust } = await this.findings.publishable()
    const documents = await this.findings.keep(parties)
    const payload = { cut, at, ruleset, trust, digest, ...(documents.length > 0 && { documents }) }
    const iat = Math.max(at, this.now())
    return this.submit(signStatement({ kind: 'findings', iss: this.keeper, sub: this.origin, iat, payload, signer }))
  }

  /** Signs what a node says for itself, in its keeper's name. */
  signFor<K extends 'record' | 'commitment' | 'delivery' | 'order' | 'refusal'>(
    kind: K,
    sub: string,
    iat: number,
    payload: CorePayloads[K],
  ): Uint8Array {
    return signStatement({ kind, iss: this.keeper, sub, iat, payload, signer: this.#keys.receipt })
  }

  #afterBatch(from: number, head: SignedHead): void {
    this.metrics.batches.observe(head.size - from - 1)
    this.metrics.logSize.set(head.size)
    this.metrics.queue.set(this.#intake.underWay)
    this.#clockwork.afterBatch(head)
    this.witnessing.wake()
    for (const listener of this.#listeners) {
      try {
        listener(from, head)
      } catch (error) {
        this.#clockwork.report(error)
      }
    }
  }
}
