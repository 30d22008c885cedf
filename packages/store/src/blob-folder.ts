import { createHash, hash, randomBytes } from 'node:crypto'
import { readFully, writeFully, type FileSystem, type OpenFile } from './file-system.ts'
import { ensureDirectory, layout } from './folder.ts'
import { hashInPool } from './pool-hash.ts'
import { asStoreError, StoreError, withStoreErrors } from './store-error.ts'
import type { BlobEntry, BlobPart, BlobSource } from './truth.ts'

const pieceBytes = 1 << 16

/** Files by SHA-256 in 256 directories, `ab/ab12…`. */
export class BlobFolder {
  readonly #fileSystem: FileSystem
  readonly #path: string
  readonly #temporary: string
  /** Directories this process made or found, and synced. */
  readonly #durableShards: Set<string>
  /** Renamed, directory not yet synced, and not there before: they do not count yet. */
  readonly #settling = new Set<string>()
  readonly #inFlight = new Set<Promise<unknown>>()

  private constructor(fileSystem: FileSystem, directory: string, name: string, shards: readonly string[]) {
    this.#fileSystem = fileSystem
    this.#path = `${directory}/${name}`
    this.#temporary = `${directory}/${layout.temporary}`
    this.#durableShards = new Set(shards)
  }

  /** With `syncShards` all directories are synced first: see FileBlobs. */
  static async open(fileSystem: FileSystem, directory: string, name: string, syncShards: boolean): Promise<BlobFolder> {
    const path = await ensureDirectory(fileSystem, directory, name)
    const shards = fileSystem.list(path) ?? []
    if (syncShards) await Promise.all(shards.map((shard) => fileSystem.syncDirectory(`${path}/${shard}`)))
    return new BlobFolder(fileSystem, directory, name, shards)
  }

  put(source: BlobSource, expectedDigest?: string, maxBytes = Infinity): Promise<string> {
    const write = (file: OpenFile): Promise<string> => writeHashed(file, source, maxBytes)
    return this.#tracked(write, expectedDigest)
  }

  /** As `put` for content that is all there, hashed off this thread while it is on its way to the disk. */
  putWhole(content: Uint8Array, expectedDigest?: string): Promise<string> {
    return this.#tracked((file) => writeWhole(file, content), expectedDigest, true)
  }

