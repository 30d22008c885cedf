import { type FileSystem, openReadOnly, type ReadOnlyTruth, StoreError, type StreamReader } from '@comity/store'
import { readHead } from '../pipeline/ledger.ts'
import { AuditError } from './audit-error.ts'
import type { AuditSource, DocumentCheck } from './source.ts'

const stream = 'public'
const tileWidth = 256

/**
 * A node's data folder, or a backup of one. It is only read, and without its lock: the node may go on working, and the
 * audit covers what its checkpoint covered when the audit began.
 */
export class FolderSource implements AuditSource {
  readonly name: string
  readonly concurrency = 1
  readonly #truth: ReadOnlyTruth
  readonly #entries: StreamReader

  private constructor(truth: ReadOnlyTruth, entries: StreamReader) {
    this.name = truth.directory
    this.#truth = truth
    this.#entries = entries
  }

  /** On the real file system where none is given. Throws AuditError `no-log` for a folder without a log. */
  static open(directory: string, fileSystem?: FileSystem): FolderSource {
    try {
      const truth = openReadOnly(directory, fileSystem)
      return new FolderSource(truth, truth.stream(stream))
    } catch (error) {
      throw new AuditError(
        'no-log',
        `${directory} is no data folder of a node and no backup of one: ${messageOf(error)}`,
        { cause: error },
      )
    }
  }

  /** Hash tiles are a view and not part of a backup. */
  get hasTiles(): boolean {
    return this.#truth.hashes(stream, 0, 0, 1) !== undefined
  }

  async checkpoint(): Promise<Uint8Array> {
    const head = readHead(this.#truth.cells())?.head
    if (head === undefined) throw new AuditError('no-log', `${this.name} holds no checkpoint: no log was founded there`)
    return Buffer.from(head.note)
  }

  async entries(index: number, width: number): Promise<readonly Uint8Array[] | undefined> {
    try {
      return this.#entries.readRange(index * tileWidth, index * tileWidth + width)
    } catch (error) {
      if (error instanceof StoreError && error.code === 'not-found') return undefined
      throw error
    }
  }

  async tile(level: number, index: number, width: number): Promise<Uint8Array | undefined> {
    return this.#truth.hashes(stream, level, index * tileWidth, width)
  }

  async document(digest: string): Promise<DocumentCheck> {
    try {
      return this.#truth.blob(digest.slice('sha256:'.length)) === undefined ? 'absent' : 'present'
    } catch (error) {
      if (error instanceof StoreError && error.code === 'damaged') return 'differs'
      throw error
    }
  }

  async documentBytes(digest: string, limit: number): Promise<Uint8Array | undefined> {
    try {
      return this.#truth.blobBytes(digest.slice('sha256:'.length), limit)
    } catch (error) {
      if (error instanceof StoreError && error.code === 'damaged') return undefined
      throw error
    }
  }

  /** A folder serves no receipts; its node does. */
  async receipt(): Promise<undefined> {}

  async close(): Promise<void> {
    this.#entries.close()
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
