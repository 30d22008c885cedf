/**
 * A node's part in the witnessing of logs, both sides of it: it cosigns the logs of its peers, where it has keys for
 * that, and it has its own log cosigned by those of its peers that are witnesses.
 */
import { type Cosigner, formatVerifierKey, parseNote } from '@comity/log'
import type { Cells } from '@comity/store'
import type { NodeError } from '../../node-error.ts'
import type { Ledger } from '../../pipeline/ledger.ts'
import type { Database } from '../../register/database.ts'
import { FederationError } from '../federation-error.ts'
import type { Peer } from '../peers/peer.ts'
import type { PeerReport, Peers } from '../peers/peers.ts'
import { CarriedCosignatures } from './carried.ts'
import { CosignedHeads } from './cosigned-heads.ts'
import { EntryTimes } from './entry-times.ts'
import { knownLogs } from './known-logs.ts'
import { Witness } from './witness.ts'
import { WitnessAsker, type WitnessState } from './witness-asker.ts'

export interface WitnessingParts {
  readonly ledger: Ledger
  readonly cells: Cells
  readonly peers: Peers
  /** Committed rows of the register. */
  readonly reader: Database
  /** Absent: this node is no witness. */
  readonly cosigners: readonly Cosigner[] | undefined
  /** Whole seconds since the epoch. */
  readonly now: () => number
  /** From 0 to below 1: spreads what is tried again; chance where nothing is given. */
  readonly random?: (() => number) | undefined
  /** Why nothing may be signed at the moment, if so. */
  readonly stopped: () => NodeError | undefined
  /**
   * Compares a head that a log showed to its witness with the copy that is kept of that log, if one is: who shows one
   * tree here and another there is caught, and a copy learns at once that there is more to read.
   */
  readonly compare?: (origin: string, note: string) => Promise<unknown>
}

export class Witnessing {
  /** Cosigns the logs of peers; undefined where this node has no keys for that. */
  readonly witness: Witness | undefined
  /** What witnesses cosigned of this node's own log. */
  readonly cosigned: CosignedHeads
  /** What the times of entries rest on. */
  readonly times: EntryTimes
  readonly #parts: WitnessingParts
  readonly #asker: WitnessAsker
  readonly #carried: CarriedCosignatures
  #timer: NodeJS.Timeout | undefined
  #stepping: Promise<void> | undefined
  #onError: ((error: unknown) => void) | undefined
  #nextAt = 0
  /** Logs that are being compared, and the head that comes next. */
  readonly #toCompare = new Map<string, string | undefined>()

