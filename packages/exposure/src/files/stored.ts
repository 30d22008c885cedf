/** Octets that lie somewhere and can be read from any place: a file, or memory. */
import { closeSync, constants, fstatSync, openSync, read, readSync } from 'node:fs'
import { promisify } from 'node:util'
import { ExposureError } from '../exposure-error.ts'

export interface Stored {
  /** As items of it are named. */
  readonly name: string
  /** Octets. */
  readonly size: number
  /** The octets from `start` on, fewer than `length` only at the end. */
  read(start: number, length: number): Promise<Uint8Array>
  close(): void
}

/** Octets that are read at a time. */
const pieceBytes = 256 * 1024
const firstPieceBytes = 16 * 1024

/** Files up to this size are read at once: 12 µs each, where the thread pool takes 120 µs for its four calls. */
const readAtOnce = 256 * 1024

const readPart = promisify(read)

/**
 * A file. Throws `ExposureError` `unreadable`, or `not-a-file` for what is no regular one; a link is followed only where
 * that is asked for.
 */
export function openStored(path: string, name: string, links: 'follow' | 'refuse'): Stored {
  // A pipe would be waited for until somebody writes into it.
  const flags = constants.O_RDONLY | constants.O_NONBLOCK | (links === 'refuse' ? constants.O_NOFOLLOW : 0)
  const file = attempt(() => openSync(path, flags))
  let isKept = false
  try {
    const stat = attempt(() => fstatSync(file))
    if (!stat.isFile()) throw new ExposureError('not-a-file', 'this is no regular file')
    if (stat.size <= readAtOnce)
      return storedBytes(
        name,
        attempt(() => readWhole(file, stat.size)),
      )
    isKept = true
    return new StoredFile(name, stat.size, file)
  } finally {
    if (!isKept) closeSync(file)
  }
}

function readWhole(file: number, size: number): Uint8Array {
  const bytes = new Uint8Array(size)
  let at = 0
  while (at < size) {
    const octets = readSync(file, bytes, at, size - at, at)
    if (octets === 0) break
    at += octets
  }
  return bytes.subarray(0, at)
}

class StoredFile implements Stored {
  readonly name: string
  readonly size: number
  readonly #file: number

  constructor(name: string, size: number, file: number) {
    this.name = name
    this.size = size
    this.#file = file
  }

  async read(start: number, length: number): Promise<Uint8Array> {
    const wanted = Math.max(0, Math.min(length, this.size - start))
    const bytes = new Uint8Array(wanted)
    let at = 0
    while (at < wanted) {
      const { bytesRead } = await readPart(this.#file, bytes, at, wanted - at, start + at).catch(unreadable)
      if (bytesRead === 0) return bytes.subarray(0, at)
      at += bytesRead
    }
    return bytes
  }

  close(): void {
    closeSync(this.#file)
  }
}

/** Octets in memory. */
export function storedBytes(name: string, bytes: Uint8Array): Stored {
  return {
    name,
    size: bytes.length,
    read: async (start, length) => bytes.subarray(start, start + length),
    close: () => {},
  }
}

/** The octets from `start` on, a piece at a time; the first is small, because it may be the only one that is wanted. */
export async function* piecesOf(stored: Stored, start = 0): AsyncGenerator<Uint8Array> {
  for (let at = start; at < stored.size;) {
    const piece = await stored.read(at, at === start ? firstPieceBytes : pieceBytes)
    // Somebody cuts the file while it is read.
    if (piece.length === 0) throw new ExposureError('cut-off', `it had ${stored.size} octets and ends after ${at}`)
    at += piece.length
    yield piece
  }
}

/** What a file system says, in the words of this room: throws `unreadable`. */
export function attempt<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    return unreadable(error)
  }
}

export function unreadable(error: unknown): never {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
  throw new ExposureError('unreadable', reasons[code] ?? `it cannot be read (${code})`)
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'it does not exist',
  EACCES: 'it may not be read by this user',
  EPERM: 'it may not be read by this user',
  ELOOP: 'it is a link, or its links lead in a circle',
  ENXIO: 'it is a socket or a device',
  ENAMETOOLONG: 'its name is too long',
  ENOTDIR: 'something above it is no folder',
}
