import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { backupTruth, keyringBackupSeconds, verifyBackup } from './backup.ts'
import type { BackupManifest } from './backup-manifest.ts'
import { type FilesTruth, openFiles } from './open-files.ts'
import { restoreBackup, restoredCell } from './restore.ts'
import { temporaryFolder } from './temporary-folder.ts'

const at = 1_770_000_000
const masterKey = new Uint8Array(32).fill(9)

interface Example {
  readonly truth: FilesTruth
  readonly backup: string
  readonly restored: string
  readonly digest: string
  readonly sealed: string
}

async function example(context: TestContext): Promise<Example> {
  const folder = temporaryFolder(context)
  const truth = await openFiles({ directory: join(folder, 'data'), segmentBytes: 2000, masterKey })
  context.after(() => truth.close())
  const stream = await truth.stream('public')
  for (let index = 0; index < 10; index++) await stream.append([Buffer.alloc(500, `${index}`)])
  await (await truth.stream('mirror/a.example/b')).append([Buffer.from('copy')])
  await truth.cells.compareAndSet('checkpoint', 0, Buffer.from('10'))
  await truth.keyring.createKey('case')
  const digest = await truth.blobs.put(Buffer.alloc(3_000_000, 'document'))
  const sealed = await truth.blobs.putSealed('case', Buffer.from('sealed'))
  return { truth, backup: join(folder, 'backup'), restored: join(folder, 'restored'), digest, sealed }
}

test('a restored backup holds what the truth held, and says that it is one', async (context) => {
  const { truth, backup, restored, digest, sealed } = await example(context)
  const manifest = await backupTruth(truth, backup, { at })
  assert.deepEqual(manifest.streams, [
    { name: 'mirror/a.example/b', size: 1 },
    { name: 'public', size: 10 },
  ])
  const verified = await verifyBackup(backup)
  assert.deepEqual(verified.manifest, manifest)
  await restoreBackup(backup, restored, { at: at + 60, masterKey })

  const again = await openFiles({ directory: restored, masterKey })
  const stream = await again.stream('public')
  const original = await truth.stream('public')
  assert.deepEqual(stream.readRange(0, 10), original.readRange(0, 10))
  assert.equal(Buffer.from((await again.stream('mirror/a.example/b')).read(0)).toString(), 'copy')
  assert.deepEqual(again.cells.get('checkpoint'), truth.cells.get('checkpoint'))
  assert.equal(again.blobs.get(digest).length, 3_000_000)
  assert.equal(Buffer.from(again.blobs.getSealed('case', sealed)).toString(), 'sealed')
  const mark: unknown = JSON.parse(Buffer.from(again.cells.get(restoredCell)?.value ?? []).toString())
  assert.deepEqual(mark, { backup: verified.digest, madeAt: at, restoredAt: at + 60 })
  assert.equal(truth.cells.get(restoredCell), undefined)
  assert.equal(await stream.append([Buffer.from('next')]), 10)
  await again.close()
})

test('copying, verifying and restoring say how many bytes of how many are done, up to the last', async (context) => {
  const { truth, backup, restored } = await example(context)
  const heard = () => {
    const calls: (readonly [number, number])[] = []
    return { calls, onProgress: (done: number, total: number) => void calls.push([done, total]) }
  }
  const copying = heard()
  const { files } = await backupTruth(truth, backup, { at, onProgress: copying.onProgress })
  const verifying = heard()
  await verifyBackup(backup, { onProgress: verifying.onProgress })
  const restoring = heard()
  await restoreBackup(backup, restored, { at, masterKey, onProgress: restoring.onProgress })
  const bytes = files.reduce((sum, { size }) => sum + size, 0)
  assert.ok(bytes > 3_000_000)
  for (const { calls } of [copying, verifying, restoring]) {
    assert.ok(calls.length >= 5, 'a blob of three pieces, several files')
    assert.deepEqual(calls.at(-1), [bytes, bytes])
    for (const [i, [done, total]] of calls.entries()) {
      assert.equal(total, bytes)
      assert.ok(done >= (calls[i - 1]?.[0] ?? 0) && done <= total)
    }
  }
})

