import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import {
  CryptoError,
  ed25519FromSeed,
  generateKeyPair,
  mlDsa44FromSeed,
  privateKeyFromPkcs8,
  verify,
  type Algorithm,
} from './index.ts'
import { isStrictEs256Signature } from './strict-form.ts'

const algorithms: readonly Algorithm[] = ['EdDSA', 'ES256', 'ML-DSA-44']
const publicKeyBytes: Readonly<Record<Algorithm, number>> = { EdDSA: 32, ES256: 65, 'ML-DSA-44': 1312 }
const message = new TextEncoder().encode('message')

test('a key signs what its public key verifies, also after a round trip through PKCS #8, here and on a thread', async () => {
  for (const alg of algorithms) {
    const key = generateKeyPair(alg)
    const again = privateKeyFromPkcs8(key.pkcs8())
    assert.equal(again.alg, alg)
    assert.deepEqual(again.publicKey, key.publicKey)
    assert.ok(verify(alg, key.publicKey, message, again.sign(message)))
    assert.ok(verify(alg, key.publicKey, message, await again.signAsync(message)))
    assert.equal(key.publicKey.length, publicKeyBytes[alg])
  }
})

test('ES256 signatures always have a low s', () => {
  const key = generateKeyPair('ES256')
  for (let i = 0; i < 64; i++) {
    const signature = key.sign(Uint8Array.of(i))
    assert.ok(isStrictEs256Signature(signature))
    assert.ok(verify('ES256', key.publicKey, Uint8Array.of(i), signature))
  }
})

test('a seed gives the key of RFC 8032 §7.1 TEST 1', () => {
  const seed = Buffer.from('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'hex')
  const key = ed25519FromSeed(seed)
  assert.equal(
    Buffer.from(key.publicKey).toString('hex'),
    'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
  )
  assert.deepEqual(key.sign(message), ed25519FromSeed(seed).sign(message))
})

test('a seed gives the ML-DSA-44 key of the examples of RFC 9964, whose signatures differ each time', () => {
  const key = mlDsa44FromSeed(new Uint8Array(32))
  assert.equal(Buffer.from(key.publicKey).subarray(0, 16).toString('hex'), 'ba71f9f64e11baeb58fa9c6fbb6e14e6')
  assert.equal(key.sign(message).length, 2420)
  assert.notDeepEqual(key.sign(message), key.sign(message))
})

test('what is returned is a plain Uint8Array, whose slice is a copy', () => {
  for (const key of [ed25519FromSeed(new Uint8Array(32)), mlDsa44FromSeed(new Uint8Array(32))]) {
    for (const bytes of [key.publicKey, key.sign(message), key.pkcs8()]) assert.equal(bytes.constructor, Uint8Array)
  }
})

test('what is no such key is refused, and the message does not quote it', () => {
  const code = (expected: string) => (error: unknown) =>
    error instanceof CryptoError && error.code === expected && !error.message.includes('7365')
  assert.throws(() => ed25519FromSeed(new Uint8Array(31)), code('bad-private-key'))
  assert.throws(() => mlDsa44FromSeed(new Uint8Array(33)), code('bad-private-key'))
  assert.throws(() => privateKeyFromPkcs8(Buffer.from('73656372657473', 'hex')), code('bad-private-key'))
  const rsa = generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey.export({ format: 'der', type: 'pkcs8' })
  assert.throws(() => privateKeyFromPkcs8(rsa), code('unsupported-algorithm'))
  const larger = generateKeyPairSync('ml-dsa-65').privateKey.export({ format: 'der', type: 'pkcs8' })
  assert.throws(() => privateKeyFromPkcs8(larger), code('unsupported-algorithm'))
})
