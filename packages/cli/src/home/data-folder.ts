import { rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Context } from '../context.ts'
import { CliError } from '../cli-error.ts'
import {
  createPrivateFile,
  exists,
  isRecord,
  movePrivateFile,
  namesIn,
  readJson,
  replacePrivateFile,
} from './private-file.ts'

/** What the folder says of the node that was founded in it. */
export interface FoundedNode {
  /** Origin of its log. */
  readonly origin: string
  /** Party URN of its keeper. */
  readonly keeper: string
}

/**
 * A node's data folder as the command sees it. The truth lies in it (see room `store`); beside that
 *
 *     DATA/node/node.json      which log this is and who keeps it
 *     DATA/node/keys.json      what the node signs with: receipts, checkpoints, findings; and the vault's master key
 *     DATA/node/serving.json   where a running server answers, while it runs
 */
export class DataFolder {
  readonly path: string

  constructor(path: string) {
    this.path = path
  }

  /** `--data`, `$COMITY_DATA`, or `./data`. */
  static of(context: Context, given: string | undefined): DataFolder {
    return new DataFolder(resolve(context.cwd, given ?? context.env['COMITY_DATA'] ?? 'data'))
  }

  get keyFile(): string {
    return join(this.path, 'node', 'keys.json')
  }

  /** Whether a node was founded or restored here. Throws CliError `permission` where this user may not know. */
  get isFounded(): boolean {
    return exists(this.keyFile) && exists(join(this.path, 'streams'))
  }

  /** Throws `not-empty` for a folder in which nothing new may be made, `permission` for somebody else's. */
  checkEmpty(what: string): void {
    const [first] = namesIn(this.path)
    if (first !== undefined) throw new CliError('not-empty', `${this.path} is not empty, it holds ${first}: ${what}`)
  }

  /** Which node this is. Throws CliError `not-founded` where there is none. */
  founded(): FoundedNode {
    if (!this.isFounded) {
      throw new CliError(
        'not-founded',
        `${this.path} holds no node: found one with "comity init", or name its folder with --data`,
      )
    }
    const value = readJson(this.#nodeFile)
    if (!isRecord(value) || typeof value['origin'] !== 'string' || typeof value['keeper'] !== 'string') {
      throw new CliError('bad-input', `${this.#nodeFile} does not say origin and keeper`)
    }
    return { origin: value['origin'], keeper: value['keeper'] }
  }

  /** Where what only the command keeps of a node lies: a backup copies it along. */
  get nodeFolder(): string {
    return join(this.path, 'node')
  }

  write(node: FoundedNode, keys: string): void {
    createPrivateFile(this.keyFile, keys)
    createPrivateFile(this.#nodeFile, `${JSON.stringify({ format: 'comity node 1', ...node }, null, 2)}\n`)
  }

  /** Keys that the node is to sign with once its keeper has named them. */
  get nextKeyFile(): string {
    return join(this.path, 'node', 'keys.next.json')
  }

  writeNextKeys(text: string): void {
    if (exists(this.nextKeyFile)) throw new CliError('file-exists', `${this.nextKeyFile} exists already`)
    // As a whole or not at all: an interrupted run finds keys in it, or no file.
    replacePrivateFile(this.nextKeyFile, text)
  }

  /** Thumbprints of keys that the node no longer signs with and that its keeper has yet to end. */
  endingKeys(): readonly string[] {
    if (!exists(this.#endingFile)) return []
    const value = readJson(this.#endingFile)
    const kids = isRecord(value) ? value['kids'] : undefined
    if (Array.isArray(kids) && kids.every((kid) => typeof kid === 'string')) return kids
    throw new CliError('bad-input', `${this.#endingFile} lists no keys`)
  }

  noteEndingKeys(kids: readonly string[]): void {
    replacePrivateFile(this.#endingFile, `${JSON.stringify({ kids })}\n`)
  }

  forgetEndingKeys(): void {
    rmSync(this.#endingFile, { force: true })
  }

  /** From now on the node signs with the next keys: in one step, so that it always has one set or the other. */
  takeNextKeys(): void {
    movePrivateFile(this.nextKeyFile, this.keyFile)
  }

  /** Where the server that runs on this folder answers; undefined where none runs. */
  serving(): string | undefined {
    const path = this.#servingFile
    if (!exists(path)) return undefined
    const value = readJson(path)
    if (!isRecord(value) || typeof value['url'] !== 'string' || typeof value['pid'] !== 'number') return undefined
    return isAlive(value['pid']) ? value['url'] : undefined
  }

  /** Tells the other commands where this process serves. */
  announce(url: string): void {
    replacePrivateFile(this.#servingFile, `${JSON.stringify({ url, pid: process.pid })}\n`)
  }

  retract(): void {
    rmSync(this.#servingFile, { force: true })
  }

  get #nodeFile(): string {
    return join(this.nodeFolder, 'node.json')
  }

  get #endingFile(): string {
    return join(this.nodeFolder, 'keys.ending.json')
  }

  get #servingFile(): string {
    return join(this.path, 'node', 'serving.json')
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // The process of another user is alive, too.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
