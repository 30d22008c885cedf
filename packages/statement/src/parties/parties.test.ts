import assert from 'node:assert/strict'
import { test } from 'node:test'
import { canonicalJsonBytes } from '../canonical-json.ts'
import type { PartyPayload } from '../kinds/party.ts'
import { readPayloadAs } from '../read-payload.ts'
import { signStatement } from '../sign-statement.ts'
import { verifySignature } from '../signature.ts'
import { codeOf, partyPayload, port, signer, type TestSigner, urnOf } from '../signers.fixture.ts'
import { decodeStatement } from '../statement.ts'
import { foundParty } from './found-party.ts'
import { isContested, keyAt, maySign, partyStatementKey } from './party-keys.ts'
import { keysDigest, type PartyState } from './party-state.ts'
import { countSigners, thresholdOf } from './thresholds.ts'
import { updateParty } from './update-party.ts'

const [first, second, third, approver, lost, rescue1, rescue2, rescue3, stranger] = Array.from({ length: 9 }, (_, i) =>
  signer(i + 1),
) as [TestSigner, TestSigner, TestSigner, TestSigner, TestSigner, TestSigner, TestSigner, TestSigner, TestSigner] // nine were made

const nextKeys: PartyPayload['keys'] = [{ jwk: second.jwk, roles: ['sign'] }]

/** The usual party: one signing key, an approver, a receipt key, a commitment, two of three for recovery. */
const founding = partyPayload(first, {
  keys: [
    { jwk: first.jwk, roles: ['sign'] },
    { jwk: approver.jwk, roles: ['approve'] },
    { jwk: lost.jwk, roles: ['sign', 'receipt'], kinds: ['product', 'party'] },
  ],
  next: keysDigest(nextKeys, port),
  recovery: { threshold: 2, keys: [rescue1.jwk, rescue2.jwk, rescue3.jwk] },
})
const urn = urnOf(founding)

function statementOf(payload: PartyPayload, by: TestSigner, iss = urn, iat = 1000) {
  const bytes = signStatement({ kind: 'party', iss, sub: iss, iat, payload, signer: by })
  const statement = decodeStatement(bytes, port)
  return { statement, payload: readPayloadAs(statement, 'party') }
}

function found(payload: PartyPayload = founding, by: TestSigner = first, index = 5): PartyState {
  const decoded = statementOf(payload, by, urnOf(payload))
  verifySignature(decoded.statement, partyStatementKey(undefined, decoded.payload, by.kidHex, port), port)
  return foundParty(decoded.statement, decoded.payload, index, port)
}

/** Applies a change to what `state` said last; `approvals` are signers. */
function change(
  state: PartyState,
  base: PartyPayload,
  more: Partial<PartyPayload>,
  by: TestSigner,
  { index = 10, approvals = [], iat = 1000 }: { index?: number; approvals?: readonly TestSigner[]; iat?: number } = {},
): PartyState {
  const { statement, payload } = statementOf({ ...base, ...more, previous: state.statement }, by, state.urn, iat)
  verifySignature(statement, partyStatementKey(state, payload, by.kidHex, port), port)
  return updateParty(state, statement, payload, index, { approvals: approvals.map((each) => each.kidHex) }, port)
}

const state = found()

test('a party is named by the hash of its first payload', () => {
  assert.equal(state.urn, urn)
  assert.equal(state.index, 5)
  const { statement, payload } = statementOf(founding, first, `urn:comity:party:${'00'.repeat(32)}`)
  assert.equal(
    codeOf(() => foundParty(statement, payload, 0, port)),
    'wrong-party',
  )
})

test('a first statement is signed by one of its own sign keys that may sign party statements', () => {
  assert.equal(
    codeOf(() => found(founding, stranger)),
    'unknown-key',
  )
  assert.equal(
    codeOf(() => found(founding, approver)),
    'key-without-role',
  )
  assert.equal(
    codeOf(() => found(founding, lost)),
    'none',
  )
  const narrow = partyPayload(first, { keys: [{ jwk: first.jwk, roles: ['sign'], kinds: ['product'] }] })
  assert.equal(
    codeOf(() => found(narrow)),
    'key-without-kind',
  )
})

