import { createHash } from 'node:crypto'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import type { Signer } from '@comity/statement'
import { crc32c } from '@comity/store'
import { type RecordHead, encodeHead, encodeSum, magic } from './carry-record.ts'
import { signCarry } from './carry-signature.ts'

const bufferBytes = 1 << 20

/** Writes one carried file. It has its name once it is whole and durable. */
export class CarryWriter {
  readonly path: string
  readonly #handle: FileHandle
  readonly #hash = createHash('sha256')
  readonly #by: { readonly by: string; readonly origin: string; readonly at: number }
  #buffered: Uint8Array[] = []
  #bufferedBytes = 0
  #bytes = 0

  private constructor(path: string, handle: FileHandle, by: { by: string; origin: string; at: number }) {
    this.path = path
    this.#handle = handle
    this.#by = by
  }

  static async create(path: string, by: { by: string; origin: string; at: number }): Promise<CarryWriter> {
    const writer = new CarryWriter(path, await open(`${path}.part`, 'w', 0o644), by)
    await writer.#write(magic)
    await writer.record({ type: 'export', ...by }, new Uint8Array())
    return writer
  }

  /** Bytes so far. */
  get bytes(): number {
    return this.#bytes
  }

  async record(head: RecordHead, body: Uint8Array): Promise<void> {
    await this.#write(encodeHead(head, body.length))
    await this.#write(body)
    await this.#write(encodeSum(crc32c(body)))
  }

  /** A body that comes in pieces, of a size that is known. */
  async streamed(head: RecordHead, size: number, pieces: AsyncIterable<Uint8Array>): Promise<void> {
    await this.#write(encodeHead(head, size))
    let sum = 0
    for await (const piece of pieces) {
      sum = crc32c(piece, sum)
      await this.#write(piece)
    }
    await this.#write(encodeSum(sum))
  }

  async end(signer: Signer): Promise<void> {
    const { by, at } = this.#by
    const jws = signCarry({ by, at, digest: this.#hash.copy().digest('hex') }, signer)
    await this.record({ type: 'end' }, Buffer.from(jws))
    await this.#flush()
    await this.#handle.sync()
    await this.#handle.close()
    await rename(`${this.path}.part`, this.path)
  }

  /** Nothing remains. */
  async abort(): Promise<void> {
    await this.#handle.close().catch(() => undefined)
    await rm(`${this.path}.part`, { force: true })
  }

  async #write(bytes: Uint8Array): Promise<void> {
    this.#hash.update(bytes)
    this.#bytes += bytes.length
    this.#buffered.push(Uint8Array.from(bytes))
    this.#bufferedBytes += bytes.length
    if (this.#bufferedBytes >= bufferBytes) await this.#flush()
  }

  async #flush(): Promise<void> {
    const all = Buffer.concat(this.#buffered)
    this.#buffered = []
    this.#bufferedBytes = 0
    for (let at = 0; at < all.length;) at += (await this.#handle.write(all, at)).bytesWritten
  }
}
