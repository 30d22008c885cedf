/** A new advisory looks for components, a new component looks for rules: both find the same. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import * as fc from 'fast-check'
import { readCsaf } from '../csaf/read-csaf.ts'
import { readCve } from '../cve/read-cve.ts'
import { readOsv } from '../osv/read-osv.ts'
import { parsePurl } from '../purl/purl.ts'
import { evaluateRule } from './evaluate-rule.ts'
import { keysOfComponent } from './identifiers.ts'
import { knownOfCsaf, knownOfCve, knownOfOsv } from './known-advisories.ts'
import type { KnownAdvisory } from './known-advisory.ts'
import { match } from './match.ts'
import { type Matchable, versionOf } from './matchable.ts'
import type { Rule } from './rule.ts'

const name = fc.constantFrom('a', 'b', 'c')
const version = fc.constantFrom('1.0.0', '1.5.0', '2.0.0', '3.0.0', 'latest', '2.0.0 HF1')
const component = fc.record(
  {
    purl: name.map((each) => parsePurl(`pkg:npm/${each}`)),
    cpes: fc.array(
      name.map((each) => `cpe:2.3:a:acme:${each}:1.0:*:*:*:*:*:*:*`),
      { maxLength: 2 },
    ),
    vendor: fc.constantFrom('Acme', 'Other'),
    name,
    version,
  },
  { requiredKeys: ['name'] },
)

const osv = fc.tuple(name, version).map(([each, fixed]) => {
  const ranges = [{ type: 'SEMVER', events: [{ introduced: '0' }, { fixed }] }]
  const affected = [{ package: { ecosystem: 'npm', name: each }, ranges }]
  return [knownOfOsv(readOsv({ id: 'OSV-1', modified: '2026-11-01T00:00:00Z', affected }).advisory)]
})

const cve = fc.tuple(name, version).map(([product, lessThan]) => {
  const versions = [{ version: '0', lessThan, status: 'affected' }]
  const affected = [{ vendor: 'Acme', product, versions, defaultStatus: 'unaffected' }]
  const record = {
    dataType: 'CVE_RECORD',
    dataVersion: '5.1',
    cveMetadata: { cveId: 'CVE-2026-0001', state: 'PUBLISHED' },
    containers: { cna: { affected } },
  }
  return [knownOfCve(readCve(record).record)]
})

const csaf = fc.tuple(name, version, fc.constantFrom('known_affected', 'fixed')).map(([each, at, status]) => {
  const helper = { purl: `pkg:npm/${each}`, cpe: `cpe:2.3:a:acme:${each}:*:*:*:*:*:*:*:*` }
  const product = { product_id: 'p', name: 'p', product_identification_helper: helper }
  return knownOfCsaf(
    readCsaf({
      document: { csaf_version: '2.0', tracking: { id: 'CSAF-1', version: '1', status: 'final' } },
      product_tree: { branches: [{ category: 'product_version_range', name: `<=${at}`, product }] },
      vulnerabilities: [{ cve: 'CVE-2026-0001', product_status: { [status]: ['p'] } }],
    }).advisory,
  )
})

/** `component index: key: state` */
function foundByAdvisory(advisories: readonly KnownAdvisory[], components: readonly Matchable[]): readonly string[] {
  return advisories
    .flatMap(({ rules }) => rules)
    .flatMap((rule) =>
      components.flatMap((each, index) => (keysOfComponent(each).includes(rule.key) ? line(rule, each, index) : [])),
    )
}

function foundByComponent(advisories: readonly KnownAdvisory[], components: readonly Matchable[]): readonly string[] {
  const table = Map.groupBy(
    advisories.flatMap(({ rules }) => rules),
    ({ key }) => key,
  )
  return components.flatMap((each, index) => {
    return keysOfComponent(each).flatMap((key) => (table.get(key) ?? []).map((rule) => line(rule, each, index)))
  })
}

function line(rule: Rule, component: Matchable, index: number): string {
  const stored: Rule = JSON.parse(JSON.stringify(rule))
  return `${index}: ${rule.key}: ${rule.advisory}: ${evaluateRule(stored, versionOf(component)).state}`
}

it('both-ways-find-the-same', () => {
  const advisories = fc.array(fc.oneof(osv, cve, csaf), { maxLength: 4 }).map((lists) => lists.flat())
  fc.assert(
    fc.property(advisories, fc.array(component, { maxLength: 5 }), (known, components) => {
      assert.deepEqual(foundByAdvisory(known, components).toSorted(), foundByComponent(known, components).toSorted())
      for (const each of components) for (const advisory of known) assert.ok(match(each, advisory).why.text.length > 0)
    }),
    { numRuns: 1000 },
  )
})
