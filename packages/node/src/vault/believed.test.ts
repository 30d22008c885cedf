/** Whom a party believes as supplier, and what that makes of its matches. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { sha256Hex } from '@comity/crypto'
import { productUrn } from '@comity/statement'
import { isHarmless, type MatchState } from '@comity/exposure'
import { type Actor, actor } from '@comity/testkit'
import fc from 'fast-check'
import { dump } from './dump.fixture.ts'
import { csaf, openVex } from './formats.fixture.ts'
import { type House, closeHouse, house, houseIn, osv, publish, sbom, viewOf } from './vault.fixture.ts'

const flaw = 'CVE-2026-1001'
const left = 'pkg:npm/left@1.0.0'

/** Another who publishes here. */
async function byAnother(built: House, name: string): Promise<House> {
  const { node, clock } = built
  const provider = actor(name, node.origin)
  await node.submit(provider.founding(clock.now()))
  const updatePolicy = { mechanism: 'download', consent: 'required', security: 'separate', rollback: true } as const
  const sub = productUrn(provider.urn, 'gateway')
  await node.submit(provider.sign('product', sub, { name: 'Gateway', updatePolicy }, clock.now()))
  return { ...built, provider }
}

function only({ vault, operator }: House) {
  const { matches } = vault.matches(operator.urn)
  assert.equal(matches.length, 1)
  return matches[0] ?? assert.fail('there is none')
}

/** An inventory with `left`, an advisory against it, and a supplier that is not affected. */
async function disputed(built: House): Promise<Actor> {
  const { vault, operator } = built
  const supplier = await byAnother(built, 'a supplier')
  await vault.addInventory(operator.urn, 'plant', sbom('left@1.0.0'))
  await publish(built, csaf('C-1', flaw, 'left', '2.0.0'), { id: 'A-1' })
  await publish(supplier, openVex(flaw, left, 'not_affected'), { id: 'B-1' })
  await vault.settled()
  return supplier.provider
}

test('a supplier that the party believes settles a match, and the history says why; dropped, it stands beside again', async (context) => {
  const built = await house(context)
  const { vault, operator, clock } = built
  const supplier = await disputed(built)
  assert.deepEqual([only(built).state, only(built).by], ['affected', 'others'])

  clock.advance(10)
  const believed = await vault.suppliers.believe(operator.urn, supplier.urn, ['pkg:npm/left'])
  assert.deepEqual(vault.suppliers.list(operator.urn), [believed])
  const settled = only(built)
  assert.deepEqual(
    [settled.state, settled.by, settled.cause, settled.alert],
    ['not_affected', 'supplier', 'trust', false],
  )
  assert.equal(settled.since, clock.now())
  assert.deepEqual(
    settled.others.map(({ as, party }) => [as, party]),
    [['contrary', built.provider.urn]],
  )
  const { history } = vault.match(operator.urn, settled.id)
  assert.deepEqual([history[0]?.state, history[0]?.cause], ['affected', 'advisory'])
  // The same said again is no change.
  assert.deepEqual(await vault.suppliers.believe(operator.urn, supplier.urn, ['pkg:npm/left']), believed)

  clock.advance(10)
  await vault.suppliers.drop(operator.urn, believed.id)
  const after = only(built)
  assert.deepEqual([after.state, after.by, after.cause, after.alert], ['affected', 'others', 'trust', true])
  assert.deepEqual(vault.suppliers.list(operator.urn), [])
  await assert.rejects(vault.suppliers.drop(operator.urn, believed.id), { code: 'unknown-supplier' })
  await closeHouse(built)
})

test('a supplier is believed in the packages that were named, by one party, and by nobody else', async (context) => {
  const built = await house(context)
  const { vault, operator } = built
  const supplier = await disputed(built)
  const neighbour = actor('a neighbour', built.node.origin)
  await vault.addInventory(neighbour.urn, 'works', sbom('left@1.0.0'))
  const stateWith = async (...packages: readonly string[]): Promise<string> => {
    await vault.suppliers.believe(operator.urn, supplier.urn, packages)
    return only(built).state
  }
  for (const outside of ['pkg:npm/lef', 'pkg:npm/leftmost', 'pkg:npm/left/', 'pkg:npm/%40a/', 'product:acme/left'])
    assert.equal(await stateWith(outside), 'affected', outside)
  for (const inside of ['pkg:npm/left', 'pkg:npm/', 'PKG:npm/left'.toLowerCase()])
    assert.equal(await stateWith('pkg:npm/other', inside), 'not_affected', inside)
  assert.equal(await stateWith(), 'not_affected')
  assert.equal(vault.matches(neighbour.urn).matches[0]?.state, 'affected')
  assert.deepEqual(vault.suppliers.list(neighbour.urn), [])
  const [{ id } = { id: '' }] = vault.suppliers.list(operator.urn)
  await assert.rejects(vault.suppliers.drop(neighbour.urn, id), { code: 'unknown-supplier' })

  const bad = async (supplier_: string, ...packages: readonly string[]): Promise<void> => {
    await assert.rejects(vault.suppliers.believe(operator.urn, supplier_, packages), { code: 'bad-name' })
  }
  for (const no of [
    'left',
    'pkg:',
    'pkg:npm/left@1.0.0',
    'pkg:npm/left?a=b',
    'product:acme',
    'product:%/x',
    '',
    'pkg:npm',
  ])
    await bad(supplier.urn, no)
  for (const no of ['', 'not a source', 'urn:comity:party:12', '\u0000']) await bad(no)
  await closeHouse(built)
})

