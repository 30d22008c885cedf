import { randomBytes } from '@comity/crypto'
import { Loops } from '../federation/inbox/loops.ts'
import { NodeError } from '../node-error.ts'
import type { Vault } from '../vault/vault.ts'
import { type Alert, Alerts } from './alerts.ts'
import { Bringer } from './bringer.ts'
import type { MailRelay } from './channels/mail-relay.ts'
import type { Outcome } from './channels/outcome.ts'
import { WebhookCaller } from './channels/webhook.ts'
import { TellingReader } from './record/telling-reader.ts'
import { type AddedSubscription, type SubscriptionRequest, Subscriptions } from './subscriptions.ts'
import { type LastAttempt, Teller } from './teller.ts'
import { Waiting } from './waiting.ts'
import { atomWords } from './words/atom-words.ts'
import type { SubscriptionRecord } from './record/telling-record.ts'

export interface TellingOptions {
  readonly vault: Vault
  /** Whole seconds since the epoch. */
  readonly now: () => number
  /** What takes the node's mail; without it nobody is told by mail. */
  readonly relay?: MailRelay | undefined
  /** Brings webhooks; one that reaches public addresses alone where nothing is given. */
  readonly webhooks?: WebhookCaller
  /** Webhooks may lead into the keeper's own network, and over plain http there: as `webhooks` was made. */
  readonly allowPrivate?: boolean
  /** Where the world reaches the node, without a slash at the end. */
  readonly publicUrl?: string
  /** In [0, 1): spreads attempts. */
  readonly random?: () => number
  /** Hears of failures that are neither an answer nor a silence of the other side. */
  readonly onError?: (error: unknown) => void
}

/** A subscription as its party sees it. */
export interface SubscriptionInfo extends Omit<SubscriptionRecord, 'cursor' | 'composedAt' | 'channel'> {
  readonly channel:
    | { readonly kind: 'mail'; readonly to: string }
    | { readonly kind: 'webhook'; readonly url: string }
    | { readonly kind: 'feed' }
  /** `idle`: nothing is new · `waiting`: a message is being brought · `stopped`: nobody is there any more. */
  readonly state: 'idle' | 'waiting' | 'stopped'
  /** Of the message that is being brought: how its last attempt went wrong. */
  readonly lastAttempt?: LastAttempt
}

/** A page of alerts, oldest first. */
export interface AlertsPage {
  readonly alerts: readonly Alert[]
  /** Where to go on: always there. */
  readonly next: string
  /** There may be more behind it already. */
  readonly more: boolean
}

/** Entries of a feed. */
const feedEntries = 50

/** Tests that one party may ask for in an hour. */
const testsPerHour = 12

/**
 * Tells hosted parties what concerns them: whoever asks, waits or subscribed. Nothing of it shows in a log line, a
 * metric or an error.
 */
export class Telling {
  readonly #alerts: Alerts
  readonly #subscriptions: Subscriptions
  readonly #reader: TellingReader
  readonly #bringer: Bringer
  readonly #teller: Teller
  readonly #webhooks: WebhookCaller
  readonly #loops: Loops
  readonly #waiting = new Waiting()
  readonly #now: () => number
  readonly #publicUrl: string
  readonly #tests = new Map<string, number[]>()
  readonly #stopHearing: () => void

