import * as fs from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import type { FileStat, FileSystem, FolderLock, OpenFile } from './file-system.ts'
import { StoreError, systemErrorCode } from './store-error.ts'

// The folder holds vaults and keys: nobody but its owner reads it, whatever the umask says.
const fileMode = 0o600
const directoryMode = 0o700

/**
 * The real file system. On macOS libuv answers fdatasync and fsync with F_FULLFSYNC, so they reach
 * the platter there too. On Windows a directory cannot be synced and NTFS journals its metadata:
 * `syncDirectory` does nothing.
 */
export function nodeFileSystem(): FileSystem {
  return {
    open: (path, access) => new NodeFile(openDescriptor(path, access)),
    rename: (from, to) => fs.renameSync(from, to),
    unlink: (path) => fs.unlinkSync(path),
    makeDirectory,
    list,
    stat,
    syncDirectory,
    lock: lockFolder,
  }
}

const openFlags = {
  read: fs.constants.O_RDONLY,
  write: fs.constants.O_RDWR,
  create: fs.constants.O_RDWR | fs.constants.O_CREAT | fs.constants.O_EXCL,
} as const

function openDescriptor(path: string, access: 'read' | 'write' | 'create'): number {
  return fs.openSync(path, openFlags[access], fileMode)
}

class NodeFile implements OpenFile {
  readonly #descriptor: number

  constructor(descriptor: number) {
    this.#descriptor = descriptor
  }

  pread(target: Uint8Array, position: number): number {
    return fs.readSync(this.#descriptor, target, 0, target.length, position)
  }

  pwrite(source: Uint8Array, position: number): number {
    return fs.writeSync(this.#descriptor, source, 0, source.length, position)
  }

  fdatasync(): Promise<void> {
    return new Promise((resolve, reject) => {
      fs.fdatasync(this.#descriptor, (error) => (error ? reject(error) : resolve()))
    })
  }

  fsync(): Promise<void> {
    return new Promise((resolve, reject) => {
      fs.fsync(this.#descriptor, (error) => (error ? reject(error) : resolve()))
    })
  }

  truncate(size: number): void {
    fs.ftruncateSync(this.#descriptor, size)
  }

  size(): number {
    return fs.fstatSync(this.#descriptor).size
  }

  close(): void {
    fs.closeSync(this.#descriptor)
  }
}

function makeDirectory(path: string): boolean {
  try {
    fs.mkdirSync(path, { mode: directoryMode })
    return true
  } catch (error) {
    if (systemErrorCode(error) === 'EEXIST' && fs.statSync(path).isDirectory()) return false
    throw error
  }
}

function list(path: string): readonly string[] | undefined {
  try {
    return fs.readdirSync(path).toSorted()
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined
    throw error
  }
}

function stat(path: string): FileStat | undefined {
  const found = fs.statSync(path, { throwIfNoEntry: false })
  if (found === undefined) return undefined
  return {
    kind: found.isDirectory() ? 'directory' : 'file',
    size: found.size,
    modifiedAt: Math.floor(found.mtimeMs / 1000),
  }
}

async function syncDirectory(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await fs.promises.open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/**
 * Node has no flock, SQLite has: an exclusive transaction on an empty database is a lock that the
 * operating system frees when its holder dies, however it dies.
 *
 * Trap: POSIX record locks vanish when *any* descriptor of the file is closed in this process, so
 * nothing but SQLite may ever open the lock file, not even to copy it.
 */
function lockFolder(path: string): FolderLock {
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(path, { timeout: 0 })
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
  } catch (error) {
    database?.close()
    if (isBusy(error)) {
      throw new StoreError('folder-in-use', `${path} is locked: another process has this folder open; stop it first`, {
        cause: error,
      })
    }
    throw error
  }
  const held = database
  return { release: () => held.close() }
}

const sqliteBusy = 5

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === sqliteBusy
}
