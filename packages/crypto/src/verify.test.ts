import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { describe, test } from 'node:test'
import * as fc from 'fast-check'
import * as inBrowser from './browser.ts'
import type { SignatureCase, SignatureFile } from './cases/case.fixture.ts'
import { files, folder, textOf } from './cases/make.fixture.ts'
import * as onNode from './index.ts'

const fromHex = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, 'hex'))

async function read(name: string): Promise<readonly SignatureCase[]> {
  // The first test shows that the committed text is what the typed fixture makes.
  return (JSON.parse(await readFile(new URL(`${name}.json`, folder), 'utf8')) as SignatureFile).cases
}

test('the committed vectors are those that the fixtures make', async () => {
  for (const [name, file] of Object.entries(files)) {
    assert.equal(await readFile(new URL(`${name}.json`, folder), 'utf8'), textOf(file), name)
  }
})

for (const [where, crypto] of [
  ['Node', onNode],
  ['the browser', inBrowser],
] as const) {
  describe(`vectors with the crypto of ${where}`, () => {
    for (const name of Object.keys(files)) {
      test(name, async () => {
        for (const c of await read(name)) {
          const [publicKey, message, signature] = [fromHex(c.publicKey), fromHex(c.message), fromHex(c.signature)]
          assert.equal(crypto.verify(c.alg, publicKey, message, signature), c.valid, c.name)
          // Twice, because a key that was refused is remembered too.
          assert.equal(await crypto.verifyAsync(c.alg, publicKey, message, signature), c.valid, c.name)
        }
      })
    }
  })
}

describe('same-verdict: Node and browser agree', () => {
  const keys = [
    onNode.ed25519FromSeed(new Uint8Array(32).fill(1)),
    onNode.generateKeyPair('ES256'),
    onNode.mlDsa44FromSeed(new Uint8Array(32).fill(1)),
  ] as const

  for (const key of keys) {
    test(`about ${key.alg} signatures and keys with bits changed`, async () => {
      // Of keys and signatures of 32 to 2,420 bytes; beyond the end nothing is flipped.
      const bit = fc.option(fc.oneof(fc.nat(520), fc.nat(8 * 2420 - 1)), { nil: undefined })
      const flipped = (bytes: Uint8Array, at: number | undefined): Uint8Array =>
        bytes.map((byte, i) => (at !== undefined && i === at >> 3 ? byte ^ (1 << (at & 7)) : byte))
      await fc.assert(
        fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), bit, bit, async (message, inKey, inSignature) => {
          const publicKey = flipped(key.publicKey, inKey)
          const signature = flipped(key.sign(message), inSignature)
          const verdict = onNode.verify(key.alg, publicKey, message, signature)
          assert.equal(inBrowser.verify(key.alg, publicKey, message, signature), verdict)
          assert.equal(await onNode.verifyAsync(key.alg, publicKey, message, signature), verdict)
          if (inKey === undefined && inSignature === undefined) assert.ok(verdict)
        }),
        { numRuns: 60 },
      )
    })
  }

  test('about noise, which no implementation throws at', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 70 }),
      fc.uint8Array({ minLength: 64, maxLength: 65 }),
      fc.constantFrom(1312, 2420).chain((length) => fc.uint8Array({ minLength: length, maxLength: length })),
    )
    fc.assert(
      fc.property(
        fc.constantFrom('EdDSA', 'ES256', 'ML-DSA-44'),
        bytes,
        bytes,
        bytes,
        (alg, publicKey, message, signature) => {
          assert.equal(onNode.verify(alg, publicKey, message, signature), false)
          assert.equal(inBrowser.verify(alg, publicKey, message, signature), false)
        },
      ),
    )
  })

  test('about an algorithm that neither has', () => {
    // @ts-expect-error what a caller without types could pass
    const other: 'EdDSA' = 'RS256'
    const none = new Uint8Array(64)
    assert.equal(onNode.verify(other, none, none, none), false)
    assert.equal(inBrowser.verify(other, none, none, none), false)
  })
})

test('more keys than are remembered still verify', () => {
  const message = new Uint8Array(3)
  const first = onNode.ed25519FromSeed(new Uint8Array(32))
  const signature = first.sign(message)
  assert.ok(onNode.verify('EdDSA', first.publicKey, message, signature))
  for (let i = 0; i < 5000; i++) {
    const noise = new Uint8Array(32)
    new DataView(noise.buffer).setUint32(0, i)
    onNode.verify('EdDSA', noise, message, signature)
  }
  assert.ok(onNode.verify('EdDSA', first.publicKey, message, signature))
})
