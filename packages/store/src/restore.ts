import { resolve } from 'node:path'
import { checkedCopy, makeParents, requireEmpty, sum, syncDirectories } from './backup.ts'
import { type BackupManifest, ByteCount, type OnBytes, readManifest } from './backup-manifest.ts'
import { FileCells } from './file-cells.ts'
import { FileKeyring } from './file-keyring.ts'
import { FileStream } from './file-stream.ts'
import type { FileSystem } from './file-system.ts'
import { directoryNameOf, layout, replaceFile } from './folder.ts'
import { nodeFileSystem } from './node-file-system.ts'
import { defaultSegmentBytes, formatText } from './open-files.ts'
import { asStoreError, StoreError } from './store-error.ts'

/**
 * The cell that marks a restored folder: JSON {backup: digest of the manifest, madeAt, restoredAt}.
 * A node that finds it stays frozen until it knows that its log did not go on after the backup.
 */
export const restoredCell = 'restored'

export interface RestoreOptions {
  /** Now, in whole seconds since the epoch. */
  readonly at: number
  /** As for openFiles: checked against the restored keyring. */
  readonly masterKey?: Uint8Array
  /** Restores all but the data keys: what they encrypted stays unreadable. */
  readonly withoutKeyring?: boolean
  readonly fileSystem?: FileSystem
  /** Hears how many bytes of how many are copied. */
  readonly onProgress?: OnBytes
}

/**
 * Makes a data folder from a backup, in a folder that is empty or does not exist, checking every file
 * on the way. Interrupted, it leaves a folder that openFiles refuses.
 *
 * Data keys destroyed after the backup was made come back with it: whoever calls this destroys them
 * again from its record of erasures.
 *
 * Errors: `backup-expired` (keyring past its date; restore `withoutKeyring`), `not-empty`,
 * `not-found`, `damaged`, `wrong-format`, `wrong-key`, `disk-full`, `io`.
 */
export async function restoreBackup(from: string, to: string, options: RestoreOptions): Promise<BackupManifest> {
  const fileSystem = options.fileSystem ?? nodeFileSystem()
  const directory = resolve(to)
  try {
    const { manifest, digest } = readManifest(fileSystem, from)
    const skipped = options.withoutKeyring === true ? `${layout.keyring}/` : undefined
    if (skipped === undefined && options.at > manifest.keyringExpiresAt) {
      throw new StoreError(
        'backup-expired',
        `the keyring of this backup was to be used until ${manifest.keyringExpiresAt}, it is ${options.at}; restore without it`,
      )
    }
    const made = new Set<string>()
    await requireEmpty(fileSystem, directory, made)
    const files = manifest.files.filter(({ path }) => skipped === undefined || !path.startsWith(skipped))
    const count = new ByteCount(sum(files.map(({ size }) => size)), options.onProgress)
    for (const file of files) {
      makeParents({ fileSystem, directory }, made, file.path)
      const target = { fileSystem, path: `${directory}/${file.path}` }
      await checkedCopy(fileSystem, from, file, { target, count })
    }
    count.end()
    await syncDirectories(fileSystem, made)
    await checkStreams(fileSystem, directory, manifest)
    await checkKeyring(fileSystem, directory, options)
    await mark(fileSystem, directory, { backup: digest, madeAt: manifest.madeAt, restoredAt: options.at })
    // Last: without it nobody opens the folder, so nobody opens it unmarked.
    await replaceFile(fileSystem, directory, layout.format, Buffer.from(formatText))
    return manifest
  } catch (error) {
    throw asStoreError(error, `restoring ${from} to ${directory}`)
  }
}

async function checkStreams(fileSystem: FileSystem, directory: string, manifest: BackupManifest): Promise<void> {
  for (const { name, size } of manifest.streams) {
    const streamDirectory = `${directory}/${layout.streams}/${directoryNameOf(name)}`
    const segmentBytes = defaultSegmentBytes
    const stream = await FileStream.open({ fileSystem, directory: streamDirectory, name, segmentBytes })
    await stream.close()
    if (stream.size === size) continue
    throw new StoreError('damaged', `stream ${name} has ${stream.size} records, the manifest says ${size}`)
  }
}

async function checkKeyring(fileSystem: FileSystem, directory: string, options: RestoreOptions): Promise<void> {
  const keyring = await FileKeyring.open(fileSystem, directory, options.masterKey)
  await keyring.close()
}

async function mark(fileSystem: FileSystem, directory: string, text: Readonly<Record<string, unknown>>): Promise<void> {
  const cells = await FileCells.open(fileSystem, directory)
  try {
    const version = cells.get(restoredCell)?.version ?? 0
    await cells.compareAndSet(restoredCell, version, Buffer.from(JSON.stringify(text)))
  } finally {
    await cells.close()
  }
}
