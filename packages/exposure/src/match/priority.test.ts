import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { readOsv } from '../osv/read-osv.ts'
import { fixesOf } from './fixes.ts'
import { rulesOf } from './rules-of-osv.ts'
import {
  type Candidate,
  comparePriority,
  exploitedByCve,
  type Knowledge,
  type Priority,
  priorityOf,
} from './priority.ts'
import { severityReader } from './severity.ts'

const readSeverity = await severityReader()

const high = 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H'

function candidate(more: Partial<Candidate> = {}): Candidate {
  return { id: 'CVE-2026-0001', names: [], advisories: [], path: ['app', 'lib'], fixes: [], ...more }
}

function severe(vector: string, type = 'CVSS_V3'): Pick<Candidate, 'advisories'> {
  return { advisories: [{ document: 'GHSA-1', severities: [{ type, score: vector }] }] }
}

const entry = {
  cve: 'CVE-2026-0007',
  vendor: 'Acme',
  product: 'Relay',
  name: 'Acme Relay flaw',
  addedOn: '2026-11-01',
  dueOn: '2026-11-22',
  requiredAction: 'Update.',
  ransomware: 'known',
  cwes: [],
} as const
const knowledge: Knowledge = { readSeverity, exploited: exploitedByCve([entry]) }

function texts(more: Partial<Candidate>): readonly string[] {
  return priorityOf(candidate(more), knowledge).facts.map(({ text }) => text)
}

