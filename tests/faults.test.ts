/**
 * `acknowledged-is-durable` and `the-log-never-forks` on disks that fail: each file system call of a node's working day
 * fails or tears in turn, and power is lost with any subset of unsynced writes kept.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { treeHasher } from '@comity/crypto'
import { parseCheckpoint, parseNote, verifyConsistency } from '@comity/log'
import { ComityNode, FolderSource, NodeError, audit } from '@comity/node'
import { instrumentUrn, productUrn } from '@comity/statement'
import { type FileSystem, StoreError } from '@comity/store'
import {
  type Fault,
  type SimulatedDisk,
  actor,
  faultAt,
  faultyFileSystem,
  keeper,
  simulatedDisk,
} from '@comity/testkit'

const start = 1_795_219_200
const home = keeper('faults')
const provider = actor('faulty provider', home.origin)
const directory = '/truth'

/** What a node gave out before its disk failed it. */
interface Released {
  readonly indexes: Map<string, number>
  readonly notes: string[]
}

const updatePolicy = { mechanism: 'download', consent: 'required', security: 'separate', rollback: true } as const

/** A day's work: founding, some statements alone and some at once, a clean end. */
async function work(fileSystem: FileSystem, viewsDirectory: string, released: Released): Promise<void> {
  const options = { directory, viewsDirectory, fileSystem, keys: home.keys, now: () => start }
  const node = await ComityNode.found({ ...options, party: home.founding(start), policy: home.policy(start) })
  node.onBatch((_from, head) => released.notes.push(head.note))
  const submit = async (bytes: Uint8Array) => {
    const { id, index } = await node.submit(bytes)
    released.indexes.set(id, index)
  }
  try {
    await submit(provider.founding(start))
    await submit(provider.sign('support', instrumentUrn('gids'), {}, start))
    const products = ['a', 'b', 'c'].map((slug) =>
      provider.sign('product', productUrn(provider.urn, slug), { name: slug, updatePolicy }, start),
    )
    await Promise.all(products.map(submit))
  } finally {
    await node.close()
  }
}

/** Runs the work and swallows what a failing disk is allowed to cause, and nothing else. */
async function workUntilItFails(fileSystem: FileSystem, views: string, released: Released): Promise<void> {
  try {
    await work(fileSystem, views, released)
  } catch (error) {
    const isExpected = error instanceof StoreError || (error instanceof NodeError && error.code === 'storage-failed')
    if (!isExpected) throw error
  }
}

/**
 * Opens what is left on a healthy disk: everything acknowledged is at its place under a checkpoint that continues. Then
 * the closed folder is audited from its first entry.
 */
async function check(disk: SimulatedDisk, views: string, released: Released, what: string): Promise<void> {
  let node: ComityNode
  try {
    node = await ComityNode.open({
      directory,
      viewsDirectory: views,
      fileSystem: disk.fileSystem,
      keys: home.keys,
      now: () => start,
    })
  } catch (error) {
    // A node that failed before its first batch was released has founded nothing.
    if (error instanceof NodeError && error.code === 'not-founded' && released.indexes.size === 0) return
    throw new Error(`${what}: the node does not open`, { cause: error })
  }
  try {
    for (const [id, index] of released.indexes)
      assert.equal(node.find(id)?.index, index, `${what}: ${id} was acknowledged`)
    for (const note of released.notes) {
      const { size, root } = parseCheckpoint(parseNote(note).text)
      const { tree } = node.ledger
      const proof = tree.consistencyProof(size)
      verifyConsistency(treeHasher, { from: size, to: tree.size, fromRoot: root, toRoot: tree.root(), proof })
    }
    assert.equal(node.head.size, node.ledger.size, what)
    // It goes on: one more statement, and it stands where the log ended.
    const next = actor(`after ${what}`, home.origin)
    const before = node.head.size
    assert.equal((await node.submit(next.founding(start))).index, before, what)
  } finally {
    await node.close()
  }
  const report = await audit({ source: FolderSource.open(directory, disk.fileSystem) })
  assert.deepEqual([report.verdict, report.differences], ['equal', []], what)
}

function views(): string {
  return mkdtempSync(join(tmpdir(), 'comity-faults-'))
}

async function countCalls(): Promise<number> {
  const counted = faultyFileSystem(simulatedDisk().fileSystem)
  const folder = views()
  await work(counted.fileSystem, folder, { indexes: new Map(), notes: [] })
  rmSync(folder, { recursive: true, force: true })
  return counted.calls.length
}

const faults: Readonly<Record<string, Fault>> = {
  'no space': { kind: 'error', code: 'ENOSPC' },
  'device error': { kind: 'error', code: 'EIO' },
  'torn write': { kind: 'tear', bytes: 7, andFail: 'EIO' },
  'short write': { kind: 'tear', bytes: 3 },
  'crash before': { kind: 'crash' },
  'crash after': { kind: 'crash', afterwards: true },
}

for (const [name, fault] of Object.entries(faults)) {
  test(`acknowledged-is-durable: ${name} at each file system call in turn`, async () => {
    const calls = await countCalls()
    for (let number = 0; number < calls; number++) {
      const disk = simulatedDisk()
      const faulty = faultyFileSystem(disk.fileSystem, faultAt(number, fault))
      const released: Released = { indexes: new Map(), notes: [] }
      const folder = views()
      await workUntilItFails(faulty.fileSystem, folder, released)
      faulty.bury()
      disk.kill()
      await check(disk, folder, released, `${name} at call ${number}`)
      rmSync(folder, { recursive: true, force: true })
    }
  })
}

test('acknowledged-is-durable: power is lost and any subset of unsynced writes survives', async () => {
  const calls = await countCalls()
  await fc.assert(
    fc.asyncProperty(fc.nat(calls - 1), fc.infiniteStream(fc.boolean()), async (number, coins) => {
      const disk = simulatedDisk()
      const faulty = faultyFileSystem(disk.fileSystem, faultAt(number, { kind: 'crash' }))
      const released: Released = { indexes: new Map(), notes: [] }
      const folder = views()
      await workUntilItFails(faulty.fileSystem, folder, released)
      disk.crash(() => coins.next().value === true)
      await check(disk, folder, released, `power lost at call ${number}`)
      rmSync(folder, { recursive: true, force: true })
    }),
    { numRuns: 60 },
  )
})
