import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { servedEnvironment, servedOptions } from './as-served.ts'
import { memoryOf } from './process-memory.ts'

const folder = dirname(fileURLToPath(import.meta.url))

/** What keeps a core busy as a load generator does: some hashing, for ten seconds at the most. */
const spin = `const { hash } = require('node:crypto')
const text = 'x'.repeat(500)
for (const end = Date.now() + 10_000; Date.now() < end; ) for (let i = 0; i < 1000; i++) hash('sha256', text)`

/** A node serving a data folder in a process of its own. */
export interface RunningServer {
  readonly url: string
  /** Seconds from the start of the process until it answered. */
  readonly startSeconds: number
  /** CPU of the process, user and system, all threads, in microseconds. */
  cpu(): Promise<number>
  /** CPU of one Ed25519 verification in that process, in microseconds. */
  verifyCost(): Promise<number>
  /** CPU of what a witness cannot do without for one cosigned checkpoint, in microseconds. */
  witnessLimit(): Promise<number>
  /** Resident memory of the process in bytes. */
  memory(): ReturnType<typeof memoryOf>
  stop(): Promise<void>
  /** As `kill -9` does. */
  kill(): Promise<void>
}

/** Starts a server of this folder and waits until it answers; `serve-folder.ts DIRECTORY` where nothing else is said. */
export async function runServer(
  directory: string,
  script = 'serve-folder.ts',
  more: readonly string[] = [],
  options: readonly string[] = servedOptions,
): Promise<RunningServer> {
  const started = performance.now()
  const args = [...options, join(folder, script), directory, ...more]
  const child = spawn(process.execPath, args, { env: servedEnvironment(), stdio: ['ignore', 'pipe', 'inherit', 'ipc'] })
  if (child.stdout === null) throw new Error('the server has no standard output')
  const lines = createInterface({ input: child.stdout })
  const { value: url } = await lines[Symbol.asyncIterator]().next()
  if (typeof url !== 'string') throw new Error('the server ended before it listened')
  await fetch(`${url}/checkpoint`)
  const startSeconds = (performance.now() - started) / 1000
  const ask = async (question: string): Promise<number> => {
    const answer = once(child, 'message')
    child.send(question)
    return Number((await answer)[0])
  }
  const askBesideLoad = async (question: string): Promise<number> => {
    // The other core is as busy as it is under load: two threads of one core slow each other down.
    const neighbour = spawn(process.execPath, ['--eval', spin], { stdio: 'ignore' })
    const cost = await ask(question)
    neighbour.kill()
    return cost
  }
  const end = async (signal: 'SIGTERM' | 'SIGKILL'): Promise<void> => {
    child.kill(signal)
    await once(child, 'exit')
  }
  return {
    url,
    startSeconds,
    cpu: () => ask('cpu'),
    verifyCost: () => askBesideLoad('verify'),
    witnessLimit: () => askBesideLoad('limit'),
    memory: () => {
      if (child.pid === undefined) throw new Error('the server has no process')
      return memoryOf(child.pid)
    },
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
  }
}
