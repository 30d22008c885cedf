/** Runs the real command in processes of their own, in folders that are gone afterwards. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('main.ts', import.meta.url))

export interface Ran {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** One person's corner: a folder to work in, a home, a data folder. */
export interface Corner {
  readonly path: string
  /** Runs `comity ARGS` to its end. */
  run(...args: readonly string[]): Promise<Ran>
  /** Starts `comity ARGS` and leaves it to the test. It is killed at the end, if it still runs. */
  start(...args: readonly string[]): ChildProcessWithoutNullStreams
  /** Starts another script of this folder in its place. */
  startScript(script: string, ...args: readonly string[]): ChildProcessWithoutNullStreams
  /** Runs it with `--json`, expects exit code 0, and gives what it printed. */
  json<T>(...args: readonly string[]): Promise<T>
  /** Starts a server and resolves when it listens. It is stopped at the end of the test. */
  serve(...args: readonly string[]): Promise<Server>
}

export interface Server {
  readonly url: string
  /** What the server said when it was ready. */
  readonly ready: Readonly<Record<string, unknown>>
  /** Sends SIGTERM and resolves with the exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>
}

export interface CornerOptions {
  readonly home?: string
  readonly env?: Readonly<Record<string, string>>
}

/** An empty corner, removed when the test ends. */
export function corner(context: TestContext, { home, env = {} }: CornerOptions = {}): Corner {
  const path = mkdtempSync(join(tmpdir(), 'comity-cli-'))
  const { PATH, HOME } = process.env
  const environment = { PATH, HOME, COMITY_HOME: home ?? join(path, 'home'), ...env }
  const start = (args: readonly string[], script = main) =>
    spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script, ...args], { cwd: path, env: environment })
  const stops: (() => unknown)[] = []
  const leftToTest = (args: readonly string[], script?: string) => {
    const child = start(args, script)
    stops.push(() => child.kill('SIGKILL'))
    return child
  }
  context.after(async () => {
    await Promise.all(stops.map((stop) => stop()))
    rmSync(path, { recursive: true, force: true })
  })

  const run = async (...args: readonly string[]): Promise<Ran> => {
    const child = start(args)
    child.stdin.end()
    const said = gather(child.stdout)
    const complained = gather(child.stderr)
    const [code] = (await once(child, 'close')) as [number | null]
    return { code, stdout: said(), stderr: complained() }
  }
  return {
    path,
    run,
    start: (...args) => leftToTest(args),
    startScript: (script, ...args) => leftToTest(args, fileURLToPath(new URL(script, import.meta.url))),
    async json<T>(...args: readonly string[]): Promise<T> {
      const { code, stdout, stderr } = await run(...args, '--json')
      if (code !== 0) throw new Error(`comity ${args.join(' ')} ended with ${code}:\n${stderr}`)
      const value: T = JSON.parse(stdout)
      return value
    },
    async serve(...args) {
      const child = start([...args, '--port', '0', '--json'])
      child.stdin.end()
      const complained = gather(child.stderr)
      const ended = once(child, 'close') as Promise<[number | null]>
      const stop = async (signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> => {
        child.kill(signal)
        return (await ended)[0]
      }
      stops.push(() => stop())
      const line = await Promise.race([firstLine(child.stdout), ended.then(() => undefined)])
      if (line === undefined) throw new Error(`comity ${args.join(' ')} did not start:\n${complained()}`)
      const ready: Record<string, unknown> = JSON.parse(line)
      return { url: String(ready['url']), ready, stop }
    },
  }
}

function gather(stream: NodeJS.ReadableStream): () => string {
  const pieces: Buffer[] = []
  stream.on('data', (piece: Buffer) => pieces.push(piece))
  return () => Buffer.concat(pieces).toString('utf8')
}

function firstLine(stream: NodeJS.ReadableStream): Promise<string> {
  return new Promise((resolve) => {
    let text = ''
    stream.on('data', (piece: Buffer) => {
      text += piece.toString('utf8')
      const end = text.indexOf('\n')
      if (end >= 0) resolve(text.slice(0, end))
    })
  })
}
