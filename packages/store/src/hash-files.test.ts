import assert from 'node:assert/strict'
import { truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import type { FileSystem } from './file-system.ts'
import { nodeFileSystem } from './node-file-system.ts'
import { openFiles } from './open-files.ts'
import { temporaryFolder } from './temporary-folder.ts'
import type { TreeHashes } from './truth.ts'

const hash = (level: number, index: number): Uint8Array => new Uint8Array(32).fill((level * 31 + index) % 251)

function writeLeaves(hashes: TreeHashes, from: number, to: number): void {
  for (let index = from; index < to; index++) {
    hashes.write(0, index, hash(0, index))
    if ((index + 1) % 256 === 0) hashes.write(1, (index + 1) / 256 - 1, hash(1, (index + 1) / 256 - 1))
  }
}

async function withHashes<T>(directory: string, action: (hashes: TreeHashes) => Promise<T> | T): Promise<T> {
  const truth = await openFiles({ directory })
  try {
    return await action(truth.hashes('public'))
  } finally {
    await truth.close()
  }
}

test('hashes up to the watermark are there after a restart, those beyond are not', async (context) => {
  const directory = temporaryFolder(context)
  await withHashes(directory, async (hashes) => {
    assert.equal(hashes.watermark, 0)
    writeLeaves(hashes, 0, 600)
    await hashes.sync(600)
    writeLeaves(hashes, 600, 700)
    assert.deepEqual(hashes.read(0, 699, 1), hash(0, 699))
  })
  await withHashes(directory, (hashes) => {
    assert.equal(hashes.watermark, 600)
    assert.deepEqual(hashes.read(0, 599, 1), hash(0, 599))
    assert.deepEqual(hashes.read(1, 0, 2), new Uint8Array(Buffer.concat([hash(1, 0), hash(1, 1)])))
    assert.throws(() => hashes.read(0, 600, 1), { code: 'not-found' })
    writeLeaves(hashes, 600, 700)
  })
})

test('a watermark never covers hashes that were not written', async (context) => {
  await withHashes(temporaryFolder(context), async (hashes) => {
    writeLeaves(hashes, 0, 10)
    await assert.rejects(hashes.sync(11), { code: 'bad-range' })
    assert.throws(() => hashes.write(0, 12, hash(0, 12)), { code: 'bad-range' })
    assert.throws(() => hashes.write(0, 10, new Uint8Array(31)), { code: 'bad-range' })
    for (let index = 10; index < 256; index++) hashes.write(0, index, hash(0, index))
    await assert.rejects(hashes.sync(256), { code: 'bad-range' })
    await hashes.sync(255)
    assert.equal(hashes.watermark, 255)
  })
})

test('lost hash files lower the watermark to what is left', async (context) => {
  const directory = temporaryFolder(context)
  await withHashes(directory, async (hashes) => {
    writeLeaves(hashes, 0, 600)
    await hashes.sync(600)
  })
  truncateSync(join(directory, 'hashes/public/1'), 32)
  await withHashes(directory, (hashes) => assert.equal(hashes.watermark, 511))
  truncateSync(join(directory, 'hashes/public/0'), 100 * 32 + 5)
  await withHashes(directory, (hashes) => assert.equal(hashes.watermark, 100))
  writeFileSync(join(directory, 'hashes/public/watermark'), 'nonsense that is long enough')
  await withHashes(directory, (hashes) => assert.equal(hashes.watermark, 0))
})

test('the watermark waits for a sync that is still writing out', async (context) => {
  const inner = nodeFileSystem()
  const held: (() => void)[] = []
  let isHeld = false
  const fileSystem: FileSystem = {
    ...inner,
    open: (path, access) => {
      const file = inner.open(path, access)
      const wait = async (): Promise<void> => {
        if (isHeld && path.endsWith('/hashes/public/0')) await new Promise<void>((resolve) => held.push(resolve))
        await file.fdatasync()
      }
      return {
        pread: (target, position) => file.pread(target, position),
        pwrite: (source, position) => file.pwrite(source, position),
        fdatasync: wait,
        fsync: () => file.fsync(),
        truncate: (size) => file.truncate(size),
        size: () => file.size(),
        close: () => file.close(),
      }
    },
  }
  const truth = await openFiles({ directory: temporaryFolder(context), fileSystem })
  const hashes = truth.hashes('public')
  writeLeaves(hashes, 0, 10)
  isHeld = true
  const first = hashes.sync(10)
  const second = hashes.sync(10)
  const raced = await Promise.race([second.then(() => 'moved'), setTimeout(100, 'waits')])
  assert.equal(raced, 'waits')
  assert.equal(hashes.watermark, 0)
  isHeld = false
  for (const letGo of held) letGo()
  await Promise.all([first, second])
  assert.equal(hashes.watermark, 10)
  await truth.close()
})
