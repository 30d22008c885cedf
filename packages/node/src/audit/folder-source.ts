import { type FileSystem, openReadOnly, type ReadOnlyTruth, StoreError, type StreamReader } from '@comity/store'
import { parseCheckpoint, parseNote } from '@comity/log'
import type { MirrorRecord } from '../federation/mirror/mirror-record.ts'
import { readHead } from '../pipeline/ledger.ts'
import { AuditError } from './audit-error.ts'
import type { AuditSource, DocumentCheck, MirroredLog } from './source.ts'

const stream = 'public'

/** What streams and cells of other logs are called: see `mirrorName`. */
const mirrorPrefix = 'mirror/'

const tileWidth = 256

/**
 * A node's data folder, or a backup of one. It is only read, and without its lock: the node may go on working, and the
 * audit covers what its checkpoint covered when the audit began.
 */
export class FolderSource implements AuditSource {
  readonly name: string
  readonly concurrency = 1
  readonly #truth: ReadOnlyTruth
  readonly #stream: string
  readonly #entries: StreamReader

  private constructor(truth: ReadOnlyTruth, name: string) {
    this.name = name === stream ? truth.directory : `${truth.directory}, ${name}`
    this.#truth = truth
    this.#stream = name
    this.#entries = truth.stream(name)
  }

  /** On the real file system where none is given. Throws AuditError `no-log` for a folder without a log. */
  static open(directory: string, fileSystem?: FileSystem): FolderSource {
    try {
      const truth = openReadOnly(directory, fileSystem)
      return new FolderSource(truth, stream)
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
    return this.#truth.hashes(this.#stream, 0, 0, 1) !== undefined
  }

  async checkpoint(): Promise<Uint8Array> {
    if (this.#stream !== stream) return this.#mirroredHead()
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
    return this.#truth.hashes(this.#stream, level, index * tileWidth, width)
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

  async mirrors(): Promise<readonly MirroredLog[]> {
    if (this.#stream !== stream) return []
    const found: MirroredLog[] = []
    for (const [name, { value }] of this.#truth.cells()) {
      const { head, state, evidence } = name.startsWith(mirrorPrefix) ? recordOf(value) : {}
      if (head === undefined) continue
      const bytes = evidence === undefined ? undefined : Buffer.from(JSON.stringify(evidence))
      found.push({
        origin: parseCheckpoint(parseNote(head).text).origin,
        isQuarantined: state === 'quarantined',
        source: new FolderSource(this.#truth, name),
        evidence: async () => bytes,
      })
    }
    return found
  }

  async close(): Promise<void> {
    this.#entries.close()
  }

  /** The head whose entries are all here: those of a newer one may be on their way. */
  async #mirroredHead(): Promise<Uint8Array> {
    const cell = this.#truth.cells().get(this.#stream)
    const { head, before } = cell === undefined ? {} : recordOf(cell.value)
    for (const note of [head, before]) {
      if (note === undefined) continue
      const { size } = parseCheckpoint(parseNote(note).text)
      if (size > 0 && (await this.entries(Math.floor((size - 1) / tileWidth), ((size - 1) % tileWidth) + 1)))
        return Buffer.from(note)
    }
    throw new AuditError('no-log', `${this.name} holds no copy of a log so far`)
  }
}

/** What a node notes about a log that it follows. */
function recordOf(value: Uint8Array): Partial<MirrorRecord> {
  return JSON.parse(Buffer.from(value).toString('utf8'))
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
