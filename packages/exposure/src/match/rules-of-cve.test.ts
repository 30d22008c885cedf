import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { readCve } from '../cve/read-cve.ts'
import { parsePurl } from '../purl/purl.ts'
import { knownOfCve } from './known-advisories.ts'
import type { KnownAdvisory } from './known-advisory.ts'
import { match } from './match.ts'
import type { Matchable } from './matchable.ts'

type Json = Readonly<Record<string, unknown>>

function known(affected: readonly Json[], metadata: Json = {}, more: Json = {}): KnownAdvisory {
  return knownOfCve(
    readCve({
      dataType: 'CVE_RECORD',
      dataVersion: '5.1',
      cveMetadata: { cveId: 'CVE-2026-0001', state: 'PUBLISHED', assignerShortName: 'acme', ...metadata },
      containers: { cna: { affected, ...more } },
    }).record,
  )
}

function relay(version: string): Matchable {
  return { vendor: 'Acme', name: 'Relay', version }
}

function found(component: Matchable, advisory: KnownAdvisory): string {
  const { state, why } = match(component, advisory)
  return `${state} ${why.reason}`
}

const named = { vendor: 'Acme', product: 'Relay' }

describe('the rules of a CVE record', () => {
  it('give the status of the entry with the version, else the default', () => {
    const versions = [
      { version: '1.0', lessThan: '1.4', status: 'affected', versionType: 'custom' },
      { version: '2.0.0', status: 'affected' },
    ]
    const advisory = known([{ ...named, versions, defaultStatus: 'unaffected' }])
    const states = ['0.9', '1.0', '1.3.9', '1.4', '2.0.0', '2.1'].map((version) => found(relay(version), advisory))
    assert.deepEqual(states, [
      'not_affected by-default',
      'affected in-range',
      'affected in-range',
      'not_affected by-default',
      'affected listed',
      'not_affected by-default',
    ])
    // Equal for some and not for others, and nobody says for whom.
    assert.equal(found(relay('1.4.0'), advisory), 'undetermined bad-version')
  })

  it('without a default know nothing of other versions', () => {
    const advisory = known([{ ...named, versions: [{ version: '1.0', status: 'affected' }] }])
    assert.equal(found(relay('2.0'), advisory), 'undetermined not-covered')
  })

  it('follow changes of status within a range, also when they stand in disorder', () => {
    const changes = [
      { at: '2.0.0', status: 'affected' },
      { at: '1.5.0', status: 'unaffected' },
    ]
    const versions = [{ version: '0', lessThan: '3.0.0', status: 'affected', versionType: 'semver', changes }]
    const advisory = known([{ ...named, versions, defaultStatus: 'unaffected' }])
    const states = ['1.4.9', '1.5.0', '1.9.9', '2.0.0', '3.0.0'].map((version) => match(relay(version), advisory).state)
    assert.deepEqual(states, ['affected', 'not_affected', 'not_affected', 'affected', 'not_affected'])
  })

  it('read the ends that records have: a star, a prefix, and the first version', () => {
    const ended = (more: Json) =>
      known([{ ...named, versions: [{ status: 'affected', ...more }], defaultStatus: 'unaffected' }])
    const open = ended({ version: '2.0', lessThan: '*', versionType: 'custom' })
    assert.equal(match(relay('99.1'), open).state, 'affected')
    const prefix = ended({ version: 'unspecified', lessThanOrEqual: '5.10.*', versionType: 'semver' })
    assert.deepEqual(
      ['4.0.0', '5.10.240', '5.11.0'].map((version) => match(relay(version), prefix).state),
      ['affected', 'affected', 'not_affected'],
    )
    assert.equal(found(relay('1.0'), ended({ version: 'n/a' })), 'undetermined words')
    assert.equal(found(relay('1.0'), ended({ version: '*' })), 'affected all-versions')
    assert.equal(found(relay('5.10.3'), ended({ version: '5.10.*' })), 'affected in-range')
  })

  it('find packages by their collection and name, by package URL and by CPE', () => {
    const versions = [{ version: '0', lessThan: '2.0.0', status: 'affected', versionType: 'semver' }]
    const more = { versions, defaultStatus: 'unaffected' }
    const byCollection = known([{ collectionURL: 'https://www.npmjs.com', packageName: '@acme/relay', ...more }])
    assert.equal(found({ purl: parsePurl('pkg:npm/%40acme/relay@1.0.0') }, byCollection), 'affected in-range')
    const byPurl = known([{ packageURL: 'pkg:npm/%40acme/relay', ...more }])
    assert.equal(found({ purl: parsePurl('pkg:npm/%40acme/relay@2.0.0') }, byPurl), 'not_affected by-default')
    const byCpe = known([{ cpes: ['cpe:2.3:a:acme:relay:*:*:*:*:*:*:*:*'], product: 'r', ...more }])
    assert.equal(found({ cpes: ['cpe:2.3:a:Acme:Relay:1.0.0:*:*:*:*:*:*:*'] }, byCpe), 'affected in-range')
    const elsewhere = known([{ collectionURL: 'https://example.org', packageName: 'relay', ...more }])
    assert.deepEqual([elsewhere.rules.length, elsewhere.problems.counts], [0, { 'not-identifiable': 1 }])
  })

  it('pass over commits where the same product is given by versions, and do not stop at them', () => {
    const commits = [{ version: 'abc', lessThan: 'def', status: 'affected', versionType: 'git' }]
    const versions = [{ version: '5.4', lessThan: '5.10', status: 'affected', versionType: 'semver' }]
    const more = { defaultStatus: 'unaffected' }
    const both = known([
      { ...named, versions: commits, ...more },
      { ...named, versions, ...more },
    ])
    assert.equal(found(relay('5.5'), both), 'affected in-range')
    assert.equal(found(relay('5.10'), both), 'not_affected by-default')
    assert.equal(found(relay('5.5'), known([{ ...named, versions: commits, ...more }])), 'undetermined no-ranges')
  })

  it('that contradict each other leave the version undetermined', () => {
    const versions = [
      { version: '1.0.0', lessThan: '3.0.0', status: 'affected', versionType: 'semver' },
      { version: '2.0.0', lessThan: '4.0.0', status: 'unaffected', versionType: 'semver' },
    ]
    const advisory = known([{ ...named, versions }])
    assert.deepEqual(
      ['1.5.0', '2.5.0', '3.5.0'].map((version) => found(relay(version), advisory)),
      ['affected in-range', 'undetermined contradicting', 'not_affected in-range'],
    )
  })

  it('for some platforms only are undetermined: no inventory says which it is for', () => {
    const versions = [{ version: '1.0', status: 'affected' }]
    const advisory = known([{ ...named, versions, platforms: ['Windows', 'macOS'], defaultStatus: 'unaffected' }])
    const { why } = match(relay('1.0'), advisory)
    assert.equal(why.reason, 'condition')
    assert.match(why.text, /inside Windows or 1 other platforms only/)
    assert.equal(found(relay('2.0'), advisory), 'not_affected by-default')
  })

  it('of a rejected record are none, and it names what took its place', () => {
    const metadata = { state: 'REJECTED', dateRejected: '2026-11-03T00:00:00Z' }
    const advisory = known([], metadata, { replacedBy: ['CVE-2026-0002'] })
    assert.deepEqual([advisory.rules.length, advisory.withdrawn], [0, '2026-11-03T00:00:00Z'])
    assert.deepEqual(advisory.replacedBy, ['CVE-2026-0002'])
  })
})

