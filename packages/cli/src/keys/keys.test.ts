import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CliError } from '../cli-error.ts'
import { parseKeyFile, sealKeys } from './key-file.ts'
import { kidHexOf, newRoleKey } from './role-key.ts'

const party = `urn:comity:party:${'a1'.repeat(32)}`
const ring = {
  party,
  keys: [newRoleKey('sign', ['sign']), newRoleKey('findings', ['sign'], ['findings'])],
  symmetric: { master: new Uint8Array(32).fill(7) },
}

function isPassphraseError(error: unknown): boolean {
  return error instanceof CliError && error.code === 'passphrase'
}

test('a key file opens with its passphrase and holds the same keys', async () => {
  const file = parseKeyFile(JSON.parse(await sealKeys(ring, 'correct horse')), 'keys.json')
  assert.equal(file.isEncrypted, true)
  const opened = await file.open('correct horse')
  assert.deepEqual(opened.keys.map(kidHexOf), ring.keys.map(kidHexOf))
  assert.deepEqual(opened.keys[1]?.kinds, ['findings'])
  assert.deepEqual(Uint8Array.from(opened.symmetric?.['master'] ?? []), ring.symmetric.master)
})

test('another passphrase does not open it, and neither does the right one once a role was changed', async () => {
  const value = JSON.parse(await sealKeys(ring, 'correct horse'))
  await assert.rejects(parseKeyFile(value, 'keys.json').open('wrong horse'), isPassphraseError)
  value.keys[1].kinds = ['findings', 'policy']
  await assert.rejects(parseKeyFile(value, 'keys.json').open('correct horse'), isPassphraseError)
})

test('an encrypted key file shows no private byte', async () => {
  const text = await sealKeys(ring, 'correct horse')
  for (const { key } of ring.keys) {
    const seed = Buffer.from(key.pkcs8()).subarray(-32)
    assert.ok(!text.includes(seed.toString('base64url')))
    assert.ok(!text.includes(seed.toString('hex')))
  }
})

test('an unencrypted key file opens without a passphrase and refuses a swapped public key', async () => {
  const value = JSON.parse(await sealKeys(ring, undefined))
  const file = parseKeyFile(value, 'keys.json')
  assert.equal(file.isEncrypted, false)
  assert.equal((await file.open(undefined)).keys.length, 2)
  value.keys[0].jwk = value.keys[1].jwk
  await assert.rejects(parseKeyFile(value, 'keys.json').open(undefined), /does not belong/)
})

test('what is no key file is said to be none', async () => {
  for (const value of [
    null,
    [],
    {},
    { format: 'comity keys 1' },
    { format: 'comity keys 1', party, keys: [], secret: { kdf: 'scrypt' } },
  ]) {
    await assert.rejects(async () => parseKeyFile(value, 'x.json').open('passphrase'), CliError)
  }
})
