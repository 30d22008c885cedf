import { StoreError } from '@comity/store'
import { NodeError } from '../../../node-error.ts'
import type { Partition } from '../../../vault/partition.ts'
import { chunkCount, chunkSize, sealedOverhead } from '../attachments/chunk-cipher.ts'
import { type ChunkList, readAnnouncedList } from '../attachments/chunk-list.ts'
import type { KeptMessage } from '../record/inbox-reader.ts'
import { type Reception, type ReceptionParts, unknownRecipient } from './reception.ts'

/** How far an attachment has come. */
export interface Arrival {
  /** Chunks that it takes. */
  readonly count: number
  /** The list of its chunks is here. */
  readonly hasList: boolean
  readonly isWhole: boolean
  /** One bit a chunk, the first in the highest bit of the first byte: set where it is here, durably. */
  readonly have: Uint8Array
}

/** Attachments whose chunks are arriving: what is asked for with every chunk, kept at hand. */
interface Arriving {
  readonly party: string
  readonly message: KeptMessage
  readonly n: number
  readonly list: ChunkList
  readonly have: Uint8Array
}

const keptAtHand = 64

/**
 * The chunks of attachments as they come in: in any order, again after an interruption, each checked against the list
 * that the author signed. Who brings them needs nothing but the ticket that was given for the message.
 */
export class Arrivals {
  readonly #parts: ReceptionParts
  readonly #reception: Reception
  readonly #arriving = new Map<string, Arriving>()

  constructor(parts: ReceptionParts, reception: Reception) {
    this.#parts = parts
    this.#reception = reception
  }

