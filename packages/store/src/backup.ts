import { dirname, resolve } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import {
  type BackupFile,
  type BackupManifest,
  ByteCount,
  copyHashed,
  manifestName,
  type OnBytes,
  readManifest,
} from './backup-manifest.ts'
import type { FileSystem } from './file-system.ts'
import { layout, replaceFile } from './folder.ts'
import { Journal } from './journal.ts'
import { nodeFileSystem } from './node-file-system.ts'
import type { FilesTruth } from './open-files.ts'
import { asStoreError, StoreError } from './store-error.ts'

/** How long the keyring of a backup may be restored, unless told otherwise: thirty days, in seconds. */
export const keyringBackupSeconds = 30 * 24 * 3600

export interface BackupOptions {
  /** Now, in whole seconds since the epoch. */
  readonly at: number
  readonly keyringExpiresAt?: number
  /** Where the target is; the real file system if not given. */
  readonly fileSystem?: FileSystem
  /** Hears how many bytes of how many are copied. */
  readonly onProgress?: OnBytes
}

/**
 * Copies a consistent state of an open truth into an empty folder, while writes continue. Streams,
 * cells and keyring are of one instant; blobs are copied after it, so what the streams cite is there
 * (unless it was deleted meanwhile). Side files and hash tiles are views and are left out.
 *
 * Errors: `not-empty` (also a target within the folder it copies), `damaged` (a blob that is not what its name says),
 * `disk-full`, `io`.
 */
export async function backupTruth(
  truth: FilesTruth,
  targetDirectory: string,
  options: BackupOptions,
): Promise<BackupManifest> {
  const target = { fileSystem: options.fileSystem ?? nodeFileSystem(), directory: resolve(targetDirectory) }
  try {
    const made = new Set<string>()
    if (`${target.directory}/`.startsWith(`${resolve(truth.directory)}/`)) {
      throw new StoreError(
        'not-empty',
        `${target.directory} lies within ${truth.directory}, which it copies: name a folder elsewhere`,
      )
    }
    await requireEmpty(target.fileSystem, target.directory, made)
    const snapshot = await takeSnapshot(truth)
    const files: BackupFile[] = []
    files.push(await writeJournal(target, layout.cells, snapshot.cells))
    files.push(await writeJournal(target, layout.keyring, snapshot.keyring))
    const journals = sum(files.map(({ size }) => size))
    const extents = sum(snapshot.extents.map(({ bytes }) => bytes))
    const count = new ByteCount(journals + extents + (await blobBytes(truth)), options.onProgress)
    count.add(journals)
    for (const { path, bytes } of snapshot.extents) {
      const source = { fileSystem: truth.fileSystem, base: truth.directory, path, size: bytes }
      files.push(await copyInto(target, made, source, count))
    }
    for await (const file of copyBlobs(truth, target, made, count)) files.push(file)
    const manifest: BackupManifest = {
      format: 'comity backup 1',
      madeAt: options.at,
      keyringExpiresAt: options.keyringExpiresAt ?? options.at + keyringBackupSeconds,
      streams: snapshot.streams,
      files: files.toSorted((one, other) => (one.path < other.path ? -1 : 1)),
    }
    await syncDirectories(target.fileSystem, made)
    await replaceFile(target.fileSystem, target.directory, manifestName, Buffer.from(JSON.stringify(manifest)))
    count.end()
    return manifest
  } catch (error) {
    throw asStoreError(error, `backing up to ${target.directory}`)
  }
}

/**
 * Reads a whole backup and compares every file with the manifest. Returns the manifest and its
 * SHA-256. Errors: `not-found` (unfinished), `damaged` with the place, `wrong-format`, `io`.
 */
export async function verifyBackup(
  directory: string,
  { fileSystem = nodeFileSystem(), onProgress }: Pick<BackupOptions, 'fileSystem' | 'onProgress'> = {},
): Promise<{ manifest: BackupManifest; digest: string }> {
  try {
    const found = readManifest(fileSystem, directory)
    const { files } = found.manifest
    const count = new ByteCount(sum(files.map(({ size }) => size)), onProgress)
    for (const file of files) await checkedCopy(fileSystem, directory, file, { count })
    count.end()
    return found
  } catch (error) {
    throw asStoreError(error, `verifying the backup in ${directory}`)
  }
}

interface Target {
  readonly fileSystem: FileSystem
  readonly directory: string
}

interface Snapshot {
  readonly streams: readonly { readonly name: string; readonly size: number }[]
  readonly extents: readonly { readonly path: string; readonly bytes: number }[]
  readonly cells: readonly Uint8Array[]
  readonly keyring: readonly Uint8Array[]
}