  constructor(options: TellingOptions) {
    const { vault, now, relay, allowPrivate = false, publicUrl = '' } = options
    const { random = Math.random, onError = () => {} } = options
    const { desk } = vault
    this.#now = now
    this.#publicUrl = publicUrl
    this.#webhooks = options.webhooks ?? new WebhookCaller({ now, allowPrivate })
    this.#alerts = new Alerts(vault)
    this.#reader = new TellingReader(desk)
    this.#bringer = new Bringer({ relay, webhooks: this.#webhooks, where: { publicUrl } })
    const reader = this.#reader
    this.#subscriptions = new Subscriptions({ desk, reader, now, sendsMail: relay !== undefined, allowPrivate })
    this.#teller = new Teller({ desk, reader, alerts: this.#alerts, bringer: this.#bringer, random, now })
    this.#loops = new Loops([(at) => this.#teller.step(at)], now, onError)
    this.#stopHearing = vault.onChange(() => {
      this.#waiting.wake()
      this.#loops.wake()
    })
  }

  /** Errors: `bad-subscription`, `no-relay`, `too-many-subscriptions`. */
  subscribe(party: string, request: SubscriptionRequest): Promise<AddedSubscription> {
    return this.#subscriptions.add(party, request)
  }

  /** Nobody is told by it any more. Errors: `unknown-subscription`. */
  unsubscribe(party: string, id: string): Promise<void> {
    return this.#subscriptions.remove(party, id)
  }

  /** In the order in which they were added. */
  subscriptions(party: string): readonly SubscriptionInfo[] {
    return this.#subscriptions.list(party).map((kept) => {
      const { cursor: _, composedAt: __, channel, ...record } = kept.record
      const lastAttempt = this.#teller.lastAttempt(kept)
      const isStopped = record.failed?.code === 'gone'
      return {
        ...record,
        channel:
          channel.kind === 'mail'
            ? channel
            : channel.kind === 'webhook'
              ? { kind: channel.kind, url: channel.url }
              : { kind: channel.kind },
        state: isStopped ? 'stopped' : kept.telling === undefined ? 'idle' : 'waiting',
        ...(lastAttempt === undefined ? {} : { lastAttempt }),
      }
    })
  }

  /** Makes one attempt to bring a message that says nothing. Errors: `unknown-subscription`, `bad-subscription`, `too-many-requests`. */
  async test(party: string, id: string): Promise<Outcome> {
    const kept = this.#reader.find(party, id)
    if (kept.record.channel.kind === 'feed')
      throw new NodeError('bad-subscription', 'a feed is read: nothing is brought that could be tested')
    const now = this.#now()
    const recent = (this.#tests.get(party) ?? []).filter((at) => at > now - 3600)
    if (recent.length >= testsPerHour) {
      throw new NodeError('too-many-requests', `a party has ${testsPerHour} tests in an hour: try again later`)
    }
    this.#tests.set(party, [...recent, now])
    return this.#bringer.test(kept, Buffer.from(randomBytes(16)).toString('hex'), now)
  }

  /**
   * Alerts after a cursor, oldest first. Where there are none it waits for the first, up to `wait` seconds. Errors:
   * `bad-cursor`, `too-many-requests`.
   */
  async alerts(
    party: string,
    query: { cursor?: string | undefined; limit: number; wait?: number; signal?: AbortSignal },
  ): Promise<AlertsPage> {
    const { cursor, limit, wait = 0, signal } = query
    const page = this.#alerts.after(party, cursor, limit)
    if (page.next !== (cursor ?? page.next) || page.alerts.length > 0 || wait === 0) return page
    const look = (): AlertsPage | undefined =>
      this.#alerts.hasAfter(party, page.next) ? this.#alerts.after(party, page.next, limit) : undefined
    return (await this.#waiting.for(party, { look, milliseconds: wait * 1000, signal })) ?? page
  }

  /** The feed whose address ends in `secret`, Atom. Errors: `unknown-feed`. */
  feed(secret: string): string {
    const found = this.#reader.feed(secret)
    if (found === undefined)
      throw new NodeError('unknown-feed', 'there is no feed at this address: it may have been removed')
    const { partition, record } = found
    const { detail, id: subscription, at: startAt } = record
    const self = `${this.#publicUrl}/feeds/${secret}`
    return atomWords(this.#alerts.latest(partition.party, feedEntries), { detail, subscription, self, startAt })
  }

  /** Does a bounded piece of work. Resolves with when it wants to be called next, whole seconds since the epoch. */
  step(now: number): Promise<number> {
    return this.#loops.step(now)
  }

  /** Starts to tell, on a node that serves. */
  start(): void {
    this.#loops.start()
  }

  /** Whoever waits is answered with nothing. */
  endWaits(): void {
    this.#waiting.end()
  }

  /** Ends it for good. Calls under way are given up; what was written stays, and is brought another time. */
  async stop(): Promise<void> {
    this.#stopHearing()
    this.endWaits()
    this.#webhooks.close()
    await this.#loops.stop()
  }
}
