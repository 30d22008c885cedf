import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { test } from 'node:test'
import { openFiles } from './open-files.ts'
import { temporaryFolder } from './temporary-folder.ts'

const content = Buffer.alloc(200_000, 'a document ')
const digest = createHash('sha256').update(content).digest('hex')

test('bytes and streams are stored under their SHA-256 and read back whole or in pieces', async (context) => {
  const directory = temporaryFolder(context)
  const truth = await openFiles({ directory })
  assert.equal(await truth.blobs.put(content), digest)
  assert.equal(await truth.blobs.put(Readable.from([content.subarray(0, 7), content.subarray(7)]), digest), digest)
  await truth.close()

  const { blobs, ...again } = await openFiles({ directory }).then((opened) => ({
    blobs: opened.blobs,
    close: () => opened.close(),
  }))
  assert.ok(blobs.has(digest))
  assert.equal(blobs.size(digest), content.length)
  assert.ok(content.equals(blobs.get(digest)))
  assert.ok(content.equals(await buffer(blobs.stream(digest))))
  const part = { from: 10, to: content.length - 10 }
  assert.ok(content.subarray(part.from, part.to).equals(await buffer(blobs.stream(digest, part))))
  const [entry] = blobs.list()
  assert.equal(entry?.digest, digest)
  assert.ok(Math.abs((entry?.storedAt ?? 0) - Date.now() / 1000) < 3600)
  assert.equal(await blobs.delete(digest), true)
  assert.equal(await blobs.delete(digest), false)
  assert.ok(!blobs.has(digest))
  assert.throws(() => blobs.get(digest), { code: 'not-found' })
  await again.close()
})

test('content that is not as announced leaves nothing behind', async (context) => {
  const directory = temporaryFolder(context)
  const { blobs, ...truth } = await openFiles({ directory }).then((opened) => ({
    blobs: opened.blobs,
    close: () => opened.close(),
  }))
  await assert.rejects(blobs.put(Buffer.from('other'), digest), { code: 'digest-mismatch' })
  await assert.rejects(blobs.put(content, digest, { maxBytes: content.length - 1 }), { code: 'too-large' })
  const broken = Readable.from(
    (function* () {
      yield content
      throw new Error('the sender hung up')
    })(),
  )
  await assert.rejects(blobs.put(broken), { code: 'io' })
  assert.throws(() => blobs.get('../../format'), { code: 'bad-name' })
  assert.throws(() => blobs.has(digest.toUpperCase()), { code: 'bad-name' })
  assert.deepEqual([...blobs.list()], [])
  assert.deepEqual(readdirSync(join(directory, 'temporary')), [])
  await truth.close()
})

test('content that changed on disk is never handed out, and storing it again heals it', async (context) => {
  const directory = temporaryFolder(context)
  const truth = await openFiles({ directory })
  await truth.blobs.put(content)
  writeFileSync(join(directory, 'blobs', digest.slice(0, 2), digest), content.toReversed())
  assert.throws(() => truth.blobs.get(digest), { code: 'damaged' })
  await assert.rejects(buffer(truth.blobs.stream(digest)), { code: 'damaged' })
  await truth.blobs.put(content)
  assert.ok(content.equals(truth.blobs.get(digest)))
  await truth.close()
})

test('sealed-stays-sealed: no public call finds a sealed blob', async (context) => {
  const directory = temporaryFolder(context)
  const { blobs, keyring, ...truth } = await openFiles({ directory }).then((opened) => ({
    blobs: opened.blobs,
    keyring: opened.keyring,
    close: () => opened.close(),
  }))
  await keyring.createKey('case')
  const sealed = await blobs.putSealed('case', content)
  assert.notEqual(sealed, digest)
  assert.ok(!blobs.has(sealed) && !blobs.has(digest))
  assert.throws(() => blobs.get(sealed), { code: 'not-found' })
  assert.deepEqual([...blobs.list()], [])
  assert.equal([...blobs.listSealed()][0]?.digest, sealed)
  assert.ok(content.equals(blobs.getSealed('case', sealed)))
  assert.equal(await blobs.deleteSealed(sealed), true)
  assert.throws(() => blobs.getSealed('case', sealed), { code: 'not-found' })
  await truth.close()
})

test('the same content stored many times at once is one blob', async (context) => {
  const truth = await openFiles({ directory: temporaryFolder(context) })
  const stored = await Promise.all(Array.from({ length: 8 }, () => truth.blobs.put(content)))
  assert.deepEqual(new Set(stored), new Set([digest]))
  assert.equal([...truth.blobs.list()].length, 1)
  await truth.close()
  await assert.rejects(truth.blobs.put(content), { code: 'closed' })
})

test('what an interrupted upload left is removed when the folder is opened', async (context) => {
  const directory = temporaryFolder(context)
  await openFiles({ directory }).then((truth) => truth.close())
  writeFileSync(join(directory, 'temporary', 'left'), 'half')
  await openFiles({ directory }).then((truth) => truth.close())
  assert.deepEqual(readdirSync(join(directory, 'temporary')), [])
})

test('a ciphertext of another key lies among the sealed blobs, durable and under its SHA-256', async (context) => {
  const directory = temporaryFolder(context)
  const truth = await openFiles({ directory })
  const { blobs } = truth
  const piece = Buffer.alloc(3_000_000, 'sealed elsewhere ')
  const named = createHash('sha256').update(piece).digest('hex')
  await assert.rejects(blobs.putCiphertext(piece, digest), { code: 'digest-mismatch' })
  await assert.rejects(blobs.putCiphertext(piece, 'x'), { code: 'bad-name' })
  assert.ok(!blobs.hasSealed(named))
  assert.throws(() => blobs.getCiphertext(named), { code: 'not-found' })
  assert.deepEqual(await Promise.all([blobs.putCiphertext(piece), blobs.putCiphertext(piece, named)]), [named, named])
  assert.ok(blobs.hasSealed(named))
  assert.ok(!blobs.has(named), 'no public call finds it')
  assert.ok(piece.equals(blobs.getCiphertext(named)))
  assert.deepEqual(
    [...blobs.listSealed()].map((entry) => entry.digest),
    [named],
  )
  assert.deepEqual(readdirSync(join(directory, 'temporary')), [])
  await truth.close()
  const again = await openFiles({ directory })
  assert.ok(piece.equals(again.blobs.getCiphertext(named)))
  assert.equal(await again.blobs.deleteSealed(named), true)
  assert.ok(!again.blobs.hasSealed(named))
  await again.close()
})
