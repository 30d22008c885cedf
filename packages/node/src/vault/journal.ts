import { type Keyring, StoreError, type Stream } from '@comity/store'
import { sha256Hex } from '@comity/crypto'
import { NodeError } from '../node-error.ts'
import type { VaultEvent } from './event.ts'

/** An event at its place. */
export interface JournalRecord {
  /** Key of the keyring that it is encrypted under. */
  readonly keyId: string
  /** Advisories that took effect before this position of the register had been matched when it was written. */
  readonly seen: number
  /** Undefined once the key is destroyed: what it said is erased. */
  readonly event: VaultEvent | undefined
  /** SHA-256 of the record's bytes, hex. */
  readonly digest: string
}

/** Key for what concerns no hosted party. */
export const nodeKeyId = 'vault'

const format = 1
const fixedBytes = 10

/**
 * The stream `vault`, sealed. A record is
 *
 *     u8 format = 1 · u64 seen · u8 length of the key's identifier · identifier · ciphertext
 *
 * big-endian; the ciphertext is the event as JSON under that key, bound to everything before it and to the record's
 * sequence number, so that a record can neither be changed nor moved.
 *
 * One writer: the caller waits for each {@link append} before it calls again.
 */
export class Journal {
  readonly #stream: Stream
  readonly #keyring: Keyring

  constructor(stream: Stream, keyring: Keyring) {
    this.#stream = stream
    this.#keyring = keyring
  }

  get size(): number {
    return this.#stream.size
  }

  /** Writes events as one batch, all or none. Durable when it resolves. */
  async append(seen: number, events: readonly { readonly keyId: string; readonly event: VaultEvent }[]): Promise<void> {
    const first = this.#stream.size
    const records = events.map(({ keyId, event }, i) => {
      const head = headOf(seen, keyId)
      const body = this.#keyring.encrypt(keyId, Buffer.from(JSON.stringify(event)), boundTo(head, first + i))
      return new Uint8Array(Buffer.concat([head, body]))
    })
    await this.#stream.append(records)
  }

  /** Errors: `storage-failed` for a record that is damaged, or whose key is lost without having been destroyed. */
  read(seq: number): JournalRecord {
    const bytes = this.#stream.read(seq)
    const keyLength = bytes[fixedBytes - 1] ?? 0
    const head = Buffer.from(bytes.subarray(0, fixedBytes + keyLength))
    if (head[0] !== format || head.length < fixedBytes + keyLength) throw unreadable(seq)
    const keyId = head.toString('latin1', fixedBytes)
    const record = { keyId, seen: Number(head.readBigUInt64BE(1)), digest: sha256Hex(bytes) }
    try {
      const plain = this.#keyring.decrypt(keyId, bytes.subarray(head.length), boundTo(head, seq))
      // Safe: authenticated, so it is what append() encrypted.
      const event = JSON.parse(Buffer.from(plain).toString()) as VaultEvent
      return { ...record, event }
    } catch (cause) {
      if (cause instanceof StoreError && cause.code === 'key-destroyed') return { ...record, event: undefined }
      throw unreadable(seq, cause)
    }
  }

  /** SHA-256 of the record before `seq`, hex; empty at the start. Tells whether a view belongs to this stream. */
  digestBefore(seq: number): string {
    return seq === 0 ? '' : sha256Hex(this.#stream.read(seq - 1))
  }
}

function headOf(seen: number, keyId: string): Buffer {
  const head = Buffer.alloc(fixedBytes + keyId.length)
  head[0] = format
  head.writeBigUInt64BE(BigInt(seen), 1)
  head[fixedBytes - 1] = keyId.length
  head.write(keyId, fixedBytes, 'latin1')
  return head
}

function boundTo(head: Buffer, seq: number): Uint8Array {
  return Buffer.concat([Buffer.from(`comity vault record ${seq} `), head])
}

function unreadable(seq: number, cause?: unknown): NodeError {
  const message = `record ${seq} of the vault cannot be read: it is damaged, or the keyring is another. Restore a backup of both`
  return new NodeError('storage-failed', message, { cause })
}
