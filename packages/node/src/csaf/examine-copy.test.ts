/** Documents, hashes, signatures and keys of outsiders: whatever the bytes, an answer and no error. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { bytesOf, csafDocument } from './csaf.fixture.ts'
import { type Copy, examineCopy } from './examine-copy.ts'
import { checkDetached, newOpenPgpKey, readPublicKey, signDetached } from './open-pgp.ts'

const at = 1_795_219_200
const key = await newOpenPgpKey('provider', at - 100)
const own = await newOpenPgpKey('node', at - 100)
const good = bytesOf(csafDocument({ id: 'N-1' }))
const signature = await signDetached(good, key.secretKey, at - 10)
const sha512 = createHash('sha512').update(good).digest('hex')

const copy: Copy = {
  bytes: good,
  fileName: 'n-1.json',
  hashes: [{ algorithm: 'sha512', text: `${sha512}  n-1.json\n` }],
  signature,
  keys: [key.publicKey],
  trusted: true,
  signWith: { secretKey: own.secretKey, at },
}

async function faultOf(change: Partial<Copy>): Promise<string> {
  const examined = await examineCopy({ ...copy, ...change })
  return examined.kind === 'good'
    ? `good, ${examined.signedBy === undefined ? 'signed here' : 'signed there'}`
    : (examined.faults[0]?.test ?? '')
}

test('hash files are read in every way that they are written', async () => {
  const sha256 = createHash('sha256').update(good).digest('hex')
  for (const text of [sha512, `${sha512}\n`, `\n${sha512} *n-1.json\r\n`, sha512.toUpperCase()])
    assert.equal(await faultOf({ hashes: [{ algorithm: 'sha512', text }] }), 'good, signed there')
  assert.equal(await faultOf({ hashes: [{ algorithm: 'sha256', text: sha256 }] }), 'good, signed there')
  for (const text of ['', sha256, `${sha512}0`, sha512.slice(1), `n-1.json ${sha512}`])
    assert.equal(await faultOf({ hashes: [{ algorithm: 'sha512', text }] }), 'hash', text)
  assert.equal(await faultOf({ hashes: [] }), 'hash')
  assert.equal(await faultOf({ hashes: [], trusted: false }), 'good, signed there')
})

test('a signature counts by a listed key over these bytes, and made before now', async () => {
  assert.equal(await faultOf({ keys: [] }), 'signature')
  assert.equal(await faultOf({ keys: [own.publicKey] }), 'signature')
  assert.equal(await faultOf({ keys: [own.publicKey, key.publicKey] }), 'good, signed there')
  assert.equal(await faultOf({ signature: undefined }), 'signature')
  assert.equal(await faultOf({ signature: undefined, trusted: false }), 'good, signed here')
  assert.equal(await faultOf({ signature: await signDetached(good, key.secretKey, at + 200_000) }), 'signature')
  assert.equal(await faultOf({ signature: await signDetached(bytesOf({}), key.secretKey, at) }), 'signature')
  // A wrong signature is no missing one: nobody gains by spoiling it.
  assert.equal(await faultOf({ signature: 'hello', trusted: false }), 'signature')
})

test('whatever-the-bytes: a document, its hash and its signature are good or refused', async () => {
  const armored = fc.oneof(
    fc.string(),
    fc.nat({ max: signature.length - 2 }).map((i) => `${signature.slice(0, i)}A${signature.slice(i + 1)}`),
    fc.base64String().map((text) => `-----BEGIN PGP SIGNATURE-----\n\n${text}\n-----END PGP SIGNATURE-----\n`),
  )
  await fc.assert(
    fc.asyncProperty(fc.uint8Array(), armored, fc.string(), async (bytes, text, hash) => {
      const hashes = [{ algorithm: 'sha512', text: hash }] as const
      assert.equal((await examineCopy({ ...copy, bytes, hashes, signature: text })).kind, 'refused')
      const checked = await checkDetached(bytes, text, [key.publicKey], at)
      assert.ok('fault' in checked && checked.fault.length > 0)
    }),
    { numRuns: 200 },
  )
})

test('whatever-the-bytes: a public key is read or is none, and a secret key is none', async () => {
  assert.equal((await readPublicKey(Buffer.from(key.publicKey)))?.fingerprint, key.fingerprint)
  assert.equal(await readPublicKey(key.secretKey), undefined)
  const spoiled = fc
    .nat({ max: key.publicKey.length - 2 })
    .map((i) => `${key.publicKey.slice(0, i)}!${key.publicKey.slice(i + 1)}`)
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.uint8Array(),
        spoiled.map((text) => Buffer.from(text)),
      ),
      async (bytes) => {
        const read = await readPublicKey(bytes)
        assert.ok(read === undefined || /^[0-9A-F]{40,64}$/.test(read.fingerprint))
      },
    ),
    { numRuns: 200 },
  )
})