  constructor(parts: WitnessingParts) {
    const { ledger, cells, peers, reader, cosigners, now, random, stopped } = parts
    this.#parts = parts
    this.cosigned = new CosignedHeads(cells, ledger.origin)
    this.times = new EntryTimes(reader, ledger.keeper)
    this.witness =
      cosigners === undefined || cosigners.length === 0
        ? undefined
        : new Witness({
            cells,
            cosigners,
            knownLogs: knownLogs({ peers, reader, now }),
            ownOrigin: ledger.origin,
            now,
            stopped,
            onCosigned: (origin, note) => this.#seen(origin, note),
            onFork: (origin, note) => void this.#compare(origin, note),
          })
    this.#carried = new CarriedCosignatures(this.cosigned)
    this.#asker = new WitnessAsker({
      head: () => ledger.head,
      consistencyProof: (from, to) => ledger.tree.consistencyProof(from, to),
      peers,
      cosigned: this.cosigned,
      ...(random === undefined ? {} : { random }),
    })
    peers.reportFrom((peer) => this.#reportOf(peer))
  }

  /** The newest checkpoint with what witnesses cosigned of it, as a signed note. */
  get checkpoint(): string {
    const { head } = this.#parts.ledger
    if (head === undefined) return ''
    return head.note + this.cosigned.linesOf(parseNote(head.note).text)
  }

  /** The keys under which this node cosigns, as C2SP verifier keys; empty where it is no witness. */
  get verifierKeys(): readonly string[] {
    return this.#parts.cosigners?.map(formatVerifierKey) ?? []
  }

  /** The witnesses that are asked, and how it goes with each. */
  witnesses(): readonly WitnessState[] {
    return this.#asker.states()
  }

  /** Cosigned checkpoints for the next time leaf: see {@link CarriedCosignatures}. */
  forTimeLeaf(at: number, isHeartbeat: boolean): readonly string[] {
    return this.#carried.forLeaf(at, isHeartbeat)
  }

  /**
   * One round: asks the witnesses that are due about the newest head. Resolves with when it wants to be called next, in
   * seconds since the epoch, as `now`.
   */
  step(now: number): Promise<number> {
    return this.#asker.step(now)
  }

  /** Resolves when nobody is asked any more, and what was collected is durable. */
  settled(): Promise<void> {
    return this.#asker.settled()
  }

  /** Asks by the clock, from now on: for a node that serves. `onError` hears of what nobody foresaw. */
  start(onError: (error: unknown) => void): void {
    this.#onError = onError
    this.#schedule(0)
  }

  /** There is a new head: a round begins as soon as the last one is a second old. */
  wake(): void {
    if (this.#onError !== undefined && this.#stepping === undefined) this.#schedule(this.#nextAt)
  }

  /** Ends the rounds, and makes what they collected durable. */
  async stop(): Promise<void> {
    this.#onError = undefined
    clearTimeout(this.#timer)
    await this.#stepping
    await this.#asker.settled()
  }

  /** While a comparison of a log is under way only the newest of its heads waits. */
  #seen(origin: string, note: string): void {
    if (this.#parts.compare === undefined) return
    const isComparing = this.#toCompare.has(origin)
    this.#toCompare.set(origin, note)
    if (isComparing) return
    void (async () => {
      for (let next: string | undefined = note; next !== undefined; next = this.#toCompare.get(origin)) {
        this.#toCompare.set(origin, undefined)
        await this.#compare(origin, next)
      }
      this.#toCompare.delete(origin)
    })()
  }

  async #compare(origin: string, note: string): Promise<void> {
    try {
      await this.#parts.compare?.(origin, note)
    } catch (error) {
      // Signed with a key that the copy does not know yet: the next head is compared again.
      if (!(error instanceof FederationError)) this.#onError?.(error)
    }
  }

  #schedule(at: number): void {
    clearTimeout(this.#timer)
    const wait = Math.max(0, at - machineSeconds()) * 1000
    this.#timer = setTimeout(() => {
      this.#stepping = this.#tick().finally(() => {
        this.#stepping = undefined
      })
    }, wait).unref()
  }

  async #tick(): Promise<void> {
    try {
      this.#nextAt = await this.#asker.step(machineSeconds())
    } catch (error) {
      this.#nextAt = machineSeconds() + retrySeconds
      this.#onError?.(error)
    }
    if (this.#onError !== undefined) this.#schedule(this.#nextAt)
  }

  /** What the state of a peer says about its cosignatures; of a peer that is only a witness it is all there is to say. */
  #reportOf(peer: Peer): PeerReport | undefined {
    const witness = this.#asker.states().find(({ origin }) => origin === peer.origin)
    if (witness === undefined) return undefined
    const { cosignedAt, size, lastError, nextTryAt } = witness
    const cosigned = cosignedAt === 0 ? {} : { cosignedAt }
    if (peer.mirror) return cosigned
    const isBehind = size < (this.#parts.ledger.head?.size ?? 0)
    const state = lastError === undefined ? (isBehind ? 'behind' : 'following') : 'unreachable'
    return { ...cosigned, state, nextTryAt, ...(lastError === undefined ? {} : { lastError }) }
  }
}

/** After an error that nobody foresaw. */
const retrySeconds = 60

function machineSeconds(): number {
  return Date.now() / 1000
}
