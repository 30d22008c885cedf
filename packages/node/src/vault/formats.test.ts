/** Advisories of every format, several about one vulnerability, and what counts where they disagree. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { csaf, cve, openVex, sbomOfProduct } from './formats.fixture.ts'
import { actor } from '@comity/testkit'
import { advisoryUrn, productUrn } from '@comity/statement'
import { type House, closeHouse, house, osv, publish, sbom } from './vault.fixture.ts'

const flaw = 'CVE-2026-1001'

function only<T>(all: readonly T[]): T {
  assert.equal(all.length, 1)
  return all[0] ?? assert.fail('there is none')
}

/** The same house with another provider. */
async function byAnother(built: House, name: string): Promise<House> {
  const { node, clock } = built
  const provider = actor(name, node.origin)
  await node.submit(provider.founding(clock.now()))
  const updatePolicy = { mechanism: 'download', consent: 'required', security: 'separate', rollback: true } as const
  const sub = productUrn(provider.urn, 'gateway')
  await node.submit(provider.sign('product', sub, { name: 'Gateway', updatePolicy }, clock.now()))
  return { ...built, provider }
}

test('CSAF, CVE and VEX are matched as OSV is, by package URL, by CPE and by vendor and name', async (context) => {
  const built = await house(context)
  const { vault, operator } = built
  await vault.addInventory(operator.urn, 'plant', sbom('left@1.0.0', 'left@2.0.0', 'right@1.0.0', 'lower@1.0.0'))
  await vault.addInventory(operator.urn, 'works', sbomOfProduct('acme', 'relay', '3.1'))
  await publish(built, csaf('C-1', flaw, 'left', '2.0.0'), { id: 'A-1' })
  await publish(built, openVex('CVE-2026-1002', 'pkg:npm/right@1.0.0', 'under_investigation'), { id: 'A-2' })
  await publish(built, openVex('CVE-2026-1003', 'pkg:npm/lower@1.0.0', 'not_affected'), { id: 'A-3' })
  await publish(built, cve('CVE-2026-1004', 'Acme', 'Relay', '4.0'), { id: 'A-4' })
  await vault.settled()
  const seen = vault.matches(operator.urn).matches.map(({ component, vulnerability, state, advisory }) => {
    return [component.name, component.version, vulnerability.id, state, advisory.format].join(' ')
  })
  assert.deepEqual(seen.toSorted(), [
    `left 1.0.0 ${flaw} affected CSAF`,
    `left 2.0.0 ${flaw} fixed CSAF`,
    'lower 1.0.0 CVE-2026-1003 not_affected OpenVEX',
    'relay 3.1 CVE-2026-1004 affected CVE',
    'right 1.0.0 CVE-2026-1002 under_investigation OpenVEX',
  ])
  const lower = only(vault.matches(operator.urn, { state: 'not_affected' }).matches)
  assert.deepEqual(lower.why.justifications, ['vulnerable_code_not_in_execute_path'])
  assert.deepEqual(vault.unreadAdvisories(), [])
  await closeHouse(built)
})

test('advisories of two publishers and two formats about one CVE are one match that cites both, whichever comes first', async (context) => {
  for (const order of [0, 1, 2]) {
    const built = await house(context)
    const { vault, operator } = built
    const other = await byAnother(built, 'another provider')
    const add = () => vault.addInventory(operator.urn, 'plant', sbom('left@1.0.0'))
    const first = () =>
      publish(built, osv('GHSA-aaaa-bbbb-cccc', 'left', { fixed: '2.0.0' }, { aliases: [flaw] }), { id: 'A-1' })
    const second = () => publish(other, csaf('C-1', flaw, 'left', '2.0.0'), { id: 'B-1' })
    const deeds =
      [
        [add, first, second],
        [first, add, second],
        [second, first, add],
      ][order] ?? []
    for (const deed of deeds) await deed()
    await vault.settled()
    const match = only(vault.matches(operator.urn).matches)
    assert.equal(match.vulnerability.id, flaw)
    assert.deepEqual(match.vulnerability.names, [flaw, 'GHSA-aaaa-bbbb-cccc'])
    assert.deepEqual(
      [match.advisory, ...match.others].map(({ format, as }) => `${format} ${as === 'superseded'}`).toSorted(),
      ['CSAF false', 'OSV false'],
    )
    for (const { sub } of [match.advisory, ...match.others]) {
      assert.deepEqual(
        vault.matches(operator.urn, { advisory: sub ?? '' }).matches.map(({ id }) => id),
        [match.id],
      )
    }
    await closeHouse(built)
  }
})

