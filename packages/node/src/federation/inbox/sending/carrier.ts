import { sha256Hex } from '@comity/crypto'
import type { VaultDesk } from '../../../vault/desk.ts'
import { withChunkBuffer } from '../attachments/chunk-buffers.ts'
import { type ChunkList, encodeChunkList } from '../attachments/chunk-list.ts'
import { isSet } from '../receiving/arrivals.ts'
import type { InboxReader } from '../record/inbox-reader.ts'
import { deliveryTerm, firstOfEach, nameOf } from './courier.ts'
import { type Destination, DeliveryRefused, finalRefusals } from './destination.ts'
import { type Delivery, type Dispatch, pauseOf, reasonOf } from './dispatch.ts'
import { Schedule } from './schedule.ts'

/** Transfers under way at a time, each to another party. */
const atOnce = 2

/** Chunks on their way at a time within one transfer: one is stored while others travel. */
const chunksAtOnce = 4

/** Chunks brought before others have a turn. */
const chunksInARow = 64

const idle = 3600

export interface CarrierParts {
  readonly desk: VaultDesk
  readonly reader: InboxReader
  readonly dispatch: Dispatch
  readonly random: () => number
  readonly onDefect: (error: unknown) => void
}

/** An attachment that is being brought. */
interface Load {
  readonly ticket: string
  readonly list: ChunkList
}

/**
 * Brings the attachments of messages that were taken already, chunk after chunk. What the other side has it is not
 * brought again, so an interruption costs no more than the chunks under way.
 */
export class Carrier {
  readonly #parts: CarrierParts
  readonly #schedule: Schedule

  constructor(parts: CarrierParts) {
    this.#parts = parts
    this.#schedule = new Schedule(parts.random)
  }

  /** Brings a bounded part of what is due. Resolves with when it wants to be called next. */
  async step(now: number): Promise<number> {
    const { dispatch } = this.#parts
    const pending = dispatch.pending('taken')
    this.#schedule.keep(new Set(pending.map(nameOf)))
    const due = firstOfEach(pending.filter((each) => this.#schedule.isDue(nameOf(each), now))).slice(0, atOnce)
    await Promise.all(due.map((each) => this.#attempt(each, now)))
    return this.#schedule.next(dispatch.pending('taken').map(nameOf)) ?? now + idle
  }

  async #attempt(delivery: Delivery, now: number): Promise<void> {
    const { dispatch } = this.#parts
    const name = nameOf(delivery)
    try {
      const standing = delivery.message.record.deliveries.find(({ to }) => to === delivery.to)
      if (now - (standing?.at ?? now) > deliveryTerm) {
        await dispatch.note(delivery, { state: 'failed', code: 'not-delivered', at: now })
        return
      }
      await this.#bring(delivery, now)
      this.#schedule.forget(name)
    } catch (error) {
      const code = reasonOf(error)
      if (code === undefined) this.#parts.onDefect(error)
      if (error instanceof DeliveryRefused && finalRefusals.has(error.code)) {
        await dispatch.note(delivery, { state: 'failed', code: error.code, at: now })
      } else this.#schedule.failed(name, now, pauseOf(error, now))
    }
  }

  /** Asks which tickets there are, which costs a message that is known already, and brings what is missing. */
  async #bring(delivery: Delivery, now: number): Promise<void> {
    const { dispatch, reader } = this.#parts
    const destination = dispatch.destination(delivery.to)
    const { receipt, attachments } = await dispatch.post(delivery, destination)
    // The answer to the last `finish` may have been lost: this receipt names what it named.
    if (await this.#note(delivery, receipt, now)) return
    let budget = chunksInARow
    for (const attachment of reader.attachments(delivery.message)) {
      const there = attachments[attachment.n]
      const list = reader.listOf(delivery.message, attachment)
      if (there === undefined || there.whole || list === undefined) continue
      budget -= await this.#carry({ ticket: there.ticket, list }, destination, budget)
      if (budget <= 0) return
      await this.#note(delivery, await destination.finish(there.ticket), now)
    }
  }

  /** Keeps a receipt; true where it names every attachment. */
  async #note(delivery: Delivery, receipt: Uint8Array, now: number): Promise<boolean> {
    const { dispatch } = this.#parts
    const named = new Set(dispatch.check(delivery, receipt))
    const isWhole = delivery.message.record.attachments.every(({ sealed }) => named.has(sealed))
    const text = Buffer.from(receipt).toString('base64url')
    await dispatch.note(delivery, { state: isWhole ? 'delivered' : 'taken', receipt: text, at: now })
    return isWhole
  }

  /** Brings up to `budget` chunks that are not there; returns how many. All of them are there where that is less. */
  async #carry({ ticket, list }: Load, destination: Destination, budget: number): Promise<number> {
    const { desk } = this.#parts
    let { hasList, have } = await destination.state(ticket)
    if (!hasList) {
      await destination.putList(ticket, encodeChunkList(list))
      ;({ hasList, have } = await destination.state(ticket))
    }
    const missing = list.chunks.flatMap((digest, index) => (isSet(have, index) ? [] : [{ digest, index }]))
    const now = missing.slice(0, budget)
    let next = 0
    const lane = async (): Promise<void> => {
      for (let chunk = now[next++]; chunk !== undefined; chunk = now[next++]) {
        await withChunkBuffer(async (room) => {
          const bytes = desk.blobs.getCiphertext(chunk.digest, room)
          try {
            await destination.putChunk(ticket, chunk.index, bytes)
          } catch (error) {
            next = now.length
            throw this.#isOurFault(error, bytes, chunk.digest)
              ? new DeliveryRefused('attachment-broken', { cause: error })
              : error
          }
        })
      }
    }
    await Promise.all(Array.from({ length: chunksAtOnce }, lane))
    return now.length
  }

  /** A chunk that was damaged on this disk will never be taken. */
  #isOurFault(error: unknown, bytes: Uint8Array, digest: string): boolean {
    return error instanceof DeliveryRefused && error.code === 'digest-mismatch' && sha256Hex(bytes) !== digest
  }
}
