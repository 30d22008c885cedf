import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { knownOfOsv, match, readOsv, readSbom } from '@comity/exposure'
import fc from 'fast-check'
import { closeHouse, houseIn, lines, osv, publish, sbom, temporaryFolder } from './vault.fixture.ts'

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
})

test('whichever comes first, the matches are those of every component against every advisory', async () => {
  const history = fc.array(fc.oneof(inventory, advisory), { minLength: 4, maxLength: 12 })
  await fc.assert(
    fc.asyncProperty(history, async (history) => {
      const directory = mkdtempSync(join(tmpdir(), 'comity-vault-'))
      try {
        const house = await houseIn(directory)
        const { vault, operator } = house
        const expected = new Set<string>()
        const adding: Promise<unknown>[] = []
        const documents = history.flatMap((each, n) => (Array.isArray(each) ? [] : [{ n, json: osvOf(n, each) }]))
        for (const [n, each] of history.entries()) {
          if (!Array.isArray(each)) {
            await publish(house, osvOf(n, each), { id: `A-${n}` })
            continue
          }
          const document = sbom(...each)
          // Not awaited in turn: inventories and advisories come in at the same time.
          adding.push(vault.addInventory(operator.urn, `inventory ${n}`, document))
          for (const component of (await readSbom(document)).components) {
            for (const { n: advisory, json } of documents) {
              const { state, why } = match(component, knownOfOsv(readOsv(json).advisory))
              if (why.reason !== 'not-named')
                expected.add(`${component.name}@${component.version} ${state} A-${advisory}`)
            }
          }
        }
        await Promise.all(adding)
        await vault.settled()
        assert.deepEqual([...new Set(lines(vault, operator.urn))], [...expected].toSorted())
        await closeHouse(house)
      } finally {
        rmSync(directory, { recursive: true, force: true })
      }
    }),
    { numRuns: 10 },
  )
})

function osvOf(
  n: number,
  { package: name, introduced, fixed }: { package: string; introduced: string; fixed: string | undefined },
) {
  return osv(`OSV-${n}`, name, { introduced, ...(fixed !== undefined && { fixed }) })
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
