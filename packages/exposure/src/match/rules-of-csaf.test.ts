import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readCsaf } from '../csaf/read-csaf.ts'
import { parsePurl } from '../purl/purl.ts'
import { knownOfCsaf } from './known-advisories.ts'
import type { KnownAdvisory } from './known-advisory.ts'
import { match } from './match.ts'
import type { Matchable } from './matchable.ts'
import { surroundingsOf } from './surroundings.ts'

type Json = Readonly<Record<string, unknown>>

function product(id: string, helper?: Json): Json {
  return { product_id: id, name: id, ...(helper !== undefined && { product_identification_helper: helper }) }
}

/** One version of a product of a vendor, as CISA's documents have them: no identifier but the names. */
function branch(id: string, vendor: string, name: string, range: string, helper?: Json): Json {
  const version = { category: 'product_version_range', name: range, product: product(id, helper) }
  return { category: 'vendor', name: vendor, branches: [{ category: 'product_name', name, branches: [version] }] }
}

function known(tree: Json, vulnerability: Json, more: Json = {}): KnownAdvisory {
  const { advisory } = readCsaf({
    document: {
      category: 'csaf_security_advisory',
      csaf_version: '2.0',
      title: 'A flaw',
      publisher: { category: 'vendor', name: 'Acme', namespace: 'https://acme.example' },
      tracking: { id: 'ACME-1', version: '3', status: 'final', current_release_date: '2026-11-02T00:00:00Z' },
      ...more,
    },
    product_tree: tree,
    vulnerabilities: [{ cve: 'CVE-2026-0001', ...vulnerability }],
  })
  const [first] = knownOfCsaf(advisory)
  return first ?? assert.fail('it has a vulnerability')
}

function found(component: Matchable, advisory: KnownAdvisory, ...around: readonly Matchable[]): string {
  const { state, why } = match(component, advisory, surroundingsOf(around))
  return `${state} ${why.reason}`
}

