import { sha256 } from '@comity/crypto'
import type { Truth } from '@comity/store'
import { createHmac } from 'node:crypto'
import type { Database } from '../../../register/database.ts'
import { nodeKeyId } from '../../../vault/journal.ts'
import { type Partition, type PartitionBook, Sealer, partitionIdOf } from '../../../vault/partition.ts'
import { CaseFold } from '../../cases/record/case-fold.ts'
import { openMessage } from '../message/opened-message.ts'
import { InboxErasure } from './inbox-erasure.ts'
import type {
  AttachmentWhole,
  ChunkListReceived,
  CorrespondenceOpened,
  DeliveryNoted,
  InboxEvent,
  LinkMade,
  LinkOpened,
  MessageRecorded,
  SealKeyAdded,
  TrafficCommitted,
} from './inbox-event.ts'
import {
  type CommitmentRecord,
  type DeliveryStanding,
  type LinkRecord,
  type MessageRecord,
  type SealKeyRecord,
  placeOf,
} from './message-record.ts'

export interface InboxFoldParts {
  readonly database: Database
  readonly truth: Pick<Truth, 'blobs' | 'keyring'>
  readonly partitions: PartitionBook
}

/** A correspondence as events find it. */
interface Case {
  readonly partition: Partition
  readonly correspondence: number
  readonly sealer: Sealer
}

interface MessageRow extends Case {
  readonly message: number
}

/** An event at its place in the journal. */
export interface InboxPlace {
  readonly seq: number
  readonly keyId: string
}

/**
 * The inbox's part of the vault's fold: the same rows live and on every rebuild. Called within the transaction of the
 * vault, for one record after the other.
 */
export class InboxFold {
  readonly erasure: InboxErasure
  readonly #cases: CaseFold
  readonly #database: Database
  readonly #truth: InboxFoldParts['truth']
  readonly #partitions: PartitionBook

  constructor(parts: InboxFoldParts) {
    this.#cases = new CaseFold(parts)
    this.erasure = new InboxErasure(parts, this.#cases.erasure)
    this.#database = parts.database
    this.#truth = parts.truth
    this.#partitions = parts.partitions
  }

  async apply(event: InboxEvent, place: InboxPlace): Promise<void> {
    switch (event.type) {
      case 'seal-key':
        return this.#addSealKey(event, place)
      case 'correspondence':
        return this.#openCorrespondence(event, place)
      case 'message':
        return this.#addMessage(event, place)
      case 'chunk-list':
        return this.#setList(event, place)
      case 'attachment-whole':
        return this.#setWhole(event, place)
      case 'delivery':
        return this.#noteDelivery(event, place)
      case 'link':
        return this.#addLink(event, place)
      case 'link-opened':
        return this.#openLink(event, place)
      case 'correspondence-erased':
        return this.erasure.correspondence(event, this.#partitionOf(place.keyId))
      case 'traffic':
        this.#database
          .prepare('INSERT INTO traffic (traffic, leaf, hour) VALUES (?, ?, NULL)')
          .run(place.seq, Buffer.from(event.leaf, 'hex'))
        return
      case 'commitment':
        return this.#commit(event)
      default:
        return this.#cases.apply(event, place)
    }
  }

  #addSealKey({ kid, key, jwk, at }: SealKeyAdded, { seq, keyId }: InboxPlace): void {
    const partition = this.#partitionOf(keyId)
    if (partition === undefined) return
    const record: SealKeyRecord = { kid, jwk, at }
    this.#database
      .prepare('INSERT INTO seal_key (seal_key, partition, tag, key, sealed) VALUES (?, ?, ?, ?, ?)')
      .run(seq, partition.number, partition.tag('seal-key', kid), key, partition.seal(placeOf.sealKey(seq), record))
  }

  #openCorrespondence({ correspondence, key }: CorrespondenceOpened, { seq, keyId }: InboxPlace): void {
    const partition = this.#partitionOf(keyId)
    if (partition === undefined) return
    const sealed = partition.seal(placeOf.correspondence(seq), { correspondence })
    this.#database
      .prepare('INSERT INTO correspondence (correspondence, partition, tag, key, sealed) VALUES (?, ?, ?, ?, ?)')
      .run(seq, partition.number, partition.tag('correspondence', correspondence), key, sealed)
  }

