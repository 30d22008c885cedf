/**
 * What a newcomer waits for: from `npm start`, installed already and with no node founded, to a served sample register,
 * built along the real path at that moment. Held against a bare start of Node.js, turn by turn.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { median, type Bench, type Figure } from './figure.ts'

const launcher = fileURLToPath(new URL('../scripts/start.mjs', import.meta.url))
const goalSeconds = 10

/** Seconds until a program has written its first line, and those until it has ended by itself or by SIGTERM. */
async function untilFirstLine(args: readonly string[], folder: string): Promise<number> {
  const begun = performance.now()
  const child = spawn(process.execPath, args, {
    cwd: folder,
    env: { PATH: process.env['PATH'], HOME: folder, COMITY_HOME: join(folder, 'home') },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const ended = once(child, 'close')
  const said = await Promise.race([once(child.stdout, 'data'), ended.then(() => undefined)])
  const seconds = (performance.now() - begun) / 1000
  child.kill('SIGTERM')
  await ended
  if (said === undefined) throw new Error(`${args.join(' ')} ended before it said anything`)
  return seconds
}

async function run(parameters: Readonly<Record<string, number>>): Promise<Figure[]> {
  const runs = Math.max(1, Math.floor(parameters['runs'] ?? 0))
  const folder = mkdtempSync(join(tmpdir(), 'comity-bench-sample-'))
  try {
    const bare: number[] = []
    const sample: number[] = []
    for (let i = 0; i < runs; i++) {
      bare.push(await untilFirstLine(['-p', '0'], folder))
      sample.push(
        await untilFirstLine([launcher, '--port', '0', '--json', '--data', join(folder, `data-${i}`)], folder),
      )
    }
    const value = median(sample)
    const peer = median(bare)
    return [
      {
        figure: 'npm start to a served sample register',
        value,
        unit: 's',
        against: `a bare start of Node.js: ${peer.toFixed(2)} s`,
        ratio: value / peer,
        goal: '< 10 s',
        met: value < goalSeconds,
      },
    ]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

export default { name: 'sample', parameters: { runs: 3 }, run } satisfies Bench
