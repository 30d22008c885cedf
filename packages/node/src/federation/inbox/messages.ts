import type { MessagePayload } from '@comity/statement'
import { NodeError } from '../../node-error.ts'
import { ChunkCipher, chunkCount } from './attachments/chunk-cipher.ts'
import { openMessage } from './message/opened-message.ts'
import type { ReceptionParts } from './receiving/reception.ts'
import type { InboxReader, KeptMessage } from './record/inbox-reader.ts'
import type { MessageRecord } from './record/message-record.ts'

/** A message as it is listed: without its text. */
export interface MessageInfo extends MessageRecord {
  /** The message of the same author before this one has not arrived yet. */
  readonly gap: boolean
  /** Of each attachment, whether all of it is here. */
  readonly whole: readonly boolean[]
}

/** A message as it is read. */
export interface MessageText extends MessageInfo {
  readonly text: string
  /** As it was signed, COSE_Sign1. */
  readonly statement: Uint8Array
  /** The links to it, oldest first. */
  readonly links: readonly { readonly expiresAt: number; readonly openedAt?: number; readonly receipt?: string }[]
}

/** Where the next message of an author in a correspondence goes on. */
export interface Continuation {
  /** The author's own newest message there, if there is one. */
  readonly previous?: string
  /** Everybody who has written or was written to there, but the author. */
  readonly others: readonly string[]
}

const greatestPage = 200

/** What hosted parties read in their own inboxes. */
export class Messages {
  readonly #reader: InboxReader
  readonly #desk: ReceptionParts['desk']

  constructor({ reader, desk }: Pick<ReceptionParts, 'reader' | 'desk'>) {
    this.#reader = reader
    this.#desk = desk
  }

  /** Newest first. `next` is the cursor of the page after. Throws `bad-cursor`. */
  list(
    party: string,
    query: {
      readonly correspondence?: string | undefined
      readonly limit?: number
      readonly cursor?: string | undefined
    },
  ): { readonly messages: readonly MessageInfo[]; readonly next?: string } {
    const partition = this.#reader.partitionOf(party)
    if (partition === undefined) return { messages: [] }
    const limit = Math.min(query.limit ?? 50, greatestPage)
    const { cursor, correspondence } = query
    if (cursor !== undefined && !/^[0-9]{1,15}$/.test(cursor)) {
      throw new NodeError('bad-cursor', 'the cursor is none that this node gave: start from the first page')
    }
    const before = cursor === undefined ? undefined : Number(cursor)
    const found = this.#reader.messages(partition, { correspondence, limit, before })
    const last = found[limit - 1]
    const messages = found.slice(0, limit).map((message) => this.#info(message))
    return { messages, ...(found.length > limit && last !== undefined ? { next: String(last.row) } : {}) }
  }

  /** Throws `unknown-message`. */
  find(party: string, id: string): KeptMessage {
    const partition = this.#reader.partitionOf(party)
    const found = partition === undefined ? undefined : this.#reader.message(partition, id)
    if (found === undefined) throw new NodeError('unknown-message', 'the inbox of this party has no such message')
    return found
  }

  /** Throws `unknown-message`. */
  read(party: string, id: string): MessageText {
    const found = this.find(party, id)
    const statement = Buffer.from(this.#reader.content(found).message, 'base64url')
    const { payload } = openMessage(statement)
    const links = this.#reader.links(found).map(({ expiresAt, record }) => ({
      expiresAt,
      ...(record.openedAt === undefined ? {} : { openedAt: record.openedAt }),
      ...(record.receipt === undefined ? {} : { receipt: record.receipt }),
    }))
    return { ...this.#info(found), text: payload.text, statement, links }
  }

  /** Throws `unknown-correspondence`. */
  continuation(party: string, correspondence: string): Continuation {
    const partition = this.#reader.partitionOf(party)
    if (partition === undefined || this.#reader.correspondence(partition, correspondence) === undefined) {
      throw new NodeError('unknown-correspondence', 'the inbox of this party has no such correspondence')
    }
    const records = this.#reader
      .messages(partition, { correspondence, limit: greatestPage })
      .map(({ record }) => record)
    const previous = records.find(({ author }) => author === party)?.id
    const others = new Set(records.flatMap(({ author, to }) => [author, ...to]))
    others.delete(party)
    return { ...(previous === undefined ? {} : { previous }), others: [...others].toSorted() }
  }

  /**
   * The plain content of an attachment, chunk after chunk; each is checked before it is handed out. Throws
   * `unknown-attachment`, `attachment-incomplete`, and `attachment-broken` in between.
   */
  attachment(
    party: string,
    id: string,
    n: number,
  ): {
    readonly about: NonNullable<MessagePayload['attachments']>[number]
    readonly content: AsyncGenerator<Uint8Array>
  } {
    const found = this.find(party, id)
    const about = found.record.attachments[n]
    const kept = this.#reader.attachments(found).find((each) => each.n === n)
    if (about === undefined || kept === undefined) {
      throw new NodeError('unknown-attachment', `the message has ${found.record.attachments.length} attachments`)
    }
    const list = this.#reader.listOf(found, kept)
    if (!kept.whole || list === undefined) {
      throw new NodeError('attachment-incomplete', 'not all of this attachment has arrived yet')
    }
    const key = Buffer.from(this.#reader.content(found).attachments[n]?.key ?? '', 'base64url')
    const cipher = new ChunkCipher(key, about.size)
    return { about, content: this.#open(cipher, about.size, list.chunks) }
  }

  async *#open(cipher: ChunkCipher, size: number, chunks: readonly string[]): AsyncGenerator<Uint8Array> {
    for (let index = 0; index < chunkCount(size); index++) {
      yield cipher.open(index, this.#desk.blobs.getCiphertext(chunks[index] ?? ''))
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  #info(message: KeptMessage): MessageInfo {
    const { record, partition } = message
    const gap = record.previous !== undefined && this.#reader.message(partition, record.previous) === undefined
    return { ...record, gap, whole: this.#reader.attachments(message).map(({ whole }) => whole) }
  }
}
