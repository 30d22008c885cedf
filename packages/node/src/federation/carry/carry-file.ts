import { createHash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import { crc32c } from '@comity/store'
import { FederationError, type FederationErrorCode } from '../federation-error.ts'
import { type LogHead, type RecordHead, decodeFrame, decodeHead, frameBytes, magic, sumBytes } from './carry-record.ts'
import type { CarryClaims } from './carry-signature.ts'

const pieceBytes = 1 << 20

/** Records that one file has at most: some 150 bytes each are in memory. */
const recordsAtMost = 1 << 20

/** Where the body of a record lies in its file. */
export interface Body {
  readonly offset: number
  readonly size: number
  /** Bytes of the resource before it that the file does not carry. */
  readonly from: number
}

/** What is wrong with a file from some place on. What stands before is whole. */
export interface CarryFault {
  readonly code: FederationErrorCode
  readonly message: string
}

/**
 * A carried file, looked through once: what it holds and where. A record that is spoilt is left out, what comes after a
 * broken one is not looked for, and the rest counts. In memory are the places alone.
 */
export class CarryFile {
  readonly path: string
  readonly logs: LogHead[] = []
  /** By origin and path, by `resourceKey`. */
  readonly resources = new Map<string, Body>()
  /** By digest, `sha256:<hex>`. */
  readonly documents = new Map<string, Body>()
  readonly faults: CarryFault[] = []
  exporter: Extract<RecordHead, { type: 'export' }> | undefined
  /** The signature at its end, with what it has to say. */
  signature: { readonly jws: string; readonly read: CarryClaims } | undefined
  readonly #handle: FileHandle

  private constructor(path: string, handle: FileHandle) {
    this.path = path
    this.#handle = handle
  }

  /** Throws FederationError `carry-malformed` for what is no such file at all; the file system's error. */
  static async open(path: string): Promise<CarryFile> {
    const handle = await open(path, 'r')
    const file = new CarryFile(path, handle)
    try {
      await file.#lookThrough()
      return file
    } catch (error) {
      await handle.close()
      throw error
    }
  }

  /** The bytes of a body from `from` on, counted within it. */
  async read({ offset, size }: Body, from = 0): Promise<Uint8Array> {
    const bytes = Buffer.alloc(Math.max(0, size - from))
    await this.#fill(bytes, offset + from)
    return bytes
  }

  async *pieces({ offset, size }: Body): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < size; at += pieceBytes) {
      const piece = Buffer.alloc(Math.min(pieceBytes, size - at))
      await this.#fill(piece, offset + at)
      yield piece
    }
  }

  async close(): Promise<void> {
    await this.#handle.close()
  }

  async #lookThrough(): Promise<void> {
    const beginning = Buffer.alloc(magic.length)
    const { size } = await this.#handle.stat()
    if (size < magic.length || !(await this.#fill(beginning, 0)) || !beginning.equals(magic))
      throw new FederationError('carry-malformed', `${this.path} is no file that "comity carry export" has made`)
    const hash = createHash('sha256').update(beginning)
    let offset = magic.length
    for (let records = 0; offset < size && this.signature === undefined; records++) {
      if (records === recordsAtMost) return this.#fault('carry-too-large', `more than ${recordsAtMost} records`)
      const next = await this.#record(offset, size, hash)
      if (next === undefined) return
      offset = next
    }
    if (this.signature === undefined)
      this.#fault('carry-truncated', 'it ends without its signature: the rest is missing')
    else if (offset < size) this.#fault('carry-malformed', `${size - offset} bytes stand behind its end`)
  }

  /** Notes one record. Returns where the next one begins, or undefined where that cannot be known. */
  async #record(offset: number, fileSize: number, hash: ReturnType<typeof createHash>): Promise<number | undefined> {
    const cut = `it ends within the record at byte ${offset}`
    const frame = Buffer.alloc(frameBytes)
    if (offset + frameBytes > fileSize || !(await this.#fill(frame, offset))) return this.#fault('carry-truncated', cut)
    const lengths = decodeFrame(frame)
    if (lengths === undefined) return this.#fault('carry-damaged', `no record begins at byte ${offset}`)
    const json = Buffer.alloc(lengths.head)
    const bodyAt = offset + frameBytes + lengths.head
    if (bodyAt > fileSize || !(await this.#fill(json, offset + frameBytes))) return this.#fault('carry-truncated', cut)
    const head = decodeHead(frame, json)
    if (head === undefined) return this.#fault('carry-damaged', `the record at byte ${offset} is not what was written`)
    const next = bodyAt + lengths.body + sumBytes
    if (next > fileSize) return this.#fault('carry-truncated', cut)
    const before = head.type === 'end' ? hash.copy().digest('hex') : ''
    hash.update(frame).update(json)
    if (await this.#isWhole(bodyAt, lengths.body, hash))
      await this.#note(head, { offset: bodyAt, size: lengths.body, from: 0 }, before)
    else this.#fault('carry-damaged', `the record at byte ${offset} is not what was written, and is left out`)
    return next
  }

  async #isWhole(offset: number, size: number, hash: ReturnType<typeof createHash>): Promise<boolean> {
    let sum = 0
    for await (const piece of this.pieces({ offset, size, from: 0 })) {
      hash.update(piece)
      sum = crc32c(piece, sum)
    }
    const expected = Buffer.alloc(sumBytes)
    await this.#fill(expected, offset + size)
    hash.update(expected)
    return expected.readUInt32BE() === sum
  }

  /** The first of two records with one name counts. */
  async #note(head: RecordHead, body: Body, before: string): Promise<void> {
    if (head.type === 'export') this.exporter ??= head
    if (head.type === 'log') this.logs.push(head)
    if (head.type === 'document' && !this.documents.has(head.digest)) this.documents.set(head.digest, body)
    if (head.type === 'resource') {
      const key = resourceKey(head.origin, head.path)
      if (!this.resources.has(key)) this.resources.set(key, { ...body, from: head.from ?? 0 })
    }
    if (head.type === 'end') {
      const { by = '', at = 0 } = this.exporter ?? {}
      const jws = body.size > 4096 ? '' : Buffer.from(await this.read(body)).toString('utf8')
      this.signature = { jws, read: { by, at, digest: before } }
    }
  }

  #fault(code: FederationErrorCode, what: string): undefined {
    this.faults.push({ code, message: `${this.path}: ${what}` })
  }

  /** Returns whether the file has them all. */
  async #fill(bytes: Uint8Array, offset: number): Promise<boolean> {
    for (let filled = 0; filled < bytes.length;) {
      const { bytesRead } = await this.#handle.read(bytes, filled, bytes.length - filled, offset + filled)
      if (bytesRead === 0) return false
      filled += bytesRead
    }
    return true
  }
}

export function resourceKey(origin: string, path: string): string {
  return `${origin}\n${path}`
}
