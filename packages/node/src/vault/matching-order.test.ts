import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import {
  foldAliases,
  type KnownAdvisory,
  knownOf,
  match,
  readAdvisory,
  readSbom,
  standingOf,
  surroundingsOf,
} from '@comity/exposure'
import fc from 'fast-check'
import { csaf, openVex } from './formats.fixture.ts'
import { closeHouse, houseIn, osv, publish, sbom, temporaryFolder } from './vault.fixture.ts'

const names = fc.constantFrom('left', 'right', '@a/b', 'unnamed')
const versions = fc.constantFrom('1.0.0', '1.1.0', '2.0.0', 'soon')
const inventory = fc.array(
  fc.tuple(names, versions).map(([name, version]) => `${name}@${version}`),
  { maxLength: 6 },
)
const advisory = fc.record({
  package: fc.constantFrom('left', 'right', '@a/b'),
  introduced: fc.constantFrom('0', '1.0.0', '1.1.0'),
  fixed: fc.option(fc.constantFrom('1.1.0', '2.0.0'), { nil: undefined }),
  format: fc.constantFrom('osv', 'csaf', 'vex'),
  cve: fc.constantFrom('CVE-2026-1001', 'CVE-2026-1002', undefined),
})
type Advised = typeof advisory extends fc.Arbitrary<infer T> ? T : never

test('whichever comes first, the matches are those of every component against every advisory', async () => {
  const history = fc.array(fc.oneof(inventory, advisory), { minLength: 4, maxLength: 12 })
  await fc.assert(
    fc.asyncProperty(history, async (history) => {
      const directory = mkdtempSync(join(tmpdir(), 'comity-vault-'))
      try {
        const house = await houseIn(directory)
        const { vault, operator } = house
        const adding: Promise<unknown>[] = []
        for (const [n, each] of history.entries()) {
          // Not awaited in turn: inventories and advisories come in at the same time.
          if (Array.isArray(each)) adding.push(vault.addInventory(operator.urn, `inventory ${n}`, sbom(...each)))
          else await publish(house, { ...documentOf(n, each) }, { id: `A-${n}` })
        }
        await Promise.all(adding)
        await vault.settled()
        // Ranges that hold nothing are problems, and all are read.
        assert.ok(vault.unreadAdvisories().every(({ code }) => code === undefined))
        const found = vault.matches(operator.urn, { limit: 1000 }).matches.map((match) => {
          const { inventory, component, vulnerability, state, advisory, others } = match
          const cited = 1 + others.length
          const deciding = [advisory, ...others].filter((each) => each.as === 'deciding').length
          assert.equal(deciding, 1)
          return `${inventory.name}: ${component.name}@${component.version} ${vulnerability.id} ${state} ${cited}`
        })
        assert.deepEqual(found.toSorted(), await expected(history))
        await closeHouse(house)
      } finally {
        rmSync(directory, { recursive: true, force: true })
      }
    }),
    { numRuns: 10 },
  )
})

/** The same by going through everything, as somebody would with paper and pencil. */
async function expected(history: readonly (readonly string[] | Advised)[]): Promise<string[]> {
  const known: KnownAdvisory[] = []
  for (const [n, each] of history.entries()) {
    if (isInventory(each)) continue
    const read = await readAdvisory(Buffer.from(JSON.stringify(documentOf(n, each))))
    // All by one publisher, in one second: none takes another back.
    known.push(
      ...knownOf(read).map((one) => ({ ...one, author: { name: 'provider' }, modified: '2026-11-20T12:00:00Z' })),
    )
  }
  const aliases = foldAliases(known)
  const lines: string[] = []
  for (const [n, each] of history.entries()) {
    if (!isInventory(each)) continue
    const { components } = await readSbom(sbom(...each))
    const distinct = new Map(components.map((one) => [`${one.name}@${one.version}`, one]))
    for (const [name, component] of distinct) {
      const words = known.map((advisory) => ({
        advisory,
        outcome: match(component, advisory, surroundingsOf(components)),
      }))
      const heard = words.filter(({ outcome }) => outcome.why.reason !== 'not-named')
      for (const id of new Set(heard.flatMap(({ advisory }) => aliases.vulnerabilitiesOf(advisory.id)))) {
        const own = heard.filter(({ advisory }) => aliases.vulnerabilitiesOf(advisory.id).includes(id))
        const standing = standingOf(own, { vulnerability: id, isSupplier: () => false })
        if (standing === undefined || standing.deciding.outcome.why.reason === 'not-covered') continue
        lines.push(`inventory ${n}: ${name} ${id} ${standing.state} ${own.length}`)
      }
    }
  }
  return lines.toSorted()
}

function isInventory(each: readonly string[] | Advised): each is readonly string[] {
  return Array.isArray(each)
}

function documentOf(n: number, { package: name, introduced, fixed, format, cve }: Advised): object {
  const bare = name.replace('@a/', '')
  if (format === 'csaf') return csaf(`C-${n}`, cve ?? `CVE-2026-${2000 + n}`, bare, fixed ?? '2.0.0')
  if (format === 'vex') return openVex(cve ?? `V-${n}`, `pkg:npm/${bare}@1.1.0`, 'not_affected')
  const more = cve === undefined ? {} : { aliases: [cve] }
  return osv(`OSV-${n}`, name, { introduced, ...(fixed !== undefined && { fixed }) }, more)
}

test('statements are registered while an inventory is being matched', async (context) => {
  const house = await houseIn(temporaryFolder(context))
  const { vault, node, operator, clock } = house
  await publish(house, osv('OSV-1', 'left', {}), { id: 'A-1' })
  await vault.settled()
  const packages = Array.from({ length: 4000 }, (_, i) => `package-${i}@1.0.${i}`)
  const order: string[] = []
  const adding = vault
    .addInventory(operator.urn, 'plant', sbom(...packages, 'left@1.0.0'))
    .then(() => order.push('inventory'))
  for (let i = 0; i < 5; i++) {
    clock.advance(1)
    await node.submit(operator.sign('support', 'urn:comity:instrument:gids', {}, clock.now()))
    order.push('statement')
  }
  await adding
  assert.deepEqual(order, [...Array(5).fill('statement'), 'inventory'])
  assert.equal(vault.matches(operator.urn).matches.length, 1)
  await closeHouse(house)
})
