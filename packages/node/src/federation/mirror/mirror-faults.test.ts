/** A mirror on disks that fail: each file system call in turn, and power lost with any subset of unsynced writes kept. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import fc from 'fast-check'
import { type FileSystem, StoreError } from '@comity/store'
import { type Fault, type SimulatedDisk, faultAt, faultyFileSystem, simulatedDisk } from '@comity/testkit'
import { FederationError } from '../federation-error.ts'
import { Follower, WrittenLog, peerOf, product, simulatedNetwork, start } from './peer.fixture.ts'

const url = 'http://followed.invalid'
const { log, author } = WrittenLog.founded('faults')
for (let i = 0; i < 4; i++) {
  const at = start + 5 + i
  log.append(at, product(author, `Product ${i}`, at), Uint8Array.from([i]), product(author, `Other ${i}`, at))
}
const address = peerOf(log, url)
const sizes = [log.size - 12, log.size - 4, log.size]

/** Follows the log in three steps, then ends cleanly. */
async function work(context: TestContext, fileSystem: FileSystem, directory: string): Promise<void> {
  let size = 0
  const fetch = simulatedNetwork(new Map([[url, { log, size: () => size }]]))
  const follower = await Follower.open(context, { directory, fileSystem, fetch })
  try {
    for (const shown of sizes) {
      size = shown
      if (shown === sizes[0]) await follower.mirrors.follow([address])
      await follower.later()
    }
  } finally {
    await follower.close()
  }
}

/** Swallows what a failing disk is allowed to cause, and nothing else. */
async function workUntilItFails(...given: Parameters<typeof work>): Promise<void> {
  try {
    await work(...given)
  } catch (error) {
    if (!(error instanceof StoreError || error instanceof FederationError)) throw error
  }
}

/** On a healthy disk, with the views that are left, the follower comes to the whole log and to the same rows. */
async function check(
  context: TestContext,
  { disk, directory, rows, what }: { disk: SimulatedDisk; directory: string; rows: Follower['rows']; what: string },
): Promise<void> {
  const fetch = simulatedNetwork(new Map([[url, { log }]]))
  const follower = await Follower.open(context, { directory, fileSystem: disk.fileSystem, fetch })
  try {
    await follower.mirrors.follow([address])
    await follower.later()
    const [state] = follower.mirrors.states()
    assert.deepEqual([state?.state, state?.size, state?.lastError], ['following', log.size, undefined], what)
    const copy = follower.mirrors.find(log.origin)?.copy
    assert.deepEqual(copy?.leaves(0, log.size).map(Buffer.from), log.leaves.map(Buffer.from), what)
    assert.deepEqual(Buffer.from(copy?.tree.root() ?? []), Buffer.from(log.tree.root()), what)
    assert.deepEqual(follower.rows(), rows(), what)
  } finally {
    await follower.close()
  }
}

function views(): string {
  return mkdtempSync(join(tmpdir(), 'comity-mirror-faults-'))
}

/** `first`: the first call behind the opening of an empty folder, which is the store's own and tested there. */
async function undisturbed(context: TestContext): Promise<{ first: number; calls: number; rows: Follower['rows'] }> {
  const opening = faultyFileSystem(simulatedDisk().fileSystem)
  const opened = await Follower.open(context, { directory: views(), fileSystem: opening.fileSystem })
  const first = opening.calls.length
  await opened.close()
  const counted = faultyFileSystem(simulatedDisk().fileSystem)
  await work(context, counted.fileSystem, views())
  const directory = views()
  const disk = simulatedDisk()
  await work(context, disk.fileSystem, directory)
  const follower = await Follower.open(context, { directory, fileSystem: disk.fileSystem })
  const rows = follower.rows()
  await follower.close()
  assert.equal(rows['void']?.length, 4)
  return { first, calls: counted.calls.length, rows: () => rows }
}

const faults: Readonly<Record<string, Fault>> = {
  'no space': { kind: 'error', code: 'ENOSPC' },
  'device error': { kind: 'error', code: 'EIO' },
  'torn write': { kind: 'tear', bytes: 7, andFail: 'EIO' },
  'crash before': { kind: 'crash' },
  'crash after': { kind: 'crash', afterwards: true },
}

for (const [name, fault] of Object.entries(faults)) {
  test(`a mirror loses and doubles nothing: ${name} at each file system call in turn`, async (context) => {
    const { first, calls, rows } = await undisturbed(context)
    for (let number = first; number < calls; number++) {
      const disk = simulatedDisk()
      const faulty = faultyFileSystem(disk.fileSystem, faultAt(number, fault))
      const directory = views()
      await workUntilItFails(context, faulty.fileSystem, directory)
      faulty.bury()
      disk.kill()
      await check(context, { disk, directory, rows, what: `${name} at call ${number}` })
      rmSync(directory, { recursive: true, force: true })
    }
  })
}

test('a mirror loses and doubles nothing: power is lost and any subset of unsynced writes survives', async (context) => {
  const { first, calls, rows } = await undisturbed(context)
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: first, max: calls - 1 }),
      fc.infiniteStream(fc.boolean()),
      async (number, coins) => {
        const disk = simulatedDisk()
        const faulty = faultyFileSystem(disk.fileSystem, faultAt(number, { kind: 'crash' }))
        const directory = views()
        await workUntilItFails(context, faulty.fileSystem, directory)
        disk.crash(() => coins.next().value === true)
        await check(context, { disk, directory, rows, what: `power lost at call ${number}` })
        rmSync(directory, { recursive: true, force: true })
      },
    ),
    { numRuns: 60 },
  )
})
