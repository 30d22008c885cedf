import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { ExposureError } from '../exposure-error.ts'
import { readProvenance } from '../provenance/read-provenance.ts'
import { authenticate } from './authenticate.ts'
import { keyOfJwk, keyOfPem } from './given-key.ts'
import {
  type BundleLies,
  envelope,
  issuer,
  json,
  provenanceOf,
  signedAt,
  SigstoreWorld,
  workflow,
} from './sigstore-world.fixture.ts'
import { parseTrustedRoot } from './trusted-root.ts'

const world = new SigstoreWorld()
const root = parseTrustedRoot(world.trustedRoot())
const payload = provenanceOf([{ name: 'gateway.tgz', sha256: 'ab'.repeat(32) }])
const another = provenanceOf([{ name: 'gateway.tgz', sha256: 'cd'.repeat(32) }])

function itemOf(value: unknown) {
  const { items } = readProvenance(json(value))
  return items[0] ?? assert.fail('one item is there')
}

function verdict(lies: BundleLies, expected = { issuer, subject: workflow }) {
  const found = authenticate(itemOf(world.bundle(payload, lies)), { root, expected, keys: [] })
  return found.outcome === 'wrong' ? `${found.code}: ${found.says}` : found.outcome
}

test('a bundle verifies under the pinned trust root, and says whose signature it bears', () => {
  const found = authenticate(itemOf(world.bundle(payload)), { root, keys: [] })
  assert.equal(found.outcome, 'right', found.says)
  assert.deepEqual(found.outcome === 'right' && found.signer, { kind: 'certificate', issuer, subject: workflow })
  assert.deepEqual([root.authorities, root.logs, root.timestampAuthorities], [1, 1, 0])
})

test('a bundle that lies anywhere is wrong, and the reason is named', () => {
  assert.match(verdict({ signedPayload: another }), /^untrusted: the signature is not/)
  assert.match(verdict({ loggedPayload: another }), /^untrusted: the entry of the log is about another/)
  assert.match(verdict({ isUnlogged: true }), /^untrusted: nobody of the trust root vouches for when/)
  const late = new Date(signedAt.getTime() + 3_600_000)
  assert.match(verdict({ loggedAt: late }), /^untrusted: the certificate .* not valid at the time/)
  assert.match(verdict({ subject: 'https://git.builder.invalid/mallory/gateway/build' }), /^other-signer/)
  assert.match(verdict({ vouchedBy: 'https://id.mallory.invalid' }), /^other-signer/)
  // The subject decides as a whole: no pattern, no beginning, no end.
  assert.match(verdict({}, { issuer, subject: 'https://git.builder.invalid/acme/.*' }), /^other-signer/)
  assert.match(verdict({}, { issuer, subject: workflow.slice(0, -1) }), /^other-signer/)
})

test('a bundle of another authority is wrong, and without a trust root it is not checked', () => {
  const item = itemOf(new SigstoreWorld().bundle(payload))
  assert.equal(authenticate(item, { root, keys: [] }).outcome, 'wrong')
  assert.equal(authenticate(item, { keys: [] }).outcome, 'unchecked')
})

test('a plain envelope is of whoever has the key, whatever keyid says', () => {
  const ed = generateKeyPairSync('ed25519')
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const keys = [
    keyOfPem(String(ed.publicKey.export({ type: 'spki', format: 'pem' })), 'acme'),
    keyOfJwk(ec.publicKey.export({ format: 'jwk' }), 'acme too'),
  ]
  for (const [i, { privateKey }] of [ed, ec].entries()) {
    const found = authenticate(itemOf(envelope(payload, privateKey)), { keys })
    assert.ok(found.outcome === 'right' && found.signer.kind === 'key')
    assert.equal(found.signer.kid, keys[i]?.kid)
  }
  const stranger = generateKeyPairSync('ed25519')
  const foreign = envelope(payload, stranger.privateKey)
  const [signature] = foreign['signatures'] as [{ sig: string }] // as `envelope` made it
  const named = { ...foreign, signatures: [{ ...signature, keyid: keys[0]?.kid }] }
  assert.equal(authenticate(itemOf(named), { keys }).outcome, 'unchecked')
})

test('neither another payload nor another payload type passes under a signature (PAE)', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const keys = [keyOfJwk(publicKey.export({ format: 'jwk' }), 'acme')]
  const signed = envelope(payload, privateKey)
  const other = { ...signed, payload: Buffer.from(another).toString('base64') }
  assert.equal(authenticate(itemOf(other), { keys }).outcome, 'unchecked')
  // Lengths are part of what is signed: a space that moves from the type to the body is another message.
  const shifted = envelope(Buffer.concat([Buffer.from('x '), payload]), privateKey, 'application/vnd.in-toto+json')
  assert.throws(() => itemOf({ ...shifted, payloadType: 'application/vnd.in-toto+json x' }), { code: 'bad-statement' })
  const plain = envelope(payload, privateKey, 'text/plain')
  assert.throws(() => itemOf(plain), { code: 'bad-statement' })
  assert.equal(
    authenticate(itemOf({ ...plain, payloadType: 'application/vnd.in-toto+json' }), { keys }).outcome,
    'unchecked',
  )
})

test('a trust root is strict: its form, its keys, and from when they count', () => {
  const good = JSON.parse(Buffer.from(world.trustedRoot()).toString('utf8'))
  const refused = (change: (value: typeof good) => void, expected: object) => {
    const changed = structuredClone(good)
    change(changed)
    assert.throws(() => parseTrustedRoot(json(changed)), expected)
  }
  refused((value) => delete value.mediaType, { code: 'bad-trusted-root', pointer: '/mediaType' })
  refused((value) => delete value.tlogs[0].publicKey.validFor, {
    code: 'bad-trusted-root',
    pointer: '/tlogs/0/publicKey/validFor/start',
  })
  refused((value) => (value.tlogs[0].publicKey.rawBytes = 'AAAA'), { code: 'bad-trusted-root' })
  refused((value) => Object.assign(value, { tlogs: [], certificateAuthorities: [] }), { code: 'bad-trusted-root' })
  const twice = Buffer.from(world.trustedRoot()).toString('utf8').replace('{', '{"tlogs":[],')
  assert.throws(() => parseTrustedRoot(Buffer.from(twice)), { code: 'repeated-member', pointer: '/tlogs' })
})

test('keys that are none, private or of another curve are refused', () => {
  const { privateKey } = generateKeyPairSync('ed25519')
  const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey
  for (const pem of [
    '',
    'key',
    String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
    String(p384.export({ type: 'spki', format: 'pem' })),
    '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n',
  ]) {
    assert.throws(() => keyOfPem(pem, 'x'), { code: 'bad-public-key' })
  }
})

test('whatever is changed in a bundle, the outcome is a verdict or a refusal, and right only where nothing signed changed', () => {
  const text = JSON.stringify(world.bundle(payload))
  fc.assert(
    fc.property(fc.nat(text.length - 1), fc.constantFrom(...'0aZ+/="{}[],: \\'), (at, character) => {
      const changed = text.slice(0, at) + character + text.slice(at + 1)
      try {
        const { items } = readProvenance(Buffer.from(changed))
        for (const item of items) {
          const found = authenticate(item, { root, expected: { issuer, subject: workflow }, keys: [] })
          if (found.outcome === 'right') assert.deepEqual(item.bundle?.envelope?.payload, new Uint8Array(payload))
        }
      } catch (error) {
        assert.ok(error instanceof ExposureError, String(error))
      }
    }),
    { numRuns: 300 },
  )
})
