import assert from 'node:assert/strict'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { FileSystem, OpenFile } from './file-system.ts'
import { nodeFileSystem } from './node-file-system.ts'
import { openFiles } from './open-files.ts'
import { temporaryFolder } from './temporary-folder.ts'

const text = (value: Uint8Array | undefined): string => Buffer.from(value ?? []).toString()

test('a cell is set only at the version expected, and is there after a restart', async (context) => {
  const directory = temporaryFolder(context)
  const truth = await openFiles({ directory })
  const { cells } = truth
  assert.equal(cells.get('checkpoint'), undefined)
  assert.equal(await cells.compareAndSet('checkpoint', 1, Buffer.from('no')), false)
  assert.equal(await cells.compareAndSet('checkpoint', 0, Buffer.from('first')), true)
  assert.equal(await cells.compareAndSet('checkpoint', 0, Buffer.from('no')), false)
  assert.equal(await cells.compareAndSet('checkpoint', 1, Buffer.from('second')), true)
  await truth.close()

  const again = await openFiles({ directory })
  assert.deepEqual(again.cells.names(), ['checkpoint'])
  assert.equal(again.cells.get('checkpoint')?.version, 2)
  assert.equal(text(again.cells.get('checkpoint')?.value), 'second')
  await again.close()
})

test('of writers that expect the same version one wins', async (context) => {
  const truth = await openFiles({ directory: temporaryFolder(context) })
  const writers = Array.from({ length: 9 }, (_, index) => truth.cells.compareAndSet('lease', 0, Uint8Array.of(index)))
  const results = await Promise.all(writers)
  assert.equal(results.filter(Boolean).length, 1)
  assert.deepEqual(truth.cells.get('lease')?.value, Uint8Array.of(results.indexOf(true)))
  await truth.close()
})

test('a value given out or taken in is a copy', async (context) => {
  const truth = await openFiles({ directory: temporaryFolder(context) })
  const value = Buffer.of(1)
  const set = truth.cells.compareAndSet('cell', 0, value)
  value[0] = 2
  await set
  truth.cells.get('cell')?.value.fill(3)
  assert.deepEqual(truth.cells.get('cell')?.value, Uint8Array.of(1))
  await truth.close()
})

test('the journal is written anew while running, before it grows without end', async (context) => {
  const directory = temporaryFolder(context)
  const truth = await openFiles({ directory })
  const value = Buffer.alloc(1 << 20)
  for (let version = 0; version < 12; version++) await truth.cells.compareAndSet('large', version, value)
  assert.ok(statSync(join(directory, 'cells/journal')).size < 9 << 20)
  await truth.close()
  const again = await openFiles({ directory })
  assert.equal(again.cells.get('large')?.version, 12)
  await again.close()
})

test('sets that come while one fdatasync runs share the next, each decided over those before it', async (context) => {
  const disk = nodeFileSystem()
  const held: (() => void)[] = []
  const counted: string[] = []
  const fileSystem: FileSystem = { ...disk, open: (path, access) => holding(disk.open(path, access)) }
  const holding = (file: OpenFile): OpenFile => ({
    pread: (...args) => file.pread(...args),
    pwrite: (...args) => file.pwrite(...args),
    truncate: (size) => file.truncate(size),
    size: () => file.size(),
    fsync: () => file.fsync(),
    close: () => file.close(),
    async fdatasync() {
      if (isHolding) await new Promise<void>((resolve) => held.push(resolve))
      counted.push('sync')
      await file.fdatasync()
    },
  })
  let isHolding = false
  const directory = temporaryFolder(context)
  const truth = await openFiles({ directory, fileSystem })
  isHolding = true
  counted.length = 0
  const first = truth.cells.compareAndSet('witness/a', 0, Buffer.from('a1'))
  await new Promise((resolve) => setImmediate(resolve))
  const later = [
    ...Array.from({ length: 200 }, (_, i) => truth.cells.compareAndSet(`witness/${i}`, 0, Buffer.from(String(i)))),
    truth.cells.compareAndSet('witness/a', 1, Buffer.from('a2')),
    truth.cells.compareAndSet('witness/a', 1, Buffer.from('too late')),
    truth.cells.compareAndSet('witness/a', 2, Buffer.from('a3')),
  ]
  assert.equal(held.length, 1)
  held.shift()?.()
  assert.equal(await first, true)
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(held.length, 1)
  held.shift()?.()
  assert.deepEqual((await Promise.all(later)).slice(200), [true, false, true])
  assert.equal(counted.length, 2)
  assert.equal(text(truth.cells.get('witness/a')?.value), 'a3')
  isHolding = false
  await truth.close()
})

test('many small cells that change all the time leave a journal a few times their size', async (context) => {
  const directory = temporaryFolder(context)
  const truth = await openFiles({ directory })
  const names = Array.from({ length: 300 }, (_, i) => `witness/${i}`)
  for (let version = 0; version < 60; version++) {
    const value = Buffer.alloc(1000, version)
    const results = await Promise.all(names.map((name) => truth.cells.compareAndSet(name, version, value)))
    assert.ok(results.every(Boolean))
  }
  assert.ok(statSync(join(directory, 'cells/journal')).size < 6 << 20)
  await truth.close()
  const again = await openFiles({ directory })
  for (const name of names) assert.equal(again.cells.get(name)?.version, 60)
  await again.close()
})

test('what is no cell is said', async (context) => {
  const truth = await openFiles({ directory: temporaryFolder(context) })
  await assert.rejects(truth.cells.compareAndSet('', 0, new Uint8Array(1)), { code: 'bad-name' })
  await assert.rejects(truth.cells.compareAndSet('a', 0, new Uint8Array(2 ** 20 + 1)), { code: 'too-large' })
  await truth.close()
  assert.throws(() => truth.cells.get('a'), { code: 'closed' })
  await assert.rejects(truth.cells.compareAndSet('a', 0, new Uint8Array(1)), { code: 'closed' })
})
