import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import { CliError } from '../cli-error.ts'
import { givenRoleKey, parseGivenKeys } from './given-keys.ts'
import { newNodeKeys } from './node-keys.ts'

const names = ['sign', 'findings', 'receipt', 'log', 'witness', 'witness-ml-dsa-44']

function pem(type: 'ed25519' | 'p256' | 'rsa' | 'ml-dsa-44' = 'ed25519', cipher = false): string {
  const { privateKey } =
    type === 'ed25519'
      ? generateKeyPairSync('ed25519')
      : type === 'ml-dsa-44'
        ? generateKeyPairSync('ml-dsa-44')
        : type === 'p256'
          ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
          : generateKeyPairSync('rsa', { modulusLength: 2048 })
  return privateKey
    .export({ type: 'pkcs8', format: 'pem', ...(cipher ? { cipher: 'aes-256-cbc', passphrase: 'secret' } : {}) })
    .toString()
}

test('named PEMs become the keys of these names, and what is not named is made anew', () => {
  const log = pem()
  const given = parseGivenKeys(`log:\n${log}\nreceipt\n${pem('p256').replaceAll('\n', '\r\n')}`, 'x', names)
  assert.deepEqual([...given.keys()], ['log', 'receipt'])
  const node = newNodeKeys(given)
  assert.deepEqual(
    node.keys.map(({ name, key }) => [name, key.alg]),
    [
      ['findings', 'EdDSA'],
      ['receipt', 'ES256'],
      ['log', 'EdDSA'],
      ['witness', 'EdDSA'],
      ['witness-ml-dsa-44', 'ML-DSA-44'],
    ],
  )
  const der = Buffer.from(log.replaceAll(/-----.*-----|\s/g, ''), 'base64')
  assert.deepEqual(Buffer.from(givenRoleKey(given, 'log', ['log']).key.pkcs8()), der)
})

test('a key without a name, with another name, twice, encrypted, or of another sort is refused, and never quoted', () => {
  const own = pem()
  for (const [text, says] of [
    ['', /one of sign, findings, receipt, log, witness, witness-ml-dsa-44/],
    [own, /under a line with its name/],
    [`root:\n${own}`, /one of sign, findings/],
    [`log:\n${own}\n${pem()}`, /under a line with its name/],
    [`log:\n${own}log:\n${pem()}`, /two keys named log/],
    [`log:\n${own}sign:\n${own}`, /the same key/],
    [`sign:\n${pem('ed25519', true)}`, /not an unencrypted PKCS #8/],
    [`sign:\n${pem('rsa')}`, /use Ed25519/],
    [`log:\n${pem('p256')}`, /Ed25519 key/],
    [`witness:\n${pem('p256')}`, /Ed25519 key/],
    [`witness-ml-dsa-44:\n${pem()}`, /ML-DSA-44 key/],
    [`sign:\n${pem('ml-dsa-44')}`, /signs no statement/],
    ['sign:\n-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n', /PKCS #8/],
    [`sign:\n${own.slice(0, 60)}`, /PEM under a line/],
  ] as const) {
    assert.throws(
      () => parseGivenKeys(text, 'keys.pem', names),
      (error) =>
        error instanceof CliError &&
        error.code === 'bad-input' &&
        says.test(error.message) &&
        !error.message.includes(own.split('\n')[1] ?? 'nothing'),
      `${says}`,
    )
  }
})
