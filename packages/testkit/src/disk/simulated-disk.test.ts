import assert from 'node:assert/strict'
import { test } from 'node:test'
import { simulatedDisk } from './simulated-disk.ts'

function written(path = '/file', text = 'text'): ReturnType<typeof simulatedDisk> {
  const disk = simulatedDisk()
  disk.fileSystem.open(path, 'create').pwrite(Buffer.from(text), 0)
  return disk
}

test('a file whose directory was not synced is gone after a crash', async () => {
  const disk = written()
  await disk.fileSystem.open('/file', 'write').fdatasync()
  disk.crash()
  assert.deepEqual([...disk.contents()], [])
})

test('a file that was not synced is empty after a crash', async () => {
  const disk = written()
  await disk.fileSystem.syncDirectory('/')
  disk.crash()
  assert.deepEqual(disk.contents().get('/file'), new Uint8Array(0))
})

test('a file synced with its directory survives, also a kill', async () => {
  const disk = written()
  await disk.fileSystem.open('/file', 'write').fdatasync()
  await disk.fileSystem.syncDirectory('/')
  disk.kill()
  disk.crash()
  assert.equal(Buffer.from(disk.contents().get('/file') ?? []).toString(), 'text')
})

test('a later block can survive without an earlier one', async () => {
  const disk = simulatedDisk()
  const file = disk.fileSystem.open('/file', 'create')
  await disk.fileSystem.syncDirectory('/')
  file.pwrite(Buffer.alloc(512, 'a'), 0)
  file.pwrite(Buffer.alloc(512, 'b'), 512)
  const answers = [true, false, true]
  disk.crash(() => answers.shift() ?? false)
  const content = Buffer.from(disk.contents().get('/file') ?? [])
  assert.deepEqual(content, Buffer.concat([Buffer.alloc(512, 0), Buffer.alloc(512, 'b')]))
})

test('a rename that was not synced may be undone', async () => {
  const disk = written()
  await disk.fileSystem.open('/file', 'write').fdatasync()
  await disk.fileSystem.syncDirectory('/')
  disk.fileSystem.rename('/file', '/other')
  disk.crash()
  assert.deepEqual([...disk.contents().keys()], ['/file'])
})

test('files opened before a crash are dead, and locks are free', () => {
  const disk = written()
  const file = disk.fileSystem.open('/file', 'write')
  disk.fileSystem.lock('/lock')
  assert.throws(() => disk.fileSystem.lock('/lock'), { code: 'folder-in-use' })
  disk.kill()
  disk.fileSystem.lock('/lock')
  assert.throws(() => file.size(), { code: 'EBADF' })
})

test('after a lost sync the content is readable until the power fails', async () => {
  const disk = written()
  await disk.fileSystem.syncDirectory('/')
  disk.loseNextSync()
  const file = disk.fileSystem.open('/file', 'write')
  await assert.rejects(file.fdatasync(), { code: 'EIO' })
  await file.fdatasync()
  assert.equal(Buffer.from(disk.contents().get('/file') ?? []).toString(), 'text')
  disk.crash(() => true)
  assert.equal(Buffer.from(disk.contents().get('/file') ?? []).toString(), '\0\0\0\0')
})
