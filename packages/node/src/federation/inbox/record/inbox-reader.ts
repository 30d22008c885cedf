import { StoreError } from '@comity/store'
import { NodeError } from '../../../node-error.ts'
import type { VaultDesk } from '../../../vault/desk.ts'
import { nodeKeyId } from '../../../vault/journal.ts'
import { type Partition, Sealer } from '../../../vault/partition.ts'
import { type ChunkList, decodeChunkList } from '../attachments/chunk-list.ts'
import { type OpeningKey, keptOpeningKey } from '../message/seal-keys.ts'
import type { MessageRecorded } from './inbox-event.ts'
import { linkTag } from './inbox-fold.ts'
import {
  type CommitmentRecord,
  type LinkRecord,
  type MessageRecord,
  type SealKeyRecord,
  placeOf,
} from './message-record.ts'

/** A message in somebody's vault. */
export interface KeptMessage {
  /** Its row: the number of its record in the journal. */
  readonly row: number
  readonly partition: Partition
  /** Key of the keyring under which its correspondence is written. */
  readonly key: string
  /** The record that its leaf came with. */
  readonly traffic: number
  readonly record: MessageRecord
}

export interface KeptAttachment {
  readonly n: number
  readonly ticket: Uint8Array
  /** Sealed blob of the list of its chunks; undefined until that has come. */
  readonly blob: string | undefined
  readonly whole: boolean
}

export interface KeptSealKey {
  readonly kid: string
  /** Key of the keyring that it is encrypted under. */
  readonly key: string
  /** Undefined once its time is over. */
  readonly opening: OpeningKey | undefined
}

export interface KeptLink {
  readonly message: KeptMessage
  readonly blob: string
  readonly expiresAt: number
  readonly record: LinkRecord
}

/** What a query for messages may ask. */
export interface MessageQuery {
  readonly correspondence?: string | undefined
  readonly limit: number
  /** The row after which the page begins, as {@link MessagePage.next} gave it. */
  readonly before?: number | undefined
}

const columns = `message.message AS message, message.traffic AS traffic, message.sealed AS sealed, correspondence.key AS key, partition.id AS id`
const joins = `JOIN correspondence ON correspondence.correspondence = message.correspondence
  JOIN partition ON partition.partition = message.partition`

type Row = Readonly<Record<string, unknown>>

/** The inbox as it is read: committed rows, opened with the keys of those whose they are. */
export class InboxReader {
  readonly #desk: VaultDesk

  constructor(desk: VaultDesk) {
    this.#desk = desk
  }

  partitionOf(party: string): Partition | undefined {
    return this.#desk.partitions.of(party)
  }

