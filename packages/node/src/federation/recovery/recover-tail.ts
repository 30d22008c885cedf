/**
 * Restore without fork: a restored node that is behind its own log gets the rest of it back from those who mirror it, and
 * signs again when it holds the newest head that anybody it knows has seen.
 *
 * What is verified: the head by the folder's own log key, the entries by its root, and that it continues what the folder
 * holds. Nobody else's word counts, but for how far a witness says that it remembers: that can only keep a node frozen.
 */
import { type FileSystem, openFiles } from '@comity/store'
import { NodeError } from '../../node-error.ts'
import { truthOptions } from '../../node-options.ts'
import { type RestoredMark, readMark, resumedMark, setMark } from '../../restored-mark.ts'
import { FederationError } from '../federation-error.ts'
import { type Head, hasSameRoot, readHead, withoutCosignatures } from '../mirror/head.ts'
import type { Fetch, Peer } from '../peers/peer.ts'
import { Peers } from '../peers/peers.ts'
import { type MirrorAnswer, type WitnessAnswer, askMirror, askWitness } from './asked-peers.ts'
import { OwnLog } from './own-log.ts'
import { readTail } from './read-tail.ts'
import { type TailDocuments, fetchTailDocuments } from './tail-documents.ts'

export interface RecoveryRequest {
  /** The data folder, which nobody serves. */
  readonly directory: string
  /** The file system under the folder; the real one where nothing is given. */
  readonly fileSystem?: FileSystem
  readonly masterKey?: Uint8Array
  /** Raw public keys of the log. */
  readonly logKeys: readonly Uint8Array[]
  /** Whole seconds since the epoch. */
  readonly now: () => number
  /** Resume although some peers, or for some documents nobody, answered. At least one peer has to, in any case. */
  readonly acceptMissing?: boolean
  /** What carries calls to peers; the real network where nothing is given. */
  readonly fetch?: Fetch
  /** Hears how many entries are here, of how many. */
  readonly onProgress?: (done: number, total: number) => void
}

/**
 * `resumed`: it holds all that anybody has, and signs again. `not-frozen`: nothing was to be done. `behind`: a newer head
 * is known than could be had. `waiting`: it holds all that is known, but some who may know more, or have a document of
 * it, did not answer.
 */
export type RecoveryOutcome = 'resumed' | 'not-frozen' | 'behind' | 'waiting'

/** What a peer answered: as a mirror, and as a witness where it is one. */
export interface AskedPeer {
  readonly origin: string
  readonly url: string
  readonly mirror: 'head' | 'no-copy' | 'none'
  readonly witness?: 'size' | 'none'
  /** The largest size that it knows of this log. */
  readonly size?: number
  /** Why it did not answer, or not as it should. */
  readonly error?: { readonly code: string; readonly message: string }
}

export interface RecoveryReport {
  readonly outcome: RecoveryOutcome
  readonly origin: string
  /** Entries before and after, under a signed head. */
  readonly before: number
  readonly size: number
  readonly root: string
  /** The largest size that anybody is known to have seen. */
  readonly newest: number
  readonly documents: TailDocuments
  readonly peers: readonly AskedPeer[]
}

/**
 * Gets the tail of a restored node's log from its peers, and lets it resume. What was got is durable, also where it stays
 * frozen: the next call goes on from there.
 *
 * Throws NodeError `log-forked` where a peer shows a head of the log that contradicts what is held (the folder stays
 * frozen for good, with both heads kept), `frozen` where that was so before, `not-founded`; StoreError.
 */
export async function recoverTail(request: RecoveryRequest): Promise<RecoveryReport> {
  const { directory, logKeys, now, fetch } = request
  const truth = await openFiles(truthOptions(request))
  try {
    const log = await OwnLog.open(truth, directory, logKeys)
    const peers = new Peers({ cells: truth.cells, origin: log.origin, now, publishedBy: () => [], fetch })
    try {
      return await new Recovery(request, truth, log, peers).run()
    } finally {
      peers.close()
    }
  } finally {
    await truth.close()
  }
}

class Recovery {
  readonly #request: RecoveryRequest
  readonly #truth: Awaited<ReturnType<typeof openFiles>>
  readonly #log: OwnLog
  readonly #peers: Peers
  readonly #before: number

