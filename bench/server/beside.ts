import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { servedOptions } from './as-served.ts'
import type { Neighbour } from './idle-neighbour.ts'

const script = join(dirname(fileURLToPath(import.meta.url)), 'idle-neighbour.ts')

/** Starts an idle process that appends to `file`, so many bytes at a time; returns what asks it how that went. */
export async function beside(file: string, bytes: number): Promise<() => Promise<Neighbour>> {
  const child = spawn(process.execPath, [...servedOptions, script, file, String(bytes)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  await once(child, 'message')
  return async () => {
    const answer = once(child, 'message')
    child.send('end')
    // Safe: it is our own script that answers.
    return (await answer)[0] as Neighbour
  }
}
