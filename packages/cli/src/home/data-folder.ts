import { existsSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Context } from '../context.ts'
import { CliError } from '../cli-error.ts'
import { createPrivateFile, isRecord, readJson, replacePrivateFile } from './private-file.ts'

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

  /** Whether a node was founded or restored here. */
  get isFounded(): boolean {
    return existsSync(this.keyFile) && existsSync(join(this.path, 'streams'))
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

  replaceKeys(text: string): void {
    replacePrivateFile(this.keyFile, text)
  }

  /** Where the server that runs on this folder answers; undefined where none runs. */
  serving(): string | undefined {
    const path = this.#servingFile
    if (!existsSync(path)) return undefined
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
