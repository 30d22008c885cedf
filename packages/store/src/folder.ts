import { writeFully, type FileSystem } from './file-system.ts'
import { StoreError } from './store-error.ts'

/** What is where in a data folder. */
export const layout = {
  format: 'format',
  lock: 'lock.db',
  streams: 'streams',
  blobs: 'blobs',
  sealed: 'sealed',
  temporary: 'temporary',
  cells: 'cells',
  keyring: 'keyring',
  hashes: 'hashes',
  running: 'running',
} as const

/** Creates a directory below an existing one, durably. */
export async function ensureDirectory(fileSystem: FileSystem, parent: string, name: string): Promise<string> {
  const path = `${parent}/${name}`
  fileSystem.makeDirectory(path)
  // Also when it was there: the process that made it may have died before its own sync.
  await fileSystem.syncDirectory(parent)
  return path
}

/** Replaces a whole small file: afterwards it holds the new bytes or the old, also after a crash. */
export async function replaceFile(
  fileSystem: FileSystem,
  directory: string,
  name: string,
  bytes: Uint8Array,
): Promise<void> {
  const temporary = `${directory}/${name}.new`
  if (fileSystem.stat(temporary) !== undefined) fileSystem.unlink(temporary)
  const file = fileSystem.open(temporary, 'create')
  try {
    writeFully(file, bytes, 0)
    await file.fdatasync()
  } finally {
    file.close()
  }
  fileSystem.rename(temporary, `${directory}/${name}`)
  await fileSystem.syncDirectory(directory)
}

/** Names of streams, cells and keys: 1 to 200 bytes of UTF-8 without control characters. */
export function checkName(what: string, name: string): void {
  if (isName(name)) return
  throw new StoreError('bad-name', `${what} ${JSON.stringify(name)} is no name: 1 to 200 bytes, no control characters`)
}

/**
 * Whether a stream can have this name: for whoever names streams after what others chose, and needs another name where
 * theirs is too long.
 */
export function isStreamName(name: string): boolean {
  return isName(name) && encodedName(name).length <= maxDirectoryName
}

function isName(name: string): boolean {
  const bytes = Buffer.byteLength(name)
  return bytes >= 1 && bytes <= 200 && name.isWellFormed() && !hasControlCharacter(name)
}

function hasControlCharacter(name: string): boolean {
  for (let at = 0; at < name.length; at++) {
    if (name.charCodeAt(at) < 0x20) return true
  }
  return false
}

/**
 * A stream's name as a directory name: all but `a-z 0-9 - _` and inner dots as %XX, so that it is
 * one level, no `..`, and the same on file systems that fold case. `mirror/a.org/b` is
 * `mirror%2Fa.org%2Fb`.
 */
export function directoryNameOf(streamName: string): string {
  checkName('stream', streamName)
  const encoded = encodedName(streamName)
  if (encoded.length > maxDirectoryName)
    throw new StoreError('bad-name', `stream name ${streamName} is too long for a directory`)
  return encoded
}

/** File systems end at 255 bytes; the rest is for what is put behind a name. */
const maxDirectoryName = 240

function encodedName(streamName: string): string {
  let encoded = ''
  for (const [at, byte] of Buffer.from(streamName).entries()) {
    const character = String.fromCharCode(byte)
    const plain = /[a-z0-9_-]/.test(character) || (character === '.' && at > 0)
    encoded += plain ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }
  return encoded
}

/** The inverse of directoryNameOf. */
export function streamNameOf(directoryName: string): string {
  return decodeURIComponent(directoryName)
}