test('erasing a party erases whom it believed, for good', async (context) => {
  const built = await house(context)
  const { vault, operator, node, directory } = built
  const supplier = await disputed(built)
  await vault.suppliers.believe(operator.urn, supplier.urn, ['pkg:npm/left'])
  await vault.erase(operator.urn)
  assert.deepEqual(vault.suppliers.list(operator.urn), [])
  assert.equal(
    dump(viewOf(directory), node.truth)
      .split('\n')
      .filter((row) => row.includes('"belief"')).length,
    0,
  )
  // It comes again as one who believes nobody.
  await vault.addInventory(operator.urn, 'plant', sbom('left@1.0.0'))
  assert.equal(only(built).state, 'affected')
  assert.deepEqual(vault.suppliers.list(operator.urn), [])
  await closeHouse(built)
})

test('a source that the node follows is believed by its address, and what it no longer has says nothing', async (context) => {
  const built = await house(context)
  const { vault, node, operator } = built
  const origin = 'https://supplier.invalid/vex'
  await vault.addInventory(operator.urn, 'plant', sbom('left@1.0.0'))
  await publish(built, csaf('C-1', flaw, 'left', '2.0.0'), { id: 'A-1' })
  await vault.suppliers.believe(operator.urn, origin, ['pkg:npm/left'])
  const bytes = Buffer.from(JSON.stringify(openVex(flaw, left, 'not_affected')))
  const digest = `sha256:${sha256Hex(bytes)}`
  await node.documents.put(digest, bytes)
  await vault.follow({ origin: 'https://elsewhere.invalid/', put: [{ name: 'vex', digest }], removed: [] })
  await vault.settled()
  assert.equal(only(built).state, 'affected')
  await vault.follow({ origin, put: [{ name: 'vex', digest }], removed: [] })
  await vault.settled()
  assert.deepEqual([only(built).state, only(built).by, only(built).cause], ['not_affected', 'supplier', 'advisory'])
  await vault.follow({ origin, put: [], removed: ['vex'] })
  await vault.settled()
  assert.equal(only(built).state, 'affected')
  await closeHouse(built)
})

type Author = 'believed' | 'honest' | 'outsider'
interface Said {
  readonly by: Author
  readonly format: 'osv' | 'csaf' | 'vex'
  readonly id: string
  readonly aliases: readonly string[]
}

const names = fc.constantFrom('CVE-2026-1', 'CVE-2026-2', 'GHSA-aaaa-aaaa-aaaa', 'ACME-5')
const said: fc.Arbitrary<Said> = fc.record({
  by: fc.constantFrom<Author>('believed', 'honest', 'outsider'),
  format: fc.constantFrom('osv', 'csaf', 'vex'),
  id: names,
  aliases: fc.uniqueArray(names, { maxLength: 2 }),
})

/** Where the words come to, by every name of each match, whenever the belief comes. */
async function played(all: readonly Said[], believeAt: number): Promise<ReadonlyMap<string, readonly MatchState[]>> {
  const directory = mkdtempSync(join(tmpdir(), 'comity-believed-'))
  try {
    const built = await houseIn(directory)
    const { vault, operator } = built
    const authors: Record<Author, House> = {
      honest: built,
      believed: await byAnother(built, 'a supplier'),
      outsider: await byAnother(built, 'an outsider'),
    }
    await vault.addInventory(operator.urn, 'plant', sbom('left@1.0.0'))
    for (const [n, each] of [...all.entries(), [all.length, undefined] as const]) {
      if (n === Math.min(believeAt, all.length)) {
        await vault.settled()
        await vault.suppliers.believe(operator.urn, authors.believed.provider.urn, ['pkg:npm/left'])
      }
      if (each !== undefined) await publish(authors[each.by], documentOf(n, each), idOf(n, each))
    }
    await vault.settled()
    const found = new Map<string, MatchState[]>()
    for (const { vulnerability, state } of vault.matches(operator.urn, { limit: 1000 }).matches)
      // Safe: nobody answers here, so that no state is the operator's.
      for (const name of vulnerability.names) found.set(name, [...(found.get(name) ?? []), state as MatchState])
    await closeHouse(built)
    return found
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

function idOf(n: number, { format, aliases }: Said) {
  return { id: `A-${n}`, ...(format === 'osv' ? {} : { aliases: [...aliases] }) }
}

function documentOf(n: number, { format, id, aliases }: Said): Record<string, unknown> {
  if (format === 'csaf') return { ...csaf(`C-${n}`, id, 'left', '2.0.0') }
  if (format === 'vex') return { ...openVex(id, left, 'not_affected') }
  return { ...osv(id, 'left', { fixed: '2.0.0' }, { aliases }) }
}

test('who is not on the list never makes a match harmless, in whatever order it comes and whatever it joins', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(said, { minLength: 3, maxLength: 7 }), fc.nat(7), async (all, believeAt) => {
      const without = await played(
        all.filter(({ by }) => by !== 'outsider'),
        0,
      )
      const withAll = await played(all, believeAt)
      for (const [name, states] of without) {
        if (states.every(isHarmless)) continue
        const now = withAll.get(name) ?? []
        assert.ok(!now.every(isHarmless), `${name}: ${states.join(' ')}, and with others ${now.join(' ')}`)
      }
    }),
    { numRuns: 6 },
  )
})

test('any-order: it comes to the same whenever the party begins to believe', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(said, { minLength: 2, maxLength: 5 }), fc.nat(5), async (all, believeAt) => {
      assert.deepEqual(await played(all, believeAt), await played(all, 0))
    }),
    { numRuns: 4 },
  )
})
