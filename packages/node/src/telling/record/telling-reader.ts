import { sha256 } from '@comity/crypto'
import { NodeError } from '../../node-error.ts'
import type { VaultDesk } from '../../vault/desk.ts'
import type { Partition } from '../../vault/partition.ts'
import { feedTag } from './telling-fold.ts'
import { type SubscriptionRecord, type TellingRecord, placeOfSubscription, placeOfTelling } from './telling-record.ts'

/** A subscription and, where one is being brought, its message. */
export interface KeptSubscription {
  readonly row: number
  readonly partition: Partition
  readonly record: SubscriptionRecord
  readonly telling: TellingRecord | undefined
}

type Row = Readonly<Record<string, unknown>>

const columns = `subscription.subscription AS subscription, subscription.sealed AS sealed, partition.id AS id,
  telling.telling AS telling, telling.sealed AS telling_sealed`
const tables = `subscription JOIN partition ON partition.partition = subscription.partition
  LEFT JOIN telling ON telling.subscription = subscription.subscription`

/** Subscriptions as they are read: committed rows, opened with the key of the party whose they are. */
export class TellingReader {
  readonly #desk: VaultDesk

  constructor(desk: VaultDesk) {
    this.#desk = desk
  }

  /** Of everybody, in the order in which they were added. */
  all(): readonly KeptSubscription[] {
    return this.#desk.view
      .prepare(`SELECT ${columns} FROM ${tables} ORDER BY subscription.subscription`)
      .all()
      .flatMap((row) => this.#read(row) ?? [])
  }

  /** Of one party, in that order. */
  of(party: string): readonly KeptSubscription[] {
    const partition = this.#desk.partitions.of(party)
    if (partition === undefined) return []
    return this.#desk.view
      .prepare(`SELECT ${columns} FROM ${tables} WHERE subscription.partition = ? ORDER BY subscription.subscription`)
      .all(partition.number)
      .flatMap((row) => this.#read(row) ?? [])
  }

  /** Throws `unknown-subscription`. */
  find(party: string, id: string): KeptSubscription {
    const partition = this.#desk.partitions.of(party)
    const row =
      partition &&
      this.#desk.view
        .prepare(`SELECT ${columns} FROM ${tables} WHERE subscription.tag = ?`)
        .get(partition.tag('subscription', id))
    const found = row === undefined ? undefined : this.#read(row)
    if (found === undefined) throw new NodeError('unknown-subscription', 'this party has no such subscription')
    return found
  }

  /** The feed whose address holds this secret; undefined for any other. The time taken says nothing about secrets. */
  feed(secret: string): KeptSubscription | undefined {
    const hash = Buffer.from(sha256(Buffer.from(secret))).toString('hex')
    const row = this.#desk.view
      .prepare(`SELECT ${columns} FROM ${tables} WHERE subscription.feed = ?`)
      .get(feedTag(hash))
    return row === undefined ? undefined : this.#read(row)
  }

  /** Undefined where its party is just being erased. */
  #read(row: Row): KeptSubscription | undefined {
    const partition = this.#desk.partitions.byId(String(row['id']))
    if (partition === undefined) return undefined
    const number = Number(row['subscription'])
    const record = partition.open<SubscriptionRecord>(placeOfSubscription(number), row['sealed'])
    const telling =
      row['telling'] === null
        ? undefined
        : partition.open<TellingRecord>(placeOfTelling(Number(row['telling'])), row['telling_sealed'])
    return { row: number, partition, record, telling }
  }
}
