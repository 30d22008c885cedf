import { backupTruth, FilesTruth, verifyBackup } from '@comity/store'
import { cpSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { CliError } from '../cli-error.ts'
import type { DataFolder } from '../home/data-folder.ts'

/** A finished, verified backup. */
export interface Backup {
  readonly directory: string
  /** Entries of the log in it. */
  readonly size: number
  readonly bytes: number
}

/**
 * Copies a node while it runs: the truth at one instant, and beside it the keys that the node signs with, as encrypted
 * as they are. The copy is read back and compared before this resolves.
 */
export async function backupNode(truth: unknown, data: DataFolder, directory: string, at: number): Promise<Backup> {
  if (!(truth instanceof FilesTruth))
    throw new CliError('storage', 'only a node that keeps files can be copied this way')
  await backupTruth(truth, directory, { at })
  const { manifest } = await verifyBackup(directory)
  for (const name of ['keys.json', 'node.json']) {
    cpSync(join(data.nodeFolder, name), join(directory, 'node', name), { errorOnExist: true, preserveTimestamps: true })
  }
  const keys = statSync(join(directory, 'node', 'keys.json')).size
  return {
    directory,
    size: manifest.streams.find(({ name }) => name === 'public')?.size ?? 0,
    bytes: manifest.files.reduce((sum, { size }) => sum + size, keys),
  }
}