test('a first statement follows none and brings no malformed key', () => {
  assert.equal(
    codeOf(() => found({ ...founding, previous: '00'.repeat(32) })),
    'wrong-previous',
  )
  const identity = { kty: 'OKP', crv: 'Ed25519', x: 'AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' } as const
  assert.equal(
    codeOf(() => found({ ...founding, keys: [...founding.keys, { jwk: identity, roles: ['seal'] }] })),
    'small-order-key',
  )
})

test('the state survives JSON', () => {
  const copy: PartyState = JSON.parse(JSON.stringify(state)) as PartyState // written from a PartyState just now
  assert.deepEqual(copy, state)
  maySign(copy, first.kidHex, 'product', 6)
})

test('roles and kinds decide who signs what', () => {
  const may = (by: TestSigner, kind: string, index = 6) => codeOf(() => maySign(state, by.kidHex, kind, index))
  assert.equal(may(first, 'advisory'), 'none')
  assert.equal(may(first, ''), 'none')
  assert.equal(may(approver, 'advisory'), 'key-without-role')
  assert.equal(may(approver, 'approval'), 'none')
  assert.equal(may(first, 'approval'), 'key-without-role')
  assert.equal(may(lost, 'product'), 'none')
  assert.equal(may(lost, 'advisory'), 'key-without-kind')
  assert.equal(may(lost, 'time'), 'none')
  assert.equal(may(lost, 'refusal'), 'none')
  assert.equal(may(first, 'time'), 'key-without-role')
  assert.equal(may(stranger, 'product'), 'unknown-key')
  assert.equal(may(first, 'product', 4), 'not-yet-valid-key')
  assert.equal(may(rescue1, 'approval'), 'none')
  assert.equal(may(rescue1, 'product'), 'key-without-role')
})

test('an update changes what is not a key, signed by a current key', () => {
  const updated = change(state, founding, { domains: ['north.invalid'] }, first)
  assert.deepEqual(updated.domains, ['north.invalid'])
  assert.equal(updated.index, 10)
  assert.deepEqual(updated.keys, state.keys)
  assert.equal(
    codeOf(() => change(state, founding, {}, approver)),
    'key-without-role',
  )
  assert.equal(
    codeOf(() => change(state, founding, {}, stranger)),
    'unknown-key',
  )
})

test('previous names the latest statement in effect', () => {
  const updated = change(state, founding, { domains: ['north.invalid'] }, first)
  const { statement, payload } = statementOf({ ...founding, previous: state.statement }, first)
  assert.equal(
    codeOf(() => updateParty(updated, statement, payload, 11, { approvals: [] }, port)),
    'wrong-previous',
  )
  const none = statementOf(founding, first)
  assert.equal(
    codeOf(() => updateParty(state, none.statement, none.payload, 11, { approvals: [] }, port)),
    'wrong-previous',
  )
})

test('a rotation brings the committed keys, signed by one of them', () => {
  const rotated = change(state, founding, { keys: nextKeys, next: keysDigest(founding.keys, port) }, second)
  assert.equal(keyAt(rotated, first.kidHex, 9).status, 'valid')
  assert.equal(keyAt(rotated, first.kidHex, 10).status, 'revoked')
  assert.equal(keyAt(rotated, second.kidHex, 9).status, 'not-yet-valid')
  assert.equal(keyAt(rotated, second.kidHex, 10).status, 'valid')
  assert.equal(
    codeOf(() => maySign(rotated, first.kidHex, 'product', 10)),
    'revoked-key',
  )
  assert.equal(
    codeOf(() => change(rotated, { ...founding, keys: nextKeys }, {}, first)),
    'revoked-key',
  )
})

test('a rotation to keys nobody committed to is refused, also when the thief signs with the stolen key', () => {
  const stolen: PartyPayload['keys'] = [{ jwk: stranger.jwk, roles: ['sign'] }]
  assert.equal(
    codeOf(() => change(state, founding, { keys: stolen }, first)),
    'key-not-committed',
  )
  assert.equal(
    codeOf(() => change(state, founding, { keys: stolen }, stranger)),
    'key-not-committed',
  )
  assert.equal(
    codeOf(() => change(state, founding, { keys: nextKeys }, first)),
    'unknown-key',
  )
})

