import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { openFiles } from './open-files.ts'
import { temporaryFolder } from './temporary-folder.ts'

const aad = Buffer.from('case 7')

test('what one key encrypts it decrypts, after a restart too, and only with the same associated data', async (context) => {
  const options = { directory: temporaryFolder(context), masterKey: randomBytes(32) }
  const truth = await openFiles(options)
  await truth.keyring.createKey('subject')
  await truth.keyring.createKey('other')
  const sealed = truth.keyring.encrypt('subject', Buffer.from('name'), aad)
  assert.equal(sealed.length, 4 + 29)
  await truth.close()

  const { keyring, ...again } = await openFiles(options).then((opened) => ({
    keyring: opened.keyring,
    close: () => opened.close(),
  }))
  assert.equal(Buffer.from(keyring.decrypt('subject', sealed, aad)).toString(), 'name')
  assert.throws(() => keyring.decrypt('subject', sealed), { code: 'wrong-key' })
  assert.throws(() => keyring.decrypt('other', sealed, aad), { code: 'wrong-key' })
  assert.throws(() => keyring.decrypt('nobody', sealed, aad), { code: 'not-found' })
  await again.close()
})

test('a ciphertext with any byte changed or missing is refused', async (context) => {
  const truth = await openFiles({ directory: temporaryFolder(context) })
  await truth.keyring.createKey('subject')
  const sealed = truth.keyring.encrypt('subject', Buffer.from('name'), aad)
  fc.assert(
    fc.property(fc.nat(sealed.length - 1), fc.integer({ min: 1, max: 255 }), (at, xor) => {
      const changed = sealed.map((byte, index) => (index === at ? byte ^ xor : byte))
      assert.throws(() => truth.keyring.decrypt('subject', changed, aad), { code: 'wrong-key' })
      assert.throws(() => truth.keyring.decrypt('subject', sealed.subarray(0, at), aad), { code: 'wrong-key' })
    }),
  )
  await truth.close()
})

test('a destroyed key is gone for good, and says so', async (context) => {
  const directory = temporaryFolder(context)
  const truth = await openFiles({ directory })
  await truth.keyring.createKey('subject')
  await truth.keyring.createKey('other')
  const sealed = truth.keyring.encrypt('subject', Buffer.from('name'))
  const stored = await truth.blobs.putSealed('subject', Buffer.from('document'))
  await truth.keyring.destroy('subject')
  await truth.keyring.destroy('never made')
  await truth.close()
  assert.ok(!readFileSync(join(directory, 'keyring/journal')).includes('subject'))

  const again = await openFiles({ directory })
  assert.ok(!again.keyring.has('subject'))
  assert.ok(again.keyring.has('other'))
  assert.throws(() => again.keyring.decrypt('subject', sealed), { code: 'key-destroyed' })
  assert.throws(() => again.blobs.getSealed('subject', stored), { code: 'key-destroyed' })
  await assert.rejects(again.keyring.createKey('subject'), { code: 'key-destroyed' })
  await assert.rejects(again.keyring.createKey('never made'), { code: 'key-destroyed' })
  await assert.rejects(again.keyring.createKey('other'), { code: 'key-exists' })
  await again.close()
})

test('wrapped keys open with their master key only', async (context) => {
  const directory = temporaryFolder(context)
  const masterKey = randomBytes(32)
  const truth = await openFiles({ directory, masterKey })
  await truth.keyring.createKey('subject')
  await truth.close()
  await assert.rejects(openFiles({ directory }), { code: 'wrong-key' })
  await assert.rejects(openFiles({ directory, masterKey: randomBytes(32) }), { code: 'wrong-key' })
  await assert.rejects(openFiles({ directory, masterKey: randomBytes(16) }), { code: 'wrong-key' })
  const again = await openFiles({ directory, masterKey })
  assert.ok(again.keyring.has('subject'))
  await again.close()
})

test('keys that stood in the clear are wrapped once a master key is given', async (context) => {
  const directory = temporaryFolder(context)
  const path = join(directory, 'keyring/journal')
  const truth = await openFiles({ directory })
  await truth.keyring.createKey('subject')
  const sealed = truth.keyring.encrypt('subject', Buffer.from('name'))
  const key = Buffer.from(truth.keyring.snapshot()[0] ?? []).subarray(-32)
  await truth.close()
  assert.ok(readFileSync(path).includes(key))

  const masterKey = randomBytes(32)
  const again = await openFiles({ directory, masterKey })
  assert.ok(!readFileSync(path).includes(key))
  assert.equal(Buffer.from(again.keyring.decrypt('subject', sealed)).toString(), 'name')
  await again.close()
  await assert.rejects(openFiles({ directory }), { code: 'wrong-key' })
})

test('nobody but the owner may read the keyring', { skip: process.platform === 'win32' }, async (context) => {
  const directory = join(temporaryFolder(context), 'data')
  const truth = await openFiles({ directory })
  await truth.keyring.createKey('subject')
  await truth.close()
  assert.equal(statSync(join(directory, 'keyring/journal')).mode & 0o777, 0o600)
  assert.equal(statSync(directory).mode & 0o777, 0o700)
})

test('closing wipes the keys in memory, but not the master key that was handed in', async (context) => {
  const masterKey = Buffer.alloc(32, 5)
  const truth = await openFiles({ directory: temporaryFolder(context), masterKey })
  await truth.close()
  assert.deepEqual(masterKey, Buffer.alloc(32, 5))
  assert.throws(() => truth.keyring.has('subject'), { code: 'closed' })
})
