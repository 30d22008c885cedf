import { type Destination, DeliveryRefused, finalRefusals } from './destination.ts'
import { pauseOf, reasonOf } from './dispatch.ts'
import { Schedule } from './schedule.ts'

/** Deliveries under way at a time, each to another party. */
const atOnce = 4

/** How long a message is tried, in seconds: fourteen days. Then its author is told that it never came. */
export const deliveryTerm = 14 * 86_400

/** How long an idle courier sleeps, in seconds, unless it is woken. */
const idle = 3600

/** Something on its way to one party. */
export interface OnItsWay {
  readonly to: string
  readonly message: {
    /** Its row, which stands for it. */
    readonly row: number
    readonly record: { readonly at: number; readonly attachments: readonly { readonly sealed: string }[] }
  }
}

/** Whatever has things to bring, and notes what became of them. */
export interface Delivering<D extends OnItsWay> {
  /** What is in this state, oldest first. */
  pending(state: 'waiting'): readonly D[]
  /** What has to arrive in its order has the same lane, where nothing goes before what is in front of it. */
  lane?(delivery: D): string
  destination(to: string): Destination
  post(delivery: D, destination: Destination): Promise<{ readonly receipt: Uint8Array }>
  /** Checks a receipt; returns the attachments it names. */
  check(delivery: D, receipt: Uint8Array): readonly string[]
  note(
    delivery: D,
    outcome: {
      readonly state: 'taken' | 'delivered' | 'failed'
      readonly receipt?: string
      readonly code?: string
      readonly at: number
    },
  ): Promise<void>
}

/** A name for a delivery, for what is remembered of it. */
export function nameOf({ message, to }: OnItsWay): string {
  return `${message.row} ${to}`
}

/** Brings messages to those they are for, again and again until they are taken or cannot be. */
export class Courier<D extends OnItsWay> {
  readonly #dispatch: Delivering<D>
  readonly #schedule: Schedule
  readonly #onDefect: (error: unknown) => void
  readonly #onTaken: () => void

  /**
   * `onDefect` hears of what is neither an answer nor a silence of the other side, `onTaken` that a message arrived whose
   * attachments are still to be brought.
   */
  constructor(dispatch: Delivering<D>, random: () => number, onDefect: (error: unknown) => void, onTaken: () => void) {
    this.#dispatch = dispatch
    this.#schedule = new Schedule(random)
    this.#onDefect = onDefect
    this.#onTaken = onTaken
  }

  /** Tries what is due, at most {@link atOnce} of it. Resolves with when it wants to be called next. */
  async step(now: number): Promise<number> {
    const pending = this.#dispatch.pending('waiting')
    this.#schedule.keep(new Set(pending.map(nameOf)))
    const due = firstOfEach(this.#fronts(pending).filter((each) => this.#schedule.isDue(nameOf(each), now)))
    await Promise.all(due.slice(0, atOnce).map((each) => this.#attempt(each, now)))
    return this.#schedule.next(this.#fronts(this.#dispatch.pending('waiting')).map(nameOf)) ?? now + idle
  }

  /** What may go now, as far as its lane is concerned. */
  #fronts(pending: readonly D[]): readonly D[] {
    if (this.#dispatch.lane === undefined) return pending
    return firstOfEach(pending, (each) => this.#dispatch.lane?.(each) ?? each.to)
  }

  async #attempt(delivery: D, now: number): Promise<void> {
    const name = nameOf(delivery)
    try {
      if (now - delivery.message.record.at > deliveryTerm) {
        await this.#dispatch.note(delivery, { state: 'failed', code: 'not-delivered', at: now })
        return
      }
      const { receipt } = await this.#dispatch.post(delivery, this.#dispatch.destination(delivery.to))
      const there = new Set(this.#dispatch.check(delivery, receipt))
      const isWhole = delivery.message.record.attachments.every(({ sealed }) => there.has(sealed))
      const text = Buffer.from(receipt).toString('base64url')
      await this.#dispatch.note(delivery, { state: isWhole ? 'delivered' : 'taken', receipt: text, at: now })
      this.#schedule.forget(name)
      if (!isWhole) this.#onTaken()
    } catch (error) {
      const code = reasonOf(error)
      if (code === undefined) this.#onDefect(error)
      if (error instanceof DeliveryRefused && finalRefusals.has(error.code)) {
        await this.#dispatch.note(delivery, { state: 'failed', code: error.code, at: now })
      } else this.#schedule.failed(name, now, pauseOf(error, now))
    }
  }
}

/** The first delivery to each party: the others wait for their turn, so that messages come in the order of writing. */
export function firstOfEach<D extends OnItsWay>(
  deliveries: readonly D[],
  lane: (delivery: D) => string = ({ to }) => to,
): readonly D[] {
  const seen = new Set<string>()
  return deliveries.filter((each) => !seen.has(lane(each)) && seen.add(lane(each)))
}
