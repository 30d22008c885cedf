import { setMaxListeners } from 'node:events'
import { NodeError } from '../../node-error.ts'
import type { ComityNode } from '../../node.ts'
import type { Vault } from '../../vault/vault.ts'
import { FederationError } from '../federation-error.ts'
import type { Fetch } from '../peers/peer.ts'
import { PrivateCases } from '../cases/private-cases.ts'
import { CaseReader } from '../cases/record/case-reader.ts'
import { Uploads } from './attachments/uploads.ts'
import { Committer } from './commitment/committer.ts'
import { commitmentLog, registeredCommitment } from './commitment/node-log.ts'
import { type Directory, RegisterDirectory } from './directory.ts'
import { disclose } from './disclosure/disclose.ts'
import { encodeDisclosure } from './disclosure/disclosure.ts'
import { Links } from './links/links.ts'
import { Loops } from './loops.ts'
import { Messages } from './messages.ts'
import { Arrivals } from './receiving/arrivals.ts'
import { Reception, type ReceptionParts } from './receiving/reception.ts'
import { InboxReader } from './record/inbox-reader.ts'
import { SealKeyBook } from './seal-key-book.ts'
import { Carrier } from './sending/carrier.ts'
import { Courier } from './sending/courier.ts'
import { type Delivery, Dispatch } from './sending/dispatch.ts'
import { Outbox, type Sent } from './sending/outbox.ts'

export interface InboxOptions {
  readonly node: ComityNode
  readonly vault: Vault
  /** The way to other nodes; that of the node where nothing is given. */
  readonly fetch?: Fetch
  /** The peer that serves a log, if there is one; as the node knows them where nothing is given. */
  readonly peer?: (origin: string) => { readonly url: string; readonly keeper: string } | undefined
  /** In [0, 1): spreads attempts. */
  readonly random?: () => number
  /** Who is who, in place of what the register says. */
  readonly directory?: Directory
  /** Hears of failures that are neither an answer nor a silence of the other side. */
  readonly onError?: (error: unknown) => void
}

/** How often what has expired is swept away, in seconds: once a day. */
const sweepEvery = 86_400

/** A sealed blob that nothing names is left alone until it is so old, in seconds: it may be on its way into the vault. */
const sweptAfter = 86_400

/**
 * Sealed messages of the parties that a node hosts. Takes them in, sends them, commits to them each hour. Nothing of it
 * shows in the log, in what others read, in a log line or an error.
 */
export class Inbox {
  readonly messages: Messages
  readonly sealKeys: SealKeyBook
  readonly uploads: Uploads
  readonly links: Links
  readonly reception: Reception
  readonly arrivals: Arrivals
  /** Cases that lie in vaults, and what is submitted at its minute. */
  readonly cases: PrivateCases
  readonly #options: InboxOptions
  readonly #parts: ReceptionParts
  readonly #outbox: Outbox
  readonly #courier: Courier<Delivery>
  readonly #carrier: Carrier
  readonly #committer: Committer
  readonly #loops: Loops
  readonly #closing = new AbortController()
  #sweptAt = 0

