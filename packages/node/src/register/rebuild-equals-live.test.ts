/** The house's invariant over several logs; over histories of one node's own log see `tests/invariants.test.ts`. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { dropView } from '@comity/store'
import fc from 'fast-check'
import { FindingsKeeper } from '../findings.ts'
import type { Database } from './database.ts'
import { played } from './federation.fixture.ts'
import { scenarios } from './scenario.fixture.ts'
import { type OpenRegister, openRegister } from './open-register.ts'
import { ReadingNode } from './reading-node.fixture.ts'
import type { WritingLog } from './writing-log.fixture.ts'

const choices = fc.infiniteStream(fc.nat(1 << 20))

function viewed({ origin, leaves, tree }: WritingLog) {
  const leaf = (index: number) => leaves[index] ?? new Uint8Array()
  return { origin, size: tree.size, leaf, root: (size: number) => tree.root(size) }
}

function open(path: string, [own, ...mirrored]: readonly WritingLog[]): OpenRegister {
  assert.ok(own)
  return openRegister(path, viewed(own), mirrored.map(viewed))
}

/** As a node does it when it has come to rest. */
function renew({ view, register, stale }: OpenRegister, own: WritingLog): void {
  const size = register.size
  const head = { size, root: own.tree.root(size), at: 0, note: '' }
  const documents = {
    has: () => true,
    put: () => Promise.resolve(0),
    sizeOf: () => undefined,
    read: () => new Uint8Array(),
  }
  new FindingsKeeper({
    reader: view,
    register,
    stale,
    documents,
    ledger: { origin: own.origin, head, tree: own.tree },
  }).renew()
}

function dump(database: Database): Record<string, unknown[]> {
  const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").all()
  return Object.fromEntries(
    tables.map(({ name }) => {
      const rows = database.prepare(`SELECT * FROM ${String(name)}`).all()
      return [String(name), rows.map((row) => JSON.stringify(row, binaryAsHex)).sort()]
    }),
  )
}

function binaryAsHex(_key: string, value: unknown): unknown {
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value
}

/** Folds all logs to their ends in an order that is chosen, with interruptions. */
async function fold(path: string, logs: readonly WritingLog[], next: () => number): Promise<Record<string, unknown[]>> {
  const [own] = logs
  assert.ok(own)
  let opened = open(path, logs)
  const registers = () => [opened.register, ...opened.mirrored]
  let node = new ReadingNode(logs, registers())
  const left = logs.map((log) => log.origin)
  while (left.length > 0) {
    const at = next() % left.length
    const kind = next() % 12
    if (kind === 0) {
      opened.view.close()
      opened = open(path, logs)
      node = new ReadingNode(logs, registers())
    }
    // Findings are asked for when the own log has begun.
    if (kind === 1 && opened.register.size > 0) renew(opened, own)
    if (!(await node.step(left[at] ?? '', undefined, kind === 2))) left.splice(at, 1)
  }
  renew(opened, own)
  const rows = dump(opened.view)
  opened.view.close()
  return rows
}

test('rebuild-equals-live: over several logs, however they were read and interrupted', async () => {
  await fc.assert(
    fc.asyncProperty(scenarios({ maxLength: 80 }), choices, async (scenario, stream) => {
      const next = (): number => Number(stream.next().value)
      const logs = played(scenario)
      const directory = mkdtempSync(join(tmpdir(), 'comity-rebuild-'))
      try {
        const path = join(directory, 'public.db')
        const live = await fold(path, logs, next)
        dropView(path)
        assert.deepEqual(await fold(path, logs, next), live)
      } finally {
        rmSync(directory, { recursive: true, force: true })
      }
    }),
    { numRuns: 8, endOnFailure: true },
  )
})

test('a register is rebuilt when its logs have other numbers, other entries or fewer, and kept when one more is followed', async (context) => {
  const directory = mkdtempSync(join(tmpdir(), 'comity-rebuild-'))
  context.after(() => rmSync(directory, { recursive: true, force: true }))
  const path = join(directory, 'public.db')
  const logs = played({ logs: 4, deeds: [] })
  const [own, first, second, third] = logs
  assert.ok(own && first && second && third)
  const sizes = (opened: OpenRegister) => {
    const found = [opened.register, ...opened.mirrored].map((register) => register.size > 0)
    opened.view.close()
    return found
  }
  await fold(path, [own, first, second], () => 3)
  assert.deepEqual(sizes(open(path, [own, first, second])), [true, true, true])
  assert.deepEqual(sizes(open(path, [own, first, second, third])), [true, true, true, false])
  assert.deepEqual(sizes(open(path, [own, first, second])), [false, false, false])
  await fold(path, [own, first, second], () => 3)
  assert.deepEqual(sizes(open(path, [own, second, first])), [false, false, false])
  await fold(path, [own, first], () => 3)
  const shorter = openRegister(path, viewed(own), [{ ...viewed(first), size: 2 }])
  assert.deepEqual(sizes(shorter), [false, false])
  await fold(path, [own, first], () => 3)
  const other = openRegister(path, viewed(own), [{ ...viewed(first), root: () => new Uint8Array(32) }])
  assert.deepEqual(sizes(other), [false, false])
})
