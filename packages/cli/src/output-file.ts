import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
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

/** Refuses, before anything is done, what {@link writeFile} would refuse in the end. Throws CliError `file-exists`. */
export function checkFree(path: string, force: boolean | undefined): void {
  if (force !== true && existsSync(path)) throw inTheWay(path)
}

/**
 * Writes a file where none is, or replaces the one that is there when the user said so. One that says the same already
 * is no hindrance. Throws CliError `file-exists` or `storage`.
 */
export function writeFile(path: string, content: Uint8Array | string, force: boolean | undefined): void {
  if (force !== true && existsSync(path)) {
    if (Buffer.from(content).equals(readFileSync(path))) return
    throw inTheWay(path)
  }
  replaceFile(path, content)
}

function inTheWay(path: string): CliError {
  return new CliError('file-exists', `${path} exists already: name another file, or replace this one with --force`)
}
