import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { ExposureError } from '../exposure-error.ts'
import { parseKev, readKev, type KevCatalogue } from './read-kev.ts'

const entry = {
  cveID: 'CVE-2026-0001',
  vendorProject: 'Example',
  product: 'Relay',
  vulnerabilityName: 'Example Relay command injection',
  dateAdded: '2026-11-01',
  requiredAction: 'Update',
  dueDate: '2026-11-22',
  knownRansomwareCampaignUse: 'Known',
  notes: 'https://example.org/1',
  cwes: ['CWE-78'],
}

function read(...vulnerabilities: readonly unknown[]): KevCatalogue {
  return readKev({ catalogVersion: '2026.11.01', dateReleased: '2026-11-01T00:00:00Z', vulnerabilities })
}

describe('readKev', () => {
  it('reads every entry', () => {
    const { entries, version, releasedAt, total } = read(entry)
    assert.equal(total, 0)
    assert.equal(version, '2026.11.01')
    assert.equal(releasedAt, '2026-11-01T00:00:00Z')
    assert.deepEqual(entries, [
      {
        cve: 'CVE-2026-0001',
        vendor: 'Example',
        product: 'Relay',
        name: 'Example Relay command injection',
        addedOn: '2026-11-01',
        dueOn: '2026-11-22',
        requiredAction: 'Update',
        ransomware: 'known',
        cwes: ['CWE-78'],
        notes: 'https://example.org/1',
      },
    ])
  })

  it('says what cannot be used, and that the catalogue may be cut off', () => {
    const { entries, problems } = readKev({
      catalogVersion: '1',
      count: 9,
      vulnerabilities: [
        entry,
        entry,
        { ...entry, cveID: 'x' },
        { ...entry, cveID: 'CVE-2026-0002', dateAdded: 'today' },
        { cveID: 'CVE-2026-0003' },
        7,
      ],
    })
    assert.equal(entries.length, 1)
    assert.deepEqual(
      problems.map(({ code, pointer }) => `${code} ${pointer}`),
      [
        'bad-field /vulnerabilities/5',
        'duplicate-entry /vulnerabilities/1/cveID',
        'bad-field /vulnerabilities/2/cveID',
        'bad-field /vulnerabilities/3/dateAdded',
        'missing-field /vulnerabilities/4/dateAdded',
        'count-mismatch /count',
      ],
    )
  })

  it('refuses anything else', () => {
    for (const value of [null, [], {}, { catalogVersion: '1' }, { vulnerabilities: [] }]) {
      assert.throws(() => readKev(value), { code: 'not-kev' })
    }
    assert.throws(() => readKev({ catalogVersion: '1', vulnerabilities: [1, 2] }, { entries: 1 }), { code: 'too-many' })
    assert.throws(() => parseKev(new Uint8Array([0xff])), { code: 'not-utf-8' })
    assert.throws(() => parseKev(new TextEncoder().encode('{')), { code: 'not-json' })
  })

  it('any-document-is-read-or-refused, and every problem is counted', () => {
    const value = fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom('CVE-2026-0001', '2026-11-01') },
      {
        weight: 1,
        arbitrary: fc.jsonValue({ maxDepth: 1 }),
      },
    )
    const written = fc.dictionary(fc.constantFrom(...Object.keys(entry)), value)
    fc.assert(
      fc.property(fc.array(fc.oneof(written, fc.jsonValue({ maxDepth: 1 }))), value, (vulnerabilities, count) => {
        try {
          const { counts, total } = readKev({ catalogVersion: '1', vulnerabilities, count })
          assert.equal(
            Object.values(counts).reduce((sum, each) => sum + each, 0),
            total,
          )
        } catch (error) {
          assert.ok(error instanceof ExposureError, String(error))
        }
      }),
      { numRuns: 1000 },
    )
  })
})
