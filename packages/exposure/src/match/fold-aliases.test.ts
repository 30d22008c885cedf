import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { foldAliases, type Named } from './fold-aliases.ts'

function folded(...named: readonly (readonly [id: string, ...aliases: string[]])[]): readonly string[] {
  const { all } = foldAliases(named.map(([id, ...aliases]) => ({ id, aliases })))
  return all().map(({ names }) => names.join(' '))
}

describe('foldAliases', () => {
  it('makes one of CVE, GHSA and what databases call it, the CVE first', () => {
    assert.deepEqual(folded(['PYSEC-2022-42975', 'CVE-2022-3607'], ['GHSA-aaaa-bbbb-cccc', 'CVE-2022-3607']), [
      'CVE-2022-3607 GHSA-aaaa-bbbb-cccc PYSEC-2022-42975',
    ])
    assert.deepEqual(folded(['PYSEC-1', 'GHSA-aaaa-bbbb-cccc'], ['GO-1', 'GHSA-AAAA-BBBB-CCCC']), [
      'GHSA-aaaa-bbbb-cccc GO-1 PYSEC-1',
    ])
    assert.deepEqual(folded(['B-1', 'A-1'], ['C-1']), ['A-1 B-1', 'C-1'])
  })

  it('never makes one of two CVEs; who names both belongs to both', () => {
    const named = [
      { id: 'GHSA-aaaa-bbbb-cccc', aliases: ['CVE-2026-0001', 'CVE-2026-0002'] },
      { id: 'CVE-2026-0001', aliases: ['CVE-2026-0002'] },
    ]
    const { vulnerabilitiesOf, all } = foldAliases(named)
    assert.deepEqual(vulnerabilitiesOf('GHSA-AAAA-bbbb-cccc'), ['CVE-2026-0001', 'CVE-2026-0002'])
    assert.deepEqual(vulnerabilitiesOf('cve-2026-0001'), ['CVE-2026-0001'])
    assert.equal(all().length, 2)
  })

  it('makes one of a rejected CVE and what took its place', () => {
    const { vulnerabilitiesOf } = foldAliases([
      { id: 'CVE-2026-0009', aliases: [], replacedBy: ['CVE-2026-0001'] },
      { id: 'GO-1', aliases: ['CVE-2026-0009'] },
    ])
    assert.deepEqual(vulnerabilitiesOf('GO-1'), ['CVE-2026-0001'])
    assert.deepEqual(vulnerabilitiesOf('CVE-2026-0009'), ['CVE-2026-0001'])
  })

  it('leaves a name that nobody gave as it is', () => {
    assert.deepEqual(foldAliases([]).vulnerabilitiesOf('GO-7'), ['GO-7'])
  })

  const name = fc.oneof(
    fc.constantFrom('CVE-2026-1', 'CVE-2026-2', 'CVE-2026-3', 'GHSA-a', 'GHSA-b', 'GO-1', 'GO-2', 'PYSEC-1', 'X'),
    fc.string({ maxLength: 3 }),
  )
  const replaced = fc.array(fc.constantFrom('CVE-2026-1', 'CVE-2026-2'), { maxLength: 1 })
  const named: fc.Arbitrary<readonly Named[]> = fc.array(
    fc.record(
      { id: name, aliases: fc.array(name, { maxLength: 3 }), replacedBy: replaced },
      { requiredKeys: ['id', 'aliases'] },
    ),
    { maxLength: 8 },
  )

  it('the-order-of-advisories-and-aliases-means-nothing', () => {
    fc.assert(
      fc.property(named, (given) => {
        const turned = given.toReversed().map((each) => ({ ...each, aliases: each.aliases.toReversed() }))
        assert.deepEqual(foldAliases(turned).all(), foldAliases(given).all())
      }),
      { numRuns: 2000 },
    )
  })

  it('every-name-has-its-vulnerability, and two CVEs share one only by a replacement', () => {
    fc.assert(
      fc.property(named, (given) => {
        const { all, vulnerabilitiesOf } = foldAliases(given)
        for (const { id, aliases } of given) {
          for (const each of [id, ...aliases]) assert.ok(vulnerabilitiesOf(each).length > 0, each)
        }
        if (given.some(({ replacedBy = [] }) => replacedBy.length > 0)) return
        for (const { names } of all()) assert.ok(names.filter((each) => each.startsWith('CVE-')).length < 2)
      }),
      { numRuns: 2000 },
    )
  })
})
