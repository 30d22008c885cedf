import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { toBase64Url } from './base64url.ts'
import { encodeCbor } from './cbor-value.ts'
import { fromHex, toHex } from './hex.ts'
import {
  checkPublicKey,
  decodeCoseKey,
  decodeCoseKeySet,
  encodeCoseKey,
  encodeCoseKeySet,
  jwkOf,
  keyThumbprint,
  type PublicKey,
  publicKeyOf,
} from './public-key.ts'
import { codeOf, es256Signer, port, signer } from './signers.fixture.ts'

const bytes = (hex: string) => fromHex(hex) ?? assert.fail(hex)

/** The EC2 key of RFC 9679 §6. */
const RFC_9679_KEY: PublicKey = {
  alg: 'ES256',
  bytes: bytes(
    '0465eda5a12577c2bae829437fe338701a10aaa375e1bb5b5de108de439c08551d' +
      '1e52ed75701163f7f9e40ddf9f341b3dc9ba860af7e0ca7ca7e9eecd0084d19c',
  ),
}

test('the thumbprint of RFC 9679 §6 comes out as printed there', () => {
  assert.equal(
    toHex(keyThumbprint(RFC_9679_KEY, port)),
    '496bd8afadf307e5b08c64b0421bf9dc01528a344a43bda88fadd1669da253ec',
  )
})

test('the thumbprint of an Ed25519 key covers kty, crv and x alone', () => {
  const { publicKey } = signer(1)
  const coseKey = new Uint8Array([0xa3, 0x01, 0x01, 0x20, 0x06, 0x21, 0x58, 0x20, ...publicKey.bytes])
  assert.deepEqual(keyThumbprint(publicKey, port), port.sha256(coseKey))
})

test('a key comes back from JWK, COSE_Key and COSE Key Set as it went in', () => {
  for (const { publicKey } of [signer(1), es256Signer()]) {
    assert.deepEqual(publicKeyOf(jwkOf(publicKey)), publicKey)
    assert.deepEqual(decodeCoseKey(encodeCoseKey(publicKey, port)), publicKey)
  }
  const keys = [signer(1).publicKey, es256Signer().publicKey, RFC_9679_KEY]
  assert.deepEqual(decodeCoseKeySet(encodeCoseKeySet(keys, port)), keys)
})

test('a key set skips keys of types that are not known here', () => {
  const set = encodeCbor([
    new Map<number, unknown>([
      [1, 4],
      [-1, new Uint8Array(32)],
    ]),
  ])
  assert.deepEqual(decodeCoseKeySet(set), [])
})

test('the eight points of small order are refused, in all their encodings', () => {
  const y8 = '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05'
  const minusY8 = 'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a'
  const ends = [
    '01' + '00'.repeat(31), // order 1
    'ec' + 'ff'.repeat(30) + '7f', // order 2
    '00'.repeat(32), // order 4
    y8,
    minusY8,
    'ed' + 'ff'.repeat(30) + '7f', // 0, not canonical
    'ee' + 'ff'.repeat(30) + '7f', // 1, not canonical
  ]
  for (const hex of ends) {
    for (const sign of [0, 0x80]) {
      const key = bytes(hex)
      key[31] = (key[31] ?? 0) | sign
      assert.equal(
        codeOf(() => checkPublicKey({ alg: 'EdDSA', bytes: key })),
        'small-order-key',
        toHex(key),
      )
    }
  }
})

test('other non-canonical keys, keys off the curve and keys of another length are refused', () => {
  const refuse = (alg: PublicKey['alg'], hex: string) =>
    assert.equal(
      codeOf(() => checkPublicKey({ alg, bytes: bytes(hex) })),
      'bad-key',
      hex,
    )
  refuse('EdDSA', 'f0' + 'ff'.repeat(30) + '7f') // 3 + p
  refuse('EdDSA', '02' + '00'.repeat(31)) // y = 2 is on no point
  refuse('EdDSA', '00'.repeat(31))
  refuse('ES256', toHex(RFC_9679_KEY.bytes.subarray(1)))
  refuse('ES256', '02' + toHex(RFC_9679_KEY.bytes.subarray(1, 33)))
  refuse('ES256', `${toHex(RFC_9679_KEY.bytes).slice(0, -2)}9d`)
  refuse('ES256', '04' + 'ff'.repeat(64))
  refuse('ES256', '04' + '00'.repeat(64))
})

test('only about half of all y are points, and every real key is one', () => {
  for (let seed = 0; seed < 20; seed++) checkPublicKey(signer(seed).publicKey)
  let accepted = 0
  for (let y = 2; y < 102; y++) {
    const key = new Uint8Array(32)
    key[0] = y
    if (codeOf(() => checkPublicKey({ alg: 'EdDSA', bytes: key })) === 'none') accepted++
  }
  assert.ok(accepted > 30 && accepted < 70, String(accepted))
})

test('a JWK has one spelling: padding, other alphabets and loose trailing bits are refused', () => {
  const own = toBase64Url(signer(1).publicKey.bytes)
  for (const x of [
    `${own}=`,
    own.slice(0, -1),
    own.replace(/.$/, (c) => (c === 'B' ? 'C' : 'B')),
    `+${own.slice(1)}`,
  ]) {
    assert.equal(
      codeOf(() => publicKeyOf({ kty: 'OKP', crv: 'Ed25519', x })),
      'bad-key',
      x,
    )
  }
})

test('any-bytes: decodeCoseKey and decodeCoseKeySet return or throw StatementError', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 120 }), (input) => {
      codeOf(() => decodeCoseKey(input))
      codeOf(() => decodeCoseKeySet(input))
    }),
    { numRuns: 1000 },
  )
})