  constructor(request: RecoveryRequest, truth: Awaited<ReturnType<typeof openFiles>>, log: OwnLog, peers: Peers) {
    this.#request = request
    this.#truth = truth
    this.#log = log
    this.#peers = peers
    this.#before = log.head.size
  }

  async run(): Promise<RecoveryReport> {
    const log = this.#log
    const mark = this.#mark
    if (mark === undefined || (mark.resumedAt !== undefined && mark.overtakenAt === undefined))
      return this.#report('not-frozen', [])
    // A mark without the checkpoint was made for two heads of one size: nothing takes that back either.
    const isForked =
      mark.overtakenAt !== undefined && mark.overtakenBy === undefined && mark.overtakenAt <= log.head.size
    if (mark.contradiction !== undefined || isForked)
      throw new NodeError(
        'frozen',
        'this log signed two checkpoints that contradict each other: found a successor with comity restore --successor',
      )
    const list = this.#peers.list()
    const answers = await Promise.all(
      list.map((peer) => askMirror(peer, log.origin, this.#peers.fetch, (head) => log.requireSigned(head))),
    )
    await this.#follow(answers)
    const documents = await this.#documents(answers)
    const witnesses = await this.#askWitnesses(list)
    const peers = answers.map((answer) => askedPeer(answer, witnesses.get(answer.peer)))
    const newest = Math.max(log.head.size, this.#mark?.overtakenAt ?? 0, ...peers.map(({ size = 0 }) => size))
    const outcome = this.#outcome(peers, newest, documents)
    if (outcome === 'resumed') await setMark(this.#truth.cells, resumedMark(this.#mark ?? mark, this.#request.now()))
    return this.#report(outcome, peers, documents, newest)
  }

  get #mark(): RestoredMark | undefined {
    return readMark(this.#truth.cells)
  }

  /** Brings the folder to the newest head that is known and that somebody serves. */
  async #follow(answers: readonly MirrorAnswer[]): Promise<void> {
    const log = this.#log
    const shown = answers.flatMap((each) => (each.answer === 'head' ? [each] : []))
    const kept = this.#mark?.overtakenBy
    const known = kept === undefined ? [] : [readHead(kept, log.origin)]
    const heads = [...known, ...shown.map(({ head }) => head)].toSorted((one, other) => other.size - one.size)
    const [target] = heads
    if (target !== undefined && target.size > log.head.size) {
      await this.#noteOvertaken(target)
      for (const { head, source } of shown)
        if (head.size >= target.size && (await this.#readFrom(source, target, head))) break
    }
    for (const head of heads) {
      if (head.size > log.size || head.size === 0) continue
      // Of two that contradict each other, at most one is in this tree. What is covered by no head of ours is not signed.
      const reference = log.head.size >= head.size ? log.head : target
      if (!hasSameRoot(head, log.tree.root(head.size)) && reference !== undefined)
        await this.#contradictHeld(head, reference)
    }
    if (target === undefined || log.size < target.size || target.size <= log.head.size) return this.#settle()
    await log.setHead(target)
    return this.#settle()
  }

  /** Returns whether all that the head covers is here. What a peer serves wrongly, another may serve rightly. */
  async #readFrom(source: Parameters<typeof readTail>[2], target: Head, shown: Head): Promise<boolean> {
    const log = this.#log
    if (shown.size === target.size && !hasSameRoot(shown, target.root)) await this.#contradict(target, shown)
    try {
      const contradict = (one: Head, other: Head, prefix?: Parameters<OwnLog['evidence']>[2]) =>
        this.#contradict(one, other, prefix)
      await readTail(log, target, source, contradict, (done, total) => this.#request.onProgress?.(done, total))
      return true
    } catch (error) {
      if (error instanceof FederationError) return false
      throw error
    }
  }

  /** Before anything of it is here: a process that dies in between must not resume with less. */
  async #noteOvertaken(head: Head): Promise<void> {
    const mark = this.#mark
    if (mark === undefined) return
    const overtaken = {
      overtakenAt: Math.max(head.size, mark.overtakenAt ?? 0),
      overtakenBy: withoutCosignatures(head),
    }
    const documentsFrom = mark.documentsFrom ?? this.#log.head.size
    const { resumedAt: _again, ...frozen } = mark
    await setMark(this.#truth.cells, { ...frozen, ...overtaken, documentsFrom })
  }

  /** The folder has what overtook it. */
  async #settle(): Promise<void> {
    const mark = this.#mark
    if (mark?.overtakenAt === undefined || mark.overtakenAt > this.#log.head.size) return
    const { overtakenAt: _at, overtakenBy: _by, ...rest } = mark
    await setMark(this.#truth.cells, rest)
  }

  async #contradictHeld(head: Head, held: Head): Promise<never> {
    const { tree } = this.#log
    const prefix =
      head.size === held.size || held.size > tree.size
        ? undefined
        : { root: tree.root(head.size), proof: tree.consistencyProof(head.size, held.size) }
    return this.#contradict(head, held, prefix)
  }

  async #contradict(one: Head, other: Head, prefix?: Parameters<OwnLog['evidence']>[2]): Promise<never> {
    const { first, second } = this.#log.evidence(one, other, prefix)
    const mark = this.#mark
    if (mark !== undefined) await setMark(this.#truth.cells, { ...mark, contradiction: { first, second } })
    throw new NodeError(
      'log-forked',
      `${this.#log.origin} signed two checkpoints that contradict each other, of ${one.size} and ${other.size} entries: this folder stays frozen for good, and keeps both`,
    )
  }

  async #documents(answers: readonly MirrorAnswer[]): Promise<TailDocuments> {
    const from = this.#mark?.documentsFrom ?? this.#log.head.size
    const sources = answers.flatMap((each) => (each.answer === 'head' ? [each.source] : []))
    return fetchTailDocuments(this.#log, from, this.#truth.blobs, sources)
  }

  async #askWitnesses(list: readonly Peer[]): Promise<ReadonlyMap<Peer, WitnessAnswer>> {
    const { size, note } = this.#log.head
    const held = { size, note: withoutCosignatures({ ...this.#log.head, note }) }
    const witnesses = list.filter(({ witnessKeys }) => witnessKeys.length > 0)
    return new Map(
      await Promise.all(
        witnesses.map(async (peer) => [peer, await askWitness(peer, held, this.#peers.fetch)] as const),
      ),
    )
  }

  /** Once it signs again nobody asks for documents of its own log any more: what may still be had is waited for. */
  #outcome(peers: readonly AskedPeer[], newest: number, { unanswered }: TailDocuments): RecoveryOutcome {
    if (newest > this.#log.head.size) return 'behind'
    const hasAnswer = peers.some(({ mirror, witness }) => mirror === 'head' || witness === 'size')
    const isSilent =
      unanswered.length > 0 || peers.some(({ mirror, witness }) => mirror === 'none' || witness === 'none')
    return hasAnswer && (!isSilent || this.#request.acceptMissing === true) ? 'resumed' : 'waiting'
  }

  #report(
    outcome: RecoveryOutcome,
    peers: readonly AskedPeer[],
    documents: TailDocuments = { fetched: 0, missing: [], unanswered: [] },
    newest = this.#log.head.size,
  ): RecoveryReport {
    const { origin, head } = this.#log
    const root = Buffer.from(head.root).toString('hex')
    return { outcome, origin, before: this.#before, size: head.size, root, newest, documents, peers }
  }
}

function askedPeer(mirror: MirrorAnswer, witness: WitnessAnswer | undefined): AskedPeer {
  const { origin, url } = mirror.peer
  const sizes = [
    ...(mirror.answer === 'head' ? [mirror.head.size] : []),
    ...(witness?.answer === 'size' ? [witness.size] : []),
  ]
  const failed = [mirror, witness].find((each) => each?.answer === 'none')
  return {
    origin,
    url,
    mirror: mirror.answer,
    ...(witness === undefined ? {} : { witness: witness.answer }),
    ...(sizes.length === 0 ? {} : { size: Math.max(...sizes) }),
    ...(failed?.answer !== 'none' ? {} : { error: { code: failed.code, message: failed.message } }),
  }
}
