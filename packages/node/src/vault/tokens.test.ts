import assert from 'node:assert/strict'
import { test } from 'node:test'
import { closeHouse, house, reopened } from './vault.fixture.ts'

test('a token opens until it is revoked, also after a restart', async (context) => {
  let built = await house(context)
  const { operator } = built
  const kept = await built.vault.issueToken({ party: operator.urn, admin: false, label: 'the pump room' })
  const revoked = await built.vault.issueToken({ party: null, admin: true, label: 'the keeper' })
  assert.match(kept.secret, /^comity_[A-Za-z0-9_-]{43}$/)
  assert.deepEqual(built.vault.verifyToken(revoked.secret)?.admin, true)
  await built.vault.revokeToken(revoked.id)
  for (const check of ['live', 'after a restart']) {
    assert.equal(built.vault.verifyToken(revoked.secret), undefined, check)
    assert.deepEqual(built.vault.verifyToken(kept.secret)?.party, operator.urn, check)
    assert.equal(built.vault.verifyToken(`${kept.secret.slice(0, -1)}~`), undefined, check)
    assert.equal(built.vault.verifyToken('x'.repeat(1_000_000)), undefined, check)
    assert.deepEqual(
      built.vault.listTokens().map(({ label, revokedAt }) => [label, revokedAt !== undefined]),
      [
        ['the pump room', false],
        ['the keeper', true],
      ],
      check,
    )
    await assert.rejects(built.vault.revokeToken(revoked.id), { code: 'unknown-token' })
    await closeHouse(built)
    built = await reopened(built)
  }
  await closeHouse(built)
})
