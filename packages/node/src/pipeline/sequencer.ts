import {
  type PartyState,
  type Statement,
  StatementError,
  jwkOf,
  keyAt,
  kidOf,
  signStatement,
  statementUrn,
  toHex,
} from '@comity/statement'
import { StoreError } from '@comity/store'
import { crypto } from '../crypto-port.ts'
import { type Bench, judge } from '../judge/judge.ts'
import { NodeError } from '../node-error.ts'
import type { Entry } from '../register/entry.ts'
import { type Unclosed, decodeEntry, foldBatch } from '../register/fold.ts'
import type { Database } from '../register/database.ts'
import { rangeOf } from '../register/position.ts'
import type { Accepted, Register } from '../register/register.ts'
import type { NodeKeys } from './keys.ts'
import type { Ledger, SignedHead } from './ledger.ts'

/** A statement that admission let through: form, signature, schema and documents are in order. */
export interface Admitted {
  readonly statement: Statement
  readonly payload: unknown
}

/** A statement that is in the log. */
export interface Registered {
  readonly id: string
  readonly index: number
  /** Size and time of the head that closed its batch: what its receipt is made of. */
  readonly batch: { readonly size: number; readonly at: number }
  /** It was there before, and nothing was added. */
  readonly duplicate: boolean
}

/** Most statements a batch takes; an auditor holds one batch in memory. */
export const batchLimit = 1024

/**
 * Most bytes a batch takes, unless its only statement has more: a quarter of what the stream appends at once, and an
 * auditor holds one batch in memory.
 */
const batchBytes = 16 << 20

/**
 * How long a batch gathers. A batch costs two syncs, three signatures and a transaction whatever its size: at a thousand
 * statements a second that is most of the work when each goes alone, and a client waits a few milliseconds longer.
 */
const gatherMilliseconds = 8

/** Statements that need not wait for more. */
const gatheredAtOnce = 256

/** How long an idle log stays without a time leaf, in seconds. */
const heartbeatSeconds = 3600

/** Work for which no batch may be under way. */
interface Chore {
  run(): void
  reject(reason: unknown): void
}

/** Reasons to sign nothing from the start on: the register is whole, and nobody else writes it. */
const unsigning: ReadonlySet<string> = new Set(['frozen', 'missing-key'])

interface Waiting extends Admitted {
  resolve(outcome: Registered): void
  reject(reason: unknown): void
}

export interface SequencerParts {
  readonly ledger: Ledger
  readonly register: Register
  readonly keys: NodeKeys
  /** Whole seconds since the epoch. */
  readonly now: () => number
  /** Hears of each batch after it was released. */
  readonly onBatch: (from: number, head: SignedHead) => void
  /** Checkpoints of this log that witnesses cosigned, for a time leaf at `at`. None where nothing is given. */
  readonly cosigned?: (at: number, isHeartbeat: boolean) => readonly string[]
}

/**
 * The one place where statements get their order. While a batch is being made durable the next one gathers, so batches
 * grow with the load and a lone client waits for nobody.
 */
export class Sequencer {
  readonly #parts: SequencerParts
  #queue: Waiting[] = []
  #running: Promise<void> | undefined
  #stopped: NodeError | undefined
  readonly #chores: Chore[] = []

  constructor(parts: SequencerParts) {
    this.#parts = parts
  }

  /** Why nothing is taken any more, if so. */
  get stopped(): NodeError | undefined {
    return this.#stopped
  }

