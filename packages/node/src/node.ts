import { Tree } from '@comity/log'
import { treeHasher } from '@comity/crypto'
import { type PartyState, type Statement, StatementError, signStatement } from '@comity/statement'
import { type FileSystem, type OpenFilesOptions, type Truth, type View, openFiles } from '@comity/store'
import { join } from 'node:path'
import { Documents } from './documents.ts'
import { FindingsKeeper } from './findings.ts'
import { NodeError } from './node-error.ts'
import { Inadmissible, admit } from './pipeline/admission.ts'
import type { NodeKeys } from './pipeline/keys.ts'
import { Ledger, type SignedHead, readHead } from './pipeline/ledger.ts'
import { Metrics } from './pipeline/metrics.ts'
import { Refused, type Registered, Sequencer, batchOf, missingKey, refusalOf } from './pipeline/sequencer.ts'
import { catchUp } from './register/catch-up.ts'
import { type Unclosed, decodeEntry } from './register/fold.ts'
import { openReader, openRegister } from './register/open-register.ts'
import { type Register, documentsOf } from './register/register.ts'
import { frozenBy } from './restored.ts'

export interface NodeOptions {
  /** The data folder. */
  readonly directory: string
  readonly keys: NodeKeys
  /** Where views lie that can be thrown away; `views` in the data folder where nothing is given. */
  readonly viewsDirectory?: string
  /** The file system under the truth; the real one where nothing is given. Views are always on the real one. */
  readonly fileSystem?: FileSystem
  /** Whole seconds since the epoch; the machine's clock where nothing is given. */
  readonly now?: () => number
  /** Wraps the data keys of the vault, 32 bytes. Without it they lie unwrapped in a file that only the owner reads. */
  readonly masterKey?: Uint8Array
  /** Hears how far a long start has come. */
  readonly onProgress?: (done: number, total: number) => void
}

/** A statement that is in the log, with its receipt at hand. */
export interface Submitted extends Registered {
  readonly statement: Statement
  receipt(): Uint8Array
}

/** How often, in milliseconds, the findings of busy parties are renewed at the most. */
const renewEvery = 1000

/** Parties whose findings are renewed in one go: about as long as a batch takes. */
const renewedAtOnce = 8

const daySeconds = 86_400

/** Hashes are made durable about every so many entries; after a crash the rest is hashed again from the stream. */
const hashesPerSync = 4096

/** One party's running Comity: its log, its register, its documents. What speaks HTTP stands on top of it. */
export class ComityNode {
  readonly truth: Truth
  readonly ledger: Ledger
  readonly documents: Documents
  readonly findings: FindingsKeeper
  readonly metrics = new Metrics()
  /** Committed rows of the register, for everybody who reads. */
  readonly reader: View
  readonly now: () => number
  readonly #keys: NodeKeys
  readonly #writer: View
  readonly #register: Register
  readonly #sequencer: Sequencer
  readonly #timers: NodeJS.Timeout[] = []
  readonly #listeners = new Set<(from: number, head: SignedHead) => void>()
  #renewTimer: NodeJS.Timeout | undefined
  /** Hears of what failed beside the log: that is no reason to register nothing any more. */
  #onError: (error: unknown) => void = () => {}
  #hashedUpTo: number

