/** The key that an office names is one of its party's own, and one that is for it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Role } from '../kinds/kind.ts'
import type { PartyPayload } from '../kinds/party.ts'
import { readPayloadAs } from '../read-payload.ts'
import { partyKeyThumbprint } from '../seal-key.ts'
import { partyPayload, port, signer, type TestSigner, urnOf } from '../signers.fixture.ts'
import { signStatement } from '../sign-statement.ts'
import { decodeStatement } from '../statement.ts'
import { StatementError } from '../statement-error.ts'
import { toHex } from '../hex.ts'
import { foundParty } from './found-party.ts'
import { keysDigest, type PartyState } from './party-state.ts'
import { updateParty } from './update-party.ts'

const [own, approver, other, next, stranger] = [1, 2, 3, 4, 5].map(signer) as [
  TestSigner,
  TestSigner,
  TestSigner,
  TestSigner,
  TestSigner,
] // five were made

const x25519 = { kty: 'OKP', crv: 'X25519', x: 'hSDwCYkwp1R0i33ctD73Wg2_Og0mOBr066SpjqqbTmo' } as const
const seal = toHex(partyKeyThumbprint(x25519, port))
const nextKeys: PartyPayload['keys'] = [{ jwk: next.jwk, roles: ['sign'] }]

const base = partyPayload(own, {
  keys: [
    { jwk: own.jwk, roles: ['sign'] },
    { jwk: approver.jwk, roles: ['approve'] },
    { jwk: other.jwk, roles: ['sign', 'receipt'], kinds: ['product'] },
    { jwk: x25519, roles: ['seal'] },
  ],
  next: keysDigest(nextKeys, port),
})

function founded(payload: PartyPayload): PartyState {
  const iss = urnOf(payload)
  const bytes = signStatement({ kind: 'party', iss, sub: iss, iat: 1000, payload, signer: own })
  const statement = decodeStatement(bytes, port)
  return foundParty(statement, readPayloadAs(statement, 'party'), 5, port)
}

function changed(state: PartyState, payload: PartyPayload, by: TestSigner = own): PartyState {
  const iss = state.urn
  const said = { ...payload, previous: state.statement }
  const bytes = signStatement({ kind: 'party', iss, sub: iss, iat: 1000, payload: said, signer: by })
  const statement = decodeStatement(bytes, port)
  return updateParty(state, statement, readPayloadAs(statement, 'party'), 10, { approvals: [] }, port)
}

const naming = (...keys: readonly (string | undefined)[]): Pick<PartyPayload, 'contacts'> => ({
  contacts: keys.map((key) => ({ function: 'judicial', ...(key === undefined ? {} : { key }) })),
})

function refusal(f: () => unknown): StatementError {
  try {
    f()
  } catch (error) {
    if (error instanceof StatementError) return error
    throw error
  }
  assert.fail('it was taken')
}

test('an office names a key that messages to it are sealed to, or one with which it signs', () => {
  const payload = { ...base, ...naming(own.kidHex, seal, undefined, other.kidHex) }
  assert.deepEqual(founded(payload).contacts, payload.contacts)
})

test('a key that is no key of the statement is refused where it stands, with what would be right', () => {
  const error = refusal(() => founded({ ...base, ...naming(undefined, stranger.kidHex) }))
  assert.deepEqual([error.code, error.pointer], ['schema-violation', '/contacts/1/key'])
  assert.match(error.message, /is none of the keys of this statement/)
  assert.ok(error.message.includes(`${own.kidHex} (sign)`), error.message)
  assert.ok(error.message.includes(`${seal} (seal)`), error.message)
})

test('the key of a person who approves is refused: contacts name no persons', () => {
  const error = refusal(() => founded({ ...base, ...naming(approver.kidHex) }))
  assert.equal(error.pointer, '/contacts/0/key')
  assert.match(error.message, /has role approve; an office names a key to seal to/)
})

test('a key that was rotated out or declared compromised is no key of an office any more', () => {
  const state = founded({ ...base, ...naming(own.kidHex) })
  const gone = refusal(() => changed(state, { ...base, keys: nextKeys, ...naming(own.kidHex) }, next))
  assert.match(gone.message, /counts no more: it was replaced, or declared compromised/)
  assert.equal(changed(state, { ...base, keys: nextKeys, ...naming(next.kidHex) }, next).contacts.length, 1)
  const compromise = [{ kid: other.kidHex, since: 900 }]
  const stolen = refusal(() => changed(state, { ...base, ...naming(other.kidHex), compromise }))
  assert.deepEqual([stolen.code, stolen.pointer], ['schema-violation', '/contacts/0/key'])
})

test('contact_key_is_own_key', () => {
  const signers = [own, approver, other, next, stranger]
  const roles = fc.uniqueArray(fc.constantFrom<Role>('sign', 'approve', 'seal', 'log', 'receipt', 'witness'), {
    minLength: 1,
  })
  fc.assert(
    fc.property(fc.tuple(roles, roles, roles), fc.array(fc.nat(4), { maxLength: 4 }), (has, named) => {
      const keys = [{ jwk: own.jwk, roles: ['sign' as const] }, ...has.map((each, i) => keyOf(signers[i + 1], each))]
      const contacts = named.map((i) => ({ function: 'technical' as const, key: signers[i]?.kidHex ?? '' }))
      const wrong = named.findIndex((i) => {
        const rolesOf: readonly Role[] = i === 0 ? ['sign'] : (has[i - 1] ?? [])
        return !rolesOf.includes('sign') && !rolesOf.includes('seal')
      })
      const payload = partyPayload(own, { keys, contacts })
      if (wrong < 0) assert.deepEqual(founded(payload).contacts, contacts)
      else assert.equal(refusal(() => founded(payload)).pointer, `/contacts/${wrong}/key`)
    }),
    { numRuns: 60 },
  )
})

function keyOf(by: TestSigner | undefined, roles: readonly Role[]): PartyPayload['keys'][number] {
  assert.ok(by)
  return { jwk: by.jwk, roles: [...roles] }
}