  /**
   * Resolves when the statement is durable and its checkpoint signed. Rejects with the judge's reason, and with
   * `storage-failed` when the truth could not be written. How many may wait is the intake's to say.
   */
  submit(admitted: Admitted): Promise<Registered> {
    if (this.#stopped !== undefined) return Promise.reject(this.#stopped)
    return new Promise((resolve, reject) => {
      this.#queue.push({ ...admitted, resolve, reject })
      this.#start()
    })
  }

  /** Closes an hour without a batch with a time leaf, so that an idle log still shows its time. */
  heartbeat(): void {
    if (this.#stopped === undefined && this.#parts.now() - this.#parts.register.lastAt >= heartbeatSeconds)
      this.#start(true)
  }

  /**
   * Runs `work` when no batch holds the register's transaction: at once where none is waiting. Rejects with what it
   * throws, and with the reason for which the register is not written any more.
   */
  betweenBatches(work: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const run = (): void => {
        try {
          work()
          resolve()
        } catch (error) {
          reject(error)
        }
      }
      // A node that may sign nothing, and never did since its start, still follows others.
      if (this.#stopped !== undefined) return unsigning.has(this.#stopped.code) ? run() : reject(this.#stopped)
      this.#chores.push({ run, reject })
      this.#start()
    })
  }

  /**
   * Closes entries that a crash left without a time leaf: they are judged at this moment and signed as a batch of their
   * own. They were acknowledged to nobody, but an append-only log takes nothing back.
   */
  async closeTail(open: readonly Unclosed[]): Promise<void> {
    const { ledger, register } = this.#parts
    const at = Math.max(register.lastAt, this.#parts.now())
    const bench = { ...this.#bench(), size: ledger.size - open.length }
    register.begin()
    foldBatch(open, at, register, bench, (voided, reason) => {
      throw new NodeError(
        'log-forked',
        `entry ${voided.position} of ${ledger.origin} would be refused now: ${reason.message}`,
      )
    })
    await ledger.append([this.#timeLeaf(ledger.size, at)])
    this.#release(await ledger.sign(at))
  }

  /** In one turn, so that nobody sees a head without its rows. */
  #release(head: SignedHead): void {
    this.#parts.register.commit({ size: head.size, root: toHex(head.root) })
    this.#parts.ledger.publish(head)
  }

  /** Refuses what comes from now on and resolves when the batch under way has ended. */
  async stop(reason: NodeError): Promise<void> {
    this.#stopped ??= reason
    await this.#running
    for (const { reject } of [...this.#queue.splice(0), ...this.#chores.splice(0)]) reject(reason)
  }

  #start(evenIfIdle = false): void {
    this.#running ??= this.#run(evenIfIdle).finally(() => {
      this.#running = undefined
      if (this.#queue.length + this.#chores.length > 0 && this.#stopped === undefined) this.#start()
    })
  }

  async #run(evenIfIdle: boolean): Promise<void> {
    do {
      // Chores alone wait for nobody, but never run within the call that asked for them.
      const isGathering = this.#queue.length < gatheredAtOnce && (this.#queue.length > 0 || evenIfIdle)
      await (isGathering ? new Promise((resolve) => setTimeout(resolve, gatherMilliseconds)) : Promise.resolve())
      if (this.#stopped === undefined) for (const { run } of this.#chores.splice(0)) run()
      // What came meanwhile gathers as ever.
      if (!isGathering && this.#queue.length > 0 && this.#queue.length < gatheredAtOnce) continue
      const taken = this.#take()
      if (taken.length === 0 && !evenIfIdle) return
      await this.#batch(taken)
    } while (this.#queue.length > 0 && this.#stopped === undefined)
  }

  /** The statements of the next batch. */
  #take(): Waiting[] {
    let count = 0
    let bytes = 0
    for (const { statement } of this.#queue) {
      bytes += statement.leaf.length
      if (count === batchLimit || (count > 0 && bytes > batchBytes)) break
      count += 1
    }
    return this.#queue.splice(0, count)
  }

  async #batch(taken: readonly Waiting[]): Promise<void> {
    const { ledger, register } = this.#parts
    const from = ledger.size
    const at = Math.max(register.lastAt, this.#parts.now())
    const leaves: Uint8Array[] = []
    const accepted: { waiting: Waiting; index: number }[] = []
    const duplicates: { waiting: Waiting; index: number }[] = []
    try {
      register.begin()
      for (const waiting of taken) {
        const index = from + leaves.length
        const known = register.positionOf(waiting.statement.id)
        if (known !== undefined) duplicates.push({ waiting, index: known })
        else if (this.#judge(waiting, { position: index, at })) {
          leaves.push(waiting.statement.leaf)
          accepted.push({ waiting, index })
        }
      }
      if (leaves.length === 0 && taken.length > 0) register.rollback()
      else {
        leaves.push(this.#timeLeaf(from + leaves.length, at, taken.length === 0))
        await ledger.append(leaves)
      }
    } catch (cause) {
      // Where the disk was full behind the stream, the batch is in the log all the same.
      const isOut = this.#isUndone() && ledger.size === from
      if (isOut && cause instanceof StoreError && cause.code === 'disk-full') this.#noRoom(taken, cause)
      else this.#fail(taken, cause)
      return
    }
    try {
      const head = leaves.length > 0 ? await ledger.sign(at) : undefined
      if (head !== undefined) this.#release(head)
      for (const { waiting, index } of accepted) {
        waiting.resolve({
          id: waiting.statement.id,
          index,
          batch: { size: from + leaves.length, at },
          duplicate: false,
        })
      }
      for (const { waiting, index } of duplicates) {
        waiting.resolve({ id: waiting.statement.id, index, batch: batchOf(register.database, index), duplicate: true })
      }
      if (head !== undefined) this.#parts.onBatch(from, head)
    } catch (cause) {
      // Durable but not signed: nothing was released, and the next start takes it up from the stream.
      this.#fail(taken, cause)
    }
  }

  /** Takes the batch back. False where the register cannot, and is ahead of its log until the next start. */
  #isUndone(): boolean {
    try {
      this.#parts.register.rollback()
      return true
    } catch {
      return false // what made the batch fail is what is reported
    }
  }

  /** Judges and applies one statement; a refusal answers its client and leaves the batch as it was. */
  #judge(waiting: Waiting, place: { position: number; at: number }): boolean {
    const { register, ledger } = this.#parts
    const entry: Entry = { ...waiting, ...place }
    let accepted: Accepted
    try {
      accepted = judge(entry, register, this.#bench())
      this.#keepsOwnKeys(entry, accepted)
    } catch (reason) {
      if (!(reason instanceof NodeError || reason instanceof StatementError)) throw reason
      waiting.reject(new Refused(reason, refusalOf(waiting.statement, reason, place.at, ledger, this.#parts.keys)))
      return false
    }
    // What fails here has written half a statement: no refusal, but the end of the batch.
    register.apply(entry, accepted)
    return true
  }

  /**
   * A keeper that ends the keys its node signs with would leave the log without a next time leaf. The judge of an audit
   * has no part in this: it is this node that could not go on.
   */
  #keepsOwnKeys({ position, statement }: Entry, { partyState }: Accepted): void {
    const { ledger, keys } = this.#parts
    if (partyState === undefined || statement.iss !== ledger.keeper) return
    const advice = 'add the new key beside it, start the node with that, then end the old one'
    const missing = missingKey(partyState, keys, position + 1)
    if (missing !== undefined) {
      throw new NodeError('missing-key', `this would end the ${missing} key that this node signs with: ${advice}`)
    }
  }

  #bench(): Bench {
    const { tree, origin } = this.#parts.ledger
    return { origin, size: tree.size, root: (size) => tree.root(size) }
  }

  #timeLeaf(position: number, at: number, isHeartbeat = false): Uint8Array {
    const { keys, ledger, register } = this.#parts
    const { keeper, origin } = ledger
    const payload = { at, cosigned: [...(this.#parts.cosigned?.(at, isHeartbeat) ?? [])] }
    const bytes = signStatement({ kind: 'time', iss: keeper, sub: origin, iat: at, payload, signer: keys.receipt })
    const entry: Entry = { ...decodeEntry(position, bytes), at }
    register.apply(entry, judge(entry, register, this.#bench()))
    return entry.statement.leaf
  }

  /** Nothing of the batch remains, and the next one may find room. */
  #noRoom(taken: readonly Waiting[], cause: StoreError): void {
    const error = new NodeError('storage-failed', 'the disk is full: nothing was registered, try again later', {
      cause,
    })
    for (const { reject } of taken) reject(error)
  }

  /** The truth could not be written, so what it holds is unknown until the next start has read it. */
  #fail(taken: readonly Waiting[], cause: unknown): void {
    const why = cause instanceof Error ? cause.message : String(cause)
    this.#stopped ??= new NodeError(
      'storage-failed',
      `nothing is registered any more: ${why}. Restart the node once that is mended`,
      { cause },
    )
    for (const { reject } of taken) reject(this.#stopped)
    for (const { reject } of [...this.#queue.splice(0), ...this.#chores.splice(0)]) reject(this.#stopped)
  }
}

/** Which of the keys that a node signs with is none of its keeper's at `index`, if one is. */
export function missingKey(keeper: PartyState, keys: NodeKeys, index: number): 'receipt' | 'log' | undefined {
  const isGood = (kid: string, role: 'receipt' | 'log'): boolean => {
    const { key, status } = keyAt(keeper, kid, index)
    return status === 'valid' && key?.roles.includes(role) === true
  }
  if (!isGood(toHex(keys.receipt.kid), 'receipt')) return 'receipt'
  return isGood(kidOf(jwkOf({ alg: 'EdDSA', bytes: keys.log.publicKey }), crypto), 'log') ? undefined : 'log'
}

/** A refusal together with the statement in which the keeper signed it. */
export class Refused extends Error {
  override readonly name = 'Refused'
  readonly reason: NodeError | StatementError
  /** COSE_Sign1 of kind `refusal`: whoever was refused can show it. */
  readonly refusal: Uint8Array

  constructor(reason: NodeError | StatementError, refusal: Uint8Array) {
    super(reason.message, { cause: reason })
    this.reason = reason
    this.refusal = refusal
  }
}

/** Signs that this log refused that statement, for which reason, at which size. */
export function refusalOf(
  statement: Statement,
  reason: NodeError | StatementError,
  at: number,
  ledger: Pick<Ledger, 'keeper' | 'tree'>,
  keys: NodeKeys,
): Uint8Array {
  const detail = reason.message.slice(0, 1000)
  return signStatement({
    kind: 'refusal',
    iss: ledger.keeper,
    sub: statementUrn(statement.id),
    iat: at,
    payload: { code: reason.code, detail, at, size: ledger.tree.size },
    signer: keys.receipt,
  })
}

/** Size and time of the head that closed the batch of an entry. */
export function batchOf(database: Database, index: number): { readonly size: number; readonly at: number } {
  const row = database
    .prepare('SELECT position, at FROM batch WHERE position >= ? AND position < ? ORDER BY position LIMIT 1')
    .get(index, rangeOf(0).to)
  if (row === undefined) throw new NodeError('closed', `entry ${index} is not closed by a time leaf yet`)
  return { size: Number(row['position']) + 1, at: Number(row['at']) }
}
