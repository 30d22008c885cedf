/**
 * The port for every file system call the `files` backend makes. Nothing in this room touches a
 * disk but through it, so a test can fail, tear or forget each call in turn.
 *
 * Data calls are synchronous: a write of a batch into the page cache takes microseconds, a trip
 * through the thread pool takes tens of them. Calls that wait for the device are asynchronous.
 */
export interface FileSystem {
  /** `read` and `write` need an existing file, `create` needs that there is none (O_EXCL). */
  open(path: string, access: 'read' | 'write' | 'create'): OpenFile
  /** Atomic: afterwards `to` is the old file or the new one. Durable after `syncDirectory`. */
  rename(from: string, to: string): void
  unlink(path: string): void
  /** One level. Returns false when the directory was already there. */
  makeDirectory(path: string): boolean
  /** Names in a directory, sorted; undefined when there is no such directory. */
  list(path: string): readonly string[] | undefined
  stat(path: string): FileStat | undefined
  /** Makes creations, renames and removals in this directory durable. */
  syncDirectory(path: string): Promise<void>
  /** Takes the folder lock held in `path`; throws `folder-in-use` when somebody else has it. */
  lock(path: string): FolderLock
}

/** An open file. Positions and sizes in bytes. */
export interface OpenFile {
  /** Reads up to `target.length` bytes; returns how many, 0 at the end of the file. */
  pread(target: Uint8Array, position: number): number
  /** Writes up to `source.length` bytes; returns how many. May write fewer, as POSIX allows. */
  pwrite(source: Uint8Array, position: number): number
  /** Returns when data, and what is needed to read it back, are on the device. */
  fdatasync(): Promise<void>
  /** As fdatasync, and all metadata too: used after a truncation. */
  fsync(): Promise<void>
  truncate(size: number): void
  size(): number
  close(): void
}

export interface FileStat {
  readonly kind: 'file' | 'directory'
  readonly size: number
  /** Whole seconds since the epoch. */
  readonly modifiedAt: number
}

export interface FolderLock {
  release(): void
}

/** Fills `target` from `position`; returns how many bytes there were before the end of the file. */
export function readFully(file: OpenFile, target: Uint8Array, position: number): number {
  let done = 0
  while (done < target.length) {
    const part = done === 0 ? target : target.subarray(done)
    const count = file.pread(part, position + done)
    if (count === 0) break
    done += count
  }
  return done
}

/** Writes all of `source`, going on after short writes, which are how a nearly full disk begins to fail. */
export function writeFully(file: OpenFile, source: Uint8Array, position: number): void {
  let done = 0
  while (done < source.length) {
    const part = done === 0 ? source : source.subarray(done)
    const count = file.pwrite(part, position + done)
    if (count <= 0) throw new Error(`wrote 0 of ${part.length} bytes at ${position + done}`)
    done += count
  }
}
