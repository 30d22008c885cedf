import { sha256 } from '@comity/crypto'
import type { Database } from '../../register/database.ts'
import { type Partition, type PartitionBook, partitionIdOf } from '../../vault/partition.ts'
import type { AlertsPassed, SubscriptionAdded, TellingComposed, TellingEnded, TellingEvent } from './telling-event.ts'
import { type SubscriptionRecord, type TellingRecord, placeOfSubscription, placeOfTelling } from './telling-record.ts'

/** An event at its place in the journal. */
export interface TellingPlace {
  readonly seq: number
  readonly keyId: string
  /** What was found before it is no news to a subscription that it brings. */
  readonly tick: number
}

interface SubscriptionRow {
  readonly partition: Partition
  readonly subscription: number
  readonly record: SubscriptionRecord
}

/** The greatest identifier that a match may have. */
const lastMatch = 'f'.repeat(32)

/** The part of telling people in the vault's fold: the same rows live and on every rebuild. */
export class TellingFold {
  readonly #database: Database
  readonly #partitions: PartitionBook

  constructor({ database, partitions }: { readonly database: Database; readonly partitions: PartitionBook }) {
    this.#database = database
    this.#partitions = partitions
  }

  apply(event: TellingEvent, place: TellingPlace): void {
    const id = partitionIdOf(place.keyId)
    const partition = id === undefined ? undefined : this.#partitions.byId(id)
    if (partition === undefined) return
    switch (event.type) {
      case 'subscription':
        return this.#add(event, partition, place)
      case 'subscription-removed':
        return this.#remove(this.#find(partition, event.id)?.subscription ?? -1)
      case 'telling':
        return this.#compose(event, partition, place)
      case 'alerts-passed':
        return this.#pass(event, partition)
      case 'told':
        return this.#end(event, partition)
    }
  }

  /** Removes the rows of a partition. */
  removePartition(partition: number): void {
    for (const table of ['telling', 'subscription']) {
      this.#database.prepare(`DELETE FROM ${table} WHERE partition = ?`).run(partition)
    }
  }

  #add(event: SubscriptionAdded, partition: Partition, { seq, tick }: TellingPlace): void {
    const { id, channel, label, detail, perHour, at } = event
    const cursor = `${tick}-${lastMatch}`
    const record: SubscriptionRecord = { id, channel, label, detail, perHour, at, cursor, composedAt: [], missed: 0 }
    this.#database
      .prepare('INSERT INTO subscription (subscription, partition, tag, feed, sealed) VALUES (?, ?, ?, ?, ?)')
      .run(
        seq,
        partition.number,
        partition.tag('subscription', id),
        channel.kind === 'feed' ? feedTag(channel.hash) : null,
        partition.seal(placeOfSubscription(seq), record),
      )
  }

  #remove(subscription: number): void {
    for (const table of ['telling', 'subscription']) {
      this.#database.prepare(`DELETE FROM ${table} WHERE subscription = ?`).run(subscription)
    }
  }

  #compose({ id, subscription, upTo, told, at }: TellingComposed, partition: Partition, { seq }: TellingPlace): void {
    const row = this.#find(partition, subscription)
    if (row === undefined) return
    const record: TellingRecord = { id, told, at }
    this.#database
      .prepare('INSERT OR REPLACE INTO telling (subscription, partition, telling, sealed) VALUES (?, ?, ?, ?)')
      .run(row.subscription, partition.number, seq, partition.seal(placeOfTelling(seq), record))
    const composedAt = [...row.record.composedAt, at].slice(-row.record.perHour)
    this.#put(row, { ...row.record, cursor: upTo, composedAt })
  }

  #pass({ subscription, upTo }: AlertsPassed, partition: Partition): void {
    const row = this.#find(partition, subscription)
    if (row !== undefined) this.#put(row, { ...row.record, cursor: upTo })
  }

  #end({ subscription, code, status, at }: TellingEnded, partition: Partition): void {
    const row = this.#find(partition, subscription)
    if (row === undefined) return
    this.#database.prepare('DELETE FROM telling WHERE subscription = ?').run(row.subscription)
    const { failed: _, ...record } = row.record
    if (code === undefined) return this.#put(row, { ...record, toldAt: at, missed: 0 })
    const failed = { code, ...(status === undefined ? {} : { status }), at }
    this.#put(row, { ...record, failed, missed: record.missed + 1 })
  }

  #find(partition: Partition, id: string): SubscriptionRow | undefined {
    const row = this.#database
      .prepare('SELECT subscription, sealed FROM subscription WHERE tag = ?')
      .get(partition.tag('subscription', id))
    if (row === undefined) return undefined
    const subscription = Number(row['subscription'])
    const record = partition.open<SubscriptionRecord>(placeOfSubscription(subscription), row['sealed'])
    return { partition, subscription, record }
  }

  #put({ partition, subscription }: SubscriptionRow, record: SubscriptionRecord): void {
    this.#database
      .prepare('UPDATE subscription SET sealed = ? WHERE subscription = ?')
      .run(partition.seal(placeOfSubscription(subscription), record), subscription)
  }
}

/** What the table holds of a feed's secret, by the hash that the journal has of it. */
export function feedTag(hash: string): Uint8Array {
  return sha256(Buffer.from(hash, 'hex'))
}
