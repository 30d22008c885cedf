import assert from 'node:assert/strict'
import { test } from 'node:test'
import { noteType } from '@comity/log'
import { CliError } from '../cli-error.ts'
import { parseKeyFile, sealKeys } from './key-file.ts'
import { newNodeKeys, nodeKeysOf } from './node-keys.ts'
import { kidHexOf, newRoleKey, signerOf } from './role-key.ts'

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

test('a node’s witness keys go into its key file and come out as the cosigners they were', async () => {
  const origin = 'log.example.org'
  const node = { party, keys: newNodeKeys().keys }
  const opened = await parseKeyFile(JSON.parse(await sealKeys(node, 'correct horse')), 'keys.json').open(
    'correct horse',
  )
  const { witness = [] } = nodeKeysOf(opened, origin).keys
  assert.deepEqual(
    witness.map(({ name, type }) => [name, type]),
    [
      [origin, noteType.cosignature],
      [origin, noteType.mlDsa44],
    ],
  )
  assert.deepEqual(
    witness.map(({ publicKey }) => Buffer.from(publicKey)),
    node.keys.slice(-2).map(({ key }) => Buffer.from(key.publicKey)),
  )
  assert.throws(() => signerOf(node.keys.at(-1) ?? assert.fail()), { code: 'missing-key' })
})

test('a key file that gives a witness key another role is refused', async () => {
  const key = newRoleKey('witness-ml-dsa-44', ['witness', 'sign'], undefined, 'ML-DSA-44')
  const file = parseKeyFile(JSON.parse(await sealKeys({ party, keys: [key] }, undefined)), 'keys.json')
  await assert.rejects(file.open(undefined), { code: 'bad-input' })
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