describe('the rules of a CSAF document', () => {
  it('find a product by the names of its vendor and itself, when there is no identifier', () => {
    const tree = { branches: [branch('p', 'Siemens', 'SINEC NMS', '< V2.0 SP1')] }
    const advisory = known(tree, { product_status: { known_affected: ['p'] } })
    const nms = { vendor: 'siemens', name: 'Sinec  NMS', version: 'V1.0.3' }
    const outcome = match(nms, advisory)
    assert.equal(outcome.state, 'affected')
    assert.equal(outcome.why.text, 'V1.0.3 is in <V2.0 SP1, number by number')
    assert.deepEqual(
      [outcome.why.by, outcome.why.product, outcome.why.vulnerability],
      ['name', 'Siemens SINEC NMS', 'CVE-2026-0001'],
    )
    assert.equal(found({ ...nms, version: '3.0' }, advisory), 'not_affected outside-ranges')
    assert.equal(found({ ...nms, version: 'V2.0' }, advisory), 'undetermined bad-version')
    // A name that is not the same is another name.
    assert.equal(found({ ...nms, vendor: 'Siemens AG' }, advisory), 'not_affected not-named')
    assert.equal(found({ ...nms, name: 'SINEC-NMS' }, advisory), 'not_affected not-named')
    // CPE writes the same names, with underscores.
    const byCpe = { name: 'nms', cpes: ['cpe:2.3:a:siemens:sinec_nms:1.0.3:*:*:*:*:*:*:*'] }
    assert.equal(found(byCpe, advisory), 'affected in-range')
    assert.equal(found({ name: 'SINEC NMS' }, advisory), 'undetermined no-identifier')
  })

  it('find a product by its package URL, its CPE and its names alike', () => {
    const helper = { purl: 'pkg:npm/relay@1.2.0', cpe: 'cpe:2.3:a:acme:relay:1.2.0:*:*:*:*:*:*:*' }
    const advisory = known(
      { full_product_names: [product('p', helper)] },
      { product_status: { known_affected: ['p'] } },
    )
    assert.deepEqual(
      advisory.rules.map(({ key }) => key),
      ['pkg:npm/relay', 'product:acme/relay'],
    )
    assert.equal(found({ purl: parsePurl('pkg:npm/relay@1.2.0') }, advisory), 'affected listed')
    assert.equal(found({ purl: parsePurl('pkg:npm/relay@1.2.1') }, advisory), 'not_affected not-listed')
    assert.equal(found({ vendor: 'ACME', name: 'relay', version: '1.2.0' }, advisory), 'affected listed')
  })

  it('take the justification of what is not affected along, and what is to be done', () => {
    const tree = {
      full_product_names: [product('p', { purl: 'pkg:npm/relay@1.2.0' }), product('q', { purl: 'pkg:npm/other' })],
    }
    const advisory = known(tree, {
      product_status: { known_not_affected: ['p'], known_affected: ['q'] },
      flags: [{ label: 'vulnerable_code_not_present', product_ids: ['p'] }],
      remediations: [{ category: 'vendor_fix', details: 'Update to 2.0.', product_ids: ['q'] }],
    })
    const cleared = match({ purl: parsePurl('pkg:npm/relay@1.2.0') }, advisory)
    assert.deepEqual(cleared.why.justifications, ['vulnerable_code_not_present'])
    assert.equal(cleared.state, 'not_affected')
    assert.equal(match({ purl: parsePurl('pkg:npm/other@1.0.0') }, advisory).why.action, 'Update to 2.0.')
  })

  it('know fixed, under investigation and unknown', () => {
    const at = (version: string) => product(version, { purl: `pkg:npm/relay@${version}` })
    const advisory = known(
      { full_product_names: ['1.0.0', '1.1.0', '1.2.0', '1.3.0'].map(at) },
      {
        product_status: {
          fixed: ['1.0.0'],
          under_investigation: ['1.1.0'],
          recommended: ['1.2.0'],
          first_affected: ['1.3.0'],
        },
      },
    )
    const states = ['1.0.0', '1.1.0', '1.2.0', '1.3.0'].map((version) => {
      return match({ purl: parsePurl(`pkg:npm/relay@${version}`) }, advisory).state
    })
    assert.deepEqual(states, ['fixed', 'under_investigation', 'fixed', 'affected'])
  })

  it('about a part of something hold inside it, and harm of the part is harm of the whole', () => {
    const tree = {
      full_product_names: [
        product('openssl', { purl: 'pkg:generic/openssl@3.0.1' }),
        product('os', { cpe: 'cpe:2.3:o:acme:relay_os:9:*:*:*:*:*:*:*' }),
      ],
      relationships: [
        {
          category: 'default_component_of',
          product_reference: 'openssl',
          relates_to_product_reference: 'os',
          full_product_name: product('openssl-in-os'),
        },
      ],
    }
    const openssl = { purl: parsePurl('pkg:generic/openssl@3.0.1'), name: 'openssl' }
    const os = { vendor: 'Acme', name: 'Relay OS', version: '9' }
    const affected = known(tree, { product_status: { known_affected: ['openssl-in-os'] } })
    assert.equal(found(openssl, affected), 'undetermined condition')
    assert.equal(found(openssl, affected, os), 'affected listed')
    assert.equal(found(os, affected), 'affected listed')
    const cleared = known(tree, { product_status: { known_not_affected: ['openssl-in-os'] } })
    assert.equal(found(openssl, cleared), 'undetermined not-covered')
    assert.equal(found(openssl, cleared, os), 'not_affected listed')
    assert.equal(found(os, cleared), 'undetermined no-purl')
  })

  it('count what nobody could look for', () => {
    const tree = { full_product_names: [product('A thing by its name alone'), product('p', { purl: 'pkg:npm/relay' })] }
    const advisory = known(tree, { product_status: { known_affected: ['A thing by its name alone', 'p'] } })
    assert.deepEqual(advisory.problems.counts, { 'not-identifiable': 1 })
    assert.match(advisory.problems.problems[0]?.message ?? '', /no inventory can be searched for it/)
    assert.equal(advisory.rules.length, 1)
  })

  it('of a document that was withdrawn match nothing more', () => {
    const tree = { full_product_names: [product('p', { purl: 'pkg:npm/relay' })] }
    const status = { product_status: { known_affected: ['p'] } }
    const publisher = { category: 'vendor', name: 'Acme', namespace: 'https://acme.example' }
    const tracking = { id: 'ACME-1', version: '4', status: 'final', current_release_date: '2026-11-03T00:00:00Z' }
    const advisory = known(tree, status, { category: 'csaf_withdrawn', csaf_version: '2.1', publisher, tracking })
    assert.equal(found({ purl: parsePurl('pkg:npm/relay@1.0.0') }, advisory), 'not_affected withdrawn')
  })

  it('survive JSON', () => {
    const tree = { branches: [branch('p', 'Acme', 'Relay', '>=1|<2', { purl: 'pkg:npm/relay' })] }
    const { rules } = known(tree, { product_status: { known_affected: ['p'] } })
    assert.deepEqual(JSON.parse(JSON.stringify(rules)), rules)
    assert.equal(rules.length, 2)
  })
})
