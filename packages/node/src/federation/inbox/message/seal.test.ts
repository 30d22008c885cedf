import assert from 'node:assert/strict'
import { createHash, createPublicKey, generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import { correspondenceUrn } from '@comity/statement'
import { actor } from '@comity/testkit'
import fc from 'fast-check'
import { sealPair } from '../inbox-keys.fixture.ts'
import { encodeEnvelope, openEnvelope } from './envelope.ts'
import { type OpeningKey, type SealKey, openingKeyOf } from './seal-keys.ts'
import { seal, unseal } from './seal.ts'
import { maxSealedBytes, readSealed } from './sealed-form.ts'

const pair = (curve: 'P-256' | 'X25519') => {
  const made = sealPair(curve)
  const key: SealKey = { kid: made.kid, publicKey: createPublicKey({ key: { ...made.publicJwk }, format: 'jwk' }) }
  return { key, opening: openingKeyOf(made.privateJwk) }
}
const [p256, x25519, other] = [pair('P-256'), pair('X25519'), pair('X25519')]
const content = Buffer.from('what is said')

const codeOf = (error: unknown): string => {
  assert.ok(error instanceof Error && 'code' in error, String(error))
  return String(error.code)
}

test('each of those it is sealed to opens a message, on either curve, and nobody else', async () => {
  for (const keys of [[p256.key], [x25519.key], [p256.key, x25519.key]]) {
    const sealed = readSealed(await seal(content, keys))
    for (const { key, opening } of [p256, x25519]) {
      if (!keys.includes(key)) continue
      const opened = await unseal(sealed, opening)
      assert.deepEqual(Buffer.from(opened.content), content)
      assert.equal(opened.sizeClass, 4096)
    }
    await assert.rejects(unseal(sealed, other.opening), { code: 'seal-broken' })
  }
  await assert.rejects(seal(content, []), { code: 'unknown-seal-key' })
})

test('two seals over one message have nothing in common, and both have one length', async () => {
  const short = await seal(Buffer.from('yes'), [p256.key])
  const long = await seal(Buffer.alloc(3000, 'no, '), [p256.key])
  assert.equal(short.length, long.length)
  const [a, b] = [readSealed(short), readSealed(await seal(Buffer.from('yes'), [p256.key]))]
  assert.notEqual(a.iv, b.iv)
  assert.notEqual(a.ciphertext, b.ciphertext)
})

test('a changed, cut or foreign seal is told by a code, whatever was changed', async () => {
  const bytes = await seal(content, [p256.key, x25519.key])
  const keys: readonly OpeningKey[] = [p256.opening, x25519.opening]
  const allowed = new Set(['not-sealed', 'seal-broken', 'malformed-message', 'message-too-large'])
  await fc.assert(
    fc.asyncProperty(
      fc.nat(bytes.length - 1),
      fc.integer({ min: 1, max: 255 }),
      fc.constantFrom('change', 'cut', 'twice'),
      fc.constantFrom(...keys),
      async (at, value, how, key) => {
        const changed =
          how === 'cut'
            ? bytes.subarray(0, at)
            : how === 'twice'
              ? Buffer.concat([bytes, bytes.subarray(at)])
              : Uint8Array.from(bytes).with(at, (bytes[at] ?? 0) ^ value)
        try {
          const opened = await unseal(readSealed(changed), key)
          // What stands beside the ciphertext of the other recipient, or in the order of members, is not covered.
          assert.deepEqual(Buffer.from(opened.content), content)
        } catch (error) {
          assert.ok(allowed.has(codeOf(error)), String(error))
        }
      },
    ),
    { numRuns: 300 },
  )
})

test('a form that is no sealed message is refused before anything is opened', async () => {
  const sealed = JSON.parse(Buffer.from(await seal(content, [p256.key, x25519.key])).toString())
  const [first, second] = sealed.recipients
  const header = (change: object) =>
    Buffer.from(JSON.stringify({ enc: 'A256GCM', typ: 'comity-message', ...change })).toString('base64url')
  const wrong: readonly object[] = [
    { ...sealed, unprotected: {} },
    { ...sealed, aad: 'AAAA' },
    { ...sealed, recipients: [] },
    { ...sealed, recipients: Array.from({ length: 65 }, () => first) },
    { ...sealed, recipients: [{ ...first, header: { ...first.header, alg: 'dir' } }] },
    { ...sealed, recipients: [{ ...first, header: { ...first.header, epk: undefined } }, second] },
    { ...sealed, recipients: [{ ...first, header: { ...first.header, kid: 'x' } }] },
    { ...sealed, protected: header({ zip: 'DEF' }) },
    { ...sealed, protected: header({ enc: 'A128GCM' }) },
    { ...sealed, protected: header({ crit: ['b64'] }) },
    { ...sealed, protected: header({ epk: first.header.epk }) },
    { ...sealed, protected: '!' },
    { ...sealed, tag: undefined },
    { ...sealed, iv: 7 },
    [],
    {},
  ]
  for (const value of wrong) {
    assert.throws(
      () => readSealed(Buffer.from(JSON.stringify(value))),
      { code: 'not-sealed' },
      JSON.stringify(value).slice(0, 200),
    )
  }
  const text = JSON.stringify(sealed)
  for (const broken of ['', 'x', text.replace('{', '{"iv":"AAAA",'), `\ufeff${text}`]) {
    assert.throws(() => readSealed(Buffer.from(broken)), { code: 'not-sealed' })
  }
  assert.throws(() => readSealed(new Uint8Array(maxSealedBytes + 1)), { code: 'message-too-large' })
})

test('whatever bytes come in, they are a sealed message or refused', () => {
  const anything = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.json().map((text) => Buffer.from(text)),
  )
  fc.assert(
    fc.property(anything, (bytes) => {
      assert.throws(() => readSealed(bytes), { code: 'not-sealed' })
    }),
  )
})

