import { dirname, resolve } from 'node:path'
import { FileBlobs } from './file-blobs.ts'
import { FileCells } from './file-cells.ts'
import { FileKeyring } from './file-keyring.ts'
import { FileStream } from './file-stream.ts'
import { readFully, type FileSystem, type FolderLock } from './file-system.ts'
import { directoryNameOf, ensureDirectory, layout, replaceFile, streamNameOf } from './folder.ts'
import { HashFiles } from './hash-files.ts'
import { nodeFileSystem } from './node-file-system.ts'
import { asStoreError, StoreError, systemErrorCode, withStoreErrors } from './store-error.ts'
import { runAllInTurn } from './run-all.ts'
import type { Stream, TreeHashes, Truth } from './truth.ts'

/** Written first into a new folder. A version that cannot read the folder must change it. */
export const formatText = 'comity truth 1\n'

/** A segment is sealed and the next begun past this. Smaller: more files. Larger: a longer scan if a side file is lost. */
export const defaultSegmentBytes = 256 << 20
/** Offsets in a segment are 32 bits. */
const maxSegmentBytes = 2 ** 31

export interface OpenFilesOptions {
  readonly directory: string
  readonly fileSystem?: FileSystem
  readonly segmentBytes?: number
  /** 32 bytes that wrap the keyring's data keys. The caller keeps them apart from the folder. */
  readonly masterKey?: Uint8Array
}

/**
 * Opens a data folder, creating it if need be, and takes its lock.
 *
 * Errors: `folder-in-use`, `wrong-format`, `wrong-key`, `damaged`, `disk-full`, `io`.
 */
export async function openFiles(options: OpenFilesOptions): Promise<FilesTruth> {
  const fileSystem = options.fileSystem ?? nodeFileSystem()
  const directory = resolve(options.directory)
  try {
    makeDirectories(fileSystem, directory)
    const lock = fileSystem.lock(`${directory}/${layout.lock}`)
    try {
      await checkFormat(fileSystem, directory)
      return await openParts(fileSystem, directory, lock, options)
    } catch (error) {
      lock.release()
      throw error
    }
  } catch (error) {
    throw asStoreError(error, `opening ${directory}`)
  }
}

async function openParts(
  fileSystem: FileSystem,
  directory: string,
  lock: FolderLock,
  options: OpenFilesOptions,
): Promise<FilesTruth> {
  for (const name of [layout.streams, layout.hashes, layout.temporary]) {
    await ensureDirectory(fileSystem, directory, name)
  }
  for (const name of fileSystem.list(`${directory}/${layout.temporary}`) ?? []) {
    fileSystem.unlink(`${directory}/${layout.temporary}/${name}`)
  }
  const cells = await FileCells.open(fileSystem, directory)
  let keyring: FileKeyring | undefined
  try {
    keyring = await FileKeyring.open(fileSystem, directory, options.masterKey)
    const blobs = await FileBlobs.open(fileSystem, directory, keyring)
    const segmentBytes = Math.min(options.segmentBytes ?? defaultSegmentBytes, maxSegmentBytes)
    return new FilesTruth({ fileSystem, directory, lock, segmentBytes, cells, keyring, blobs })
  } catch (error) {
    const opened = [() => keyring?.close(), () => cells.close()]
    await runAllInTurn(opened).catch(() => undefined)
    throw error
  }
}

interface TruthParts {
  readonly fileSystem: FileSystem
  readonly directory: string
  readonly lock: FolderLock
  readonly segmentBytes: number
  readonly cells: FileCells
  readonly keyring: FileKeyring
  readonly blobs: FileBlobs
}

/** The `files` backend of the truth port. */
export class FilesTruth implements Truth {
  readonly directory: string
  readonly fileSystem: FileSystem
  readonly cells: FileCells
  readonly keyring: FileKeyring
  readonly blobs: FileBlobs
  readonly #lock: FolderLock
  readonly #segmentBytes: number
  readonly #streams = new Map<string, Promise<FileStream>>()
  readonly #hashes = new Map<string, HashFiles>()
  #closing: Promise<void> | undefined

  constructor(parts: TruthParts) {
    this.directory = parts.directory
    this.fileSystem = parts.fileSystem
    this.cells = parts.cells
    this.keyring = parts.keyring
    this.blobs = parts.blobs
    this.#lock = parts.lock
    this.#segmentBytes = parts.segmentBytes
  }

