import { createHash } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { readFully, writeFully, type FileSystem } from './file-system.ts'
import { StoreError } from './store-error.ts'

/** What a backup says about itself. Written last, so a folder without one is no finished backup. */
export interface BackupManifest {
  readonly format: 'comity backup 1'
  /** Whole seconds since the epoch. */
  readonly madeAt: number
  /** After this the backup's keyring is not restored: erasure must reach backups too. */
  readonly keyringExpiresAt: number
  /** Records of each stream in the backup. */
  readonly streams: readonly { readonly name: string; readonly size: number }[]
  /** Every file, by path below the backup's folder, sorted. */
  readonly files: readonly BackupFile[]
}

export interface BackupFile {
  readonly path: string
  readonly size: number
  /** SHA-256, hex. */
  readonly digest: string
}

export const manifestName = 'manifest.json'
const maxManifestBytes = 256 << 20

/** Reads and checks a manifest; also returns its own digest, by which a backup can be named elsewhere. */
export function readManifest(fileSystem: FileSystem, directory: string): { manifest: BackupManifest; digest: string } {
  const path = `${directory}/${manifestName}`
  const size = fileSystem.stat(path)?.size
  if (size === undefined) throw new StoreError('not-found', `${directory} holds no finished backup: no ${manifestName}`)
  if (size > maxManifestBytes)
    throw new StoreError('too-large', `${path} is over the limit of ${maxManifestBytes} bytes`)
  const bytes = Buffer.alloc(size)
  const file = fileSystem.open(path, 'read')
  try {
    readFully(file, bytes, 0)
  } finally {
    file.close()
  }
  return { manifest: parseManifest(bytes.toString(), path), digest: createHash('sha256').update(bytes).digest('hex') }
}

function parseManifest(text: string, path: string): BackupManifest {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    value = undefined
  }
  if (isManifest(value)) return value
  throw new StoreError('wrong-format', `${path} is no manifest of a backup this version can read`)
}

function isManifest(value: unknown): value is BackupManifest {
  if (!isRecord(value) || value['format'] !== 'comity backup 1') return false
  const { madeAt, keyringExpiresAt, streams, files } = value
  if (!Number.isSafeInteger(madeAt) || !Number.isSafeInteger(keyringExpiresAt)) return false
  if (!Array.isArray(streams) || !Array.isArray(files)) return false
  return (
    streams.every((entry: unknown) => isRecord(entry) && typeof entry['name'] === 'string' && isSize(entry['size'])) &&
    files.every(
      (entry: unknown) =>
        isRecord(entry) && isFilePath(entry['path']) && isSize(entry['size']) && isDigest(entry['digest']),
    )
  )
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function isSize(value: unknown): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

function isDigest(value: unknown): boolean {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value)
}

/** Below the folder, whoever wrote the manifest: no empty, `.` or `..` step. */
function isFilePath(value: unknown): boolean {
  if (typeof value !== 'string' || value.includes('\0') || value.includes('\\')) return false
  return value.split('/').every((step) => step !== '' && step !== '.' && step !== '..')
}

const pieceBytes = 1 << 20

/** Hears how many bytes of how many are done. The last call says that all are. */
export type OnBytes = (done: number, total: number) => void

/** Counts the bytes of many files into one line of progress. */
export class ByteCount {
  #done = 0
  readonly #total: number
  readonly #onBytes: OnBytes | undefined

  constructor(total: number, onBytes: OnBytes | undefined) {
    this.#total = total
    this.#onBytes = onBytes
  }

  /** More bytes are done; never more than there were to be. */
  add(bytes: number): void {
    this.#done = Math.min(this.#total, this.#done + bytes)
    this.#onBytes?.(this.#done, this.#total)
  }

  /** All is done, also where less was there than expected. */
  end(): void {
    this.#onBytes?.(this.#total, this.#total)
  }
}

/**
 * Reads the first `size` bytes of a file, writes them to `target` if given (which it creates and
 * syncs), and returns their SHA-256. Gives way to other work after each piece.
 */
export async function copyHashed(
  source: { readonly fileSystem: FileSystem; readonly path: string; readonly size: number },
  target?: { readonly fileSystem: FileSystem; readonly path: string },
  count?: ByteCount,
): Promise<string> {
  const hasher = createHash('sha256')
  const from = source.fileSystem.open(source.path, 'read')
  try {
    const to = target?.fileSystem.open(target.path, 'create')
    try {
      const buffer = Buffer.allocUnsafe(Math.min(pieceBytes, source.size))
      for (let at = 0; at < source.size; at += buffer.length) {
        const piece = buffer.subarray(0, Math.min(buffer.length, source.size - at))
        if (readFully(from, piece, at) < piece.length) {
          throw new StoreError('damaged', `${source.path} ends before byte ${source.size}`, {
            place: { file: source.path, offset: at },
          })
        }
        hasher.update(piece)
        if (to !== undefined) writeFully(to, piece, at)
        count?.add(piece.length)
        await setImmediate()
      }
      await to?.fdatasync()
    } finally {
      to?.close()
    }
  } finally {
    from.close()
  }
  return hasher.digest('hex')
}