  private constructor(parts: {
    truth: Truth
    ledger: Ledger
    writer: View
    reader: View
    register: Register
    options: NodeOptions
  }) {
    this.truth = parts.truth
    this.ledger = parts.ledger
    this.reader = parts.reader
    this.now = parts.options.now ?? machineClock
    this.#keys = parts.options.keys
    this.#writer = parts.writer
    this.#register = parts.register
    this.documents = new Documents(this.truth.blobs, this.reader)
    this.findings = new FindingsKeeper({
      reader: this.reader,
      register: this.#register,
      documents: this.documents,
      ledger: this.ledger,
    })
    this.#sequencer = new Sequencer({
      ledger: this.ledger,
      register: this.#register,
      keys: this.#keys,
      now: this.now,
      onBatch: (from, head) => this.#afterBatch(from, head),
    })
    this.#hashedUpTo = this.ledger.tree.size
  }

  /** Opens a founded node. Throws `not-founded` for a folder without a log. */
  static async open(options: NodeOptions): Promise<ComityNode> {
    const truth = await openFiles(truthOptions(options))
    try {
      const stream = await truth.stream('public')
      if (stream.size < 2) {
        throw new NodeError('not-founded', `${options.directory} holds no founded log: run comity init first`)
      }
      const first = decodeEntry(0, stream.read(0)).statement
      const origin = decodeEntry(1, stream.read(1)).statement.sub
      return await ComityNode.#start(truth, options, { keeper: first.iss, origin })
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
        node.#bootstrap(options.party, options.policy),
      )
    } catch (error) {
      await truth.close()
      throw error
    }
  }

  /** Brings tree and register in line with the stream, then does `first`. Leaves nothing open when it throws. */
  static async #start(
    truth: Truth,
    options: NodeOptions,
    { keeper, origin }: { readonly keeper: string; readonly origin: string },
    first: (node: ComityNode) => Promise<void> = async () => {},
  ): Promise<ComityNode> {
    const stream = await truth.stream('public')
    const hashes = truth.hashes('public')
    const head = readHead(truth.cells)?.head
    if (head !== undefined && head.size > stream.size) {
      throw new NodeError(
        'log-forked',
        `the checkpoint names ${head.size} entries and the log holds ${stream.size}: entries are lost. Nothing is signed from here; restore a backup`,
      )
    }
    const hashed = Math.min(hashes.watermark, stream.size)
    const ledger = new Ledger({
      origin,
      keeper,
      stream,
      cells: truth.cells,
      keys: options.keys,
      tree: Tree.open(treeHasher, hashes, hashed),
    })
    for (let from = hashed; from < stream.size; from += 4096)
      ledger.hash(ledger.leaves(from, Math.min(from + 4096, stream.size)))
    if (head !== undefined && !Buffer.from(ledger.tree.root(head.size)).equals(head.root)) {
      throw new NodeError(
        'log-forked',
        `the entries do not hash to the signed checkpoint at size ${head.size}: the log was changed. Nothing is signed from here; restore a backup`,
      )
    }
    const path = join(options.viewsDirectory ?? join(options.directory, 'views'), 'public.db')
    const { view: writer, register } = openRegister(path, {
      origin,
      size: stream.size,
      leaf: (index) => stream.read(index),
      root: (size) => ledger.tree.root(size),
    })
    const reader = openReader(path, origin)
    try {
      const bench = { origin, root: (size: number) => ledger.tree.root(size) }
      const frozen = frozenBy(truth.cells)
      // What a backup holds beyond its checkpoint may have gone on otherwise: a frozen node shows none of it.
      const signed = { size: head?.size ?? 0, leaves: (from: number, to: number) => ledger.leaves(from, to) }
      const open = catchUp(frozen === undefined ? ledger : signed, register.size, register, bench, options.onProgress)
      const node = new ComityNode({ truth, ledger, writer, reader, register, options })
      const stopped = frozen ?? node.#withoutKeys()
      if (stopped === undefined) await node.#closeTail(open)
      else await node.#sequencer.stop(stopped)
      if (ledger.head !== undefined) node.findings.renew()
      await first(node)
      return node
    } catch (error) {
      reader.close()
      writer.close()
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
   * is a duplicate. Rejects with {@link Refused} when an authentic statement is refused, else with the error itself.
   */
  async submit(bytes: Uint8Array): Promise<Submitted> {
    try {
      const admitted = await admit(bytes, { register: this.#register, documents: this.documents })
      const letGo = this.documents.hold(documentsOf(admitted.payload))
      const registered = await this.#sequencer.submit(admitted).finally(letGo)
      this.#count(registered)
      return this.#submitted(admitted.statement, registered)
    } catch (error) {
      throw this.#refused(error)
    }
  }

  /**
   * Where a statement stands in this log, by its identifier; undefined where it does not. The time leaves of one second
   * say the same and so are one statement: the first of them is found.
   */
  find(id: string): Registered | undefined {
    const row = this.reader
      .prepare('SELECT position FROM entry WHERE id = ? AND position < ? ORDER BY position LIMIT 1')
      .get(Buffer.from(id, 'hex'), this.head.size)
    if (row === undefined) return undefined
    const index = Number(row['position'])
    return { id, index, batch: batchOf(this.reader, index), duplicate: false }
  }

  /** A party as the newest committed batch left it. */
  findParty(urn: string): PartyState | undefined {
    const row = this.reader
      .prepare(
        'SELECT v.state AS state FROM party_version v JOIN party USING (party) WHERE urn = ? ORDER BY position DESC LIMIT 1',
      )
      .get(urn)
    return row === undefined ? undefined : JSON.parse(String(row['state']))
  }

  /** The first receipt of an entry. */
  receipt({ index, batch }: Pick<Registered, 'index' | 'batch'>): Uint8Array {
    return this.ledger.receipt(index, batch)
  }

  /**
   * Assesses everybody bound on the log as it stands and registers the digest of the result as a `findings` statement.
   * Throws `missing-key` where the node was given no key for that.
   */
  async publishFindings(): Promise<Submitted> {
    const signer = this.#keys.findings
    if (signer === undefined) {
      throw new NodeError('missing-key', 'no key with role sign for the kind findings was given to this node')
    }
    const request = this.findings.request()
    const { digest } = this.findings.assess(request)
    const { cut, at, ruleset, trust } = request
    const payload = { cut, at, ruleset, trust, digest }
    const iat = Math.max(at, this.now())
    return this.submit(signStatement({ kind: 'findings', iss: this.keeper, sub: this.origin, iat, payload, signer }))
  }

  /** Calls `listener` after each batch with the index of its first entry. Returns what ends that. */
  onBatch(listener: (from: number, head: SignedHead) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /**
   * Starts the clockwork of a serving node: heartbeats, daily findings, and the removal of documents that nobody cites.
   * `onError` hears of a chore that failed, which is tried again at its next time, and of a listener that threw.
   */
  startClockwork(onError: (error: unknown) => void): void {
    this.#onError = onError
    const every = (milliseconds: number, chore: () => unknown) => {
      const run = () => void Promise.try(chore).catch(onError)
      this.#timers.push(setInterval(run, milliseconds).unref())
    }
    every(60_000, () => this.#sequencer.heartbeat())
    every(600_000, () => this.#publishDaily())
    every(3_600_000, () => this.documents.sweep(this.now()))
  }

  /** Ends the batch under way, makes everything durable and frees the folder. */
  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer)
    clearTimeout(this.#renewTimer)
    await this.#sequencer.stop(new NodeError('closed', 'the node is shutting down'))
    try {
      await this.truth.hashes('public').sync(this.ledger.tree.size)
    } finally {
      this.reader.close()
      this.#writer.close()
      await this.truth.close()
    }
  }

  /** Findings once a day, where the node has a key for them. */
  async #publishDaily(): Promise<void> {
    if (this.#keys.findings === undefined) return
    // Also those that still wait for approvals.
    const row = this.reader
      .prepare(
        "SELECT at FROM entry JOIN party USING (party) WHERE urn = ? AND kind = 'findings' ORDER BY position DESC LIMIT 1",
      )
      .get(this.keeper)
    if (row !== undefined && this.now() - Number(row['at']) < daySeconds) return
    await this.publishFindings()
  }

  async #bootstrap(party: Uint8Array, policy: Uint8Array): Promise<void> {
    // Submitted in one turn, they share the first batch: entries 0 and 1, closed by the time leaf 2.
    const admitted = [party, policy].map((bytes) => {
      const { statement, payload } = decodeEntry(0, bytes)
      return this.#sequencer.submit({ statement, payload })
    })
    const results = await Promise.allSettled(admitted)
    const reasons = results.flatMap((result): unknown[] => (result.status === 'rejected' ? [result.reason] : []))
    // One that is refused takes the other with it: what is wrong is what the refusal says.
    if (reasons.length > 0) throw reasons.find((reason) => reason instanceof Refused) ?? reasons[0]
  }

  /** After a crash: closes entries without a time leaf, and signs what was durable but not signed. */
  async #closeTail(open: readonly Unclosed[]): Promise<void> {
    if (open.length > 0) await this.#sequencer.closeTail(open)
    else if (this.ledger.size > (this.ledger.head?.size ?? 0)) {
      this.ledger.publish(await this.ledger.sign(this.#register.lastAt))
    }
  }

  /** Why a node that was given keys of somebody else may sign nothing. */
  #withoutKeys(): NodeError | undefined {
    const state = this.#register.book.stateOf(this.keeper)
    const missing = state && missingKey(state, this.#keys, this.#register.size)
    if (missing === undefined) return undefined
    return new NodeError(
      'missing-key',
      `the ${missing} key that this node was given is none that its keeper has now: start it with the one in its party statement`,
    )
  }

  #submitted(statement: Statement, registered: Registered): Submitted {
    return { ...registered, statement, receipt: () => this.receipt(registered) }
  }

  #count({ duplicate }: Registered): void {
    if (duplicate) this.metrics.duplicates.inc()
    else this.metrics.registered.inc()
  }

  /** Signs the refusal of an authentic statement; what is not authentic gets none. */
  #refused(error: unknown): unknown {
    const signed =
      error instanceof Inadmissible
        ? new Refused(error.reason, refusalOf(error.statement, error.reason, this.now(), this.ledger, this.#keys))
        : error
    if (signed instanceof Refused) this.metrics.refused.inc({ code: signed.reason.code })
    else if (signed instanceof NodeError || signed instanceof StatementError)
      this.metrics.refused.inc({ code: signed.code })
    return signed
  }

  /** A few parties at a time, so that the next batch need not wait for all of them. */
  #renew(changed: number[]): void {
    const renewed = this.#sequencer.betweenBatches(() => {
      this.findings.renew(changed.splice(0, renewedAtOnce))
      if (changed.length > 0) setImmediate(() => this.#renew(changed))
    })
    // Those parties stay marked, and are tried again after the next batch.
    renewed.catch((error: unknown) => this.#onError(error))
  }

  #afterBatch(from: number, head: SignedHead): void {
    this.metrics.batches.observe(head.size - from - 1)
    this.metrics.logSize.set(head.size)
    this.metrics.queue.set(this.#sequencer.waiting)
    this.#renewTimer ??= setTimeout(() => {
      this.#renewTimer = undefined
      this.#renew(this.findings.changed())
    }, renewEvery).unref()
    if (head.size - this.#hashedUpTo >= hashesPerSync) {
      this.#hashedUpTo = head.size
      // The next write to the hashes says so too, and that ends the registering.
      this.truth
        .hashes('public')
        .sync(head.size)
        .catch((error: unknown) => this.#onError(error))
    }
    for (const listener of this.#listeners) {
      try {
        listener(from, head)
      } catch (error) {
        this.#onError(error)
      }
    }
  }
}

function machineClock(): number {
  return Math.floor(Date.now() / 1000)
}

function truthOptions({ directory, fileSystem, masterKey }: NodeOptions): OpenFilesOptions {
  return {
    directory,
    ...(fileSystem === undefined ? {} : { fileSystem }),
    ...(masterKey === undefined ? {} : { masterKey }),
  }
}