test('a private key of another kind, or one whose parts do not belong together, is refused without being quoted', () => {
  const { privateJwk } = sealPair('P-256')
  const mine = privateJwk as Readonly<Record<string, string>> // a JWK has texts alone
  const ed25519 = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })
  const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey.export({ format: 'jwk' })
  const foreign = sealPair('P-256').privateJwk as Readonly<Record<string, string>> // as above
  for (const jwk of [
    ed25519,
    p384,
    {},
    null,
    'x',
    { ...mine, d: undefined },
    { ...mine, d: foreign['d'] },
    { ...mine, kid: 'x' },
  ]) {
    assert.throws(
      () => openingKeyOf(jwk),
      (error: unknown) => {
        assert.ok(error instanceof Error && 'code' in error)
        assert.ok(['bad-name', 'bad-key'].includes(String(error.code)))
        assert.ok(!error.message.includes(mine['d'] ?? ''))
        return true
      },
    )
  }
})

test('an envelope is read back as it was written, and has one writing', () => {
  const author = actor('author', 'log.north.invalid')
  const sub = correspondenceUrn('c0'.repeat(32))
  const digest = `sha256:${createHash('sha256').digest('hex')}`
  const file = { name: 'a', type: 'text/plain', size: 0, digest, sealed: digest }
  const to = [actor('reader', 'log.north.invalid').urn]
  const message = author.sign('message', sub, { to, text: 'x', attachments: [file] }, 1_795_219_200)
  const keys = [new Uint8Array(32).fill(7)]
  const bytes = encodeEnvelope({ message, keys })
  const opened = openEnvelope(bytes)
  assert.deepEqual(Buffer.from(opened.message), Buffer.from(message))
  assert.deepEqual(opened.keys, keys)
  assert.equal(opened.opened.statement.iss, author.urn)
  const text = Buffer.from(bytes).toString()
  const other = author.sign('support', 'urn:comity:instrument:gids', {}, 1_795_219_200)
  for (const wrong of [
    Buffer.from(`${text} `),
    Buffer.from(text.replace('"keys":[', '"keys":[ ')),
    encodeEnvelope({ message, keys: [] }),
    encodeEnvelope({ message, keys: [...keys, ...keys] }),
    encodeEnvelope({ message: other, keys: [] }),
    Buffer.from('{}'),
    Buffer.from('x'),
  ]) {
    assert.throws(() => openEnvelope(wrong), { code: 'malformed-message' })
  }
  assert.throws(() => openEnvelope(encodeEnvelope({ message: message.subarray(0, -3), keys })), {
    name: 'StatementError',
  })
})
