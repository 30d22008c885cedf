import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { compareVersions, packageOf, schemeOfEcosystem, schemeOfType } from './ecosystems.ts'

/** One comparison that only the ecosystem's own rule gets right, for every ecosystem that is ordered. */
const smaller: readonly (readonly [ecosystem: string, a: string, b: string])[] = [
  ['AlmaLinux:9', '1.0~rc1-1', '1.0-1'],
  ['Alpine:v3.22', '1.0_rc1-r9', '1.0-r0'],
  ['Bitnami', '1.9.0', '1.10.0'],
  ['Chainguard', '1.0_pre1-r0', '1.0-r0'],
  ['ConanCenter', '1.1.1', '1.1.1a'],
  ['CRAN', '1.0-9', '1.0-10'],
  ['crates.io', '1.0.0-rc.9', '1.0.0-rc.10'],
  ['Debian:13', '1.0~rc1-1', '1.0-1'],
  ['Go', 'go1.21rc2', '1.21.0'],
  ['Hackage', '1.0', '1.0.0'],
  ['Hex', '1.0.0-rc.1', '1.0.0'],
  ['Kubernetes', '1.9.0', 'v1.10.0'],
  ['Mageia:9', '1.0-1.mga9', '1.0-1.1.mga9'],
  ['Maven', '1.0-rc1', '1.0.Final'],
  ['npm', '1.0.0-rc.1', '1.0.0'],
  ['NuGet', '1.0.0-RC.1', '1.0.0.1'],
  ['openEuler:24.03-LTS', '1.0^git1-1', '1.0.1-1'],
  ['openSUSE:Tumbleweed', '1.0-1.1', '1.0-1.10'],
  ['Packagist', 'v1.0.0-RC1', '1.0.0'],
  ['Pub', '1.0.0', '1.0.0+1'],
  ['PyPI', '1.0.dev1', '1.0a1'],
  ['Red Hat:rhel_eus:9.4::baseos', '2.0-1', '1:1.0-1'],
  ['Rocky Linux:9', '1.0-1.el9', '1.0-1.el9_4'],
  ['RubyGems', '1.0.0.rc1', '1.0'],
  ['SUSE:Linux Enterprise Server 15 SP6', '1.0-150600.3.3', '1.0-150600.3.10'],
  ['SwiftURL', '1.0.0-beta', '1.0.0'],
  ['Ubuntu:24.04:LTS', '1.0-1ubuntu0.9', '1.0-1ubuntu0.10'],
  ['Wolfi', '1.0-r9', '1.0-r10'],
]

describe('ecosystems', () => {
  for (const [ecosystem, a, b] of smaller) {
    it(`order ${a} before ${b} in ${ecosystem}`, () => {
      assert.deepEqual(compareVersions(ecosystem, a, b), { known: true, order: -1 })
      assert.deepEqual(compareVersions(ecosystem, b, a), { known: true, order: 1 })
      assert.deepEqual(compareVersions(ecosystem, a, a), { known: true, order: 0 })
    })
  }

  it('order versions by the type of their package URL, so that advisory and component agree', () => {
    for (const [ecosystem] of smaller) {
      const type = packageOf(ecosystem, 'example.org/a')?.type ?? assert.fail(ecosystem)
      assert.equal(schemeOfEcosystem(ecosystem), schemeOfType(type), ecosystem)
    }
  })

  it('that are unknown, or have no checked rule, are an outcome and never an order', () => {
    for (const ecosystem of ['Julia', 'Unheard of', '', 'debian', 'constructor', '__proto__']) {
      const comparison = compareVersions(ecosystem, '1.0.0', '1.0.0')
      assert.equal(comparison.known ? 'known' : comparison.code, 'unsupported-ecosystem', ecosystem)
    }
    for (const type of ['generic', 'github', 'openssl', 'constructor'])
      assert.equal(schemeOfType(type), undefined, type)
  })
})
