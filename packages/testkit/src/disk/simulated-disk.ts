import { dirname } from 'node:path'
import { StoreError, type FileStat, type FileSystem, type OpenFile } from '@comity/store'
import { SimulatedFile } from './simulated-file.ts'

/** Decides what a crash keeps: called once for each unsynced block, resize and directory entry. */
export type Survives = () => boolean

export interface SimulatedDisk {
  readonly fileSystem: FileSystem
  /**
   * Loses power: each change that was not synced survives or not as `survives` says, one by one, so
   * later ones may outlive earlier ones. Open files of before throw, locks are free again.
   */
  crash(survives?: Survives): void
  /** As crash, but the machine stays up, as with kill -9: nothing that was written is lost. */
  kill(): void
  /** Paths and contents as a reader sees them now. */
  contents(): ReadonlyMap<string, Uint8Array>
  /**
   * The next fdatasync or fsync of a file fails with EIO, and as on Linux its pages count as clean from
   * then on: readers see them, no later sync stores them, a power cut takes them.
   */
  loseNextSync(): void
  /** Changes bytes where they lie, as a failing device does. */
  rot(path: string, offset: number, xor: number): void
}

/** A name in a directory that is not durable yet: what it led to on the device. */
type Entry = SimulatedFile | 'directory'

/**
 * A disk in memory that keeps apart what was written and what is durable, in blocks of 512 bytes.
 * Names are durable after syncDirectory of their directory, contents after fdatasync of the file.
 * Meaner than real file systems, and within what POSIX allows them. `/` is there from the start.
 */
export function simulatedDisk(): SimulatedDisk {
  let visible = new Map<string, Entry>([['/', 'directory']])
  let durable = new Map<string, Entry>(visible)
  let locks = new Set<string>()
  let life: Life = { over: false, loseNextSync: false }

  const crash = (survives: Survives = () => false): void => {
    const after = new Map(durable)
    for (const path of new Set([...visible.keys(), ...durable.keys()])) {
      const now = visible.get(path)
      if (now === durable.get(path) || !survives()) continue
      if (now === undefined) after.delete(path)
      else after.set(path, now)
    }
    for (const path of after.keys()) {
      if (!reachable(after, path)) after.delete(path)
    }
    for (const entry of new Set(after.values())) {
      if (entry !== 'directory') entry.crash(survives)
    }
    visible = after
    durable = new Map(after)
    endLife()
  }

  const endLife = (): void => {
    life.over = true
    life = { over: false, loseNextSync: false }
    locks = new Set()
  }

  const fileAt = (path: string): SimulatedFile => {
    const entry = visible.get(path)
    if (entry === undefined) throw systemError('ENOENT', `no such file: ${path}`)
    if (entry === 'directory') throw systemError('EISDIR', `a directory: ${path}`)
    return entry
  }

  const requireParent = (path: string): void => {
    if (visible.get(dirname(path)) !== 'directory') throw systemError('ENOENT', `no such directory: ${dirname(path)}`)
  }

  const fileSystem: FileSystem = {
    open(path, access) {
      if (access === 'create') {
        requireParent(path)
        if (visible.has(path)) throw systemError('EEXIST', `exists: ${path}`)
        visible.set(path, new SimulatedFile())
      }
      return handle(fileAt(path), life, access !== 'read')
    },
    rename(from, to) {
      const file = fileAt(from)
      requireParent(to)
      visible.delete(from)
      visible.set(to, file)
    },
    unlink(path) {
      fileAt(path)
      visible.delete(path)
    },
    makeDirectory(path) {
      if (visible.get(path) === 'directory') return false
      requireParent(path)
      if (visible.has(path)) throw systemError('EEXIST', `exists: ${path}`)
      visible.set(path, 'directory')
      return true
    },
    list(path) {
      if (visible.get(path) !== 'directory') return undefined
      return childrenOf(visible, path)
        .map((child) => child.slice(child.lastIndexOf('/') + 1))
        .toSorted()
    },
    stat(path): FileStat | undefined {
      const entry = visible.get(path)
      if (entry === undefined) return undefined
      if (entry === 'directory') return { kind: 'directory', size: 0, modifiedAt: 0 }
      return { kind: 'file', size: entry.size, modifiedAt: 0 }
    },
    async syncDirectory(path) {
      if (visible.get(path) !== 'directory') throw systemError('ENOENT', `no such directory: ${path}`)
      for (const child of childrenOf(durable, path)) {
        if (!visible.has(child)) durable.delete(child)
      }
      for (const child of childrenOf(visible, path)) {
        const entry = visible.get(child)
        if (entry !== undefined) durable.set(child, entry)
      }
    },
    lock(path) {
      requireParent(path)
      if (locks.has(path)) throw new StoreError('folder-in-use', `${path} is locked`)
      const held = locks
      held.add(path)
      return { release: () => void held.delete(path) }
    },
  }

  return {
    fileSystem,
    crash,
    kill: endLife,
    contents: () => {
      const files = [...visible].flatMap(([path, entry]) =>
        entry === 'directory' ? [] : [[path, entry.bytes()] as const],
      )
      return new Map(files)
    },
    loseNextSync: () => {
      life.loseNextSync = true
    },
    rot: (path, offset, xor) => fileAt(path).rot(offset, xor),
  }
}

/** From one crash to the next. */
interface Life {
  over: boolean
  loseNextSync: boolean
}

function handle(file: SimulatedFile, life: Life, writable: boolean): OpenFile {
  let open = true
  const check = (writing = false): void => {
    if (life.over || !open) throw systemError('EBADF', 'a file of before the crash, or closed')
    if (writing && !writable) throw systemError('EBADF', 'opened for reading')
  }
  const sync = async (): Promise<void> => {
    check()
    if (life.loseNextSync) {
      life.loseNextSync = false
      file.loseUnsynced()
      throw systemError('EIO', 'the device failed while syncing')
    }
    // Writes made while a sync is under way are not covered by it.
    const covered = file.beginSync()
    await Promise.resolve()
    check()
    file.endSync(covered)
  }
  return {
    pread: (target, position) => (check(), file.read(target, position)),
    pwrite: (source, position) => (check(true), file.write(source, position)),
    fdatasync: sync,
    fsync: sync,
    truncate: (size) => (check(true), file.truncate(size)),
    size: () => (check(), file.size),
    close: () => (check(), void (open = false)),
  }
}

function childrenOf(entries: ReadonlyMap<string, Entry>, path: string): string[] {
  return [...entries.keys()].filter((other) => other !== '/' && dirname(other) === path)
}

function reachable(entries: ReadonlyMap<string, Entry>, path: string): boolean {
  for (let at = path; at !== '/'; at = dirname(at)) {
    if (entries.get(dirname(at)) !== 'directory') return false
  }
  return true
}

/** An error that looks like Node's own. */
export function systemError(code: string, message: string): Error {
  return Object.assign(new Error(`${code}: ${message}`), { code })
}
