import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { openFiles, StoreError } from '@comity/store'
import { faultyFileSystem } from './faulty-file-system.ts'
import { simulatedDisk, type SimulatedDisk } from './simulated-disk.ts'
import { TruthWorkload } from './truth-workload.ts'

/** A seeded source of yes and no, so that fast-check can shrink and repeat a crash. */
function coin(seed: number, likelihood: number): () => boolean {
  let state = seed | 1
  return () => {
    // xorshift32 (Marsaglia 2003): enough for a coin.
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32 < likelihood
  }
}

const crashes = fc.array(
  fc.record({
    atCall: fc.integer({ min: 0, max: 260 }),
    seed: fc.integer(),
    // Mostly lost, mostly kept, and between.
    likelihood: fc.constantFrom(0, 0.1, 0.5, 0.9, 1),
  }),
  { minLength: 1, maxLength: 4 },
)

test('acknowledged-is-durable: power cuts that lose and reorder what was not synced', async () => {
  await fc.assert(
    fc.asyncProperty(crashes, async (plan) => {
      const disk = simulatedDisk()
      const workload = new TruthWorkload('/data')
      for (const { atCall, seed, likelihood } of plan) {
        const faulty = faultyFileSystem(disk.fileSystem, (call) =>
          call.number === atCall ? { kind: 'crash', afterwards: true } : undefined,
        )
        await workload.session(faulty.fileSystem)
        disk.crash(coin(seed, likelihood))
      }
      await workload.check(disk.fileSystem)
      disk.crash(coin(plan.length, 0.5))
      await workload.check(disk.fileSystem)
    }),
    { numRuns: 150 },
  )
})

test('acknowledged-is-durable: pages that a failed fdatasync left as clean are not trusted after a restart', async () => {
  const disk = simulatedDisk()
  const truth = await openFiles({ directory: '/data', fileSystem: withoutTruncate(disk) })
  const stream = await truth.stream('public')
  await stream.append([Buffer.from('one')])
  disk.loseNextSync()
  await assert.rejects(stream.append([Buffer.from('two')]), { code: 'io' })
  assert.equal(stream.size, 1)
  await assert.rejects(stream.append([Buffer.from('three')]), { code: 'poisoned' })
  assert.deepEqual(Buffer.from(stream.read(0)).toString(), 'one')
  disk.kill()

  // The page cache shows the second record as whole. It counts only if it is made durable now.
  const again = await openFiles({ directory: '/data', fileSystem: disk.fileSystem })
  const seen = (await again.stream('public')).size
  disk.crash()
  const after = await openFiles({ directory: '/data', fileSystem: disk.fileSystem })
  assert.equal((await after.stream('public')).size, seen)
})

/** A failed append tries to cut its tail away; here even that fails, so the tail is seen at the restart. */
function withoutTruncate(disk: SimulatedDisk): SimulatedDisk['fileSystem'] {
  return faultyFileSystem(disk.fileSystem, (call) =>
    call.name === 'truncate' ? { kind: 'error', code: 'EIO' } : undefined,
  ).fileSystem
}

test('no byte of an acknowledged record changes unnoticed', async () => {
  const disk = simulatedDisk()
  const records = Array.from({ length: 12 }, (_, index) => Buffer.alloc(40, `record ${index} `))
  const truth = await openFiles({ directory: '/data', fileSystem: disk.fileSystem })
  const stream = await truth.stream('public')
  for (const record of records) await stream.append([record])
  await truth.close()

  const path = '/data/streams/public/0000000000000000.records'
  const size = disk.contents().get(path)?.length ?? 0
  assert.equal(size, 32 + 12 * 52)
  for (let offset = 0; offset < size; offset++) {
    disk.rot(path, offset, 0x10)
    await assert.rejects(readAll(disk), (error) => error instanceof StoreError && error.code === 'damaged', `${offset}`)
    disk.kill()
    disk.rot(path, offset, 0x10)
  }
  assert.equal(await readAll(disk), 12)
})

test('a side file that rots is made again, and nothing else is lost', async () => {
  const disk = simulatedDisk()
  const truth = await openFiles({ directory: '/data', fileSystem: disk.fileSystem })
  const stream = await truth.stream('public')
  for (let index = 0; index < 5; index++) await stream.append([Buffer.from(`record ${index}`)])
  await truth.close()
  const path = '/data/streams/public/0000000000000000.records.index'
  const size = disk.contents().get(path)?.length ?? 0
  assert.equal(size, 6 + 3 * 5)
  for (let offset = 0; offset < size; offset++) {
    disk.rot(path, offset, 0x01)
    assert.equal(await readAll(disk), 5)
  }
})

