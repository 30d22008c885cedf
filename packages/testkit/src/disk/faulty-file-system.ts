import type { FileSystem, OpenFile } from '@comity/store'
import { systemError } from './simulated-disk.ts'

/** The calls of the port that can be made to fail. */
export type CallName =
  | 'open'
  | 'rename'
  | 'unlink'
  | 'makeDirectory'
  | 'list'
  | 'stat'
  | 'syncDirectory'
  | 'lock'
  | 'pread'
  | 'pwrite'
  | 'fdatasync'
  | 'fsync'
  | 'truncate'
  | 'size'
  | 'close'

/** One call as it was counted. */
export interface CountedCall {
  /** From 0, over all calls. */
  readonly number: number
  readonly name: CallName
  readonly path: string
}

/**
 * What happens at a call:
 * - an `error` code: the call does nothing and fails with it;
 * - `tear`: a write stores only this many bytes; with `andFail` it fails with that code too (a torn
 *   write), without it reports them (a short write). For other calls as `error`;
 * - `crash`: the call does nothing and fails, as do all after it: the process is dead. With
 *   `afterwards` the call is done first.
 */
export type Fault =
  | { readonly kind: 'error'; readonly code: string }
  | { readonly kind: 'tear'; readonly bytes: number; readonly andFail?: string }
  | { readonly kind: 'crash'; readonly afterwards?: boolean }

/** Decides for each call. Called once per call, in order. */
export type FaultPlan = (call: CountedCall) => Fault | undefined

export interface FaultyFileSystem {
  readonly fileSystem: FileSystem
  /** Every call so far. */
  readonly calls: readonly CountedCall[]
  /** Whether a `crash` fault was reached. */
  readonly crashed: boolean
  /** What the operating system does for a process that died: closes its files, frees its locks. */
  bury(): void
}

/** Fails the call with this number. */
export function faultAt(number: number, fault: Fault): FaultPlan {
  return (call) => (call.number === number ? fault : undefined)
}

/** A file system over another, whose calls are counted and fail, tear or crash as planned. */
export function faultyFileSystem(inner: FileSystem, plan: FaultPlan = () => undefined): FaultyFileSystem {
  const counter = new FaultCounter(plan)
  const held = new Map<object, () => void>()
  const fileSystem: FileSystem = {
    open: (path, access) => {
      return counter.run('open', path, () => {
        const file = inner.open(path, access)
        held.set(file, () => file.close())
        return faultyFile(file, path, counter, () => held.delete(file))
      })
    },
    rename: (from, to) => counter.run('rename', to, () => inner.rename(from, to)),
    unlink: (path) => counter.run('unlink', path, () => inner.unlink(path)),
    makeDirectory: (path) => counter.run('makeDirectory', path, () => inner.makeDirectory(path)),
    list: (path) => counter.run('list', path, () => inner.list(path)),
    stat: (path) => counter.run('stat', path, () => inner.stat(path)),
    syncDirectory: (path) => counter.runAsync('syncDirectory', path, () => inner.syncDirectory(path)),
    lock: (path) => {
      const lock = counter.run('lock', path, () => inner.lock(path))
      held.set(lock, () => lock.release())
      return {
        release: () => {
          held.delete(lock)
          lock.release()
        },
      }
    },
  }
  return {
    fileSystem,
    calls: counter.calls,
    get crashed() {
      return counter.crashed
    },
    bury: () => {
      for (const letGo of held.values()) letGo()
      held.clear()
    },
  }
}

function faultyFile(inner: OpenFile, path: string, counter: FaultCounter, closed: () => void): OpenFile {
  return {
    pread: (target, position) => counter.run('pread', path, () => inner.pread(target, position)),
    pwrite: (source, position) => {
      const write = (bytes: number): number => inner.pwrite(source.subarray(0, bytes), position)
      return counter.run('pwrite', path, () => inner.pwrite(source, position), write)
    },
    fdatasync: () => counter.runAsync('fdatasync', path, () => inner.fdatasync()),
    fsync: () => counter.runAsync('fsync', path, () => inner.fsync()),
    truncate: (size) => counter.run('truncate', path, () => inner.truncate(size)),
    size: () => counter.run('size', path, () => inner.size()),
    close: () => {
      counter.run('close', path, () => {
        closed()
        inner.close()
      })
    },
  }
}

class FaultCounter {
  readonly calls: CountedCall[] = []
  crashed = false
  readonly #plan: FaultPlan

  constructor(plan: FaultPlan) {
    this.#plan = plan
  }

  run<T>(name: CallName, path: string, action: () => T, tear?: (bytes: number) => T): T {
    const fault = this.#next(name, path)
    if (fault === undefined) return action()
    if (fault.kind === 'tear' && tear !== undefined) {
      const torn = tear(fault.bytes)
      if (fault.andFail === undefined) return torn
      throw systemError(fault.andFail, `${name} of ${path} torn after ${fault.bytes} bytes`)
    }
    if (fault.kind === 'crash' && fault.afterwards === true) action()
    throw this.#failure(fault, name, path)
  }

  async runAsync(name: CallName, path: string, action: () => Promise<void>): Promise<void> {
    const fault = this.#next(name, path)
    if (fault === undefined) return action()
    if (fault.kind === 'crash' && fault.afterwards === true) await action()
    throw this.#failure(fault, name, path)
  }

  #next(name: CallName, path: string): Fault | undefined {
    if (this.crashed) throw systemError('EIO', `${name} of ${path} by a dead process`)
    const call = { number: this.calls.length, name, path }
    this.calls.push(call)
    const fault = this.#plan(call)
    if (fault?.kind === 'crash') this.crashed = true
    return fault
  }

  #failure(fault: Fault, name: CallName, path: string): Error {
    if (fault.kind === 'crash') return systemError('EIO', `the process died in ${name} of ${path}`)
    const code = fault.kind === 'error' ? fault.code : (fault.andFail ?? 'EIO')
    return systemError(code, `${name} of ${path} made to fail`)
  }
}
