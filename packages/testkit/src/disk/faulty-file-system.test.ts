import assert from 'node:assert/strict'
import { test } from 'node:test'
import { faultAt, faultyFileSystem } from './faulty-file-system.ts'
import { simulatedDisk } from './simulated-disk.ts'

test('calls are counted with name and path, and the planned one fails with its code', () => {
  const disk = simulatedDisk()
  const { fileSystem, calls } = faultyFileSystem(disk.fileSystem, faultAt(1, { kind: 'error', code: 'ENOSPC' }))
  const file = fileSystem.open('/file', 'create')
  assert.throws(() => file.pwrite(Buffer.from('text'), 0), { code: 'ENOSPC' })
  assert.equal(file.pwrite(Buffer.from('text'), 0), 4)
  assert.deepEqual(calls, [
    { number: 0, name: 'open', path: '/file' },
    { number: 1, name: 'pwrite', path: '/file' },
    { number: 2, name: 'pwrite', path: '/file' },
  ])
})

test('a torn write stores its beginning, a short one says so', () => {
  const disk = simulatedDisk()
  const torn = faultyFileSystem(disk.fileSystem, faultAt(1, { kind: 'tear', bytes: 2, andFail: 'EIO' })).fileSystem
  assert.throws(() => torn.open('/torn', 'create').pwrite(Buffer.from('text'), 0), { code: 'EIO' })
  const short = faultyFileSystem(disk.fileSystem, faultAt(1, { kind: 'tear', bytes: 3 })).fileSystem
  assert.equal(short.open('/short', 'create').pwrite(Buffer.from('text'), 0), 3)
  assert.equal(Buffer.from(disk.contents().get('/torn') ?? []).toString(), 'te')
  assert.equal(Buffer.from(disk.contents().get('/short') ?? []).toString(), 'tex')
})

test('after a crash every call fails, and burying frees what was held', () => {
  const disk = simulatedDisk()
  const faulty = faultyFileSystem(disk.fileSystem, faultAt(2, { kind: 'crash' }))
  faulty.fileSystem.lock('/lock')
  const file = faulty.fileSystem.open('/file', 'create')
  assert.throws(() => file.size())
  assert.throws(() => file.close())
  assert.ok(faulty.crashed)
  assert.throws(() => disk.fileSystem.lock('/lock'), { code: 'folder-in-use' })
  faulty.bury()
  disk.fileSystem.lock('/lock')
})