test('an alias that becomes known later makes one match of two, with the past of both', async (context) => {
  const built = await house(context)
  const { vault, operator, clock } = built
  await vault.addInventory(operator.urn, 'plant', sbom('left@1.0.0'))
  const first = await publish(built, osv('GHSA-aaaa-bbbb-cccc', 'left', { fixed: '2.0.0' }), { id: 'A-1' })
  const other = await byAnother(built, 'another provider')
  await publish(other, csaf('C-1', flaw, 'left', '2.0.0'), { id: 'B-1' })
  await vault.settled()
  const ids = vault.matches(operator.urn).matches.map(({ vulnerability }) => vulnerability.id)
  assert.deepEqual(ids.toSorted(), [flaw, 'GHSA-aaaa-bbbb-cccc'])
  const alerts = vault.alertsAfter(operator.urn, '').alerts.length
  assert.equal(alerts, 2)

  clock.advance(100)
  const known = osv('GHSA-aaaa-bbbb-cccc', 'left', { fixed: '2.0.0' }, { aliases: [flaw] })
  await publish(built, known, { id: 'A-1', revises: first.statement })
  await vault.settled()
  const match = only(vault.matches(operator.urn).matches)
  assert.equal(match.vulnerability.id, flaw)
  assert.equal(match.others.length, 1)
  assert.ok(vault.match(operator.urn, match.id).history.length > 0)

  // And apart again, when it turns out not to be so.
  clock.advance(100)
  await publish(built, osv('GHSA-aaaa-bbbb-cccc', 'left', { fixed: '2.0.0' }), { id: 'A-1', revises: first.statement })
  await vault.settled()
  const apart = vault.matches(operator.urn).matches.map(({ vulnerability, state }) => `${vulnerability.id} ${state}`)
  assert.deepEqual(apart.toSorted(), [`${flaw} affected`, 'GHSA-aaaa-bbbb-cccc affected'])
  await closeHouse(built)
})

test('a match keeps its name when its vulnerability gets another', async (context) => {
  const built = await house(context)
  const { vault, operator } = built
  await vault.addInventory(operator.urn, 'plant', sbom('left@1.0.0'))
  const first = await publish(built, osv('OSV-1', 'left', { fixed: '2.0.0' }), { id: 'A-1' })
  await vault.settled()
  const before = only(vault.matches(operator.urn).matches)
  const more = { aliases: [flaw] }
  await publish(built, osv('OSV-1', 'left', { fixed: '2.0.0' }), { id: 'A-1', revises: first.statement, ...more })
  await vault.settled()
  const after = only(vault.matches(operator.urn).matches)
  assert.deepEqual([after.id, after.vulnerability.id, after.since], [before.id, flaw, before.since])
  assert.equal(vault.alertsAfter(operator.urn, '').alerts.length, 1)
  await closeHouse(built)
})

test('who is harmless in the eyes of one publisher stays affected by the word of another, and the contrary is shown', async (context) => {
  const built = await house(context)
  const { vault, operator } = built
  const other = await byAnother(built, 'another provider')
  await vault.addInventory(operator.urn, 'plant', sbom('left@1.0.0'))
  await publish(built, csaf('C-1', flaw, 'left', '2.0.0'), { id: 'A-1' })
  // It calls itself by the same author and document, and later: still it takes back nobody's word but its own.
  const vex = openVex(flaw, 'pkg:npm/left@1.0.0', 'not_affected', {})
  await publish(other, { ...vex, author: 'Somebody', timestamp: '2030-01-01T00:00:00Z' }, { id: 'B-1' })
  await vault.settled()
  const match = only(vault.matches(operator.urn).matches)
  assert.deepEqual([match.state, match.by, match.advisory.party], ['affected', 'others', built.provider.urn])
  assert.deepEqual(
    match.others.map(({ as, party }) => [as, party]),
    [['contrary', other.provider.urn]],
  )

  // The party believes itself.
  await vault.addInventory(other.provider.urn, 'own', sbom('left@1.0.0'))
  const own = only(vault.matches(other.provider.urn).matches)
  assert.deepEqual([own.state, own.by], ['not_affected', 'supplier'])
  await closeHouse(built)
})

