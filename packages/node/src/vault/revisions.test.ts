/** What a revised or withdrawn advisory does to the matches that were there. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { closeHouse, house, left, lines, osv, publish, sbom } from './vault.fixture.ts'

test('a revision that leaves ranges and remedy as they are raises no alert', async (context) => {
  const built = await house(context)
  const { vault, operator, clock } = built
  await vault.addInventory(operator.urn, 'plant', sbom('left@1.0.0'))
  const first = await publish(built, left({ fixed: '1.2.0' }), { id: 'A-1' })
  await vault.settled()
  const before = vault.matches(operator.urn).matches[0]
  assert.ok(before)
  clock.advance(100)
  const document = left({ fixed: '1.2.0' }, { summary: 'in better words', aliases: ['CVE-2026-1'] })
  const second = await publish(built, document, { id: 'A-1', title: 'Better words', revises: first.statement })
  await vault.settled()
  const after = vault.match(operator.urn, before.id)
  assert.equal(after.alertedAt, before.alertedAt)
  assert.equal(after.since, before.since)
  assert.deepEqual(after.history, [])
  assert.equal(after.advisory.title, 'Better words')
  assert.equal(after.advisory.statement, second.statement)
  await closeHouse(built)
})

test('a revision with another remedy alerts whom it concerns, and nobody else', async (context) => {
  const built = await house(context)
  const { vault, operator, clock } = built
  await vault.addInventory(operator.urn, 'plant', sbom('left@1.0.0', 'left@1.3.0'))
  const first = await publish(built, left({ fixed: '1.2.0' }), { id: 'A-1' })
  await vault.settled()
  clock.advance(100)
  const remedy = { kind: 'update', version: '1.2.0' } as const
  await publish(built, left({ fixed: '1.2.0' }), { id: 'A-1', revises: first.statement, remedy })
  await vault.settled()
  const alerts = vault.matches(operator.urn).matches.map(({ component, alertedAt }) => [component.version, alertedAt])
  assert.deepEqual(alerts.toSorted(), [
    ['1.0.0', clock.now()],
    ['1.3.0', undefined],
  ])
  await closeHouse(built)
})

test('a revision that widens the range changes the state and keeps what was', async (context) => {
  const built = await house(context)
  const { vault, operator, clock } = built
  await vault.addInventory(operator.urn, 'plant', sbom('left@1.2.5'))
  const first = await publish(built, left({ fixed: '1.2.0' }), { id: 'A-1' })
  await vault.settled()
  clock.advance(100)
  const second = await publish(built, left({ fixed: '1.3.0' }), { id: 'A-1', revises: first.statement })
  await vault.settled()
  const [match] = vault.matches(operator.urn).matches
  assert.ok(match)
  const { state, since, statement, history } = vault.match(operator.urn, match.id)
  assert.deepEqual([state, since, statement], ['affected', clock.now(), second.statement])
  assert.deepEqual(
    history.map(({ state, statement }) => [state, statement]),
    [['not_affected', first.statement]],
  )
  await closeHouse(built)
})

test('a revision that no longer names the package ends the match and keeps what was', async (context) => {
  const built = await house(context)
  const { vault, operator } = built
  await vault.addInventory(operator.urn, 'plant', sbom('left@1.0.0', 'other@1.0.0'))
  const first = await publish(built, left({}), { id: 'A-1' })
  await publish(built, osv('OSV-1', 'other', {}), { id: 'A-1', revises: first.statement })
  await vault.settled()
  assert.deepEqual(lines(vault, operator.urn), ['left@1.0.0 not_affected A-1', 'other@1.0.0 affected A-1'])
  const [match] = vault.matches(operator.urn, { state: 'not_affected' }).matches
  assert.equal(match?.why.reason, 'not-named')
  assert.equal(vault.match(operator.urn, match?.id ?? '').history[0]?.state, 'affected')
  await closeHouse(built)
})

test('a withdrawn advisory withdraws its matches and keeps what was', async (context) => {
  const built = await house(context)
  const { vault, operator, clock } = built
  await vault.addInventory(operator.urn, 'plant', sbom('left@1.0.0'))
  const first = await publish(built, left({}), { id: 'A-1' })
  await vault.settled()
  clock.advance(50)
  await publish(built, left({}), { id: 'A-1', revises: first.statement, withdrawn: '2026-11-21T00:00:00Z' })
  await vault.settled()
  const [match] = vault.matches(operator.urn).matches
  assert.ok(match)
  assert.deepEqual([match.state, match.why.reason, match.alert], ['not_affected', 'withdrawn', false])
  assert.equal(match.advisory.withdrawn, true)
  assert.deepEqual(
    vault.match(operator.urn, match.id).history.map(({ state, since }) => [state, since]),
    [['affected', clock.now() - 50]],
  )
  // Who comes after it was never concerned.
  await vault.addInventory(operator.urn, 'office', sbom('left@1.0.0'))
  assert.equal(vault.matches(operator.urn).matches.length, 1)
  await closeHouse(built)
})
