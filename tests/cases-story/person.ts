/** Somebody with a home of their own who types commands: they run in this process, by the clock of the story. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import type { Context } from '../../packages/cli/src/context.ts'
import { runCommand } from '../../packages/cli/src/program.ts'
import { widthOf } from '../../packages/cli/src/terminal/text.ts'

export interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** A word of a command line, or some that belong together. */
export type Words = string | readonly string[]

export class Person {
  /** As others know it. */
  readonly name: string
  readonly alias: string
  readonly path: string
  urn = ''
  readonly #now: () => number
  readonly #env: Record<string, string> = {}

  constructor(root: string, alias: string, name: string, now: () => number) {
    this.alias = alias
    this.name = name
    this.path = join(root, alias)
    this.#now = now
    mkdirSync(this.path)
  }

  /** Runs `comity ARGS` to its end. Every line that it prints fits a terminal. */
  async run(...words: readonly Words[]): Promise<Ran> {
    const args = words.flat()
    const [stdout, stderr] = [gathered(), gathered()]
    const context = this.#context(stdout.stream, stderr.stream)
    const code = await runCommand(args, context)
    const ran = { code, stdout: stdout.text(), stderr: stderr.text() }
    if (!args.includes('--json')) requireFit(args, ran)
    return ran
  }

  /** The same with `--json`; it has to succeed. */
  async json<T>(...words: readonly Words[]): Promise<T> {
    const { code, stdout, stderr } = await this.run(...words, '--json')
    if (code !== 0) throw new Error(`${this.alias}$ comity ${words.flat().join(' ')} ended with ${code}:\n${stderr}`)
    const value: T = JSON.parse(stdout)
    return value
  }

  /** Writes a file where its commands find it. */
  file(name: string, content: string | object): string {
    writeFileSync(join(this.path, name), typeof content === 'string' ? content : JSON.stringify(content))
    return name
  }

  /** The surroundings of its commands, which are also those of the node that it keeps. */
  surroundings(): Context {
    return this.#context(gathered().stream, gathered().stream)
  }

  #context(stdout: PassThrough, stderr: PassThrough): Context {
    const stdin = new PassThrough()
    stdin.end()
    const env = { HOME: this.path, COMITY_HOME: join(this.path, 'home'), ...this.#env }
    return { cwd: this.path, env, stdin, stdout, stderr, now: this.#now }
  }
}

function gathered(): { readonly stream: PassThrough; text(): string } {
  const pieces: Buffer[] = []
  const stream = new PassThrough().on('data', (piece: Buffer) => pieces.push(piece))
  return { stream, text: () => Buffer.concat(pieces).toString('utf8') }
}

function requireFit(args: readonly string[], { stdout, stderr }: Ran): void {
  for (const line of `${stdout}\n${stderr}`.split('\n')) {
    if (widthOf(line) > 80) throw new Error(`comity ${args.join(' ')} prints a line wider than a terminal:\n${line}`)
  }
}
