import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { checkPayload } from '../read-payload.ts'
import { signStatement } from '../sign-statement.ts'
import { partyPayload, port, signer } from '../signers.fixture.ts'
import { decodeStatement } from '../statement.ts'
import { StatementError } from '../statement-error.ts'
import { maySign } from '../parties/party-keys.ts'
import { foundParty } from '../parties/found-party.ts'
import { partyUrn } from '../identifiers.ts'
import { canonicalJsonBytes } from '../canonical-json.ts'
import { DIGEST, PARTY_A, PARTY_B } from './examples.ts'
import { type CorePayloads, coreRegistry } from './registry.ts'

const AT = 1_795_219_200

/** Pointer of what is wrong with a payload, or undefined. */
function wrong<K extends 'commitment' | 'message' | 'delivery' | 'party'>(
  name: K,
  payload: CorePayloads[K],
  iat = AT,
): string | undefined {
  const kind = coreRegistry.get(name) ?? assert.fail(name)
  try {
    checkPayload(kind, payload, { iss: PARTY_A, sub: kind.example.sub, iat })
    return undefined
  } catch (error) {
    assert.ok(error instanceof StatementError)
    return error.pointer
  }
}

test('a commitment has one size, whatever it commits to and whenever', () => {
  const size = (hour: number, root: Uint8Array): number => {
    const payload = { hour, root: `sha256:${Buffer.from(root).toString('hex')}` }
    const bytes = signStatement({
      kind: 'commitment',
      iss: PARTY_A,
      sub: 'log.north.invalid',
      iat: hour,
      payload,
      signer: signer(1),
    })
    assert.equal(decodeStatement(bytes, port).iat, hour)
    return bytes.length
  }
  const first = size(AT, new Uint8Array(32))
  const hours = fc.integer({ min: 300_000, max: 1_190_000 }).map((hour) => hour * 3600)
  const roots = fc.uint8Array({ minLength: 32, maxLength: 32 })
  fc.assert(fc.property(hours, roots, (hour, root) => size(hour, root) === first))
})

test('a commitment ends with a full hour, which is the time it is signed with', () => {
  const root = DIGEST
  assert.equal(wrong('commitment', { hour: AT, root }), undefined)
  assert.equal(wrong('commitment', { hour: AT + 1, root }, AT + 1), '/hour')
  assert.equal(wrong('commitment', { hour: AT, root }, AT + 7), '/hour')
})

test('a message names others, each once, and its attachments by different names', () => {
  const file = { name: 'a.pdf', type: 'application/pdf', size: 1, digest: DIGEST, sealed: DIGEST }
  const text = 'Good morning'
  assert.equal(wrong('message', { to: [PARTY_B], text }), undefined)
  assert.equal(wrong('message', { to: [], other: 'The Registrar, Port of X', text }), undefined)
  assert.equal(wrong('message', { to: [], text }), '/to')
  assert.equal(wrong('message', { to: [PARTY_B, PARTY_A], text }), '/to/1')
  assert.equal(wrong('message', { to: [PARTY_B, PARTY_B], text }), '/to/1')
  assert.equal(wrong('message', { to: [PARTY_B], text, attachments: [file, file] }), '/attachments/1/name')
  for (const name of ['../a', 'a\\b', 'a\nb', '', 'a\u0000']) {
    assert.equal(wrong('message', { to: [PARTY_B], text, attachments: [{ ...file, name }] }), '/attachments/0/name')
  }
})

test('a receipt of delivery says for whom, where it was for a party', () => {
  const payload = { digest: DIGEST, sizeClass: 4096, at: AT, attachments: [] }
  assert.equal(wrong('delivery', { ...payload, how: 'inbox', to: PARTY_B }), undefined)
  assert.equal(wrong('delivery', { ...payload, how: 'link' }), undefined)
  assert.equal(wrong('delivery', { ...payload, how: 'inbox' }), '/to')
  assert.equal(wrong('delivery', { ...payload, how: 'link', to: PARTY_B }), '/to')
})

test('what a node says for itself takes its receipt key, and nobody approves it', () => {
  const [person, node] = [signer(1), signer(2)]
  const keys = [
    { jwk: person.jwk, roles: ['sign' as const, 'approve' as const] },
    { jwk: node.jwk, roles: ['receipt' as const] },
  ]
  const payload = partyPayload(person, { keys })
  const bytes = canonicalJsonBytes(payload)
  const iss = partyUrn(bytes, port)
  const state = foundParty({ iss, kidHex: person.kidHex, iat: AT, id: '00', payload: bytes }, payload, 0, port)
  for (const kind of ['commitment', 'delivery']) {
    maySign(state, node.kidHex, kind, 1)
    assert.throws(() => maySign(state, person.kidHex, kind, 1), { code: 'key-without-role' })
  }
  maySign(state, person.kidHex, 'message', 1)
  assert.throws(() => maySign(state, node.kidHex, 'message', 1), { code: 'key-without-role' })
  for (const kind of ['commitment', 'delivery', 'message']) {
    assert.equal(wrong('party', { ...payload, thresholds: { [kind]: 1 } }), `/thresholds/${kind}`)
  }
})
