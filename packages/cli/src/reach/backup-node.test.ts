import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { openFiles } from '@comity/store'
import { DataFolder } from '../home/data-folder.ts'
import { backupNode } from './backup-node.ts'

async function folderWithBlob(context: TestContext, bytes: number) {
  const path = mkdtempSync(join(tmpdir(), 'comity-backup-'))
  const truth = await openFiles({ directory: join(path, 'data') })
  context.after(async () => {
    await truth.close()
    rmSync(path, { recursive: true, force: true })
  })
  await truth.blobs.put(Buffer.alloc(bytes, 'document'))
  return { path, truth, data: new DataFolder(join(path, 'data')) }
}

test('a backup says how many bytes of how many are copied and then verified, up to the last', async (context) => {
  const { path, truth, data } = await folderWithBlob(context, 5_000_000)
  data.write({ origin: 'x', keeper: 'y' }, '{}')
  const heard: (readonly [string, number, number])[] = []
  const onProgress = (...said: readonly [string, number, number]) => void heard.push(said)
  const { bytes } = await backupNode(truth, { data, directory: join(path, 'a/b'), at: 1, onProgress })
  for (const step of ['copying', 'verifying']) {
    const calls = heard.filter(([each]) => each === step)
    assert.ok(calls.length >= 5, step)
    const [, done, total] = calls.at(-1) ?? []
    assert.ok(done === total && total !== undefined && total > 5_000_000 && total <= bytes)
  }
  assert.equal(
    heard.findIndex(([step]) => step === 'verifying'),
    heard.filter(([step]) => step === 'copying').length,
  )
})

test('a backup that fails removes what it has made, and nothing else', async (context) => {
  const { path, truth, data } = await folderWithBlob(context, 1000)
  // The keys of the node are not there: it fails at its last step.
  await assert.rejects(backupNode(truth, { data, directory: join(path, 'a/b'), at: 1 }), /keys\.json/)
  assert.ok(!existsSync(join(path, 'a')))
  mkdirSync(join(path, 'empty'))
  await assert.rejects(backupNode(truth, { data, directory: join(path, 'empty'), at: 1 }), /keys\.json/)
  assert.deepEqual(readdirSync(join(path, 'empty')), [])
  mkdirSync(join(path, 'full'))
  writeFileSync(join(path, 'full/theirs'), '')
  await assert.rejects(backupNode(truth, { data, directory: join(path, 'full'), at: 1 }), { code: 'not-empty' })
  assert.deepEqual(readdirSync(join(path, 'full')), ['theirs'])
})
