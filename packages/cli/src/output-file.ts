import { renameSync, writeFileSync } from 'node:fs'
import { CliError } from './cli-error.ts'

/** Writes a file that holds nothing secret; as a whole or not at all. */
export function replaceFile(path: string, content: Uint8Array | string): void {
  try {
    writeFileSync(`${path}.new`, content)
    renameSync(`${path}.new`, path)
  } catch (error) {
    throw new CliError(
      'storage',
      `${path} cannot be written: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    )
  }
}