  /** Errors: `unknown-recipient`, `unknown-attachment`, as of all that follow. */
  state(party: string, ticket: string): Arrival {
    const { message, attachment } = this.#find(party, ticket)
    const count = chunkCount(message.record.attachments[attachment.n]?.size ?? 0)
    if (attachment.blob === undefined) {
      return { count, hasList: false, isWhole: false, have: new Uint8Array(Math.ceil(count / 8)) }
    }
    return { count, hasList: true, isWhole: attachment.whole, have: this.#arrive(party, ticket).have }
  }

  /** Takes the list of chunks. Errors: `digest-mismatch`, `attachment-broken`. */
  async putList(party: string, ticket: string, bytes: Uint8Array): Promise<void> {
    const { desk, reader, now } = this.#parts
    const { message, attachment } = this.#find(party, ticket)
    if (attachment.blob !== undefined) return
    const { n } = attachment
    const said = message.record.attachments[n]
    const key = reader.content(message).attachments[n]?.key ?? ''
    readAnnouncedList(bytes, {
      size: said?.size ?? 0,
      sealed: said?.sealed ?? '',
      key: Buffer.from(key, 'base64url'),
    })
    await desk.write(async (pen) => {
      // Erased or brought by somebody else in between: then there is nothing to do.
      if (reader.byTicket(message.partition, attachment.ticket)?.attachment.blob !== undefined) return
      const list = await desk.blobs.putSealed(message.key, bytes)
      const event = { type: 'chunk-list', message: message.record.id, n, list, at: now() } as const
      await pen.record([{ keyId: message.key, event }])
    })
  }

  /** Takes one sealed chunk; durable when it resolves. Errors: `attachment-incomplete` without the list, `digest-mismatch`. */
  async putChunk(party: string, ticket: string, index: number, bytes: Uint8Array): Promise<void> {
    const arriving = this.#arrive(party, ticket)
    const { list, have } = arriving
    const digest = list.chunks[index]
    if (digest === undefined || !Number.isSafeInteger(index)) {
      throw new NodeError('unknown-attachment', `the attachment has ${list.chunks.length} chunks, numbered from 0`)
    }
    if (isSet(have, index)) return
    const wanted = chunkSize(list.size, index) + sealedOverhead
    if (bytes.length !== wanted) throw mismatch(index, `it has ${bytes.length} bytes and should have ${wanted}`)
    try {
      await this.#parts.desk.blobs.putCiphertext(bytes, digest)
    } catch (error) {
      if (error instanceof StoreError && error.code === 'digest-mismatch') {
        throw mismatch(index, 'it was changed on its way, or belongs to another place', error)
      }
      throw error instanceof StoreError ? storageFailed(error) : error
    }
    set(have, index)
  }

  /**
   * Ends an attachment: with a receipt that names it, once all of it is here. Errors: `attachment-incomplete`.
   */
  async finish(party: string, ticket: string): Promise<Uint8Array> {
    const { desk, reader, now } = this.#parts
    const { list } = this.#arrive(party, ticket)
    const missing = list.chunks.findIndex((digest) => !desk.blobs.hasSealed(digest))
    if (missing >= 0) {
      this.#arriving.delete(ticket)
      throw new NodeError('attachment-incomplete', `chunk ${missing} of ${list.chunks.length} is not here yet`)
    }
    return desk.write(async (pen) => {
      const { message, attachment } = this.#find(party, ticket)
      if (attachment.whole) return Buffer.from(message.record.receipt ?? '', 'base64url')
      const whole = reader
        .attachments(message)
        .filter((each) => each.whole || each.n === attachment.n)
        .map((each) => message.record.attachments[each.n]?.sealed ?? '')
      const at = now()
      const receipt = this.#reception.receiptFor(message, whole, at)
      const text = Buffer.from(receipt).toString('base64url')
      const { n } = attachment
      const event = { type: 'attachment-whole', message: message.record.id, n, receipt: text, at } as const
      await pen.record([{ keyId: message.key, event }])
      this.#arriving.delete(ticket)
      return receipt
    })
  }

  #arrive(party: string, ticket: string): Arriving {
    const known = this.#arriving.get(ticket)
    if (known?.party === party && this.#parts.desk.keyring.has(known.message.key)) return known
    const { message, attachment } = this.#find(party, ticket)
    const list = this.#parts.reader.listOf(message, attachment)
    if (list === undefined) {
      throw new NodeError('attachment-incomplete', 'the list of the chunks is not here yet: bring that first')
    }
    const have = new Uint8Array(Math.ceil(list.chunks.length / 8))
    for (const [index, digest] of list.chunks.entries()) {
      if (this.#parts.desk.blobs.hasSealed(digest)) set(have, index)
    }
    const arriving: Arriving = { party, message, n: attachment.n, list, have }
    for (const oldest of this.#arriving.keys()) {
      if (this.#arriving.size < keptAtHand) break
      this.#arriving.delete(oldest)
    }
    this.#arriving.set(ticket, arriving)
    return arriving
  }

  #find(party: string, ticket: string) {
    const partition: Partition | undefined = this.#parts.reader.partitionOf(party)
    if (partition === undefined) throw unknownRecipient()
    const found = this.#parts.reader.byTicket(partition, Buffer.from(ticket, 'hex'))
    if (found === undefined) {
      throw new NodeError('unknown-attachment', 'no attachment is awaited under that ticket: bring the message first')
    }
    return found
  }
}

/** Whether a chunk is here, by the bits of {@link Arrival.have}. */
export function isSet(bits: Uint8Array, index: number): boolean {
  return ((bits[index >> 3] ?? 0) & (0x80 >> (index & 7))) !== 0
}

function set(bits: Uint8Array, index: number): void {
  bits[index >> 3] = (bits[index >> 3] ?? 0) | (0x80 >> (index & 7))
}

function mismatch(index: number, why: string, cause?: unknown): NodeError {
  return new NodeError('digest-mismatch', `chunk ${index} is not the one that the author signed: ${why}`, { cause })
}

/** What was being stored is nobody's business: it stays in `cause`. */
function storageFailed(cause: StoreError): NodeError {
  return new NodeError('storage-failed', 'the chunk could not be stored: try again later', { cause })
}
