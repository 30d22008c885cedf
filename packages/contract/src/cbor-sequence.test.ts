import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ed25519FromSeed } from '@comity/crypto'
import { signStatement } from '@comity/statement'
import { joinCborSequence, splitCborSequence } from './index.ts'

const key = ed25519FromSeed(new Uint8Array(32).fill(7))
const signer = { alg: 'EdDSA' as const, kid: new Uint8Array(32), sign: (message: Uint8Array) => key.sign(message) }
const statement = (size: number) =>
  signStatement({ kind: 'party', iss: 'a', sub: 'b', iat: size, payload: new Uint8Array(size), signer })

test('a sequence of statements is cut where each one ends', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 70_000 }), { maxLength: 5 }), (sizes) => {
      const items = sizes.map(statement)
      const cut = splitCborSequence(joinCborSequence(items))
      assert.deepEqual(
        cut.map((item) => Buffer.from(item).toString('hex')),
        items.map((item) => Buffer.from(item).toString('hex')),
      )
    }),
    { numRuns: 30 },
  )
})

test('a sequence that breaks off is refused with the item and the byte', () => {
  const one = statement(10)
  const torn = joinCborSequence([one, one.subarray(0, 20)])
  assert.throws(() => splitCborSequence(torn), {
    code: 'not-cbor',
    message: /^item 1 of the sequence: .* at byte \d+$/,
  })
})

test('lengths that are not there, indefinite ones and endless nesting are refused at once', () => {
  for (const bytes of [
    Uint8Array.of(0x5b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff),
    Uint8Array.of(0x9b, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff),
    Uint8Array.of(0x9f, 0xff),
    Uint8Array.of(0x1c),
    new Uint8Array(100_000).fill(0x81),
    new Uint8Array(100_000).fill(0xd2),
  ]) {
    assert.throws(() => splitCborSequence(bytes), { code: 'not-cbor' })
  }
})

test('more items than a batch takes are refused', () => {
  assert.equal(splitCborSequence(new Uint8Array(1024)).length, 1024)
  assert.throws(() => splitCborSequence(new Uint8Array(1025)), { code: 'not-cbor' })
})

test('no bytes whatever make it crash or lose any of them', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      try {
        assert.deepEqual(joinCborSequence(splitCborSequence(bytes)), bytes)
      } catch (error) {
        assert.equal((error as { code?: string }).code, 'not-cbor')
      }
    }),
    { numRuns: 500 },
  )
})
