import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { CliError } from '../cli-error.ts'

/** Only the owner may look into what these make: files 0600, folders 0700. */

/** Makes a folder and those above it. Throws CliError `storage` or `permission`. */
export function makePrivateFolder(path: string): void {
  // One level after the other: Node's own recursive mkdir never ends where nothing can be made, as below /proc.
  for (const each of missingFolders(path).toReversed()) {
    attempt(`the folder ${path} cannot be made`, () => makeOne(each))
  }
}

/** The folders that {@link makePrivateFolder} would make, the innermost first. */
export function missingFolders(path: string): readonly string[] {
  const missing: string[] = []
  for (let at = path; !isFolder(at) && dirname(at) !== at; at = dirname(at)) missing.push(at)
  return missing
}

/** Removes folders as long as they are empty, in the order given; one that was never made is no hindrance. */
export function removeEmptyFolders(paths: readonly string[]): void {
  for (const path of paths) {
    try {
      rmdirSync(path)
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') return // somebody has put something there: it is not ours to remove
    }
  }
}

/** What makes a folder as empty again as it is now, or as absent; nothing where it holds something already. */
export function emptyAgain(path: string): () => void {
  const folders = missingFolders(path)
  if (namesIn(path).length > 0) return () => {}
  return () => {
    for (const name of namesIn(path)) rmSync(join(path, name), { recursive: true, force: true })
    removeEmptyFolders(folders)
  }
}

/** Whether there is such a file or folder. Throws CliError `permission` where this user may not know. */
export function exists(path: string): boolean {
  return kindOf(path) !== undefined
}

/** What a folder holds; nothing where there is no folder. Throws CliError `permission` or `storage`. */
export function namesIn(path: string): readonly string[] {
  if (!isFolder(path)) return []
  try {
    return readdirSync(path)
  } catch (error) {
    throw notPermitted(path, error)
  }
}

/** Writes a new file and never over an existing one. Durable when it returns. */
export function createPrivateFile(path: string, content: string | Uint8Array): void {
  makePrivateFolder(dirname(path))
  if (exists(path)) throw new CliError('file-exists', `${path} exists already and is not written over: name a new file`)
  write(path, content, 'wx')
}

/** Replaces a file as a whole: afterwards it holds the old content or the new. */
export function replacePrivateFile(path: string, content: string | Uint8Array): void {
  makePrivateFolder(dirname(path))
  write(`${path}.new`, content, 'w')
  attempt(`${path} cannot be replaced`, () => renameSync(`${path}.new`, path))
}

/** Puts a file in the place of another. */
export function movePrivateFile(from: string, to: string): void {
  attempt(`${to} cannot be replaced`, () => renameSync(from, to))
}

/** The bytes of a file that the user named or that should be there. */
export function readBytes(path: string, what = 'the file'): Uint8Array {
  try {
    return readFileSync(path)
  } catch (error) {
    const code = codeOf(error)
    if (code === 'EACCES' || code === 'EPERM') throw notPermitted(path, error)
    const why = code === 'ENOENT' ? 'does not exist' : code === 'EISDIR' ? 'is a folder' : 'cannot be read'
    throw new CliError('not-found', `${what} ${path} ${why}`, { cause: error })
  }
}

/** Parses a JSON file. */
export function readJson(path: string, what?: string): unknown {
  const text = Buffer.from(readBytes(path, what)).toString('utf8')
  try {
    return JSON.parse(text)
  } catch (error) {
    const reason = error instanceof Error ? `: ${error.message}` : ''
    throw new CliError('bad-input', `${path} is no JSON${reason}`, { cause: error })
  }
}

/** An object with these members as text, from a JSON file of ours. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isFolder(path: string): boolean {
  const kind = kindOf(path)
  if (kind === 'file') throw new CliError('storage', `${path} is no folder: name another place`)
  return kind === 'folder'
}

function kindOf(path: string): 'file' | 'folder' | undefined {
  try {
    return statSync(path).isDirectory() ? 'folder' : 'file'
  } catch (error) {
    const code = codeOf(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    if (code === 'EACCES' || code === 'EPERM') throw notPermitted(path, error)
    throw new CliError('storage', `${path} cannot be read: ${reasonOf(error)}`, { cause: error })
  }
}

function makeOne(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 })
  } catch (error) {
    if (codeOf(error) === 'EEXIST' && isFolder(path)) return // another process was faster
    throw error
  }
}

function write(path: string, content: string | Uint8Array, flags: 'w' | 'wx'): void {
  attempt(`${path} cannot be written`, () => {
    const file = openSync(path, flags, 0o600)
    try {
      const bytes = typeof content === 'string' ? Buffer.from(content) : content
      let at = 0
      while (at < bytes.length) at += writeSync(file, bytes, at)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
  })
}

function attempt<T>(what: string, action: () => T): T {
  try {
    return action()
  } catch (error) {
    if (error instanceof CliError) throw error
    const code = codeOf(error)
    if (code === 'EACCES' || code === 'EPERM') {
      throw new CliError(
        'permission',
        `${what} by this user: permission denied. Name another place, or ask its owner`,
        {
          cause: error,
        },
      )
    }
    throw new CliError('storage', `${what}: ${reasonOf(error)}. Name another place`, { cause: error })
  }
}

function notPermitted(path: string, cause: unknown): CliError {
  return new CliError(
    'permission',
    `${path} may not be read by this user: permission denied. Run this as its owner, or name another place`,
    { cause },
  )
}

/** What the codes of the operating system say, for people. */
const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'nothing can be made there',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota is used up',
  EROFS: 'that file system is read-only',
  ENAMETOOLONG: 'its name is too long',
  ENOTDIR: 'something above it is no folder',
}

function reasonOf(error: unknown): string {
  return reasons[codeOf(error) ?? ''] ?? (error instanceof Error ? error.message : String(error))
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}
