import { randomBytes } from '@comity/crypto'
import { Schedule } from '../federation/inbox/sending/schedule.ts'
import type { VaultDesk } from '../vault/desk.ts'
import type { Alert, Alerts } from './alerts.ts'
import type { Bringer } from './bringer.ts'
import type { Outcome } from './channels/outcome.ts'
import type { KeptSubscription, TellingReader } from './record/telling-reader.ts'
import { isOver, toldOf } from './words/told.ts'

/** Messages under way at a time, each of another subscription. */
const atOnce = 8

/** How long a message is tried, in seconds: three days. What it said stays listed, and the next message says that it was missed. */
export const tellingTerm = 3 * 86_400

/** What arises within so many seconds goes into one mail. A machine that is called is called at once. */
const gatherFor = { mail: 5, webhook: 0, feed: 0 } as const

/** Alerts that one message speaks of at the most; what is left goes into the next. */
const alertsAtMost = 2000
const alertsInAPage = 200

/** How long an idle teller sleeps, in seconds, unless it is woken. */
const idle = 3600

export interface TellerParts {
  readonly desk: VaultDesk
  readonly reader: TellingReader
  readonly alerts: Alerts
  readonly bringer: Bringer
  /** In [0, 1): spreads attempts. */
  readonly random: () => number
  /** Whole seconds since the epoch. */
  readonly now: () => number
}

/** What is known of a message that did not come yet. Forgotten with a restart. */
export type LastAttempt = Exclude<Outcome, { told: true }> & { readonly at: number }

/**
 * Composes messages of what is new to a subscription, and brings each until it has come or never will. A message is
 * written down before anybody hears of it and once more when it has come, so that a stop in between brings it again,
 * under the same identifier and with the same words.
 */
export class Teller {
  readonly #parts: TellerParts
  readonly #schedule: Schedule
  /** Since when something waits to be composed, by subscription. */
  readonly #gathering = new Map<number, number>()
  readonly #failures = new Map<number, LastAttempt>()

  constructor(parts: TellerParts) {
    this.#parts = parts
    this.#schedule = new Schedule(parts.random)
  }

  /** How the last attempt of a message that is still being brought went wrong. */
  lastAttempt({ row, telling }: KeptSubscription): LastAttempt | undefined {
    return telling === undefined ? undefined : this.#failures.get(row)
  }