async function takeSnapshot(truth: FilesTruth): Promise<Snapshot> {
  const streams = await Promise.all(truth.streams().map((name) => truth.fileStream(name)))
  // From here on nothing waits: all four are of one instant.
  return {
    streams: streams.map((stream) => ({ name: stream.name, size: stream.size })),
    extents: streams.flatMap((stream) => stream.extent()),
    cells: truth.cells.snapshot(),
    keyring: truth.keyring.snapshot(),
  }
}

async function copyInto(
  target: Target,
  made: Set<string>,
  source: { readonly fileSystem: FileSystem; readonly base: string; readonly path: string; readonly size: number },
  count: ByteCount,
): Promise<BackupFile> {
  const path = source.path.slice(source.base.length + 1)
  makeParents(target, made, path)
  const copy = { fileSystem: target.fileSystem, path: `${target.directory}/${path}` }
  const digest = await copyHashed(source, copy, count)
  return { path, size: source.size, digest }
}

/** Blobs looked at before other work gets a turn. */
const blobsAtOnce = 256

/** Bytes in the blobs as they are now: some may come and go before they are copied. */
async function blobBytes(truth: FilesTruth): Promise<number> {
  let bytes = 0
  let looked = 0
  for (const { entries } of blobAreas(truth)) {
    for (const { size } of entries) {
      bytes += size
      if (++looked % blobsAtOnce === 0) await setImmediate()
    }
  }
  return bytes
}

function blobAreas(truth: FilesTruth) {
  return [
    { name: layout.blobs, entries: truth.blobs.list() },
    { name: layout.sealed, entries: truth.blobs.listSealed() },
  ]
}

async function* copyBlobs(
  truth: FilesTruth,
  target: Target,
  made: Set<string>,
  count: ByteCount,
): AsyncGenerator<BackupFile> {
  for (const { name, entries } of blobAreas(truth)) {
    for (const { digest, size } of entries) {
      const path = `${truth.directory}/${name}/${digest.slice(0, 2)}/${digest}`
      if (truth.fileSystem.stat(path) === undefined) continue // deleted since it was listed
      const source = { fileSystem: truth.fileSystem, base: truth.directory, path, size }
      const copied = await copyInto(target, made, source, count)
      if (copied.digest !== digest) {
        throw new StoreError('damaged', `${path} is not what its name says`, { place: { file: path, offset: 0 } })
      }
      yield copied
    }
  }
}

async function writeJournal(target: Target, name: string, records: readonly Uint8Array[]): Promise<BackupFile> {
  const { journal } = await Journal.open(target.fileSystem, target.directory, name)
  try {
    await journal.rewrite(records)
  } finally {
    journal.close()
  }
  const path = `${name}/journal`
  const source = { fileSystem: target.fileSystem, path: `${target.directory}/${path}` }
  const size = target.fileSystem.stat(source.path)?.size ?? 0
  return { path, size, digest: await copyHashed({ ...source, size }) }
}

/** Reads a file of a backup, copies it if a target is given, and compares it with the manifest. */
export async function checkedCopy(
  fileSystem: FileSystem,
  directory: string,
  file: BackupFile,
  {
    target,
    count,
  }: { readonly target?: { readonly fileSystem: FileSystem; readonly path: string }; readonly count?: ByteCount } = {},
): Promise<void> {
  const path = `${directory}/${file.path}`
  const size = fileSystem.stat(path)?.size
  const place = { file: path, offset: 0 }
  if (size === undefined) throw new StoreError('damaged', `${path} is missing from the backup`, { place })
  if (size === file.size && (await copyHashed({ fileSystem, path, size }, target, count)) === file.digest) return
  throw new StoreError('damaged', `${path} is not what the manifest says: ${file.size} bytes, SHA-256 ${file.digest}`, {
    place,
  })
}

export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0)
}

/** Creates the folder, or takes it when it is empty. */
export async function requireEmpty(fileSystem: FileSystem, directory: string, made: Set<string>): Promise<void> {
  const found = fileSystem.list(directory)
  if (found !== undefined && found.length > 0) {
    throw new StoreError('not-empty', `${directory} must be empty or not exist, it holds ${found[0] ?? ''}`)
  }
  if (found === undefined) makeDirectories(fileSystem, directory, made)
  made.add(directory)
}

/** Creates the directories above a file of the target, and notes them for syncDirectories. */
export function makeParents(target: Target, made: Set<string>, path: string): void {
  const parent = dirname(`${target.directory}/${path}`)
  if (!made.has(parent)) makeDirectories(target.fileSystem, parent, made)
}

function makeDirectories(fileSystem: FileSystem, directory: string, made: Set<string>): void {
  if (fileSystem.stat(directory) === undefined) {
    const parent = dirname(directory)
    makeDirectories(fileSystem, parent, made)
    fileSystem.makeDirectory(directory)
    made.add(parent)
  }
  made.add(directory)
}

export async function syncDirectories(fileSystem: FileSystem, made: ReadonlySet<string>): Promise<void> {
  for (const directory of made) await fileSystem.syncDirectory(directory)
}