  get(digest: string): Uint8Array {
    const content = this.read(digest)
    if (hash('sha256', content, 'hex') !== digest) throw changed(this.#pathOf(digest))
    return content
  }

  /** The content as it lies there, unchecked; in `room`, where it fits. */
  read(digest: string, room?: Uint8Array): Uint8Array {
    const file = this.#open(digest)
    return withStoreErrors(`reading blob ${digest}`, () => {
      try {
        const size = file.size()
        const content = room !== undefined && room.length >= size ? room.subarray(0, size) : new Uint8Array(size)
        if (readFully(file, content, 0) < content.length) throw changed(this.#pathOf(digest))
        return content
      } finally {
        file.close()
      }
    })
  }

  async *pieces(digest: string): AsyncGenerator<Uint8Array, void> {
    const file = this.#open(digest)
    try {
      const hasher = createHash('sha256')
      for (let at = 0; ;) {
        const piece = new Uint8Array(pieceBytes)
        const count = withStoreErrors(`reading blob ${digest}`, () => readFully(file, piece, at))
        if (count === 0) break
        hasher.update(piece.subarray(0, count))
        yield piece.subarray(0, count)
        at += count
      }
      if (hasher.digest('hex') !== digest) throw changed(this.#pathOf(digest))
    } finally {
      withStoreErrors(`closing blob ${digest}`, () => file.close())
    }
  }

  /** A part in pieces, not checked against the digest. */
  async *part(digest: string, { from, to }: BlobPart): AsyncGenerator<Uint8Array, void> {
    const file = this.#open(digest)
    try {
      for (let at = from; at < to;) {
        const piece = new Uint8Array(Math.min(pieceBytes, to - at))
        const count = withStoreErrors(`reading blob ${digest}`, () => readFully(file, piece, at))
        if (count === 0) throw changed(this.#pathOf(digest))
        yield piece.subarray(0, count)
        at += count
      }
    } finally {
      withStoreErrors(`closing blob ${digest}`, () => file.close())
    }
  }

  size(digest: string): number | undefined {
    checkDigest(digest)
    if (this.#settling.has(digest)) return undefined
    return withStoreErrors(`looking for blob ${digest}`, () => this.#fileSystem.stat(this.#pathOf(digest))?.size)
  }

  async delete(digest: string): Promise<boolean> {
    if (this.size(digest) === undefined) return false
    try {
      this.#fileSystem.unlink(this.#pathOf(digest))
      await this.#fileSystem.syncDirectory(this.#shardOf(digest))
      return true
    } catch (error) {
      throw asStoreError(error, `deleting blob ${digest}`)
    }
  }

  *list(): Generator<BlobEntry, void> {
    for (const shard of this.#fileSystem.list(this.#path) ?? []) {
      for (const digest of this.#fileSystem.list(`${this.#path}/${shard}`) ?? []) {
        const found = this.#fileSystem.stat(this.#pathOf(digest))
        if (found === undefined || this.#settling.has(digest)) continue
        yield { digest, size: found.size, storedAt: found.modifiedAt }
      }
    }
  }

  /** Whether every name that was made is durable: false after a directory sync failed. */
  get isSettled(): boolean {
    return this.#settling.size === 0
  }

  /** Resolves when every put begun so far has ended. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.#inFlight)
  }

  #tracked(
    write: (file: OpenFile) => Promise<string>,
    expectedDigest: string | undefined,
    isSynced = false,
  ): Promise<string> {
    if (expectedDigest !== undefined) checkDigest(expectedDigest)
    const stored = this.#put(write, expectedDigest, isSynced).catch((error: unknown) => {
      throw asStoreError(error, `storing a blob in ${this.#path}`)
    })
    this.#inFlight.add(stored)
    const ended = (): boolean => this.#inFlight.delete(stored)
    stored.then(ended, ended)
    return stored
  }

  /** `isSynced`: what `write` has written is on the device when it resolves. */
  async #put(
    write: (file: OpenFile) => Promise<string>,
    expectedDigest: string | undefined,
    isSynced: boolean,
  ): Promise<string> {
    const temporary = `${this.#temporary}/${randomBytes(12).toString('hex')}`
    const file = this.#fileSystem.open(temporary, 'create')
    let digest: string
    try {
      try {
        digest = await write(file)
        checkExpected(digest, expectedDigest)
        if (!isSynced) await file.fdatasync()
      } finally {
        file.close()
      }
      this.#makeShard(digest)
    } catch (error) {
      this.#removeQuietly(temporary)
      throw error
    }
    await this.#settle(temporary, digest)
    return digest
  }

  /**
   * Moves a finished file to its name. A blob that was there is replaced by the same content, which
   * heals damage and renews its `storedAt`. One that was not counts only once its name is durable: a
   * statement that cites it would be acknowledged too early. If the sync fails it goes on not to count,
   * until it is stored again or the folder is opened again.
   */
  async #settle(temporary: string, digest: string): Promise<void> {
    const path = this.#pathOf(digest)
    try {
      if (this.#fileSystem.stat(path) === undefined) this.#settling.add(digest)
      this.#fileSystem.rename(temporary, path)
      // Both are durable when this is over; which of them first is of no matter, and the device does them as one.
      await bothEnded(this.#fileSystem.syncDirectory(this.#shardOf(digest)), this.#settleShard(digest))
      this.#settling.delete(digest)
    } catch (error) {
      this.#removeQuietly(temporary)
      throw error
    }
  }

  #makeShard(digest: string): void {
    const shard = digest.slice(0, 2)
    if (!this.#durableShards.has(shard)) this.#fileSystem.makeDirectory(`${this.#path}/${shard}`)
  }

  async #settleShard(digest: string): Promise<void> {
    const shard = digest.slice(0, 2)
    if (this.#durableShards.has(shard)) return
    // Also when it was there: who made it may not have synced yet.
    await this.#fileSystem.syncDirectory(this.#path)
    this.#durableShards.add(shard)
  }

  #open(digest: string): OpenFile {
    if (this.size(digest) === undefined) throw new StoreError('not-found', `there is no blob ${digest}`)
    return withStoreErrors(`opening blob ${digest}`, () => this.#fileSystem.open(this.#pathOf(digest), 'read'))
  }

  #shardOf(digest: string): string {
    return `${this.#path}/${digest.slice(0, 2)}`
  }

  #pathOf(digest: string): string {
    return `${this.#shardOf(digest)}/${digest}`
  }

  #removeQuietly(path: string): void {
    try {
      this.#fileSystem.unlink(path)
    } catch {
      // Already gone, or removed with all temporary files when the folder is opened again.
    }
  }
}

/** Resolves when both have ended, and throws what one of them threw: nothing goes on behind the caller's back. */
async function bothEnded(one: Promise<void>, other: Promise<void>): Promise<void> {
  await Promise.allSettled([one, other])
  await one
  await other
}

/** Writes the source from the beginning of the file; returns its SHA-256, hex. */
async function writeHashed(file: OpenFile, source: BlobSource, maxBytes: number): Promise<string> {
  const hasher = createHash('sha256')
  let at = 0
  for await (const piece of source instanceof Uint8Array ? [source] : source) {
    if (at + piece.length > maxBytes) {
      throw new StoreError('too-large', `the content is over the limit of ${maxBytes} bytes`)
    }
    hasher.update(piece)
    writeFully(file, piece, at)
    at += piece.length
  }
  return hasher.digest('hex')
}

/** Hashes on a thread of the pool what is meanwhile written and on its way to the device. */
async function writeWhole(file: OpenFile, content: Uint8Array): Promise<string> {
  const hashed = hashInPool(content)
  try {
    writeFully(file, content, 0)
    await file.fdatasync()
  } finally {
    await hashed
  }
  return await hashed
}

function checkExpected(digest: string, expected: string | undefined): void {
  if (expected === undefined || expected === digest) return
  throw new StoreError('digest-mismatch', `the content has SHA-256 ${digest}, announced was ${expected}`)
}

function checkDigest(digest: string): void {
  if (/^[0-9a-f]{64}$/.test(digest)) return
  throw new StoreError('bad-name', `${JSON.stringify(digest.slice(0, 80))} is no digest: 64 lowercase hex digits`)
}

function changed(path: string): StoreError {
  return new StoreError('damaged', `${path} is not what its name says`, { place: { file: path, offset: 0 } })
}
