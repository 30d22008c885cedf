/** Everything that can go wrong in this room. The codes are stable: callers branch on them. */
export type StoreErrorCode =
  | 'folder-in-use' // another process, or another opener in this one, holds the folder
  | 'wrong-format' // the folder is no truth folder, or one of a format this version does not know
  | 'damaged' // bytes that were acknowledged are missing or changed
  | 'disk-full' // ENOSPC or EDQUOT
  | 'io' // any other failure of a file system call
  | 'poisoned' // an earlier failure left the file in an unknown state; open the folder again
  | 'closed' // used after close()
  | 'not-found' // no such record, blob, key or backup
  | 'too-large' // over the stated limit
  | 'bad-name' // a stream, cell, key or digest that is not written as one
  | 'bad-range' // an empty batch, or hashes written with a gap before them
  | 'digest-mismatch' // content that is not what its digest says
  | 'key-exists' // createKey() for an identifier that has a key
  | 'key-destroyed' // the key was erased; what it encrypted is gone for good
  | 'wrong-key' // master key, associated data or ciphertext that does not fit
  | 'not-empty' // a target folder that must be empty and is not
  | 'backup-expired' // the keyring of a backup past its date

/** Where damage was found: the file and the byte offset in it. */
export interface DamagePlace {
  readonly file: string
  readonly offset: number
}

/** The one error of this room. `place` is set for `damaged` records. */
export class StoreError extends Error {
  override readonly name = 'StoreError'
  readonly code: StoreErrorCode
  readonly place: DamagePlace | undefined

  constructor(code: StoreErrorCode, message: string, more: { cause?: unknown; place?: DamagePlace } = {}) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause })
    this.code = code
    this.place = more.place
  }
}

/** The `code` of a system error (`ENOSPC`), or undefined for anything else that was thrown. */
export function systemErrorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}

/** Turns what a file system call threw into a StoreError; a StoreError passes unchanged. */
export function asStoreError(error: unknown, doing: string): StoreError {
  if (error instanceof StoreError) return error
  const code = systemErrorCode(error)
  const full = code === 'ENOSPC' || code === 'EDQUOT'
  const reason = error instanceof Error ? error.message : String(error)
  return new StoreError(full ? 'disk-full' : 'io', `${doing} failed: ${reason}`, { cause: error })
}

/** Runs `action`; whatever a file system call throws in it comes out as a StoreError. */
export function withStoreErrors<T>(doing: string, action: () => T): T {
  try {
    return action()
  } catch (error) {
    throw asStoreError(error, doing)
  }
}