  /** Composes and brings a bounded part of what is due. Resolves with when it wants to be called next. */
  async step(now: number): Promise<number> {
    const all = this.#parts.reader.all().filter(isBrought)
    this.#forgetOthers(all)
    const waits = all.map((each) => ({ each, at: this.#dueAt(each, now) }))
    const due = waits.filter(({ at }) => at <= now).slice(0, atOnce)
    await Promise.all(due.map(({ each }) => this.#turn(each, now)))
    if (due.length > 0) return now
    return Math.min(now + idle, ...waits.map(({ at }) => at))
  }

  /** When something is to be done for a subscription, in seconds since the epoch. */
  #dueAt(kept: KeptSubscription, now: number): number {
    const { row, record, telling } = kept
    if (telling !== undefined) return this.#schedule.next([nameOf(kept)]) ?? now
    const { cursor, channel, perHour, composedAt } = record
    if (!this.#parts.alerts.hasAfter(kept.partition.party, cursor)) {
      this.#gathering.delete(row)
      return Infinity
    }
    const since = this.#gathering.get(row) ?? now
    this.#gathering.set(row, since)
    const [oldest = 0] = composedAt
    const allowedAt = composedAt.length < perHour ? 0 : oldest + 3600
    return Math.max(since + gatherFor[channel.kind], allowedAt)
  }

  async #turn(kept: KeptSubscription, now: number): Promise<void> {
    const composed = kept.telling === undefined ? await this.#compose(kept) : kept
    if (composed?.telling !== undefined) await this.#bring(composed, now)
  }

  /** Writes down a message of everything that is new; what is harmless again is no news any more. */
  async #compose({ row, partition, record: { id } }: KeptSubscription): Promise<KeptSubscription | undefined> {
    const { desk, reader, now } = this.#parts
    const { party, keyId } = partition
    return desk.write(async (pen) => {
      const kept = reader.of(party).find((each) => each.row === row)
      if (kept === undefined || kept.telling !== undefined) return kept
      const { record } = kept
      const { alerts, next } = this.#newFor(party, record.cursor)
      this.#gathering.delete(row)
      if (next === record.cursor) return undefined
      const at = now()
      if (alerts.length === 0) {
        await pen.record([{ keyId, event: { type: 'alerts-passed', subscription: id, upTo: next, at } }])
        return undefined
      }
      const told = toldOf(alerts, record.detail, record.missed)
      const telling = Buffer.from(randomBytes(16)).toString('hex')
      await pen.record([{ keyId, event: { type: 'telling', id: telling, subscription: id, upTo: next, told, at } }])
      return reader.of(party).find((each) => each.row === row)
    })
  }

  /** What is new after a cursor, each match once. */
  #newFor(party: string, cursor: string): { readonly alerts: readonly Alert[]; readonly next: string } {
    const byMatch = new Map<string, Alert>()
    let next = cursor
    for (let looked = 0; looked < alertsAtMost; looked += alertsInAPage) {
      const page = this.#parts.alerts.after(party, next, alertsInAPage)
      for (const alert of page.alerts) if (!isOver(alert.match)) byMatch.set(alert.match.id, alert)
      next = page.next
      if (!page.more) break
    }
    return { alerts: [...byMatch.values()], next }
  }

  async #bring(kept: KeptSubscription, now: number): Promise<void> {
    const { row, telling } = kept
    if (telling === undefined) return
    const outcome = await this.#parts.bringer.bring(kept, telling)
    if (outcome.told) return this.#end(kept, telling.id, {})
    const { code, status, isFinal, retryAfter = 0 } = outcome
    const said = status === undefined ? { code } : { code, status }
    if (isFinal) return this.#end(kept, telling.id, said)
    if (now - telling.at > tellingTerm) return this.#end(kept, telling.id, { ...said, code: 'not-in-time' })
    this.#failures.set(row, { ...outcome, at: now })
    this.#schedule.failed(nameOf(kept), now, retryAfter)
  }

  /** Writes down how a message ended; nothing where its subscription is gone meanwhile. */
  async #end(
    { row, partition, record }: KeptSubscription,
    telling: string,
    how: { readonly code?: LastAttempt['code']; readonly status?: number },
  ): Promise<void> {
    const { desk, reader, now } = this.#parts
    await desk.write(async (pen) => {
      const current = reader.of(partition.party).find((each) => each.row === row)
      if (current?.telling?.id !== telling) return
      const event = { type: 'told', telling, subscription: record.id, ...how, at: now() } as const
      await pen.record([{ keyId: partition.keyId, event }])
    })
    this.#schedule.forget(`${row} ${telling}`)
    this.#failures.delete(row)
  }

  #forgetOthers(all: readonly KeptSubscription[]): void {
    this.#schedule.keep(new Set(all.filter(({ telling }) => telling !== undefined).map(nameOf)))
    const rows = new Set(all.map(({ row }) => row))
    for (const map of [this.#gathering, this.#failures]) {
      for (const row of map.keys()) if (!rows.has(row)) map.delete(row)
    }
  }
}

/** Feeds are read, and whoever answered that nobody is there any more is not asked again. */
function isBrought({ record: { channel, failed } }: KeptSubscription): boolean {
  return channel.kind !== 'feed' && failed?.code !== 'gone'
}

/** A name for the attempts of one message. */
function nameOf({ row, telling }: KeptSubscription): string {
  return `${row} ${telling?.id ?? ''}`
}