  /** The keys with which a party opens messages, oldest first. */
  sealKeys(partition: Partition): readonly KeptSealKey[] {
    return this.#desk.view
      .prepare('SELECT seal_key, key, sealed FROM seal_key WHERE partition = ? ORDER BY seal_key')
      .all(partition.number)
      .map((row) => this.#sealKey(partition, row))
  }

  correspondence(partition: Partition, hex: string): { readonly key: string } | undefined {
    const row = this.#desk.view
      .prepare('SELECT key FROM correspondence WHERE tag = ?')
      .get(partition.tag('correspondence', hex))
    return row === undefined ? undefined : { key: String(row['key']) }
  }

  /** Whether a correspondence was erased: nothing of it is taken again. */
  isErased(partition: Partition, hex: string): boolean {
    const tag = partition.tag('correspondence', hex)
    return this.#desk.view.prepare('SELECT 1 FROM erased_correspondence WHERE tag = ?').get(tag) !== undefined
  }

  message(partition: Partition, id: string): KeptMessage | undefined {
    const row = this.#desk.view
      .prepare(`SELECT ${columns} FROM message ${joins} WHERE message.tag = ?`)
      .get(partition.tag('message', id))
    return row === undefined ? undefined : this.#message(row)
  }

  /** Newest first; one more than the limit, where there are more. */
  messages(partition: Partition, { correspondence, limit, before }: MessageQuery): readonly KeptMessage[] {
    const tag = correspondence === undefined ? null : partition.tag('correspondence', correspondence)
    return this.#desk.view
      .prepare(
        `SELECT ${columns} FROM message ${joins}
         WHERE message.partition = ? AND message.message < ? AND (? IS NULL OR correspondence.tag = ?)
         ORDER BY message.message DESC LIMIT ?`,
      )
      .all(partition.number, before ?? Number.MAX_SAFE_INTEGER, tag, tag, limit + 1)
      .flatMap((row) => this.#message(row) ?? [])
  }

  /** Messages of whoever that have not come to all they go to. */
  waiting(): readonly KeptMessage[] {
    return this.#desk.view
      .prepare(`SELECT ${columns} FROM message ${joins} WHERE message.waiting > 0 ORDER BY message.message`)
      .all()
      .flatMap((row) => this.#message(row) ?? [])
  }

  /** What the journal holds of a message: the signed message and its keys. Throws `unknown-message` once it is erased. */
  content({ row }: KeptMessage): MessageRecorded {
    const { event } = this.#desk.journal.read(row)
    if (event?.type !== 'message') throw new NodeError('unknown-message', 'this message was erased')
    return event
  }

  attachments({ row }: KeptMessage): readonly KeptAttachment[] {
    return this.#desk.view
      .prepare('SELECT n, ticket, blob, whole FROM attachment WHERE message = ? ORDER BY n')
      .all(row)
      .map(attachmentOf)
  }

  /** The attachment that chunks are brought for. */
  byTicket(partition: Partition, ticket: Uint8Array): { message: KeptMessage; attachment: KeptAttachment } | undefined {
    const row = this.#desk.view
      .prepare(
        `SELECT ${columns}, n, ticket, blob, whole FROM attachment JOIN message USING (message) ${joins}
         WHERE ticket = ? AND message.partition = ?`,
      )
      .get(ticket, partition.number)
    const message = row && this.#message(row)
    return row === undefined || message === undefined ? undefined : { message, attachment: attachmentOf(row) }
  }

  /** The list of an attachment's chunks; undefined until it has come. */
  listOf({ key }: KeptMessage, { blob }: KeptAttachment): ChunkList | undefined {
    return blob === undefined ? undefined : decodeChunkList(this.#desk.blobs.getSealed(key, blob))
  }

  link(locator: string): KeptLink | undefined {
    const row = this.#desk.view
      .prepare(
        `SELECT ${columns}, link.link AS link, link.blob AS blob, link.expires AS expires, link.sealed AS link_sealed
         FROM link JOIN message ON message.message = link.message ${joins} WHERE link.tag = ?`,
      )
      .get(linkTag(locator))
    return row === undefined ? undefined : this.#link(row)
  }

  /** The links to a message, oldest first. */
  links({ row }: KeptMessage): readonly KeptLink[] {
    return this.#desk.view
      .prepare(
        `SELECT ${columns}, link.link AS link, link.blob AS blob, link.expires AS expires, link.sealed AS link_sealed
         FROM link JOIN message ON message.message = link.message ${joins} WHERE link.message = ? ORDER BY link.link`,
      )
      .all(row)
      .flatMap((found) => this.#link(found) ?? [])
  }

  /** Leaves that no commitment covers yet, in order. */
  uncommitted(limit: number): readonly Uint8Array[] {
    return this.#desk.view
      .prepare('SELECT leaf FROM traffic WHERE hour IS NULL ORDER BY traffic LIMIT ?')
      .all(limit)
      .map(({ leaf }) => bytesOf(leaf))
  }

  /** The hours whose commitments were made, after one of them, ascending. */
  hours(after = 0): readonly number[] {
    return this.#desk.view
      .prepare('SELECT hour FROM commitment WHERE hour > ? ORDER BY hour')
      .all(after)
      .map(({ hour }) => Number(hour))
  }

  /** The commitment of an hour: what its tree is made of. */
  commitment(hour: number): { readonly root: string; readonly secret: Uint8Array; leaves(): readonly Uint8Array[] } {
    const { view, keyring } = this.#desk
    const row = view.prepare('SELECT root, sealed FROM commitment WHERE hour = ?').get(hour)
    if (row === undefined) throw new NodeError('not-committed', `there is no commitment for the hour ${hour}`)
    const { secret } = new Sealer(keyring, nodeKeyId).open<CommitmentRecord>(placeOf.commitment(hour), row['sealed'])
    return {
      root: String(row['root']),
      secret: Buffer.from(secret, 'base64url'),
      leaves: () =>
        view
          .prepare('SELECT leaf FROM traffic WHERE hour = ? ORDER BY traffic')
          .all(hour)
          .map(({ leaf }) => bytesOf(leaf)),
    }
  }

  /** The hour whose commitment covers a message, and its number among the leaves of that hour. */
  committed({ traffic }: KeptMessage): { readonly hour: number; readonly n: number } | undefined {
    const { view } = this.#desk
    const hour = view.prepare('SELECT hour FROM traffic WHERE traffic = ?').get(traffic)?.['hour']
    if (typeof hour !== 'number') return undefined
    const before = view.prepare('SELECT count(*) AS n FROM traffic WHERE hour = ? AND traffic < ?').get(hour, traffic)
    return { hour, n: Number(before?.['n']) }
  }

  /** Sealed blobs that something in the vault names, all of them. */
  *namedBlobs(): Generator<string> {
    const { view } = this.#desk
    for (const row of view.prepare('SELECT blob FROM inventory_blob').all()) yield String(row['blob'])
    for (const row of view.prepare('SELECT blob FROM link').all()) yield String(row['blob'])
    for (const row of view.prepare('SELECT blob FROM submission_blob').all()) yield String(row['blob'])
    const attachments = view
      .prepare(
        `SELECT attachment.blob AS blob, correspondence.key AS key FROM attachment JOIN message USING (message)
         JOIN correspondence ON correspondence.correspondence = message.correspondence WHERE blob IS NOT NULL`,
      )
      .all()
    for (const row of attachments) {
      const blob = String(row['blob'])
      yield blob
      yield* decodeChunkList(this.#desk.blobs.getSealed(String(row['key']), blob)).chunks
    }
  }

  #sealKey(partition: Partition, row: Row): KeptSealKey {
    const number = Number(row['seal_key'])
    const key = String(row['key'])
    const { kid, jwk } = partition.open<SealKeyRecord>(placeOf.sealKey(number), row['sealed'])
    if (!this.#desk.keyring.has(key)) return { kid, key, opening: undefined }
    const plain = this.#desk.keyring.decrypt(key, Buffer.from(jwk, 'base64url'), Buffer.from(kid))
    return { kid, key, opening: keptOpeningKey(kid, JSON.parse(Buffer.from(plain).toString())) }
  }

  /** Undefined where it is just being erased. */
  #message(row: Row): KeptMessage | undefined {
    const number = Number(row['message'])
    const key = String(row['key'])
    const partition = this.#desk.partitions.byId(String(row['id']))
    if (partition === undefined) return undefined
    try {
      const record = new Sealer(this.#desk.keyring, key).open<MessageRecord>(placeOf.message(number), row['sealed'])
      return { row: number, partition, key, traffic: Number(row['traffic']), record }
    } catch (error) {
      if (error instanceof StoreError && error.code === 'key-destroyed') return undefined
      throw error
    }
  }

  #link(row: Row): KeptLink | undefined {
    const message = this.#message(row)
    if (message === undefined) return undefined
    const sealer = new Sealer(this.#desk.keyring, message.key)
    const record = sealer.open<LinkRecord>(placeOf.link(Number(row['link'])), row['link_sealed'])
    return { message, blob: String(row['blob']), expiresAt: Number(row['expires']), record }
  }
}

function attachmentOf(row: Row): KeptAttachment {
  return {
    n: Number(row['n']),
    ticket: bytesOf(row['ticket']),
    blob: row['blob'] === null ? undefined : String(row['blob']),
    whole: row['whole'] === 1,
  }
}

function bytesOf(column: unknown): Uint8Array {
  // Safe: the schema declares the columns it is called for as BLOB NOT NULL.
  return column as Uint8Array
}