test('an update cannot change the commitment or the recovery keys, only set them where there were none', () => {
  assert.equal(
    codeOf(() => change(state, founding, { next: keysDigest(founding.keys, port) }, first)),
    'key-not-committed',
  )
  assert.equal(
    codeOf(() => change(state, founding, { recovery: { threshold: 1, keys: [stranger.jwk] } }, first)),
    'key-not-committed',
  )
  const { next: _next, recovery: _recovery, ...bare } = founding
  assert.equal(
    codeOf(() => change(state, bare, {}, first)),
    'key-not-committed',
  )
  const plain = found(bare)
  const set = change(plain, bare, { next: founding.next ?? '', recovery: founding.recovery ?? assert.fail() }, first)
  assert.equal(set.next, founding.next)
  assert.equal(set.recovery?.keys.length, 3)
})

test('recovery takes its threshold of distinct recovery keys, and may change everything', () => {
  const keys: PartyPayload['keys'] = [{ jwk: third.jwk, roles: ['sign'] }]
  const recover = (by: TestSigner, approvals: readonly TestSigner[]) =>
    change(state, founding, { keys }, by, { approvals })
  assert.equal(
    codeOf(() => recover(rescue1, [])),
    'threshold-not-met',
  )
  assert.equal(
    codeOf(() => recover(rescue1, [rescue1])),
    'threshold-not-met',
  )
  assert.equal(
    codeOf(() => recover(rescue1, [first, approver])),
    'threshold-not-met',
  )
  const recovered = recover(rescue1, [rescue3])
  assert.equal(keyAt(recovered, first.kidHex, 10).status, 'revoked')
  assert.equal(
    codeOf(() => maySign(recovered, third.kidHex, 'product', 10)),
    'none',
  )
})

test('a compromise contests from its time on, erases nothing, and ends the key', () => {
  const payload = { compromise: [{ kid: lost.kidHex, since: 500 }] }
  const after = change(state, founding, payload, first, { iat: 600 })
  assert.equal(keyAt(after, lost.kidHex, 9).status, 'valid')
  assert.equal(keyAt(after, lost.kidHex, 10).status, 'revoked')
  assert.equal(isContested(after, lost.kidHex, 499), false)
  assert.equal(isContested(after, lost.kidHex, 500), true)
  assert.equal(isContested(after, first.kidHex, 500), false)
  assert.equal(
    codeOf(() => maySign(after, lost.kidHex, 'product', 11)),
    'revoked-key',
  )
})

test('a compromise stays when later statements do not repeat it, and an earlier since widens it', () => {
  const after = change(state, founding, { compromise: [{ kid: lost.kidHex, since: 500 }] }, first)
  const later = change(after, founding, {}, first, { index: 20 })
  assert.deepEqual(later.compromised, after.compromised)
  const widened = change(later, founding, { compromise: [{ kid: lost.kidHex, since: 400 }] }, first, { index: 30 })
  assert.equal(isContested(widened, lost.kidHex, 450), true)
  assert.equal(widened.keys.filter((key) => key.to === 10).length, 1)
})

test('a compromised key cannot come back, and what was never a key cannot be compromised', () => {
  const toCompromised = partyPayload(first, { next: keysDigest([{ jwk: first.jwk, roles: ['sign', 'seal'] }], port) })
  const before = found(toCompromised)
  const after = change(before, toCompromised, { compromise: [{ kid: first.kidHex, since: 1 }] }, first)
  const back: PartyPayload['keys'] = [{ jwk: first.jwk, roles: ['sign', 'seal'] }]
  assert.equal(
    codeOf(() => change(after, toCompromised, { keys: back }, first, { index: 11 })),
    'revoked-key',
  )
  assert.equal(
    codeOf(() => change(state, founding, { compromise: [{ kid: stranger.kidHex, since: 1 }] }, first)),
    'unknown-key',
  )
  const future = { compromise: [{ kid: lost.kidHex, since: 2000 }] }
  assert.equal(
    codeOf(() => change(state, founding, future, first, { iat: 1000 })),
    'schema-violation',
  )
})