/** The algorithm of the record format (`versions`, description), word by word, for versions that are whole numbers. */
function statusOf(version: number, entries: readonly Entry[], defaultStatus: string): string {
  for (const entry of entries) {
    if (entry.lessThan === undefined && version === entry.version) return entry.status
    if (entry.lessThan !== undefined && entry.version <= version && version < entry.lessThan) {
      let { status } = entry
      for (const change of entry.changes) if (change.at <= version) ({ status } = change)
      return status
    }
  }
  return defaultStatus
}

interface Entry {
  readonly version: number
  readonly lessThan?: number
  readonly status: string
  readonly changes: readonly { readonly at: number; readonly status: string }[]
}

describe('the rules of a CVE record, by property', () => {
  const status = fc.constantFrom('affected', 'unaffected', 'unknown')
  // Disjoint, as the format wants them: one entry for each ten numbers.
  const entry = fc
    .record({
      from: fc.integer({ min: 1, max: 4 }),
      length: fc.nat(5),
      status,
      changes: fc.array(fc.record({ at: fc.integer({ min: 0, max: 8 }), status }), { maxLength: 2 }),
    })
    .map(({ from, length, changes, ...rest }) => (tens: number): Entry => {
      const version = 10 * tens + from
      if (length === 0) return { version, ...rest, changes: [] }
      const within = changes.map((change) => ({ ...change, at: version + change.at })).toSorted((a, b) => a.at - b.at)
      const distinct = within.filter(
        ({ at }, index) => at > version && at < version + length && within[index - 1]?.at !== at,
      )
      return { version, lessThan: version + length, ...rest, changes: distinct }
    })
  const entries = fc.array(entry, { minLength: 1, maxLength: 3 }).map((list) => list.map((make, tens) => make(tens)))
  const words = { affected: 'affected', unaffected: 'not_affected', unknown: 'undetermined' } as const

  it('say-what-the-format-says', () => {
    fc.assert(
      fc.property(entries, status, fc.integer({ min: 0, max: 35 }), (given, defaultStatus, version) => {
        const versions = given.map(({ version: from, lessThan, status: of, changes }) => ({
          version: `${from}.0.0`,
          status: of,
          ...(lessThan !== undefined && { lessThan: `${lessThan}.0.0`, versionType: 'semver' }),
          changes: changes.map(({ at, status: to }) => ({ at: `${at}.0.0`, status: to })),
        }))
        const { state } = match(relay(`${version}.0.0`), known([{ ...named, versions, defaultStatus }]))
        const wanted = statusOf(version, given, defaultStatus)
        // Safe: it is one of the three statuses that the arbitrary makes.
        assert.equal(state, words[wanted as keyof typeof words])
      }),
      { numRuns: 2000 },
    )
  })
})
