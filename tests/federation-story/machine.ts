/** One machine of the story: a folder with a home and a data folder, the command in it, and its node as a process. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../../packages/cli/src/main.ts', import.meta.url))

export interface Ran {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** What a machine does is said: each command, and the node that is started or killed. */
export type Say = (line: string) => void

/** A word of a command line, or some that belong together. */
export type Words = string | readonly string[]

export class Machine {
  readonly name: string
  readonly path: string
  /** The command lines that ran on it, without the name of the command. */
  readonly played: (readonly string[])[] = []
  readonly #say: Say
  readonly #children = new Set<ChildProcess>()
  #port = 0
  #node: { readonly child: ChildProcess; readonly ended: Promise<unknown> } | undefined
  #isOver = false

  constructor(root: string, name: string, say: Say) {
    this.name = name
    this.path = join(root, name)
    this.#say = say
    mkdirSync(this.path)
  }

  /** Where its node answers, also while that is down. */
  get url(): string {
    return `http://localhost:${this.#port}`
  }

  /** Runs the command to its end. */
  async run(...words: readonly Words[]): Promise<Ran> {
    const args = words.flat()
    this.#say(
      `${this.name}$ comity ${args
        .filter((word) => !unsaid.has(word))
        .map(shortened)
        .join(' ')}`,
    )
    const child = this.#start(args)
    child.stdin?.end()
    const [stdout, stderr] = [gather(child.stdout), gather(child.stderr)]
    const [code] = (await once(child, 'close')) as [number | null]
    return { code, stdout: stdout(), stderr: stderr() }
  }

  /** The same, which has to succeed, with what it says as JSON. */
  async json<T>(...words: readonly Words[]): Promise<T> {
    const { code, stdout, stderr } = await this.run(...words, '--json')
    if (code !== 0) throw new Error(`comity ${words.flat().join(' ')} on ${this.name} ended with ${code}:\n${stderr}`)
    const value: T = JSON.parse(stdout)
    return value
  }

  /** Starts the node of this folder, or of another one, at the address that this machine has. */
  async serve(data = 'data', ...more: readonly string[]): Promise<void> {
    if (this.#port === 0) this.#port = await freePort()
    const where = data === 'data' ? [] : ['--data', data]
    this.#say(`${this.name}$ ${['comity serve --port', this.#port, ...where, ...more].join(' ')}`)
    const child = this.#start(['serve', '--port', String(this.#port), '--data', data, ...more, '--json'])
    child.stdin?.end()
    const complained = gather(child.stderr)
    const ended = once(child, 'close')
    const ready = child.stdout === null ? ended : once(createInterface({ input: child.stdout }), 'line')
    const isReady = await Promise.race([ready.then(() => true), ended.then(() => false)])
    if (!isReady) throw new Error(`the node of ${this.name} did not start:\n${complained()}`)
    this.#node = { child, ended }
  }

  /** Its node is gone between one instruction and the next. */
  async kill(): Promise<void> {
    if (this.#node === undefined) return
    this.#say(`${this.name}$ kill -9 ${this.#node.child.pid}`)
    await this.end()
  }

  /** Without a word: its node is gone. */
  async end(): Promise<void> {
    const node = this.#node
    this.#node = undefined
    node?.child.kill('SIGKILL')
    await node?.ended
  }

  /** Whatever runs on it is gone, and nothing runs on it any more: the story is over. */
  async leave(): Promise<void> {
    this.#isOver = true
    await this.end()
    await Promise.all(
      [...this.#children].map(async (child) => {
        const ended = once(child, 'close')
        child.kill('SIGKILL')
        await ended
      }),
    )
  }

  /** What the node shows everybody. */
  async read<T>(path: string): Promise<T> {
    const response = await fetch(`${this.url}/${path}`)
    if (!response.ok) throw new Error(`${this.url}/${path} answers ${response.status}`)
    // The schemas of the interface say what it is.
    return (await response.json()) as T
  }

  #start(args: readonly string[]): ChildProcess {
    if (this.#isOver) throw new Error('the story is over')
    this.played.push(args)
    const { PATH } = process.env
    const env = { PATH, HOME: this.path, COMITY_HOME: join(this.path, 'home') }
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, ...args], {
      cwd: this.path,
      env,
    })
    this.#children.add(child)
    child.once('close', () => this.#children.delete(child))
    return child
  }
}

function gather(stream: NodeJS.ReadableStream | null): () => string {
  const pieces: Buffer[] = []
  stream?.on('data', (piece: Buffer) => pieces.push(piece))
  return () => Buffer.concat(pieces).toString('utf8')
}

/** What is the same in every line and makes it longer. */
const unsaid: ReadonlySet<string> = new Set(['--json', '--allow-private', '--insecure-no-passphrase'])

/** As it is printed: identifiers and keys by how they begin. */
function shortened(word: string): string {
  const brief = word
    .replace('urn:comity:party:', '')
    .replaceAll(/[0-9a-f]{64}/g, (hex) => `${hex.slice(0, 8)}…`)
    .replace(/^\/.*\//, '…/')
  return brief.length > 40 ? `${brief.slice(0, 40)}…` : brief
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo // a listening TCP server
  server.close()
  await once(server, 'close')
  return port
}