test('thresholds count distinct keys, the own signature among them, and no recovery key', () => {
  const four = found({ ...founding, thresholds: { advisory: 2 } })
  assert.equal(thresholdOf(four, 'advisory'), 2)
  assert.equal(thresholdOf(four, 'product'), 1)
  assert.equal(thresholdOf(four, 'constructor'), 1)
  assert.equal(countSigners(four, first.kidHex, [first.kidHex]), 1)
  assert.equal(countSigners(four, first.kidHex, [approver.kidHex, approver.kidHex]), 2)
  assert.equal(countSigners(four, first.kidHex, [rescue1.kidHex]), 1)
})

test('a party statement under a threshold needs its approvals first', () => {
  const pair: PartyPayload['keys'] = [...nextKeys, { jwk: third.jwk, roles: ['approve'] }]
  const guarded = { ...founding, thresholds: { party: 2 }, next: keysDigest(pair, port) }
  const before = found(guarded)
  assert.equal(
    codeOf(() => change(before, guarded, { domains: ['a.invalid'] }, first)),
    'threshold-not-met',
  )
  assert.equal(
    codeOf(() => change(before, guarded, { domains: ['a.invalid'] }, first, { approvals: [approver] })),
    'none',
  )
  assert.equal(
    codeOf(() => change(before, guarded, { keys: pair }, second)),
    'threshold-not-met',
  )
})

test('four eyes cannot be closed by two: lowering a threshold takes as many keys as it asks for', () => {
  const guarded = { ...founding, thresholds: { advisory: 2 } }
  const before = found(guarded)
  assert.equal(
    codeOf(() => change(before, guarded, { thresholds: {} }, first)),
    'threshold-not-met',
  )
  assert.equal(
    codeOf(() => change(before, guarded, { thresholds: { advisory: 1 } }, first)),
    'threshold-not-met',
  )
  assert.equal(
    codeOf(() => change(before, guarded, { thresholds: { advisory: 2, product: 2 } }, first)),
    'none',
  )
  assert.equal(
    codeOf(() => change(before, guarded, { thresholds: {} }, first, { approvals: [approver] })),
    'none',
  )
})

test('a key that returns by rotation has two periods', () => {
  const back: PartyPayload['keys'] = founding.keys
  const away = change(state, founding, { keys: nextKeys, next: keysDigest(back, port) }, second)
  const base = { ...founding, keys: nextKeys }
  const home = change(away, base, { keys: back }, first, { index: 20 })
  assert.deepEqual(
    [5, 9, 10, 19, 20].map((index) => keyAt(home, first.kidHex, index).status),
    ['valid', 'valid', 'revoked', 'revoked', 'valid'],
  )
  assert.equal(keyAt(home, first.kidHex, 4).status, 'not-yet-valid')
})

test('the commitment is the digest of canonical JSON: order of members does not matter', () => {
  const shuffled = nextKeys.map(({ jwk, roles }) => ({ roles, jwk }))
  assert.equal(keysDigest(shuffled, port), keysDigest(nextKeys, port))
  const expected = `sha256:${Buffer.from(port.sha256(canonicalJsonBytes(nextKeys))).toString('hex')}`
  assert.equal(keysDigest(nextKeys, port), expected)
})

test('an approval by a recovery key never counts as one of the four eyes, not even after a recovery replaced it', () => {
  const recovered = change(
    state,
    founding,
    { keys: [{ jwk: third.jwk, roles: ['sign'] }], recovery: { threshold: 1, keys: [stranger.jwk] } },
    rescue1,
    { approvals: [rescue2] },
  )
  assert.equal(countSigners(recovered, third.kidHex, [rescue3.kidHex]), 1)
  assert.equal(countSigners(recovered, third.kidHex, [approver.kidHex]), 2)
})

test('a key declared compromised again and again has one mark, the earliest', () => {
  let current = state
  for (const since of [900, 800, 850, 700]) {
    current = change(current, founding, { compromise: [{ kid: lost.kidHex, since }] }, first)
  }
  assert.deepEqual(
    current.compromised.map(({ kid, since }) => [kid, since]),
    [[lost.kidHex, 700]],
  )
})