  async stream(name: string): Promise<Stream> {
    return this.fileStream(name)
  }

  streams(): readonly string[] {
    this.#checkOpen()
    const names = withStoreErrors('listing streams', () => this.fileSystem.list(`${this.directory}/${layout.streams}`))
    return (names ?? []).map(streamNameOf).toSorted()
  }

  hashes(streamName: string): TreeHashes {
    this.#checkOpen()
    const known = this.#hashes.get(streamName)
    if (known !== undefined) return known
    const opened = withStoreErrors(`opening the hashes of ${streamName}`, () => {
      return HashFiles.open(this.fileSystem, `${this.directory}/${layout.hashes}`, directoryNameOf(streamName))
    })
    this.#hashes.set(streamName, opened)
    return opened
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  /** As `stream`, with what only this backend knows about it. */
  async fileStream(name: string): Promise<FileStream> {
    this.#checkOpen()
    const known = this.#streams.get(name)
    if (known !== undefined) return known
    const opening = this.#openStream(name)
    this.#streams.set(name, opening)
    // A stream that failed to open may be tried again.
    opening.catch(() => this.#streams.delete(name))
    return opening
  }

  async #openStream(name: string): Promise<FileStream> {
    const parent = `${this.directory}/${layout.streams}`
    try {
      const directory = await ensureDirectory(this.fileSystem, parent, directoryNameOf(name))
      return await FileStream.open({ fileSystem: this.fileSystem, directory, name, segmentBytes: this.#segmentBytes })
    } catch (error) {
      throw asStoreError(error, `opening stream ${name}`)
    }
  }

  async #close(): Promise<void> {
    const settled = await Promise.allSettled(this.#streams.values())
    const streams = settled.flatMap((opened) => (opened.status === 'fulfilled' ? [opened.value] : []))
    const parts = [...streams, ...this.#hashes.values(), this.blobs, this.cells, this.keyring]
    try {
      await runAllInTurn([...parts.map((part) => () => part.close()), () => this.#lock.release()])
    } catch (error) {
      throw asStoreError(error, `closing ${this.directory}`)
    }
  }

  #checkOpen(): void {
    if (this.#closing !== undefined) throw new StoreError('closed', `${this.directory} is closed`)
  }
}

function makeDirectories(fileSystem: FileSystem, directory: string): void {
  if (fileSystem.stat(directory)?.kind === 'directory') return
  const parent = dirname(directory)
  if (parent !== directory) makeDirectories(fileSystem, parent)
  fileSystem.makeDirectory(directory)
}

/** Makes the way to a new folder durable, whichever earlier attempt made which part of it. */
async function syncAncestors(fileSystem: FileSystem, directory: string): Promise<void> {
  const parent = dirname(directory)
  if (parent === directory) return
  try {
    await fileSystem.syncDirectory(parent)
  } catch (error) {
    // A directory we may not read is not one we made.
    if (!['EACCES', 'EPERM'].includes(systemErrorCode(error) ?? '')) throw error
  }
  await syncAncestors(fileSystem, parent)
}

async function checkFormat(fileSystem: FileSystem, directory: string): Promise<void> {
  const path = `${directory}/${layout.format}`
  if (fileSystem.stat(path) === undefined) {
    // The format is durable before anything else is made: parts without it are a backup, a restore that
    // was interrupted, or the work of a foreign hand.
    for (const part of [layout.streams, layout.cells, layout.keyring, layout.blobs, layout.sealed]) {
      if (fileSystem.stat(`${directory}/${part}`) === undefined) continue
      throw new StoreError(
        'wrong-format',
        `${directory} has ${part} but no ${layout.format} file: it is no data folder`,
      )
    }
    await syncAncestors(fileSystem, directory)
    return replaceFile(fileSystem, directory, layout.format, Buffer.from(formatText))
  }
  const file = fileSystem.open(path, 'read')
  try {
    const bytes = Buffer.alloc(64)
    const text = bytes.toString('latin1', 0, readFully(file, bytes, 0))
    if (text === formatText) return
    throw new StoreError(
      'wrong-format',
      `${path} says ${JSON.stringify(text)}, this version reads ${JSON.stringify(formatText)}`,
    )
  } finally {
    file.close()
  }
}
