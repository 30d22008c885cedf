import { backupTruth, FilesTruth, verifyBackup } from '@comity/store'
import { cpSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { CliError } from '../cli-error.ts'
import type { DataFolder } from '../home/data-folder.ts'
import { emptyAgain } from '../home/private-file.ts'

/** A finished, verified backup. */
export interface Backup {
  readonly directory: string
  /** Entries of the log in it. */
  readonly size: number
  readonly bytes: number
}

export interface BackupRequest {
  readonly data: DataFolder
  /** An absolute path. */
  readonly directory: string
  /** Whole seconds since the epoch. */
  readonly at: number
  /** Hears how many bytes of how many are copied, and then verified. */
  readonly onProgress?: ((step: 'copying' | 'verifying', done: number, total: number) => void) | undefined
}

/**
 * Copies a node while it runs: the truth at one instant, and beside it the keys that the node signs with, as encrypted
 * as they are. The copy is read back and compared before this resolves; when this rejects, nothing of it remains.
 */
export async function backupNode(
  truth: unknown,
  { data, directory, at, onProgress = () => {} }: BackupRequest,
): Promise<Backup> {
  if (!(truth instanceof FilesTruth))
    throw new CliError('storage', 'only a node that keeps files can be copied this way')
  const undo = undoOfCopy(directory)
  try {
    await backupTruth(truth, directory, { at, onProgress: (done, total) => onProgress('copying', done, total) })
    const { manifest } = await verifyBackup(directory, {
      onProgress: (done, total) => onProgress('verifying', done, total),
    })
    for (const name of ['keys.json', 'node.json']) {
      const copy = join(directory, 'node', name)
      cpSync(join(data.nodeFolder, name), copy, { errorOnExist: true, preserveTimestamps: true })
    }
    const keys = statSync(join(directory, 'node', 'keys.json')).size
    return {
      directory,
      size: manifest.streams.find(({ name }) => name === 'public')?.size ?? 0,
      bytes: manifest.files.reduce((sum, { size }) => sum + size, keys),
    }
  } catch (error) {
    undo()
    throw error
  }
}

/**
 * What takes a copy back that was not finished. Nothing where the folder cannot take one: what is in its way is said by
 * who makes the copy.
 */
export function undoOfCopy(directory: string): () => void {
  try {
    return emptyAgain(directory)
  } catch (error) {
    if (error instanceof CliError) return () => {}
    throw error
  }
}
