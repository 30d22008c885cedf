import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { openFiles } from './open-files.ts'
import { openReadOnly } from './read-only.ts'

function folder(context: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'comity-read-only-'))
  context.after(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

const record = (i: number) => Buffer.from(`record ${i} `.repeat(10))

test('a folder is read while it is open and written elsewhere, and nothing in it changes', async (context) => {
  const directory = folder(context)
  const truth = await openFiles({ directory, segmentBytes: 4096 })
  const stream = await truth.stream('public')
  for (let i = 0; i < 100; i++) await stream.append([record(i)])
  const digest = await truth.blobs.put(Buffer.from('content'))
  await truth.cells.compareAndSet('head', 0, Buffer.from('one'))
  await truth.cells.compareAndSet('head', 1, Buffer.from('two'))
  const before = readdirSync(directory, { recursive: true }).map((name) => [
    name,
    statSync(join(directory, String(name))).mtimeMs,
  ])
  const read = openReadOnly(directory)
  const reader = read.stream('public')
  assert.deepEqual(
    reader.readRange(20, 90).map((each) => Buffer.from(each).toString()),
    Array.from({ length: 70 }, (_, i) => String(record(20 + i))),
  )
  assert.throws(() => reader.readRange(99, 101), { code: 'not-found' })
  assert.deepEqual(Buffer.from(read.cells().get('head')?.value ?? []).toString(), 'two')
  assert.equal(read.cells().get('head')?.version, 2)
  assert.equal(read.blob(digest), 7)
  assert.equal(read.blob('0'.repeat(64)), undefined)
  assert.equal(Buffer.from(read.blobBytes(digest, 7) ?? []).toString(), 'content')
  assert.equal(read.blobBytes(digest, 6), undefined)
  assert.equal(read.blobBytes('0'.repeat(64), 7), undefined)
  assert.throws(() => read.stream('private'), { code: 'not-found' })
  assert.equal(read.hashes('public', 0, 0, 1), undefined)
  reader.close()
  const after = readdirSync(directory, { recursive: true }).map((name) => [
    name,
    statSync(join(directory, String(name))).mtimeMs,
  ])
  assert.deepEqual(after, before)
  await stream.append([record(100)])
  assert.equal(openReadOnly(directory).stream('public').readRange(100, 101).length, 1)
  await truth.close()
})

test('a changed record and a changed blob are damage, with the place', async (context) => {
  const directory = folder(context)
  const truth = await openFiles({ directory })
  const stream = await truth.stream('public')
  await stream.append([record(0), record(1)])
  const digest = await truth.blobs.put(Buffer.from('content'))
  await truth.close()
  const segment = readdirSync(`${directory}/streams/public`).find((name) => name.endsWith('.records')) ?? ''
  for (const path of [`${directory}/streams/public/${segment}`, `${directory}/blobs/${digest.slice(0, 2)}/${digest}`]) {
    const bytes = readFileSync(path)
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1
    writeFileSync(path, bytes)
  }
  const read = openReadOnly(directory)
  assert.throws(() => read.stream('public').readRange(0, 2), { code: 'damaged' })
  assert.throws(() => read.blob(digest), { code: 'damaged' })
  assert.throws(() => read.blobBytes(digest, 100), { code: 'damaged' })
  rmSync(`${directory}/streams/public/${segment}.index`)
  assert.throws(() => openReadOnly(directory).stream('public').readRange(0, 2), { code: 'damaged' })
  assert.throws(() => openReadOnly(join(directory, 'blobs')), { code: 'not-found' })
})
