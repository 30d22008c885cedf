import type { BackupResponse } from '@comity/contract'
import { StoreError } from '@comity/store'
import { isAbsolute } from 'node:path'
import type { HttpContext } from './context.ts'
import { failureOf } from './failures.ts'
import { RequestError } from './request-error.ts'

/** How long the answer to a wish for a backup waits for its end, in milliseconds: connections do not stay silent long. */
const patience = 1000

/** System errors that say something about a path, for people. */
const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'that file system is read-only',
  ENOENT: 'nothing can be made there',
  ENOTDIR: 'something above it is no folder',
  ENAMETOOLONG: 'its name is too long',
}

/** The backups that a running node makes, one at a time. The newest is remembered until the next. */
export class BackupRuns {
  readonly #backup: HttpContext['backup']
  #newest: BackupResponse | undefined

  constructor(backup: HttpContext['backup']) {
    this.#backup = backup
  }

  /** How the newest backup stands. Throws `not-found` where none was made since the start. */
  newest(): BackupResponse {
    if (this.#newest !== undefined) return this.#newest
    throw new RequestError('not-found', 'no backup was made since this node was started')
  }

  /** Begins a backup, and answers when it has ended or has taken a second. Throws what it ended with by then. */
  async begin(directory: string): Promise<BackupResponse> {
    if (this.#backup === undefined) throw new RequestError('not-available', 'this node was started without backups')
    if (!isAbsolute(directory)) {
      throw new RequestError(
        'bad-request',
        `"${directory}" is no absolute path: the folder is on the machine of the node, wherever that was started`,
        { pointer: '/directory' },
      )
    }
    if (this.#newest?.state === 'running') {
      throw new RequestError('backup-running', `the backup to ${this.#newest.directory} has not ended: wait for it`)
    }
    const run = this.#run(directory, this.#backup)
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, patience)))
    try {
      await Promise.race([run, late])
    } finally {
      clearTimeout(timer)
    }
    // What it ends with later is what `newest` says.
    run.catch(() => {})
    return this.newest()
  }

  async #run(directory: string, backup: NonNullable<HttpContext['backup']>): Promise<void> {
    let now: BackupResponse = { directory, state: 'running', step: 'copying', done: 0, total: 0 }
    const update = (more: Partial<BackupResponse>): void => {
      now = { ...now, ...more }
      this.#newest = now
    }
    update({})
    try {
      const finished = await backup(directory, (step, done, total) => update({ step, done, total }))
      update({ state: 'done', finished })
    } catch (error) {
      const said = aboutTarget(error, directory)
      update({ state: 'failed', problem: failureOf(said).problem })
      throw said
    }
  }
}

/** Errors of the folder that was asked for are told to who asked; all others are the node's own. */
function aboutTarget(error: unknown, directory: string): unknown {
  if (!(error instanceof StoreError)) return error
  if (error.code === 'not-empty') return new RequestError('target-not-empty', error.message, { cause: error })
  if (error.code === 'disk-full') {
    const message = `there is no room for the copy in ${directory} on the machine of the node`
    return new RequestError('target-full', message, { cause: error })
  }
  const { code, path } = systemError(error.cause)
  const reason = code === undefined ? undefined : reasons[code]
  if (reason === undefined || path === undefined || !(isBelow(path, directory) || isBelow(directory, path)))
    return error
  return new RequestError(
    'target-not-writable',
    `${directory} cannot be made or written on the machine of the node: ${reason} (${path})`,
    { cause: error },
  )
}

function systemError(cause: unknown): { readonly code?: string; readonly path?: string } {
  if (!(cause instanceof Error)) return {}
  return {
    ...('code' in cause && typeof cause.code === 'string' ? { code: cause.code } : {}),
    ...('path' in cause && typeof cause.path === 'string' ? { path: cause.path } : {}),
  }
}

function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`)
}
