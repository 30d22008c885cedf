/** Advisories and components that are wrong in themselves: each has one clear outcome. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseCve } from '../cve/read-cve.ts'
import { parseOsvYaml, readOsv } from '../osv/read-osv.ts'
import { parsePurl } from '../purl/purl.ts'
import { knownOfCve, knownOfOsv } from './known-advisories.ts'
import type { KnownAdvisory } from './known-advisory.ts'
import { match } from './match.ts'
import type { Matchable } from './matchable.ts'

function osv(...ranges: readonly unknown[]): KnownAdvisory {
  const affected = [{ package: { ecosystem: 'PyPI', name: 'relay' }, ranges }]
  return knownOfOsv(readOsv({ id: 'PYSEC-1', modified: '2026-11-01T00:00:00Z', affected }).advisory)
}

function range(...events: readonly Readonly<Record<string, string>>[]): unknown {
  return { type: 'ECOSYSTEM', events }
}

function relay(version: string): Matchable {
  return { purl: parsePurl(`pkg:pypi/relay@${version}`) }
}

const git = { type: 'GIT', repo: 'https://example.org/r', events: [{ introduced: '0' }, { fixed: 'abc' }] }

describe('bad input to matching', () => {
  it('a range of commits before one of versions does not hide it', async () => {
    const both = osv(git, range({ introduced: '0' }, { fixed: '1.8.3' }))
    assert.equal(match(relay('1.8.2'), both).state, 'affected')
    assert.equal(match(relay('1.8.3'), both).state, 'not_affected')
    const yaml = [
      'id: PYSEC-1',
      'modified: "2026-11-01T00:00:00Z"',
      'affected:',
      '- package: {name: relay, ecosystem: PyPI}',
      '  ranges:',
      '  - type: GIT',
      '    repo: https://example.org/r',
      '    events: [{introduced: "0"}, {fixed: abc}]',
      '  - type: ECOSYSTEM',
      '    events: [{introduced: 0}, {fixed: 1.10}]',
    ].join('\n')
    const { advisory } = await parseOsvYaml(new TextEncoder().encode(yaml))
    // Not 1.1, which a YAML number would be.
    assert.equal(match(relay('1.9'), knownOfOsv(advisory)).state, 'affected')
    assert.equal(match(relay('1.10'), knownOfOsv(advisory)).state, 'not_affected')
  })

  it('events in disorder are put in order', () => {
    const disorder = osv(range({ fixed: '3.0' }, { introduced: '2.0' }, { fixed: '1.5' }, { introduced: '1.0' }))
    const states = ['0.9', '1.2', '1.7', '2.5', '3.0'].map((version) => match(relay(version), disorder).state)
    assert.deepEqual(states, ['not_affected', 'affected', 'not_affected', 'affected', 'not_affected'])
  })

  it('a range that ends before it begins is evaluated as it stands, and reported', () => {
    const affected = [
      { package: { ecosystem: 'PyPI', name: 'relay' }, ranges: [range({ introduced: '2.0' }, { fixed: '1.0' })] },
    ]
    const { advisory, counts } = readOsv({ id: 'PYSEC-1', modified: '2026-11-01T00:00:00Z', affected })
    assert.deepEqual(counts, { 'contradicting-range': 1 })
    assert.equal(match(relay('2.1'), knownOfOsv(advisory)).state, 'affected')
  })

  it('a version that cannot be read, on either side, is undetermined and never "not affected"', () => {
    const readable = osv(range({ introduced: '0' }, { fixed: '1.8.3' }))
    assert.equal(match(relay('trunk'), readable).why.reason, 'bad-version')
    assert.equal(match(relay('trunk'), readable).state, 'undetermined')
    assert.equal(match(relay('2.0'), osv(range({ introduced: '0' }, { fixed: 'soon' }))).state, 'undetermined')
  })

  it('a package URL and a CPE that disagree are said, and the package URL decides', () => {
    const advisory = osv(range({ introduced: '0' }, { fixed: '1.8.3' }))
    const cpes = ['cpe:2.3:a:acme:relay:1.2:*:*:*:*:*:*:*']
    const { state, why } = match({ ...relay('1.9'), cpes }, advisory)
    assert.equal(state, 'not_affected')
    assert.deepEqual(why.notes, ['its CPE has version "1.2"; "1.9" was looked at'])
  })

  it('identifiers that lead to contrary answers are said, and harm prevails', () => {
    const advisory: KnownAdvisory = {
      ...osv(range({ introduced: '0' }, { fixed: '1.8.3' })),
      rules: [...osv(range({ introduced: '0' }, { fixed: '1.8.3' })).rules, ...cveOf('2.0').rules],
    }
    const component = { ...relay('1.9'), cpes: ['cpe:2.3:a:acme:relay:1.9:*:*:*:*:*:*:*'] }
    const { state, why } = match(component, advisory)
    assert.deepEqual([state, why.by], ['affected', 'cpe'])
    assert.deepEqual(why.notes, ['by its package URL it is not affected: 1.9 is at or after fixed 1.8.3'])
    // What the package URL decides is not made undetermined by a CPE whose versions nobody can order.
    const patched = { ...component, purl: parsePurl('pkg:pypi/relay@2.0.post1') }
    assert.equal(
      match({ ...patched, cpes: component.cpes }, { ...advisory, rules: advisory.rules }).state,
      'not_affected',
    )
  })

  it('a component without any identifier that the advisory uses is undetermined', () => {
    const named = match({ vendor: 'Acme', name: 'relay', version: '1.0' }, osv(range({ introduced: '0' })))
    assert.deepEqual([named.state, named.why.text], ['undetermined', 'the component has no package URL'])
    const purlOnly = match(relay('1.0'), cveOf('2.0'))
    assert.deepEqual([purlOnly.state, purlOnly.why.text], ['undetermined', 'the component has no CPE'])
  })
})

function cveOf(lessThan: string): KnownAdvisory {
  const versions = [{ version: '0', lessThan, status: 'affected', versionType: 'custom' }]
  const cna = {
    affected: [
      { product: 'relay', cpes: ['cpe:2.3:a:acme:relay:*:*:*:*:*:*:*:*'], versions, defaultStatus: 'unaffected' },
    ],
  }
  const record = {
    dataType: 'CVE_RECORD',
    dataVersion: '5.1',
    cveMetadata: { cveId: 'CVE-2026-0001', state: 'PUBLISHED' },
    containers: { cna },
  }
  return knownOfCve(parseCve(new TextEncoder().encode(JSON.stringify(record))).record)
}
