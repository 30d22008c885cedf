/** Names of vulnerabilities, folded over what a change can reach, against all of them folded anew. */
import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { foldAliases, type KnownAdvisory } from '@comity/exposure'
import fc from 'fast-check'
import { KnownTable } from './known-table.ts'
import { Pace } from './pace.ts'
import { schema } from './schema.ts'

const name: fc.Arbitrary<string> = fc.constantFrom(
  'CVE-2026-0001',
  'CVE-2026-0002',
  'cve-2026-0003',
  'GHSA-AAAA-bbbb-cccc',
  'A-1',
  'B-1',
  'C-1',
)
const names = fc.uniqueArray(name, { maxLength: 3 })
const known = fc.record({
  id: name,
  aliases: names,
  replacedBy: fc.oneof({ weight: 3, arbitrary: fc.constant<string[]>([]) }, names),
})
const change = fc.record({ advisory: fc.integer({ min: 1, max: 5 }), known: fc.array(known, { maxLength: 3 }) })

function advisoryOf({
  id,
  aliases,
  replacedBy,
}: {
  id: string
  aliases: string[]
  replacedBy: string[]
}): KnownAdvisory {
  const rule = {
    key: `pkg:npm/${id.toLowerCase()}`,
    advisory: id,
    ecosystem: 'npm',
    name: id,
    ranges: [],
    versions: [],
    pointer: '',
  }
  return {
    format: 'OSV',
    document: id,
    author: { name: '' },
    id,
    aliases,
    replacedBy,
    revision: '',
    title: '',
    severities: [],
    rules: [rule],
    remediation: '',
    problems: { problems: [], counts: {}, total: 0 },
  }
}

test('whatever documents come, change and go, each is about what folding all names at once says', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(change, { maxLength: 12 }), async (changes) => {
      const database = new DatabaseSync(':memory:')
      database.exec(schema)
      const table = new KnownTable(database)
      const held = new Map<number, KnownAdvisory[]>()
      for (const { advisory, known } of changes) {
        const before = pairsOf(database)
        const read = known.map(advisoryOf)
        held.set(advisory, read)
        const { vulnerabilities, keys, heirs } = await table.replace(advisory, read, new Pace())
        const all = [...held.values()].flat()
        const aliases = foldAliases(all)
        const after = pairsOf(database)
        const expected = all.flatMap(({ id }) => aliases.vulnerabilitiesOf(id).map((each) => `${id} ${each}`))
        assert.deepEqual(after, expected.toSorted())
        // Whatever is about something else now is among what is looked at again.
        for (const pair of symmetricDifference(before, after)) {
          const [id = '', vulnerability = ''] = pair.split(' ')
          assert.ok(vulnerabilities.has(vulnerability), `${pair} changed`)
          assert.ok(keys.has(`pkg:npm/${id.toLowerCase()}`), `a key of ${pair}`)
        }
        for (const [id, others] of heirs) {
          const stands = aliases.vulnerabilitiesOf(id)
          assert.deepEqual(
            [...others],
            stands.filter((each) => each !== id),
          )
        }
      }
      database.close()
    }),
    { numRuns: 300 },
  )
})

function pairsOf(database: DatabaseSync): string[] {
  return database
    .prepare("SELECT body ->> '$.id' AS id, vulnerability FROM concern JOIN known USING (known)")
    .all()
    .map((row) => `${String(row['id'])} ${String(row['vulnerability'])}`)
    .toSorted()
}

/** Of two lists with repetitions. */
function symmetricDifference(a: readonly string[], b: readonly string[]): readonly string[] {
  const count = (all: readonly string[], one: string) => all.filter((each) => each === one).length
  return [...new Set([...a, ...b])].filter((each) => count(a, each) !== count(b, each))
}