async function readAll(disk: SimulatedDisk): Promise<number> {
  const truth = await openFiles({ directory: '/data', fileSystem: disk.fileSystem })
  const stream = await truth.stream('public')
  const count = stream.readRange(0, stream.size).length
  await truth.close()
  return count
}

test('a destroyed key is on no part of the disk', async () => {
  const disk = simulatedDisk()
  const truth = await openFiles({ directory: '/data', fileSystem: disk.fileSystem })
  await truth.keyring.createKey('subject')
  await truth.keyring.createKey('other')
  const key = truth.keyring.snapshot().find((record) => Buffer.from(record).includes('subject'))
  assert.ok(key)
  const secret = Buffer.from(key).subarray(-32)
  assert.ok(anyContains(disk, secret))
  await truth.keyring.destroy('subject')
  assert.ok(!anyContains(disk, secret))
  disk.crash(() => true)
  assert.ok(!anyContains(disk, secret))
})

function anyContains(disk: SimulatedDisk, bytes: Buffer): boolean {
  return [...disk.contents().values()].some((content) => Buffer.from(content).includes(bytes))
}

test('what is left of a torn batch does not come back behind the record that takes its place', async () => {
  const disk = simulatedDisk()
  const path = '/data/streams/public/0000000000000000.records'
  const dying = faultyFileSystem(disk.fileSystem, (call) =>
    call.name === 'fdatasync' && call.path === path && disk.contents().get(path)?.length === 32 + 3 * 52
      ? { kind: 'crash' }
      : undefined,
  )
  const record = (text: string): Buffer => Buffer.alloc(40, text)
  const truth = await openFiles({ directory: '/data', fileSystem: dying.fileSystem })
  const stream = await truth.stream('public')
  await stream.append([record('kept')])
  await assert.rejects(stream.append([record('torn'), record('whole')]))
  disk.kill()
  disk.rot(path, 32 + 52 + 20, 1)

  const again = await openFiles({ directory: '/data', fileSystem: disk.fileSystem })
  assert.equal(await (await again.stream('public')).append([record('next')]), 1)
  disk.kill()
  const after = await openFiles({ directory: '/data', fileSystem: disk.fileSystem })
  const found = await after.stream('public')
  assert.deepEqual(
    found.readRange(0, found.size).map((bytes) => Buffer.from(bytes).toString('latin1', 0, 4)),
    ['kept', 'next'],
  )
})

test('after a failed write that is not a full disk the stream takes no more until it is opened again', async () => {
  const disk = simulatedDisk()
  let failing = false
  const faulty = faultyFileSystem(disk.fileSystem, (call) =>
    failing && call.name === 'pwrite' ? { kind: 'error', code: 'EIO' } : undefined,
  )
  const truth = await openFiles({ directory: '/data', fileSystem: faulty.fileSystem })
  const stream = await truth.stream('public')
  await stream.append([Buffer.from('one')])
  failing = true
  await assert.rejects(stream.append([Buffer.from('two')]), { code: 'io' })
  failing = false
  await assert.rejects(stream.append([Buffer.from('three')]), { code: 'poisoned' })
  assert.equal(stream.size, 1)
  await truth.close()
  assert.equal(await readAll(disk), 1)
})

test('a full disk fails the batch and leaves the stream as it was, ready for the next', async () => {
  const disk = simulatedDisk()
  let full = false
  const faulty = faultyFileSystem(disk.fileSystem, (call) =>
    full && call.name === 'pwrite' ? { kind: 'tear', bytes: 20, andFail: 'ENOSPC' } : undefined,
  )
  const truth = await openFiles({ directory: '/data', fileSystem: faulty.fileSystem })
  const stream = await truth.stream('public')
  await stream.append([Buffer.from('one')])
  full = true
  await assert.rejects(stream.append([Buffer.from('two'), Buffer.from('three')]), { code: 'disk-full' })
  full = false
  assert.equal(await stream.append([Buffer.from('four')]), 1)
  await truth.close()
  assert.equal(await readAll(disk), 2)
})
