import { type Statement, StatementError } from '@comity/statement'
import type { Documents } from '../documents.ts'
import { NodeError } from '../node-error.ts'
import { type Register, documentsOf } from '../register/register.ts'
import { TokenBucket } from '../federation/peers/token-bucket.ts'
import { type Bringer, Inadmissible, admit } from './admission.ts'
import type { NodeKeys } from './keys.ts'
import type { Ledger } from './ledger.ts'
import type { Metrics } from './metrics.ts'
import { Refused, type Registered, type Sequencer, refusalOf } from './sequencer.ts'

/** Statements on their way into the log, over all clients, before the node says 429: verified, waiting or in a batch. */
export const queueLimit = 4096

/** Bytes of statements on their way into the log before the node says 429; decoded they take about four times that. */
export const bytesLimit = 64 << 20

/** Copies that strangers bring, over all: a log keeps them for ever, and nobody answers for them. */
const copiesOfStrangers = { perSecond: 0.1, burst: 100 }

/** A statement that is in the log, with its receipt at hand. */
export interface Submitted extends Registered {
  readonly statement: Statement
  receipt(): Uint8Array
}

export interface IntakeParts {
  readonly ledger: Ledger
  readonly register: Register
  readonly documents: Documents
  readonly sequencer: Sequencer
  readonly keys: NodeKeys
  readonly metrics: Metrics
  /** Whole seconds since the epoch. */
  readonly now: () => number
}

/** The way of a statement into the log, from its bytes to its receipt: admitted, sequenced, counted. */
export class Intake {
  readonly #parts: IntakeParts
  readonly #copies = new TokenBucket(copiesOfStrangers, performance.now())
  #underWay = 0
  #bytesUnderWay = 0

  constructor(parts: IntakeParts) {
    this.#parts = parts
  }

  /** Statements that were taken and not answered yet. */
  get underWay(): number {
    return this.#underWay
  }

  /**
   * Resolves when the statement is durable and under a signed checkpoint, with what was there before if it is a
   * duplicate. Rejects with {@link Refused} when an authentic statement is refused, with `too-many-requests` before
   * anything else is done when too many are under way, else with the error itself.
   */
  async submit(bytes: Uint8Array, by: Bringer = 'filer'): Promise<Submitted> {
    const { documents, sequencer, ledger } = this.#parts
    const { length } = bytes
    if (this.#underWay >= queueLimit || this.#bytesUnderWay + length > bytesLimit) throw this.#refused(tooMany())
    this.#underWay += 1
    this.#bytesUnderWay += length
    try {
      const admitted = await admit(bytes, this.#parts, by)
      if (by === 'stranger' && this.#copies.take(performance.now()) > 0) throw tooManyCopies()
      const letGo = documents.hold(documentsOf(admitted.payload))
      const registered = await sequencer.submit(admitted).finally(letGo)
      this.#count(registered)
      const { index, batch } = registered
      return { ...registered, statement: admitted.statement, receipt: () => ledger.receipt(index, batch) }
    } catch (error) {
      throw this.#refused(error)
    } finally {
      this.#underWay -= 1
      this.#bytesUnderWay -= length
    }
  }

  #count({ duplicate }: Registered): void {
    const { duplicates, registered } = this.#parts.metrics
    if (duplicate) duplicates.inc()
    else registered.inc()
  }

  /** Signs the refusal of an authentic statement; what is not authentic gets none. */
  #refused(error: unknown): unknown {
    const { ledger, keys, metrics, now } = this.#parts
    const signed =
      error instanceof Inadmissible
        ? new Refused(error.reason, refusalOf(error.statement, error.reason, now(), ledger, keys))
        : error
    if (signed instanceof Refused) metrics.refused.inc({ code: signed.reason.code })
    else if (signed instanceof NodeError || signed instanceof StatementError) metrics.refused.inc({ code: signed.code })
    return signed
  }
}

function tooManyCopies(): NodeError {
  return new NodeError(
    'too-many-requests',
    'strangers brought many copies of late: try again in a minute, or with a token',
  )
}

function tooMany(): NodeError {
  const limit = `${queueLimit} statements, or ${bytesLimit >> 20} MiB of them`
  return new NodeError('too-many-requests', `${limit}, are on their way into the log: try again in a second`)
}
