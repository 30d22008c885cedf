/**
 * A large log on one machine: how soon a node is up, what it takes of memory while it serves, and what lies on disk.
 * The log is written beforehand with true signatures; the node is a process of its own.
 */
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { keeper, writeLog } from '@comity/testkit'
import type { Bench, Figure } from './figure.ts'
import { runServer } from './server/running-server.ts'

async function run({ n = 0 }: Readonly<Record<string, number>>): Promise<readonly Figure[]> {
  const directory = mkdtempSync(join(tmpdir(), 'comity-footprint-'))
  try {
    const home = keeper('bench')
    const startAt = Math.floor(Date.now() / 1000) - n
    const { entries, leafBytes } = await writeLog({ directory, home, statements: n, startAt })
    const first = await runServer(directory)
    await first.stop()
    const again = await runServer(directory)
    await read(again.url, entries)
    const memory = again.memory()
    await again.stop()
    const hashes = bytesUnder(join(directory, 'hashes'))
    const views = bytesUnder(join(directory, 'views'))
    const truth = bytesUnder(directory) - views - hashes
    return [
      figure('first start, register rebuilt', first.startSeconds, 's'),
      figure('start', again.startSeconds, 's', 2),
      figure('resident memory while serving', memory.now / 1e6, 'MB', 400),
      // With what the start took, which is over when the node serves.
      figure('most resident memory of that process', memory.peak / 1e6, 'MB', 400),
      {
        ...figure('truth on disk without hash tiles', truth / 2 ** 20, 'MiB'),
        against: 'bytes of statements and time leaves',
        ratio: truth / leafBytes,
        goal: '≤ 1.1×',
        met: truth / leafBytes <= 1.1,
      },
      figure('hash tiles on disk', hashes / entries, 'B/entry'),
      figure('views on disk', views / entries, 'B/entry'),
    ]
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

/** A figure that is only reported, or one that stays below a limit. */
function figure(name: string, value: number, unit: string, limit?: number): Figure {
  if (limit === undefined) return { figure: name, value, unit, against: '', ratio: null, goal: '', met: null }
  const against = `limit ${limit} ${unit}`
  return { figure: name, value, unit, against, ratio: value / limit, goal: `< ${limit} ${unit}`, met: value < limit }
}

/** Asks for things all over the log, so that memory is what serving takes. */
async function read(url: string, entries: number): Promise<void> {
  for (let i = 0; i < 200; i++) {
    const tile = Math.floor((Math.floor(entries / 256) * i) / 200)
    const path = String(tile).padStart(3, '0')
    const groups = path.length <= 3 ? path : `x${path.slice(0, -3).padStart(3, '0')}/${path.slice(-3)}`
    await (await fetch(`${url}/tile/0/${groups}`)).arrayBuffer()
    await (await fetch(`${url}/tile/entries/${groups}`)).arrayBuffer()
    await (await fetch(`${url}/api/v1/products?limit=50`)).arrayBuffer()
  }
}

function bytesUnder(path: string): number {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0)
}

const bench: Bench = { name: 'footprint', parameters: { n: 1_000_000 }, run }
export default bench
