import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { toBase64Url } from './base64url.ts'
import { toHex } from './hex.ts'
import { PARTY_A } from './kinds/examples.ts'
import { partyKind } from './kinds/party.ts'
import { foundParty } from './parties/found-party.ts'
import { maySign, publicKeyFor } from './parties/party-keys.ts'
import { publicKeyOf } from './public-key.ts'
import { checkPayload } from './read-payload.ts'
import { partyKeyThumbprint, type X25519Jwk, x25519KeyOf } from './seal-key.ts'
import { codeOf, partyPayload, port, signer, urnOf } from './signers.fixture.ts'
import { canonicalJsonBytes } from './canonical-json.ts'

const x25519 = (x: string): X25519Jwk => ({ kty: 'OKP', crv: 'X25519', x })
const littleEndian = (u: bigint): string =>
  toBase64Url(Uint8Array.from({ length: 32 }, (_, i) => Number((u >> BigInt(8 * i)) & 255n)))

/** The public key of Alice in RFC 7748 §6.1. */
const alice = x25519(
  toBase64Url(Buffer.from('8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a', 'hex')),
)
const p = 2n ** 255n - 19n

test('an X25519 key is read, and its thumbprint covers kty, crv and x alone', () => {
  const raw = x25519KeyOf(alice)
  assert.equal(toHex(raw), '8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a')
  const coseKey = new Uint8Array([0xa3, 0x01, 0x01, 0x20, 0x04, 0x21, 0x58, 0x20, ...raw])
  assert.deepEqual(partyKeyThumbprint(alice, port), port.sha256(coseKey))
  const made = generateKeyPairSync('x25519').publicKey.export({ format: 'jwk' })
  assert.equal(x25519KeyOf(x25519(String(made.x))).length, 32)
})

test('an X25519 key that everybody could open, or that has two writings, is refused', () => {
  const order8 = [
    325606250916557431795983626356110631294008115727848805560023387167927233504n,
    0x57119fd0dd4e22d8868e1c58c45c44045bef839c55b1d0b1248c50a3bc959c5fn,
  ]
  for (const u of [0n, 1n, p - 1n, ...order8]) {
    assert.equal(
      codeOf(() => x25519KeyOf(x25519(littleEndian(u)))),
      'small-order-key',
      String(u),
    )
  }
  for (const u of [p, p + 1n, p + 9n, 2n ** 255n + 9n]) {
    assert.equal(
      codeOf(() => x25519KeyOf(x25519(littleEndian(u)))),
      'bad-key',
      String(u),
    )
  }
  for (const x of ['', 'AAAA', `${alice.x}A`, `${alice.x.slice(0, -1)}!`]) {
    assert.equal(
      codeOf(() => x25519KeyOf(x25519(x))),
      'bad-key',
      x,
    )
  }
})

test('whatever text stands for a key, it is a key or refused with a code', () => {
  fc.assert(
    fc.property(fc.base64String({ maxLength: 60 }), (x) =>
      ['none', 'bad-key', 'small-order-key'].includes(codeOf(() => x25519KeyOf(x25519(x)))),
    ),
  )
})

test('a party lists an X25519 key for sealing, and nothing can be signed with it', () => {
  const first = signer(1)
  const keys = [
    { jwk: first.jwk, roles: ['sign' as const] },
    { jwk: alice, roles: ['seal' as const] },
  ]
  const payload = partyPayload(first, { keys })
  const about = { iss: PARTY_A, sub: PARTY_A, iat: 1 }
  assert.equal(
    codeOf(() => checkPayload(partyKind, payload, about)),
    'none',
  )
  for (const roles of [['sign'], ['seal', 'sign'], ['log'], []] as ('sign' | 'seal' | 'log')[][]) {
    const wrong = partyPayload(first, { keys: [...keys.slice(0, 1), { jwk: alice, roles }] })
    assert.equal(
      codeOf(() => checkPayload(partyKind, wrong, about)),
      'schema-violation',
      roles.join(),
    )
  }
  const iss = urnOf(payload)
  const statement = { iss, kidHex: first.kidHex, iat: 1, id: '00', payload: canonicalJsonBytes(payload) }
  const state = foundParty(statement, payload, 3, port)
  const kid = toHex(partyKeyThumbprint(alice, port))
  assert.equal(state.keys[1]?.kid, kid)
  assert.equal(publicKeyFor(state, kid), undefined)
  assert.equal(
    codeOf(() => maySign(state, kid, 'product', 4)),
    'key-without-role',
  )
  assert.equal(
    codeOf(() => publicKeyOf(alice)),
    'bad-key',
  )
})
