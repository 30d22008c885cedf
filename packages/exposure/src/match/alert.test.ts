import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readCsaf } from '../csaf/read-csaf.ts'
import { readCve } from '../cve/read-cve.ts'
import { readOsv } from '../osv/read-osv.ts'
import { parsePurl } from '../purl/purl.ts'
import { type Alerting, alertOf, followed, type HistoryEntry } from './alert.ts'
import { knownOfCsaf, knownOfCve, knownOfOsv } from './known-advisories.ts'
import type { KnownAdvisory } from './known-advisory.ts'
import { match } from './match.ts'
import type { StandingState } from './standing.ts'

function at(state: StandingState, remediation = 'r', exploited = false): Alerting {
  return { state, remediations: [remediation], exploited }
}

describe('alertOf', () => {
  const cases: readonly (readonly [before: Alerting | undefined, after: Alerting, expected: string])[] = [
    [undefined, at('affected'), 'true new'],
    [undefined, at('undetermined'), 'true new'],
    [undefined, at('not_affected'), 'false harmless'],
    [at('affected'), at('affected'), 'false unchanged'],
    [at('affected'), at('affected', 'other'), 'true remediation'],
    [at('undetermined'), at('affected'), 'true worse'],
    [at('affected'), at('under_investigation'), 'false unchanged'],
    [at('fixed'), at('affected'), 'true new'],
    [at('remedied'), at('affected'), 'true new'],
    [at('affected'), at('remedied', 'other'), 'false harmless'],
    [at('affected'), at('affected', 'r', true), 'true exploited'],
    [at('affected'), at('fixed'), 'false harmless'],
  ]
  for (const [before, after, expected] of cases) {
    it(`says ${expected} from ${before?.state ?? 'nothing'} to ${after.state}`, () => {
      const { alert, reason } = alertOf(before, after)
      assert.equal(`${alert} ${reason}`, expected)
    })
  }

  it('is silent when one of several sources goes, and not when one brings something else to do', () => {
    const both = { state: 'affected', remediations: ['a', 'b'], exploited: false } as const
    assert.equal(alertOf(both, { ...both, remediations: ['b'] }).alert, false)
    assert.equal(alertOf(both, { ...both, remediations: ['b', 'a'] }).alert, false)
    assert.equal(alertOf(both, { ...both, remediations: ['a', 'b', 'c'] }).alert, true)
  })
})

describe('the remediation of an advisory', () => {
  const osv = (more: Readonly<Record<string, unknown>>, fixed = '1.2.0', introduced = '0') => {
    const ranges = [{ type: 'SEMVER', events: [{ introduced }, { fixed }] }]
    const affected = [{ package: { ecosystem: 'npm', name: 'a' }, ranges }]
    return knownOfOsv(readOsv({ id: 'X-1', modified: '2026-11-01T00:00:00Z', affected, ...more }).advisory).remediation
  }
  it('of OSV is the versions in which it is mended', () => {
    const other = {
      modified: '2026-11-02T00:00:00Z',
      summary: 'in other words',
      severity: [{ type: 'CVSS_V3', score: 'x' }],
    }
    assert.equal(osv(other), osv({}))
    assert.equal(osv({}, '1.2.0', '1.0.0'), osv({}))
    assert.notEqual(osv({}, '1.2.1'), osv({}))
  })

  it('of one product is not changed by what another one has to do', () => {
    const both = (other: string) => {
      const products = ['p', 'q'].map((id) => {
        return { product_id: id, name: id, product_identification_helper: { purl: `pkg:npm/${id}` } }
      })
      const remediations = ['p', 'q'].map((id) => {
        return { category: 'vendor_fix', details: id === 'p' ? 'Update to 2.' : other, product_ids: [id] }
      })
      const { advisory } = readCsaf({
        document: { csaf_version: '2.0', title: 't', tracking: { id: 'A-1', version: '1', status: 'final' } },
        product_tree: { full_product_names: products },
        vulnerabilities: [{ cve: 'CVE-2026-0001', product_status: { known_affected: ['p', 'q'] }, remediations }],
      })
      return knownOfCsaf(advisory)[0] ?? assert.fail('it has a vulnerability')
    }
    const [before, after] = [both('Update to 2.'), both('Update to 3.')]
    const remediation = (name: string, advisory: KnownAdvisory) => {
      return match({ purl: parsePurl(`pkg:npm/${name}@1.0.0`) }, advisory).remediation
    }
    assert.equal(remediation('p', before), remediation('p', after))
    assert.notEqual(remediation('q', before), remediation('q', after))
    assert.notEqual(before.remediation, after.remediation)
  })

  it('of CVE is where its ranges end', () => {
    const cve = (lessThan: string, version = '0') => {
      const versions = [{ version, lessThan, status: 'affected', versionType: 'semver' }]
      const affected = [{ vendor: 'Acme', product: 'Relay', versions, defaultStatus: 'unaffected' }]
      const record = {
        dataType: 'CVE_RECORD',
        dataVersion: '5.1',
        cveMetadata: { cveId: 'CVE-2026-0001', state: 'PUBLISHED' },
        containers: { cna: { affected } },
      }
      return knownOfCve(readCve(record).record).remediation
    }
    assert.equal(cve('2.0.0', '1.0.0'), cve('2.0.0'))
    assert.notEqual(cve('2.0.1'), cve('2.0.0'))
  })

  const csaf = (details: string, id = 'p', category = 'vendor_fix') => {
    const { advisory } = readCsaf({
      document: { csaf_version: '2.0', title: 't', tracking: { id: 'A-1', version: '1', status: 'final' } },
      product_tree: {
        full_product_names: [{ product_id: id, name: 'r', product_identification_helper: { purl: 'pkg:npm/r@1' } }],
      },
      vulnerabilities: [
        {
          cve: 'CVE-2026-0001',
          product_status: { known_affected: [id] },
          remediations: [{ category, details, product_ids: [id] }],
        },
      ],
    })
    return knownOfCsaf(advisory)[0]?.remediation
  }
  it('of CSAF is the remediations and what they are for, under whatever identifier', () => {
    assert.equal(csaf('Update to 2.'), csaf('Update  to 2.\n', 'q'))
    assert.notEqual(csaf('Update to 2.'), csaf('Update to 3.'))
    assert.notEqual(csaf('Update to 2.'), csaf('Update to 2.', 'p', 'workaround'))
  })
})

describe('the history of a match', () => {
  it('keeps what an advisory took back', () => {
    let history: readonly HistoryEntry[] = []
    history = followed(history, at('affected'), '2026-11-01T00:00:00Z')
    history = followed(history, at('affected'), '2026-11-02T00:00:00Z')
    history = followed(history, at('not_affected'), '2026-11-03T00:00:00Z')
    history = followed(history, at('affected'), '2026-11-04T00:00:00Z')
    assert.deepEqual(
      history.map(({ at: day, state, alert, reason }) => `${day.slice(8, 10)} ${state} ${alert} ${reason}`),
      ['01 affected true new', '03 not_affected false harmless', '04 affected true new'],
    )
  })
})
