import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { memoryOf } from './process-memory.ts'

const script = join(dirname(fileURLToPath(import.meta.url)), 'serve-folder.ts')

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
  /** Resident memory of the process in bytes. */
  memory(): ReturnType<typeof memoryOf>
  stop(): Promise<void>
}

/** Starts the server and waits until it answers. */
export async function runServer(directory: string): Promise<RunningServer> {
  const started = performance.now()
  const args = ['--disable-warning=ExperimentalWarning', script, directory]
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  })
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
  return {
    url,
    startSeconds,
    cpu: () => ask('cpu'),
    verifyCost: async () => {
      // The other core is as busy as it is under load: two threads of one core slow each other down.
      const neighbour = spawn(process.execPath, ['--eval', spin], { stdio: 'ignore' })
      const cost = await ask('verify')
      neighbour.kill()
      return cost
    },
    memory: () => {
      if (child.pid === undefined) throw new Error('the server has no process')
      return memoryOf(child.pid)
    },
    stop: async () => {
      child.kill('SIGTERM')
      await once(child, 'exit')
    },
  }
}
