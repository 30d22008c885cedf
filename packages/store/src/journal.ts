import type { FileSystem } from './file-system.ts'
import { ensureDirectory } from './folder.ts'
import { poisoned, type Segment } from './segment.ts'
import { createSegment, openSegment, type SegmentPlace } from './segment-recovery.ts'
import { asStoreError, type StoreError } from './store-error.ts'

const currentName = 'journal'
const nextName = 'journal.new'

/**
 * A small append-only file whose records only matter until a later one replaces them, so that it can
 * be written anew. Same frames, recovery and failures as a stream. Its owner calls one method at a
 * time.
 */
export class Journal {
  readonly #fileSystem: FileSystem
  readonly #directory: string
  readonly #name: string
  #segment: Segment
  #poison: StoreError | undefined

  private constructor(fileSystem: FileSystem, directory: string, name: string, segment: Segment) {
    this.#fileSystem = fileSystem
    this.#directory = directory
    this.#name = name
    this.#segment = segment
  }

  /** Opens or creates `parent/name/journal` and returns the records in it. */
  static async open(
    fileSystem: FileSystem,
    parent: string,
    name: string,
  ): Promise<{ journal: Journal; records: Uint8Array[] }> {
    const directory = await ensureDirectory(fileSystem, parent, name)
    removeLeftover(fileSystem, directory)
    // What the name leads to now may be the work of a process that died, or failed, before its own sync.
    await fileSystem.syncDirectory(directory)
    const place = placeOf(fileSystem, directory, name, currentName)
    const exists = fileSystem.stat(`${directory}/${currentName}`) !== undefined
    const segment = (exists ? await openSegment(place, true) : undefined) ?? (await createSegment(place))
    try {
      const journal = new Journal(fileSystem, directory, name, segment)
      return { journal, records: segment.readRange(0, segment.count).filter((record) => record.length > 0) }
    } catch (error) {
      segment.close()
      throw error
    }
  }

  /** Bytes on disk. */
  get bytes(): number {
    return this.#segment.end
  }

  /** Appends the records, all or none; durable when it resolves. */
  async append(records: readonly Uint8Array[]): Promise<void> {
    this.#checkPoison()
    await this.#segment.append([records])
  }

  /**
   * Replaces the file by one with these records only. With `wipe` the old file is overwritten with
   * zeros once the new one is durable. A failure before the rename leaves the old file in use.
   */
  async rewrite(records: readonly Uint8Array[], wipe = false): Promise<void> {
    this.#checkPoison()
    const next = await this.#writeNext(records)
    const old = this.#segment
    this.#segment = next
    try {
      this.#fileSystem.rename(`${this.#directory}/${nextName}`, `${this.#directory}/${currentName}`)
      await this.#fileSystem.syncDirectory(this.#directory)
      if (wipe) await old.wipe()
    } catch (error) {
      // Nobody knows which of the two files the name leads to after a crash.
      this.#poison = asStoreError(error, `replacing ${this.#directory}/${currentName}`)
      throw this.#poison
    } finally {
      old.close()
    }
  }

  close(): void {
    this.#segment.close()
  }

  async #writeNext(records: readonly Uint8Array[]): Promise<Segment> {
    removeLeftover(this.#fileSystem, this.#directory)
    const next = await createSegment(placeOf(this.#fileSystem, this.#directory, this.#name, nextName))
    try {
      if (records.length > 0) await next.append([records])
      // An empty record in a group of its own: it proves that the group before it was durable, so a
      // broken record among those is reported as damage and never taken for a torn tail.
      await next.append([[new Uint8Array(0)]])
      return next
    } catch (error) {
      next.close()
      throw error
    }
  }

  #checkPoison(): void {
    if (this.#poison !== undefined) throw poisoned(`${this.#directory}/${currentName}`, this.#poison)
  }
}

function placeOf(fileSystem: FileSystem, directory: string, streamName: string, name: string): SegmentPlace {
  return { fileSystem, directory, name, streamName, firstSeq: 0, indexed: false }
}

function removeLeftover(fileSystem: FileSystem, directory: string): void {
  const path = `${directory}/${nextName}`
  if (fileSystem.stat(path) !== undefined) fileSystem.unlink(path)
}
