import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkPayload } from '../read-payload.ts'
import { codeOf, partyPayload, signer } from '../signers.fixture.ts'
import { StatementError } from '../statement-error.ts'
import { PARTY_A } from './examples.ts'
import { date } from './fields.ts'
import { defineKind } from './kind.ts'
import { AT } from './kinds.fixture.ts'
import { partyKind } from './party.ts'
import { coreKinds, kindRegistry } from './registry.ts'

/** Pointer of what is wrong with a party payload that the schema accepts. */
function wrongParty(more: Parameters<typeof partyPayload>[1]): string | undefined {
  const payload = partyPayload(signer(1), more)
  const about = { iss: PARTY_A, sub: PARTY_A, iat: AT }
  try {
    checkPayload(partyKind, payload, about)
  } catch (error) {
    assert.ok(error instanceof StatementError)
    assert.equal(error.code, 'schema-violation')
    return error.pointer
  }
  return undefined
}

test('a threshold that the keys of its statement could never reach is refused', () => {
  const [first, second, third] = [signer(1), signer(2), signer(3)]
  const sign = { jwk: first.jwk, roles: ['sign'] as const }
  const approve = { jwk: second.jwk, roles: ['approve'] as const }
  const narrow = { jwk: third.jwk, roles: ['sign'] as const, kinds: ['findings'] }
  type Keys = readonly { readonly jwk: typeof first.jwk; readonly roles: readonly ('sign' | 'approve' | 'log')[] }[]
  const keys = (list: Keys) => list.map((key) => ({ ...key, roles: [...key.roles] }))
  const wrong = (list: Keys, thresholds: Record<string, number>) => wrongParty({ keys: keys(list), thresholds })
  assert.equal(wrong([sign, approve], { advisory: 2, party: 2 }), undefined)
  assert.equal(wrong([sign, approve], { product: 2, advisory: 3 }), '/thresholds/advisory')
  assert.equal(wrong([sign], { party: 2 }), '/thresholds/party')
  const both = { jwk: first.jwk, roles: ['sign', 'approve'] as const }
  assert.equal(wrong([both], { advisory: 2 }), '/thresholds/advisory', 'a key counts once')
  assert.equal(wrong([both, approve], { advisory: 2 }), undefined)
  const more = { jwk: third.jwk, roles: ['sign'] as const }
  assert.equal(wrong([sign, more], { advisory: 2 }), '/thresholds/advisory', 'who cannot approve signs alone')
  assert.equal(wrong([sign, { jwk: second.jwk, roles: ['log'] }], { advisory: 2 }), '/thresholds/advisory')
  assert.equal(wrong([sign, approve, narrow], { findings: 2, 'hash-envelope': 2 }), undefined)
  const products = { jwk: first.jwk, roles: ['sign'] as const, kinds: ['party', 'product'] }
  assert.equal(wrong([products, approve], { advisory: 2 }), '/thresholds/advisory', 'nobody could sign one')
})

test('a threshold for a kind that nobody knows is refused: it would guard nothing', () => {
  const keys = [
    { jwk: signer(1).jwk, roles: ['sign' as const] },
    { jwk: signer(2).jwk, roles: ['approve' as const] },
  ]
  assert.equal(wrongParty({ keys, thresholds: { advisroy: 2 } }), '/thresholds/advisroy')
  const rule = defineKind({ ...partyKind, name: 'rule', schema: date, example: { sub: PARTY_A, payload: '' } })
  const payload = partyPayload(signer(1), { keys, thresholds: { rule: 2 } })
  const about = { iss: PARTY_A, sub: PARTY_A, iat: AT }
  assert.equal(
    codeOf(() => checkPayload(partyKind, payload, about, kindRegistry(coreKinds, [rule]))),
    'none',
  )
})

test('a party statement that could never work is refused', () => {
  const [first, second] = [signer(1), signer(2)]
  const wrong = wrongParty
  assert.equal(wrong({}), undefined)
  assert.equal(wrong({ type: 'state' }), '/state')
  assert.equal(wrong({ type: 'state', state: 'XA' }), undefined)
  assert.equal(wrong({ keys: [{ jwk: first.jwk, roles: ['seal'] }] }), '/keys')
  const twice = [
    { jwk: first.jwk, roles: ['sign'] },
    { jwk: first.jwk, roles: ['seal'] },
  ] as const
  assert.equal(wrong({ keys: twice.map((key) => ({ jwk: key.jwk, roles: [...key.roles] })) }), '/keys/1/jwk')
  assert.equal(wrong({ thresholds: { time: 2 } }), '/thresholds/time')
  assert.equal(wrong({ recovery: { threshold: 2, keys: [second.jwk] } }), '/recovery/threshold')
  assert.equal(wrong({ recovery: { threshold: 1, keys: [second.jwk, second.jwk] } }), '/recovery/keys/1')
  assert.equal(wrong({ recovery: { threshold: 1, keys: [first.jwk] } }), '/keys/0/jwk')
})