  #addMessage(event: MessageRecorded, { seq, keyId }: InboxPlace): void {
    const found = this.#caseOf(keyId)
    if (found === undefined) return
    const { partition, sealer } = found
    const { statement, payload, correspondence } = openMessage(Buffer.from(event.message, 'base64url'))
    const { id, iss, iat } = statement
    const { to, other, subject, previous, answers, attachments = [] } = payload
    const isSent = event.direction === 'sent'
    const record: MessageRecord = {
      id,
      correspondence,
      direction: event.direction,
      author: iss,
      to,
      ...(other === undefined ? {} : { other }),
      ...(subject === undefined ? {} : { subject }),
      ...(previous === undefined ? {} : { previous }),
      ...(answers === undefined ? {} : { answers }),
      iat,
      at: event.at,
      sizeClass: event.sizeClass,
      attachments,
      ...(event.receipt === undefined ? {} : { receipt: event.receipt }),
      deliveries: isSent ? to.map((party) => ({ to: party, state: 'waiting', at: event.at })) : [],
    }
    this.#database
      .prepare(
        `INSERT INTO message (message, partition, correspondence, tag, waiting, traffic, sealed)
         VALUES (?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        seq,
        partition.number,
        found.correspondence,
        partition.tag('message', id),
        record.deliveries.length,
        // A message and its leaf are written as one batch, the leaf behind it.
        seq + 1,
        sealer.seal(placeOf.message(seq), record),
      )
    const add = this.#database.prepare(
      'INSERT INTO attachment (message, n, partition, ticket, list, blob, whole) VALUES (?, ?, ?, ?, ?, ?, ?)',
    )
    for (const [n, { sealed }] of attachments.entries()) {
      const ticket = partition.tag('ticket', id, String(n))
      const { key = '', list: blob = null } = event.attachments[n] ?? {}
      add.run(seq, n, partition.number, ticket, listTag(key, sealed), blob, isSent ? 1 : 0)
    }
  }

  #setList({ message, n, list }: ChunkListReceived, { keyId }: InboxPlace): void {
    const row = this.#rowOf(message, keyId)?.message ?? -1
    this.#database.prepare('UPDATE attachment SET blob = ? WHERE message = ? AND n = ?').run(list, row, n)
  }

  #setWhole({ message, n, receipt }: AttachmentWhole, { keyId }: InboxPlace): void {
    const row = this.#rowOf(message, keyId)
    if (row === undefined) return
    this.#database.prepare('UPDATE attachment SET whole = 1 WHERE message = ? AND n = ?').run(row.message, n)
    this.#change(row, (record) => ({ ...record, receipt }))
  }

  #noteDelivery({ message, to, state, receipt, code, at }: DeliveryNoted, { keyId }: InboxPlace): void {
    const row = this.#rowOf(message, keyId)
    if (row === undefined) return
    const changed = this.#change(row, (record) => ({
      ...record,
      deliveries: record.deliveries.map((each): DeliveryStanding => {
        if (each.to !== to) return each
        const newest = receipt ?? each.receipt
        return {
          to,
          state,
          ...(newest === undefined ? {} : { receipt: newest }),
          ...(code === undefined ? {} : { code }),
          at,
        }
      }),
    }))
    const waiting = changed.deliveries.filter((each) => each.state === 'waiting' || each.state === 'taken').length
    this.#database.prepare('UPDATE message SET waiting = ? WHERE message = ?').run(waiting, row.message)
  }

  #addLink({ link, message, blob, opener, expiresAt, at }: LinkMade, { seq, keyId }: InboxPlace): void {
    const row = this.#rowOf(message, keyId)
    if (row === undefined) return
    const record: LinkRecord = { link, opener, at }
    this.#database
      .prepare('INSERT INTO link (link, message, partition, tag, blob, expires, sealed) VALUES (?, ?, ?, ?, ?, ?, ?)')
      .run(
        seq,
        row.message,
        row.partition.number,
        linkTag(link),
        blob,
        expiresAt,
        row.sealer.seal(placeOf.link(seq), record),
      )
  }

  #openLink({ link, receipt, at }: LinkOpened, { keyId }: InboxPlace): void {
    const row = this.#database.prepare('SELECT link, sealed FROM link WHERE tag = ?').get(linkTag(link))
    if (row === undefined) return
    const number = Number(row['link'])
    const sealer = new Sealer(this.#truth.keyring, keyId)
    const record = sealer.open<LinkRecord>(placeOf.link(number), row['sealed'])
    const opened: LinkRecord = { ...record, openedAt: at, receipt }
    this.#database
      .prepare('UPDATE link SET sealed = ? WHERE link = ?')
      .run(sealer.seal(placeOf.link(number), opened), number)
  }

  #commit({ hour, secret, count, root }: TrafficCommitted): void {
    this.#database
      .prepare(
        `UPDATE traffic SET hour = ? WHERE traffic IN
         (SELECT traffic FROM traffic WHERE hour IS NULL ORDER BY traffic LIMIT ?)`,
      )
      .run(hour, count)
    const record: CommitmentRecord = { secret }
    const sealed = new Sealer(this.#truth.keyring, nodeKeyId).seal(placeOf.commitment(hour), record)
    this.#database.prepare('INSERT INTO commitment (hour, root, sealed) VALUES (?, ?, ?)').run(hour, root, sealed)
  }

  /** The correspondence under whose key an event stands. */
  #caseOf(keyId: string): Case | undefined {
    const row = this.#database
      .prepare(
        `SELECT correspondence.correspondence AS correspondence, partition.id AS id
         FROM correspondence JOIN partition USING (partition) WHERE key = ?`,
      )
      .get(keyId)
    const partition = row === undefined ? undefined : this.#partitions.byId(String(row['id']))
    if (row === undefined || partition === undefined) return undefined
    const sealer = new Sealer(this.#truth.keyring, keyId)
    return { partition, correspondence: Number(row['correspondence']), sealer }
  }

  /** The row of a message of the correspondence under whose key an event about it stands. */
  #rowOf(id: string, keyId: string): MessageRow | undefined {
    const found = this.#caseOf(keyId)
    const tag = found?.partition.tag('message', id)
    const row = tag && this.#database.prepare('SELECT message FROM message WHERE tag = ?').get(tag)
    return found === undefined || row === undefined ? undefined : { ...found, message: Number(row['message']) }
  }

  #change({ message, sealer }: MessageRow, change: (record: MessageRecord) => MessageRecord): MessageRecord {
    const row = this.#database.prepare('SELECT sealed FROM message WHERE message = ?').get(message)
    const record = change(sealer.open<MessageRecord>(placeOf.message(message), row?.['sealed']))
    this.#database
      .prepare('UPDATE message SET sealed = ? WHERE message = ?')
      .run(sealer.seal(placeOf.message(message), record), message)
    return record
  }

  #partitionOf(keyId: string): Partition | undefined {
    const id = partitionIdOf(keyId)
    return id === undefined ? undefined : this.#partitions.byId(id)
  }
}

/**
 * What the table holds of an attachment's list. All who have the attachment have its key, and nobody else: so those who
 * share its chunks find each other, and the digest stands nowhere.
 */
function listTag(key: string, sealed: string): Uint8Array {
  return createHmac('sha256', Buffer.from(key, 'base64url')).update(sealed).digest().subarray(0, 16)
}

/** What the table holds of a link's locator, which is a secret of who has the link. */
export function linkTag(link: string): Uint8Array {
  return sha256(Buffer.from(link, 'hex'))
}