describe('severityReader', () => {
  const scores: readonly (readonly [type: string, vector: string, score: number, rating: string])[] = [
    ['CVSS_V3', high, 9.8, 'critical'],
    ['CVSS_V3', 'CVSS:3.0/AV:L/AC:H/PR:L/UI:R/S:U/C:L/I:N/A:N', 2.2, 'low'],
    ['CVSS_V3', 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N', 0, 'none'],
    ['CVSS_V4', 'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N', 9.3, 'critical'],
    // Base metrics alone, whatever stands behind them.
    ['CVSS_V4', 'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/E:U', 9.3, 'critical'],
    ['CVSS_V3', `${high}/E:P/MAV:L`, 9.8, 'critical'],
    ['CVSS_V2', 'AV:N/AC:L/Au:N/C:P/I:P/A:P', 7.5, 'high'],
    ['CVSS_V2', '(AV:N/AC:L/Au:N/C:P/I:P/A:P)', 7.5, 'high'],
  ]
  for (const [type, vector, score, rating] of scores) {
    it(`reads ${vector} as ${score}`, () => {
      const read = readSeverity({ type, score: vector })
      assert.ok(read.known, 'reason' in read ? read.reason : '')
      assert.deepEqual([read.score, read.rating], [score, rating])
    })
  }

  const refused: readonly (readonly [why: RegExp, type: string, text: string])[] = [
    [/base metrics is missing/, 'CVSS_V3', 'CVSS:3.1/AV:N'],
    [/has no AV:Q/, 'CVSS_V3', high.replace('AV:N', 'AV:Q')],
    [/has no FOO:B/, 'CVSS_V3', `${high}/FOO:B`],
    [/has no AV:X/, 'CVSS_V3', high.replace('AV:N', 'AV:X')],
    [/each once/, 'CVSS_V3', `${high}/AV:L`],
    [/each once/, 'CVSS_V3', `${high}/`],
    [/each once/, 'CVSS_V3', `${high}/A:NETWORK`],
    [/no vector of CVSS/, 'CVSS_V3', 'CVSS:9.9/AV:N'],
    [/no vector of CVSS/, 'CVSS_V4', high],
    [/no vector of CVSS/, 'Ubuntu', 'medium'],
    [/each once/, 'CVSS_V2', ''],
    [/modified metrics only/, 'CVSS_V4', 'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:S/SI:N/SA:N'],
    [/at most 512/, 'CVSS_V3', high.repeat(100)],
  ]
  for (const [why, type, text] of refused) {
    it(`says why ${text.slice(0, 60)} has no score`, () => {
      const read = readSeverity({ type, score: text })
      assert.ok(!read.known)
      assert.match(read.reason, why)
    })
  }

  it('answers-to-any-text', () => {
    const metric = fc.constantFrom(
      'AV:N',
      'AC:L',
      'PR:N',
      'UI:N',
      'S:U',
      'C:H',
      'I:H',
      'A:H',
      'constructor:x',
      '__proto__:a',
    )
    const vector = fc.array(metric, { maxLength: 10 }).map((list) => ['CVSS:3.1', ...list].join('/'))
    fc.assert(
      fc.property(fc.oneof(fc.string(), vector), fc.constantFrom('CVSS_V2', 'CVSS_V3', 'CVSS_V4', ''), (text, type) => {
        const read = readSeverity({ type, score: text })
        assert.ok(read.known ? read.score >= 0 && read.score <= 10 : read.reason !== '')
      }),
      { numRuns: 1000 },
    )
  })
})

describe('priorityOf', () => {
  it('gives plain facts, in the order in which they weigh', () => {
    const more = { names: ['cve-2026-0007'], path: ['app', 'web', 'lib'], fixes: ['1.2.0'], ...severe(high) }
    assert.deepEqual(texts(more), [
      'known to be exploited: in the catalogue since 2026-11-01, to be acted on until 2026-11-22, used for ransomware',
      `critical, base score 9.8 of CVSS 3.1 (${high}), says GHSA-1`,
      'it is a dependency at depth 2',
      'mended in 1.2.0',
    ])
  })

  it('says what is not known', () => {
    assert.deepEqual(texts({ path: [], ...severe('CVSS:3.1/AV:N') }), [
      'severity not known: CVSS:3.1/AV:N: one of its base metrics is missing',
      'where it stands in the dependency tree is not known',
      'no fixed version is named',
    ])
  })

  it('orders by exploitation and its day, then score, then depth, then a fix', () => {
    const low = 'CVSS:3.1/AV:L/AC:H/PR:L/UI:R/S:U/C:L/I:N/A:N'
    const soon = { document: 'X', severities: [], exploited: { since: '2026-11-01' } }
    const wanted: readonly Partial<Candidate>[] = [
      { id: 'CVE-2026-0007', path: [] },
      { advisories: [soon], id: 'CVE-2026-0005' },
      { ...severe(high), id: 'b' },
      { ...severe(low), path: ['app'], id: 'z' },
      { ...severe(low), fixes: ['2'], id: 'y' },
      { ...severe(low), id: 'a' },
      { id: 'a', path: ['app'] },
    ]
    const priorities = wanted.map((each) => priorityOf(candidate(each), knowledge))
    assert.deepEqual(priorities.toReversed().toSorted(comparePriority), priorities)
  })

  it('the-order-is-total', () => {
    const vectors = fc.constantFrom(high, 'CVSS:3.1/AV:L/AC:H/PR:L/UI:R/S:U/C:L/I:N/A:N', 'none')
    const priority = fc
      .record({
        id: fc.constantFrom('CVE-2026-0007', 'a', 'b'),
        path: fc.array(fc.constant('x'), { maxLength: 3 }),
        fixes: fc.array(fc.constant('2'), { maxLength: 1 }),
        vector: vectors,
      })
      .map(({ vector, ...rest }): Priority => priorityOf(candidate({ ...rest, ...severe(vector) }), knowledge))
    fc.assert(
      fc.property(priority, priority, priority, (a, b, c) => {
        const sign = (x: Priority, y: Priority) => Math.sign(comparePriority(x, y)) + 0
        assert.equal(sign(a, b), -sign(b, a) + 0)
        if (sign(a, b) <= 0 && sign(b, c) <= 0) assert.ok(sign(a, c) <= 0)
      }),
      { numRuns: 1000 },
    )
  })
})

describe('fixesOf', () => {
  it('gives the first fixed version after this one, in each range that it is in', () => {
    const events = [{ introduced: '0' }, { fixed: '1.2.5' }, { introduced: '2.0.0' }, { fixed: '2.1.0' }]
    const affected = [{ package: { ecosystem: 'npm', name: 'a' }, ranges: [{ type: 'SEMVER', events }] }]
    const rules = rulesOf(readOsv({ id: 'X-1', modified: '2026-11-01T00:00:00Z', affected }).advisory)
    assert.deepEqual(
      ['1.0.0', '1.2.5', '2.0.5', '3.0.0', 'latest'].map((version) => fixesOf(rules, version)),
      [['1.2.5'], [], ['2.1.0'], [], []],
    )
  })

  it('takes what is said to be fixed, and the end of the range that is affected', () => {
    const rule = {
      key: 'product:acme/relay',
      by: 'name',
      format: 'CSAF',
      advisory: 'A-1',
      vulnerability: 'CVE-2026-0001',
      product: 'Acme Relay',
      pointer: '',
      claims: [
        {
          state: 'affected',
          covers: { kind: 'constraints', constraints: [{ comparator: '<', version: '4.5' }], order: 'numbers' },
          pointer: '',
        },
        { state: 'fixed', covers: { kind: 'version', version: '4.5.1', order: 'numbers' }, pointer: '' },
      ],
    } as const
    assert.deepEqual(fixesOf([rule], '4.4'), ['4.5', '4.5.1'])
  })
})
