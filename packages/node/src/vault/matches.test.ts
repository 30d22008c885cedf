/** What a party sees: which advisory concerns which component, why, and nothing of anybody else. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { productUrn } from '@comity/statement'
import { actor } from '@comity/testkit'
import { type House, closeHouse, house, left, lines, publish, sbom } from './vault.fixture.ts'

test('an advisory finds the inventory that was there before it', async (context) => {
  const built = await house(context)
  const { vault, operator } = built
  await vault.addInventory(operator.urn, 'plant', sbom('left@1.0.0', 'right@1.0.0'))
  assert.deepEqual(lines(vault, operator.urn), [])
  const advisory = await publish(built, left({ fixed: '1.2.0' }), {
    id: 'A-1',
    remedy: { kind: 'update', version: '1.2.0' },
  })
  await vault.settled()
  const [match, ...others] = vault.matches(operator.urn).matches
  assert.ok(match)
  assert.deepEqual(others, [])
  assert.equal(match.state, 'affected')
  assert.equal(match.component.purl, 'pkg:npm/left@1.0.0')
  assert.equal(match.inventory.name, 'plant')
  assert.deepEqual(match.advisory, {
    as: 'deciding',
    state: 'affected',
    why: match.why,
    format: 'OSV',
    document: 'OSV-1',
    sub: advisory.sub,
    statement: advisory.statement,
    origin: built.node.origin,
    party: built.provider.urn,
    names: [{ language: 'en', text: 'vault provider (fictitious)' }],
    products: [{ urn: productUrn(built.provider.urn, 'gateway'), name: 'Gateway' }],
    title: 'Advisory A-1',
    remedy: { kind: 'update', version: '1.2.0' },
    withdrawn: false,
  })
  assert.equal(match.why.reason, 'in-range')
  assert.equal(match.why.range, 'introduced 0, fixed 1.2.0')
  assert.equal(match.alert, true)
  await closeHouse(built)
})

test('an inventory finds the advisory that was there before it, with the same match', async (context) => {
  const before = await house(context)
  await before.vault.addInventory(before.operator.urn, 'plant', sbom('left@1.0.0', 'right@2.0.0', '@a/b@3.0.0'))
  await publish(before, left({ fixed: '1.2.0' }), { id: 'A-1' })
  await before.vault.settled()

  const after = await house(context)
  await publish(after, left({ fixed: '1.2.0' }), { id: 'A-1' })
  await after.vault.settled()
  await after.vault.addInventory(after.operator.urn, 'plant', sbom('left@1.0.0', 'right@2.0.0', '@a/b@3.0.0'))

  const seen = ({ vault, operator }: House) =>
    vault.matches(operator.urn).matches.map(({ state, why, component }) => ({ state, why, component }))
  assert.equal(seen(before).length, 1)
  assert.deepEqual(seen(after), seen(before))
  await closeHouse(before)
  await closeHouse(after)
})

test('a version outside the range is not affected, and one that cannot be ordered is undetermined', async (context) => {
  const built = await house(context)
  const { vault, operator } = built
  await vault.addInventory(operator.urn, 'plant', sbom('left@1.2.0', 'left@soon', 'left@1.0.0'))
  await publish(built, left({ fixed: '1.2.0' }), { id: 'A-1' })
  await vault.settled()
  assert.deepEqual(lines(vault, operator.urn), [
    'left@1.0.0 affected A-1',
    'left@1.2.0 not_affected A-1',
    'left@soon undetermined A-1',
  ])
  assert.deepEqual(
    vault.matches(operator.urn, { state: 'undetermined' }).matches.map(({ alert }) => alert),
    [true],
  )
  await closeHouse(built)
})

test('a package that occurs twice is one match that says how often', async (context) => {
  const built = await house(context)
  const { vault, operator } = built
  await publish(built, left({}), { id: 'A-1' })
  await vault.settled()
  await vault.addInventory(operator.urn, 'plant', sbom('left@1.0.0', 'left@1.0.0', 'left@1.0.1'))
  const found = vault.matches(operator.urn).matches.map(({ component }) => [component.version, component.occurrences])
  assert.deepEqual(found.toSorted(), [
    ['1.0.0', 2],
    ['1.0.1', 1],
  ])
  await closeHouse(built)
})

test('an advisory whose document cannot be read is listed, never passed over', async (context) => {
  const built = await house(context)
  const { vault, operator } = built
  await vault.addInventory(operator.urn, 'plant', sbom('left@1.0.0'))
  const first = await publish(built, left({}), { id: 'A-1' })
  const second = await publish(built, Buffer.from('{"document":{"category":"csaf_vex"}}'), { id: 'A-2' })
  await publish(built, Buffer.from('not json'), { id: 'A-1', revises: first.statement })
  await vault.settled()
  assert.deepEqual(
    vault.unreadAdvisories().map(({ sub, code }) => [sub, code]),
    [
      [first.sub, 'unknown-format'],
      [second.sub, 'unknown-format'],
    ],
  )
  const [match] = vault.matches(operator.urn).matches
  assert.deepEqual([match?.state, match?.why.reason], ['undetermined', 'unreadable'])
  await closeHouse(built)
})

test('a match shows what the party itself acknowledged, and what others did not', async (context) => {
  const built = await house(context)
  const { vault, node, operator, clock } = built
  const other = actor('another operator', node.origin, { type: 'operator' })
  await node.submit(other.founding(clock.now()))
  for (const { urn } of [operator, other]) await vault.addInventory(urn, 'plant', sbom('left@1.0.0'))
  const { sub, statement } = await publish(built, left({}), { id: 'A-1' })
  await vault.settled()
  assert.equal(vault.matches(operator.urn).matches[0]?.acknowledged, undefined)
  await node.submit(operator.sign('acknowledgement', sub, { advisory: statement, state: 'affected' }, clock.now()))
  clock.advance(5)
  const said = { advisory: statement, state: 'remedied' } as const
  const { statement: latest } = await node.submit(operator.sign('acknowledgement', sub, said, clock.now()))
  assert.deepEqual(vault.matches(operator.urn).matches[0]?.acknowledged, {
    state: 'remedied',
    sub,
    statement: latest.id,
    at: clock.now(),
  })
  assert.equal(vault.matches(other.urn).matches[0]?.acknowledged, undefined)
  await closeHouse(built)
})

test('a party sees its own vault and nobody else’s', async (context) => {
  const built = await house(context)
  const { vault, node, operator } = built
  const other = actor('another operator', node.origin, { type: 'operator' })
  await publish(built, left({}), { id: 'A-1' })
  await vault.settled()
  const { id } = await vault.addInventory(operator.urn, 'plant', sbom('left@1.0.0'))
  await vault.addInventory(other.urn, 'plant', sbom('right@1.0.0'))
  const [match] = vault.matches(operator.urn).matches
  assert.ok(match)
  assert.deepEqual(vault.matches(other.urn).matches, [])
  assert.throws(() => vault.match(other.urn, match.id), { code: 'unknown-match' })
  assert.throws(() => vault.matches(other.urn, { inventory: id }), { code: 'unknown-inventory' })
  assert.throws(() => vault.readInventory(other.urn, id), { code: 'unknown-inventory' })
  await assert.rejects(vault.removeInventory(other.urn, id), { code: 'unknown-inventory' })
  await closeHouse(built)
})

test('pages of matches follow each other without gap or repetition', async (context) => {
  const built = await house(context)
  const { vault, operator } = built
  await publish(built, left({ fixed: '1.5.0' }), { id: 'A-1' })
  await vault.settled()
  const versions = Array.from({ length: 25 }, (_, i) => `left@1.${i}.0`)
  await vault.addInventory(operator.urn, 'plant', sbom(...versions.slice(0, 20)))
  await vault.addInventory(operator.urn, 'office', sbom(...versions.slice(20)))
  const pages = (query: Parameters<typeof vault.matches>[1]) => {
    const found: string[] = []
    for (let after: string | undefined; ;) {
      const page = vault.matches(operator.urn, { ...query, limit: 4, ...(after !== undefined && { after }) })
      found.push(...page.matches.map(({ id }) => id))
      if (page.next === undefined) return found
      after = page.next
    }
  }
  assert.equal(new Set(pages({})).size, 25)
  assert.equal(pages({}).length, 25)
  assert.equal(pages({ state: 'affected' }).length, 5)
  assert.equal(pages({ inventory: vault.listInventories(operator.urn)[1]?.id ?? '' }).length, 5)
  assert.throws(() => vault.matches(operator.urn, { after: 'x' }), { code: 'bad-cursor' })
  await closeHouse(built)
})
