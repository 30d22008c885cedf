import { type Delivery, type Dispatch, nameOf, pauseOf, reasonOf } from './dispatch.ts'
import { DeliveryRefused, finalRefusals } from './destination.ts'
import { Schedule } from './schedule.ts'

/** Deliveries under way at a time, each to another party. */
const atOnce = 4

/** How long a message is tried, in seconds: fourteen days. Then its author is told that it never came. */
export const deliveryTerm = 14 * 86_400

/** How long an idle courier sleeps, in seconds, unless it is woken. */
const idle = 3600

/** Brings messages to those they are for, again and again until they are taken or cannot be. */
export class Courier {
  readonly #dispatch: Dispatch
  readonly #schedule: Schedule
  readonly #onDefect: (error: unknown) => void
  readonly #onTaken: () => void

  /**
   * `onDefect` hears of what is neither an answer nor a silence of the other side, `onTaken` that a message arrived whose
   * attachments are still to be brought.
   */
  constructor(dispatch: Dispatch, random: () => number, onDefect: (error: unknown) => void, onTaken: () => void) {
    this.#dispatch = dispatch
    this.#schedule = new Schedule(random)
    this.#onDefect = onDefect
    this.#onTaken = onTaken
  }

  /** Tries what is due, at most {@link atOnce} of it. Resolves with when it wants to be called next. */
  async step(now: number): Promise<number> {
    const pending = this.#dispatch.pending('waiting')
    this.#schedule.keep(new Set(pending.map(nameOf)))
    const due = firstOfEach(pending.filter((each) => this.#schedule.isDue(nameOf(each), now))).slice(0, atOnce)
    await Promise.all(due.map((each) => this.#attempt(each, now)))
    return this.#schedule.next(this.#dispatch.pending('waiting').map(nameOf)) ?? now + idle
  }

  async #attempt(delivery: Delivery, now: number): Promise<void> {
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
export function firstOfEach(deliveries: readonly Delivery[]): readonly Delivery[] {
  const seen = new Set<string>()
  return deliveries.filter(({ to }) => !seen.has(to) && seen.add(to))
}