test('a document that cannot be read any more makes nothing harmless that others do not', async (context) => {
  const built = await house(context)
  const { vault, operator } = built
  const other = await byAnother(built, 'another provider')
  await vault.addInventory(operator.urn, 'plant', sbom('left@1.0.0'))
  const first = await publish(built, csaf('C-1', flaw, 'left', '2.0.0'), { id: 'A-1' })
  await publish(other, openVex(flaw, 'pkg:npm/left@1.0.0', 'not_affected'), { id: 'B-1' })
  await publish(built, Buffer.from('gibberish'), { id: 'A-1', revises: first.statement })
  await vault.settled()
  const match = only(vault.matches(operator.urn).matches)
  assert.deepEqual([match.state, match.why.reason], ['undetermined', 'unreadable'])
  // Nor does what else happens to it.
  await vault.addInventory(operator.urn, 'plant', sbom('left@1.0.0', 'right@1.0.0'))
  assert.equal(only(vault.matches(operator.urn).matches).state, 'undetermined')
  await closeHouse(built)
})

test('what holds only inside something else depends on what the inventory holds beside', async (context) => {
  const built = await house(context)
  const { vault, operator } = built
  const products = [{ '@id': 'pkg:npm/whole@1.0.0', subcomponents: [{ '@id': 'pkg:npm/left@1.0.0' }] }]
  await publish(built, openVex(flaw, 'pkg:npm/whole@1.0.0', 'not_affected', { products }), { id: 'A-1' })
  await publish(built, osv('OSV-1', 'left', { fixed: '2.0.0' }, { aliases: [flaw] }), { id: 'A-2' })
  await vault.settled()
  const says = (name: string) => {
    const { id } = vault.listInventories(operator.urn).find((each) => each.name === name) ?? assert.fail(name)
    const match = only(vault.matches(operator.urn, { inventory: id }).matches)
    return [match.advisory, ...match.others].find(({ format }) => format === 'OpenVEX')?.state
  }
  await vault.addInventory(operator.urn, 'alone', sbom('left@1.0.0'))
  await vault.addInventory(operator.urn, 'inside', sbom('whole@1.0.0', 'left@1.0.0'))
  assert.deepEqual([says('alone'), says('inside')], ['undetermined', 'not_affected'])
  // The same when the document is read again with the inventories there.
  await publish(built, openVex(flaw, 'pkg:npm/whole@1.0.0', 'not_affected', { products, impact_statement: 'none' }), {
    id: 'A-3',
  })
  await vault.settled()
  assert.deepEqual([says('alone'), says('inside')], ['undetermined', 'not_affected'])
  await closeHouse(built)
})

test('one who answers an advisory settles what was there then, and nothing that comes later', async (context) => {
  const built = await house(context)
  const { vault, node, operator, clock } = built
  await vault.addInventory(operator.urn, 'plant', sbom('left@1.0.0'))
  const { sub, statement } = await publish(built, csaf('C-1', flaw, 'left', '2.0.0'), { id: 'A-1' })
  await vault.settled()
  assert.equal(sub, advisoryUrn(built.provider.urn, 'A-1'))
  const [alert] = vault.alertsAfter(operator.urn, '').alerts
  clock.advance(10)
  await node.submit(operator.sign('acknowledgement', sub, { advisory: statement, state: 'remedied' }, clock.now()))
  await vault.settled()
  const match = only(vault.matches(operator.urn).matches)
  assert.deepEqual([match.state, match.by, match.cause, match.alert], ['remedied', 'operator', 'answer', false])
  assert.equal(match.advisory.state, 'affected')
  assert.deepEqual(
    vault.match(operator.urn, match.id).history.map(({ state }) => state),
    ['affected'],
  )

  clock.advance(10)
  await vault.addInventory(operator.urn, 'office', sbom('left@1.5.0'))
  const states = vault.matches(operator.urn).matches.map(({ component, state }) => `${component.version} ${state}`)
  assert.deepEqual(states.toSorted(), ['1.0.0 remedied', '1.5.0 affected'])
  const after = vault.alertsAfter(operator.urn, `${alert?.tick}-${alert?.match}`)
  assert.deepEqual(
    after.alerts.map(({ reason, cause }) => [reason, cause]),
    [['new', 'inventory']],
  )
  await closeHouse(built)
})
