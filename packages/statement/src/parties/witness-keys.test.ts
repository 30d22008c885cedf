import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mlDsa44FromSeed } from '@comity/crypto'
import { type Jwk, jwkOf } from '../public-key.ts'
import type { PartyPayload } from '../kinds/party.ts'
import { readPayloadAs } from '../read-payload.ts'
import { signStatement } from '../sign-statement.ts'
import { codeOf, partyPayload, port, signer, urnOf } from '../signers.fixture.ts'
import { StatementError } from '../statement-error.ts'
import { decodeStatement } from '../statement.ts'
import { foundParty } from './found-party.ts'
import { maySign, partyStatementKey } from './party-keys.ts'
import { kidOf, rawKey } from './party-state.ts'

const sign = signer(1)
const publicKey = { alg: 'ML-DSA-44', bytes: mlDsa44FromSeed(new Uint8Array(32).fill(3)).publicKey } as const
const jwk: Jwk = jwkOf(publicKey)

function founded(more: Partial<PartyPayload>) {
  const payload = partyPayload(sign, more)
  const urn = urnOf(payload)
  const statement = decodeStatement(
    signStatement({ kind: 'party', iss: urn, sub: urn, iat: 1000, payload, signer: sign }),
    port,
  )
  return foundParty(statement, readPayloadAs(statement, 'party'), 0, port)
}

const own: PartyPayload['keys'][number] = { jwk: sign.jwk, roles: ['sign'] }

test('a party lists an ML-DSA-44 key with role witness, named by its thumbprint', () => {
  const state = founded({ keys: [own, { jwk, roles: ['witness'] }] })
  const key = state.keys[1] ?? assert.fail('no second key')
  assert.equal(key.kid, kidOf(jwk, port))
  assert.deepEqual(rawKey(key), publicKey)
  assert.equal(
    codeOf(() => maySign(state, key.kid, 'product', 1)),
    'key-without-role',
  )
})

test('an ML-DSA-44 key has no other role, and recovers nobody', () => {
  const pointerOf = (more: Partial<PartyPayload>): string | undefined => {
    try {
      founded(more)
    } catch (error) {
      assert.ok(error instanceof StatementError && error.code === 'schema-violation', String(error))
      return error.pointer
    }
    return assert.fail('accepted')
  }
  assert.equal(pointerOf({ keys: [own, { jwk, roles: ['witness', 'log'] }] }), '/keys/1/roles')
  assert.equal(pointerOf({ keys: [own, { jwk, roles: ['sign'] }] }), '/keys/1/roles')
  // The type would not allow it.
  const recovery = { threshold: 1, keys: [jwk] } as NonNullable<PartyPayload['recovery']>
  assert.equal(pointerOf({ recovery }), '/recovery/keys/0')
})

test('a statement that names an ML-DSA-44 key as its signer is refused', () => {
  const state = founded({ keys: [own, { jwk, roles: ['witness'] }] })
  const payload = partyPayload(sign, { previous: state.statement })
  const key = partyStatementKey(state, payload, kidOf(jwk, port), port)
  assert.equal(key.alg, 'ML-DSA-44')
})