test('a backup is of one instant, while writes go on', async (context) => {
  const { truth, backup, restored } = await example(context)
  const stream = await truth.stream('public')
  const state = { running: true }
  const writing = (async () => {
    // The cell follows the stream, as a checkpoint does: it must never be ahead of it in the backup.
    for (let version = 1; state.running; version++) {
      await stream.append([Buffer.alloc(700, 'more')])
      await truth.cells.compareAndSet('checkpoint', version, Buffer.from(String(stream.size)))
    }
  })()
  const manifests: BackupManifest[] = []
  for (let count = 0; count < 3; count++) {
    manifests.push(await backupTruth(truth, backup + count, { at }))
    await verifyBackup(backup + count)
  }
  state.running = false
  await writing
  for (const [count, manifest] of manifests.entries()) {
    await restoreBackup(backup + count, restored + count, { at, masterKey })
    const again = await openFiles({ directory: restored + count, masterKey })
    const found = await again.stream('public')
    assert.equal(found.size, manifest.streams.find(({ name }) => name === 'public')?.size)
    assert.deepEqual(found.readRange(0, found.size), stream.readRange(0, found.size))
    const checkpoint = Number(Buffer.from(again.cells.get('checkpoint')?.value ?? []).toString())
    assert.ok(checkpoint <= found.size && checkpoint >= found.size - 1, `${checkpoint} of ${found.size}`)
    await again.close()
  }
  assert.ok(stream.size > 10)
})

test('a backup that changed, lacks a file or was not finished is refused', async (context) => {
  const { truth, backup, restored } = await example(context)
  const manifest = await backupTruth(truth, backup, { at })
  for (const { path } of manifest.files) {
    const file = join(backup, path)
    const bytes = readFileSync(file)
    const changed = Buffer.from(bytes)
    changed.writeUInt8(changed.readUInt8(changed.length - 1) ^ 1, changed.length - 1)
    for (const other of [changed, bytes.subarray(1), Buffer.concat([bytes, Buffer.of(0)])]) {
      writeFileSync(file, other)
      await assert.rejects(verifyBackup(backup), { code: 'damaged' }, path)
    }
    rmSync(file)
    await assert.rejects(verifyBackup(backup), { code: 'damaged' }, path)
    writeFileSync(file, bytes)
  }
  await verifyBackup(backup)
  await assert.rejects(openFiles({ directory: backup, masterKey }), { code: 'wrong-format' })

  writeFileSync(join(backup, manifest.files[0]?.path ?? ''), 'changed')
  await assert.rejects(restoreBackup(backup, restored, { at, masterKey }), { code: 'damaged' })
  await assert.rejects(openFiles({ directory: restored, masterKey }), { code: 'wrong-format' })
  rmSync(join(backup, 'manifest.json'))
  await assert.rejects(verifyBackup(backup), { code: 'not-found' })
})

test('a manifest cannot lead outside its folder', async (context) => {
  const { truth, backup, restored } = await example(context)
  const manifest = await backupTruth(truth, backup, { at })
  for (const path of ['../outside', '/outside', 'a/../../b', '', 'a//b', 'a\\..\\b']) {
    const files = [{ path, size: 0, digest: '0'.repeat(64) }]
    writeFileSync(join(backup, 'manifest.json'), JSON.stringify({ ...manifest, files }))
    await assert.rejects(restoreBackup(backup, restored, { at, masterKey }), { code: 'wrong-format' })
  }
  for (const text of ['', '{}', '[]', 'null', '{"format":"comity backup 2"}']) {
    writeFileSync(join(backup, 'manifest.json'), text)
    await assert.rejects(verifyBackup(backup), { code: 'wrong-format' })
  }
})

test('an expired keyring is not restored, the rest is', async (context) => {
  const { truth, backup, restored, sealed } = await example(context)
  await backupTruth(truth, backup, { at })
  const late = at + keyringBackupSeconds + 1
  await assert.rejects(restoreBackup(backup, restored, { at: late, masterKey }), { code: 'backup-expired' })
  await restoreBackup(backup, restored, { at: late, masterKey, withoutKeyring: true })
  const again = await openFiles({ directory: restored, masterKey })
  assert.equal((await again.stream('public')).size, 10)
  assert.throws(() => again.blobs.getSealed('case', sealed), { code: 'not-found' })
  await again.close()
})

test('neither backup nor restore writes into a folder that holds something', async (context) => {
  const { truth, backup, restored } = await example(context)
  await backupTruth(truth, backup, { at })
  await assert.rejects(backupTruth(truth, backup, { at }), { code: 'not-empty' })
  await restoreBackup(backup, restored, { at, masterKey })
  await assert.rejects(restoreBackup(backup, restored, { at, masterKey }), { code: 'not-empty' })
  await assert.rejects(restoreBackup(backup, `${restored}2`, { at, masterKey: randomBytes(32) }), { code: 'wrong-key' })
})
