import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { treeHasher } from '@comity/crypto'
import { parseCheckpoint, parseNote, verifyConsistency } from '@comity/log'
import { ComityNode, FolderSource, audit } from '@comity/node'
import { keeper, randomFrom } from '@comity/testkit'

const child = join(dirname(fileURLToPath(import.meta.url)), 'loaded-node.ts')

export interface KillOptions {
  readonly rounds: number
  /** The moment of each kill follows from it; the machine's own timing does not. */
  readonly seed: number
  readonly onRound?: (round: number, size: number) => void
}

/** What the killed processes had released, over all rounds. */
interface Released {
  readonly indexes: Map<string, number>
  readonly checkpoints: { readonly size: number; readonly root: Uint8Array }[]
}

/**
 * `acknowledged-is-durable`, `the-log-never-forks`: a node under load is killed with SIGKILL at random moments. After
 * each kill it must open, hold every acknowledged statement at its place, and continue every checkpoint it ever gave
 * out. At the end the whole log is audited from its folder.
 */
export async function killRounds({
  rounds,
  seed,
  onRound,
}: KillOptions): Promise<{ statements: number; size: number }> {
  const directory = mkdtempSync(join(tmpdir(), 'comity-kill-'))
  const released: Released = { indexes: new Map(), checkpoints: [] }
  const random = randomFrom(seed)
  try {
    for (let round = 0; round < rounds; round++) {
      await killOnce(directory, round, released, 5 + Math.floor(random() * 400))
      const size = await check(directory, released)
      onRound?.(round, size)
    }
    const report = await audit({ source: FolderSource.open(directory) })
    assert.deepEqual(report.differences, [])
    return { statements: released.indexes.size, size: report.size }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

async function killOnce(
  directory: string,
  round: number,
  released: Released,
  afterMilliseconds: number,
): Promise<void> {
  const process_ = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', child, directory, String(round)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let errors = ''
  process_.stderr.on('data', (text: Buffer) => (errors += text.toString()))
  const lines = createInterface({ input: process_.stdout })
  const read = (async () => {
    for await (const line of lines) {
      if (line === 'ready') setTimeout(() => process_.kill('SIGKILL'), afterMilliseconds)
      else remember(line, released)
    }
  })()
  await ended(process_)
  await read
  assert.equal(process_.signalCode, 'SIGKILL', `the node ended by itself in round ${round}: ${errors}`)
}

async function ended(process_: ChildProcess): Promise<void> {
  if (process_.exitCode === null && process_.signalCode === null) await once(process_, 'exit')
}

function remember(line: string, released: Released): void {
  const [what, value = '', index] = line.split(' ')
  if (what === 'acknowledged') released.indexes.set(value, Number(index))
  if (what === 'checkpoint') {
    const { size, root } = parseCheckpoint(parseNote(Buffer.from(value, 'base64').toString()).text)
    released.checkpoints.push({ size, root })
  }
}

async function check(directory: string, released: Released): Promise<number> {
  const node = await ComityNode.open({ directory, keys: keeper('soak').keys })
  try {
    for (const [id, index] of released.indexes) assert.equal(node.find(id)?.index, index, `${id} was acknowledged`)
    const { tree } = node.ledger
    for (const { size, root } of released.checkpoints.slice(-200)) {
      const proof = tree.consistencyProof(size)
      verifyConsistency(treeHasher, { from: size, to: tree.size, fromRoot: root, toRoot: tree.root(), proof })
    }
    return node.head.size
  } finally {
    await node.close()
  }
}