  constructor(options: InboxOptions) {
    const { node, vault, fetch: reach = node.peers.fetch, random = Math.random, onError = () => {} } = options
    const { desk } = vault
    const { signal } = this.#closing
    // Every call under way listens, and lets go when it ends.
    setMaxListeners(0, signal)
    const fetch: Fetch = (url, init) => reach(url, { ...init, signal })
    const reader = new InboxReader(desk)
    const directory =
      options.directory ??
      new RegisterDirectory({
        reader: node.reader,
        origin: node.origin,
        peer: options.peer ?? ((origin) => node.peers.find(origin)),
        leaf: (origin, index) => leafIn(node, origin, index),
      })
    const parts: ReceptionParts = { desk, reader, directory, signer: node, now: node.now }
    this.#options = options
    this.#parts = parts
    this.reception = new Reception(parts, () => this.cases.reception)
    this.arrivals = new Arrivals(parts, this.reception)
    this.uploads = new Uploads(desk.blobs, node.now)
    this.messages = new Messages(parts)
    this.sealKeys = new SealKeyBook(parts)
    this.links = new Links(parts, this.reception)
    this.#outbox = new Outbox(parts, this.reception, this.uploads)
    const { reception, arrivals } = this
    const dispatch = new Dispatch({ desk, reader, directory, reception, arrivals, fetch })
    this.cases = new PrivateCases({
      ...parts,
      reader: new CaseReader(desk),
      signer: node,
      origin: node.origin,
      size: () => node.head.size,
      destination: (to) => dispatch.destination(to),
      submitter: {
        submit: (statement) => node.submit(statement),
        hasDocument: (digest) => node.documents.has(digest),
        putDocument: async (digest, content) => void (await node.documents.put(digest, content)),
      },
      random,
      onError,
      wake: () => this.#loops.wake(),
    })
    this.#courier = new Courier(dispatch, random, onError, () => this.#loops.wake())
    this.#carrier = new Carrier({ desk, reader, dispatch, random, onDefect: onError })
    this.#committer = new Committer({ desk, reader, log: commitmentLog(node) })
    this.#loops = new Loops(
      [
        (now) => this.#committer.step(now),
        (now) => this.#courier.step(now),
        (now) => this.#carrier.step(now),
        ...this.cases.steps,
        (now) => this.#sweep(now),
      ],
      node.now,
      onError,
    )
  }

  /** Takes a message that a party signed into its outbox; it leaves as soon as it can. As {@link Outbox.send}. */
  async send(party: string, message: Uint8Array, uploads: readonly string[] = []): Promise<Sent> {
    const sent = await this.#outbox.send(party, message, uploads)
    this.#loops.wake()
    return sent
  }

  /** What proves one message, as a file. Throws `unknown-message`, `not-committed`. */
  async disclose(party: string, id: string): Promise<Uint8Array> {
    const { node } = this.#options
    const { directory, reader } = this.#parts
    const disclosure = await disclose(this.messages.find(party, id), {
      reader,
      registered: (hour, root) => registeredCommitment(node, hour, root),
      founding: (urn) => directory.founding(urn),
      keeper: node.keeper,
      keeperOf: (urn) => {
        const home = directory.route(urn)?.home
        return home === undefined ? undefined : directory.keeper(home)?.urn
      },
    })
    return encodeDisclosure(disclosure)
  }

  /** Erases a correspondence for one party: its key is destroyed. Throws `unknown-correspondence`. */
  async erase(party: string, correspondence: string): Promise<void> {
    const { desk, reader, now } = this.#parts
    await desk.write(async (pen) => {
      const partition = reader.partitionOf(party)
      const found = partition && reader.correspondence(partition, correspondence)
      if (partition === undefined || found === undefined) {
        throw new NodeError('unknown-correspondence', 'the inbox of this party has no such correspondence')
      }
      const event = { type: 'correspondence-erased', correspondence, key: found.key, at: now() } as const
      await pen.record([{ keyId: partition.keyId, event }])
    })
  }

  /** Does one bounded piece of each work. Resolves with when it wants to be called next, whole seconds since the epoch. */
  async step(now: number): Promise<number> {
    return this.#loops.step(now)
  }

  /** Starts the loops of a serving node. */
  start(): void {
    this.#loops.start()
  }

  /** Ends them for good. Calls to other nodes are given up; what was written stays, and is brought another time. */
  async stop(): Promise<void> {
    this.#closing.abort(new FederationError('peer-unreachable', 'nobody is asked any more: this node is shutting down'))
    await this.#loops.stop()
  }

  async #sweep(now: number): Promise<number> {
    if (now >= this.#sweptAt + sweepEvery) {
      this.#sweptAt = now
      await this.sealKeys.sweep()
      await this.links.sweep()
      await this.#sweepBlobs(now)
    }
    return this.#sweptAt + sweepEvery
  }

  /** Drops sealed blobs that nothing names: of uploads that were given up, and of erasures that were cut short. */
  async #sweepBlobs(now: number): Promise<void> {
    const { desk, reader } = this.#parts
    await desk.write(async () => {
      const named = new Set([...reader.namedBlobs(), ...this.uploads.stored()])
      for (const { digest, storedAt } of desk.blobs.listSealed()) {
        if (!named.has(digest) && now - storedAt > sweptAfter) await desk.blobs.deleteSealed(digest)
      }
    })
  }
}

/** An entry of the node's own log, or of one that it mirrors. */
function leafIn(node: ComityNode, origin: string, index: number): Uint8Array | undefined {
  if (origin === node.origin) return index < node.head.size ? node.ledger.leaf(index) : undefined
  const copy = node.mirrors.find(origin)?.copy
  return copy !== undefined && index < (copy.complete?.size ?? 0) ? copy.leaves(index, index + 1)[0] : undefined
}
