import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import type { Advisory, RangeEvent } from '../osv/advisory.ts'
import { readOsv } from '../osv/read-osv.ts'
import { parsePurl } from '../purl/purl.ts'
import { evaluateRule } from './evaluate-rule.ts'
import { keysOfComponent } from './identifiers.ts'
import { knownOfOsv } from './known-advisories.ts'
import type { KnownAdvisory } from './known-advisory.ts'
import { match } from './match.ts'
import type { MatchState } from './outcome.ts'
import type { OsvRule } from './rule.ts'
import { rulesOf } from './rules-of-osv.ts'

function osv(...affected: readonly unknown[]): Advisory {
  return readOsv({ id: 'TEST-1', modified: '2026-11-01T00:00:00Z', affected }).advisory
}

function advisory(...affected: readonly unknown[]): KnownAdvisory {
  return knownOfOsv(osv(...affected))
}

function npm(more: Readonly<Record<string, unknown>>, name = 'a'): Readonly<Record<string, unknown>> {
  return { package: { ecosystem: 'npm', name }, ...more }
}

function semver(...events: readonly Readonly<Record<string, string>>[]): Readonly<Record<string, unknown>> {
  return { type: 'SEMVER', events }
}

function pypi(...events: readonly Readonly<Record<string, string>>[]): unknown {
  return { package: { ecosystem: 'PyPI', name: 'a' }, ranges: [{ type: 'ECOSYSTEM', events }] }
}

function maven(...events: readonly Readonly<Record<string, string>>[]): unknown {
  return { package: { ecosystem: 'Maven', name: 'g:a' }, ranges: [{ type: 'ECOSYSTEM', events }] }
}

function component(purl: string): Parameters<typeof match>[0] {
  return { purl: parsePurl(purl) }
}

describe('match', () => {
  const fixed = advisory(
    npm({
      ranges: [
        semver({ introduced: '1.0.0' }, { fixed: '1.2.0' }, { introduced: '2.0.0' }, { last_affected: '2.3.0' }),
      ],
    }),
  )
  const cases: readonly (readonly [version: string, state: MatchState, text: string])[] = [
    ['0.9.0', 'not_affected', '0.9.0 is before introduced 1.0.0'],
    ['1.0.0-rc.1', 'not_affected', '1.0.0-rc.1 is before introduced 1.0.0'],
    ['1.0.0', 'affected', '1.0.0 is at or after introduced 1.0.0 and before fixed 1.2.0'],
    ['1.2.0-rc.1', 'affected', '1.2.0-rc.1 is at or after introduced 1.0.0 and before fixed 1.2.0'],
    ['1.2.0', 'not_affected', '1.2.0 is at or after fixed 1.2.0 and before introduced 2.0.0'],
    ['2.3.0', 'affected', '2.3.0 is at or after introduced 2.0.0 and not after last affected 2.3.0'],
    ['2.3.1', 'not_affected', '2.3.1 is after last affected 2.3.0'],
  ]
  for (const [version, state, text] of cases) {
    it(`calls ${version} ${state} and says why`, () => {
      const outcome = match(component(`pkg:npm/a@${version}`), fixed)
      assert.equal(outcome.state, state)
      assert.equal(outcome.why.text, text)
      assert.deepEqual(outcome.why.package, { ecosystem: 'npm', name: 'a' })
      assert.equal(outcome.why.advisory, 'TEST-1')
      if (state === 'affected') {
        assert.equal(outcome.why.range, 'introduced 1.0.0, fixed 1.2.0, introduced 2.0.0, last affected 2.3.0')
      }
    })
  }

  it('honours limits', () => {
    const limited = advisory(npm({ ranges: [semver({ introduced: '0' }, { limit: '2.0.0' })] }))
    assert.equal(match(component('pkg:npm/a@1.9.9'), limited).state, 'affected')
    assert.equal(match(component('pkg:npm/a@2.0.0'), limited).state, 'not_affected')
    const unlimited = advisory(npm({ ranges: [semver({ introduced: '0' }, { limit: '1.0.0' }, { limit: '*' })] }))
    assert.equal(match(component('pkg:npm/a@9.0.0'), unlimited).state, 'affected')
  })

  it('takes listed versions as they are written, with or without "v"', () => {
    const listed = advisory({ package: { ecosystem: 'Go', name: 'example.org/m' }, versions: ['1.0.0', '1.1.0'] })
    const outcome = match(component('pkg:golang/example.org/m@v1.1.0'), listed)
    assert.equal(outcome.state, 'affected')
    assert.equal(outcome.why.listed, '1.1.0')
    assert.equal(match(component('pkg:golang/example.org/m@v1.2.0'), listed).state, 'not_affected')
  })

  it('passes over ranges of commits and goes on', () => {
    const git = { type: 'GIT', repo: 'https://example.org/r', events: [{ introduced: '0' }, { fixed: 'abc' }] }
    const both = advisory(npm({ ranges: [git, semver({ introduced: '0' }, { fixed: '1.0.0' })] }))
    assert.equal(match(component('pkg:npm/a@0.5.0'), both).state, 'affected')
    assert.equal(match(component('pkg:npm/a@1.0.0'), both).state, 'not_affected')
    const commits = match(component('pkg:npm/a@0.5.0'), advisory(npm({ ranges: [git] })))
    assert.equal(commits.state, 'undetermined')
    assert.equal(commits.why.reason, 'no-ranges')
  })

  it('lets affected win over undetermined, and that over not affected', () => {
    const outside = npm({ ranges: [semver({ introduced: '5.0.0' })] })
    const broken = npm({ ranges: [semver({ introduced: 'x' })] })
    const inside = npm({ ranges: [semver({ introduced: '0' })] })
    assert.equal(match(component('pkg:npm/a@1.0.0'), advisory(outside, broken)).state, 'undetermined')
    assert.equal(match(component('pkg:npm/a@1.0.0'), advisory(broken, inside, outside)).state, 'affected')
    const inOneEntry = advisory(npm({ ranges: [semver({ introduced: 'x' }), semver({ introduced: '0' })] }))
    assert.equal(match(component('pkg:npm/a@1.0.0'), inOneEntry).state, 'affected')
  })

  const undetermined: readonly (readonly [why: string, purl: string | undefined, entry: unknown])[] = [
    ['no-purl', undefined, npm({ versions: ['1.0.0'] })],
    ['no-version', 'pkg:npm/a', npm({ ranges: [semver({ introduced: '0' })] })],
    ['bad-version', 'pkg:npm/a@latest', npm({ ranges: [semver({ introduced: '1.0.0' })] })],
    ['bad-version', 'pkg:npm/a@latest', npm({ versions: ['1.0.0'] })],
    ['no-ranges', 'pkg:npm/a@1.0.0', npm({})],
    ['bad-range', 'pkg:npm/a@1.0.0', npm({ ranges: [semver({ fixed: '2.0.0' })] })],
    ['bad-range', 'pkg:npm/a@1.0.0', npm({ ranges: [semver({ introduced: '2.0.0' }, { unheard: '0.5.0' })] })],
    [
      'unsupported-ecosystem',
      'pkg:julia/a@1.0?uuid=7876af07-990d-54b4-ab0e-23690620f79a',
      {
        package: { ecosystem: 'Julia', name: 'a' },
        ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }] }],
      },
    ],
    [
      'unsupported-ecosystem',
      'pkg:julia/a@1.0?uuid=7876af07-990d-54b4-ab0e-23690620f79a',
      { package: { ecosystem: 'Julia', name: 'a' }, versions: ['1.0.0'] },
    ],
    // Not a version by PEP 440, so it is neither before nor after anything.
    ['bad-version', 'pkg:pypi/a@trunk', pypi({ introduced: '1.0' }, { fixed: '2.0' })],
    // Maven 3.8 and 3.9 order these two differently, which leaves the bounds without an order, too.
    ['bad-version', 'pkg:maven/g/a@2.9.0.RC1', maven({ introduced: '0' }, { fixed: '2.9.0-1' })],
    ['bad-range', 'pkg:maven/g/a@3.0', maven({ introduced: '2.9.0-1' }, { fixed: '2.9.0.RC1' })],
    [
      'bad-version',
      'pkg:maven/g/a@2.9.0.RC1',
      { package: { ecosystem: 'Maven', name: 'g:a' }, versions: ['2.9.0-1', '3.0'] },
    ],
  ]
  for (const [reason, purl, entry] of undetermined) {
    it(`is undetermined for ${reason} (${purl ?? 'no package URL'}), never "not affected"`, () => {
      const outcome = match(purl === undefined ? {} : component(purl), advisory(entry))
      assert.equal(outcome.state, 'undetermined')
      assert.equal(outcome.why.reason, reason)
    })
  }

  it('finds a listed version also where the ecosystem cannot be ordered', () => {
    const listed = advisory({ package: { ecosystem: 'Julia', name: 'a' }, versions: ['1.0'] })
    const purl = 'pkg:julia/a@1.0?uuid=7876af07-990d-54b4-ab0e-23690620f79a'
    assert.equal(match(component(purl), listed).state, 'affected')
  })

  const ofEcosystems: readonly (readonly [
    ecosystem: string,
    name: string,
    purl: string,
    fixed: string,
    affected: string,
    fine: string,
  ])[] = [
    ['Debian:12', 'curl', 'pkg:deb/debian/curl', '7.88.1-10+deb12u4', '7.88.1-10+deb12u3', '7.88.1-10+deb12u4'],
    ['Ubuntu:24.04:LTS', 'curl', 'pkg:deb/ubuntu/curl', '8.5.0-2ubuntu10.6', '8.5.0-2ubuntu10.5', '8.5.0-2ubuntu11'],
    ['Alpine:v3.20', 'busybox', 'pkg:apk/alpine/busybox', '1.36.1-r29', '1.36.1-r9', '1.36.1-r30'],
    [
      'Red Hat:enterprise_linux:9',
      'curl',
      'pkg:rpm/redhat/curl',
      '0:7.76.1-29.el9_4',
      '7.76.1-26.el9',
      '7.76.1-29.el9_4',
    ],
    ['PyPI', 'django', 'pkg:pypi/django', '4.2.16', '4.2.16rc1', '4.2.16.post1'],
    ['Maven', 'org.example:core', 'pkg:maven/org.example/core', '2.17.1', '2.17.1-beta1', '2.17.1.Final'],
    ['RubyGems', 'rack', 'pkg:gem/rack', '3.0.9.1', '3.0.9.1.rc1', '3.0.10'],
    ['NuGet', 'a.b', 'pkg:nuget/a.b', '6.0.0.1', '6.0.0', '6.0.1-beta'],
    ['Packagist', 'acme/http', 'pkg:composer/acme/http', '5.4.46', 'v5.4.46-RC1', 'v5.4.46'],
    ['Hackage', 'aeson', 'pkg:hackage/aeson', '2.0.1.0', '2.0.1', '2.0.1.0'],
    ['CRAN', 'commonmark', 'pkg:cran/commonmark', '1.8', '1.7-9', '1.8-1'],
    ['ConanCenter', 'openssl', 'pkg:conan/openssl', '1.1.1w', '1.1.1v', '3.0.0'],
  ]
  for (const [ecosystem, name, purl, fixedIn, affected, fine] of ofEcosystems) {
    it(`orders versions of ${ecosystem} by its own rules: ${affected} < ${fixedIn} <= ${fine}`, () => {
      const ranged = advisory({
        package: { ecosystem, name },
        ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: fixedIn }] }],
      })
      const named = parsePurl(purl)
      assert.equal(match({ purl: { ...named, version: affected } }, ranged).state, 'affected')
      assert.equal(match({ purl: { ...named, version: fine } }, ranged).state, 'not_affected')
    })
  }

  it('orders ranges of type SEMVER by SemVer, whatever the ecosystem', () => {
    const ranges = [{ type: 'SEMVER', events: [{ introduced: '1.0.0-rc.1' }, { fixed: '1.0.0' }] }]
    const ofPyPi = advisory({ package: { ecosystem: 'PyPI', name: 'a' }, ranges })
    assert.equal(match(component('pkg:pypi/a@1.0.0-rc.2'), ofPyPi).state, 'affected')
    // PEP 440 would put it after 1.0.0; SemVer has no such version.
    assert.equal(match(component('pkg:pypi/a@1.0.0.post1'), ofPyPi).state, 'undetermined')
    const ofNothing = advisory({ package: { ecosystem: 'Unheard of', name: 'a', purl: 'pkg:generic/a' }, ranges })
    assert.equal(match(component('pkg:generic/a@1.0.0-rc.2'), ofNothing).state, 'affected')
  })

  it('takes the epoch of an RPM package from the qualifier of its package URL', () => {
    const fixedIn = advisory({
      package: { ecosystem: 'Red Hat', name: 'bind' },
      ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: '32:9.16.23-18.el9_4.1' }] }],
    })
    assert.equal(match(component('pkg:rpm/redhat/bind@9.18.29-1.el9?epoch=32'), fixedIn).state, 'not_affected')
    assert.equal(match(component('pkg:rpm/redhat/bind@9.16.23-14.el9?epoch=32'), fixedIn).state, 'affected')
    // Without its epoch a version is of epoch 0, by rpm-version(7).
    assert.equal(match(component('pkg:rpm/redhat/bind@9.18.29-1.el9'), fixedIn).state, 'affected')
  })

  it('matches nothing by a withdrawn advisory, and says so', () => {
    const gone = { package: { ecosystem: 'npm', name: 'a' }, versions: ['1.0.0'] }
    const withdrawn = knownOfOsv({ ...osv(gone), withdrawn: '2026-11-02T00:00:00Z' })
    const outcome = match(component('pkg:npm/a@1.0.0'), withdrawn)
    assert.equal(outcome.state, 'not_affected')
    assert.equal(outcome.why.reason, 'withdrawn')
  })

  it('does not concern a package that is not named', () => {
    assert.equal(match(component('pkg:npm/b@1.0.0'), fixed).why.reason, 'not-named')
    assert.equal(match(component('pkg:cargo/a@1.0.0'), fixed).why.reason, 'not-named')
  })
})

describe('rulesOf', () => {
  it('gives rules that survive JSON and lie under the key of the component', () => {
    const rules = rulesOf(
      osv(
        npm({ versions: ['1.0.0'] }, '@scope/a'),
        { package: { ecosystem: 'Maven', name: 'org.example:lib' }, versions: ['1'] },
        { package: { ecosystem: 'Debian:12', name: 'curl' }, versions: ['1'] },
        { package: { ecosystem: 'Nowhere', name: 'x', purl: 'pkg:generic/x' }, versions: ['1'] },
        { package: { ecosystem: 'Nowhere', name: 'x/y' }, versions: ['1'] },
      ),
    )
    assert.deepEqual(JSON.parse(JSON.stringify(rules)), rules)
    assert.deepEqual(
      rules.map(({ key }) => key),
      ['pkg:npm/%40scope/a', 'pkg:maven/org.example/lib', 'pkg:deb/debian/curl', 'pkg:generic/x', 'osv:Nowhere/x%2Fy'],
    )
    assert.deepEqual(keysOfComponent(component('pkg:npm/@scope/a@1.0.0')), [rules[0]?.key])
    assert.deepEqual(keysOfComponent(component('pkg:maven/org.example/lib@1?type=jar')), [rules[1]?.key])
    assert.deepEqual(keysOfComponent({}), [])
  })
})

/**
 * The evaluation algorithm of the OSV schema, word by word, for versions that are whole numbers: so
 * small that it is obviously right.
 */
function isVulnerable(version: number, ranges: readonly (readonly RangeEvent[])[]): boolean {
  return ranges.some((events) => {
    const limits = events.filter(({ kind }) => kind === 'limit').map((event) => Number(event.version))
    if (limits.length > 0 && !limits.some((limit) => version < limit)) return false
    let vulnerable = false
    for (const event of events.toSorted((a, b) => Number(a.version) - Number(b.version))) {
      if (event.kind === 'introduced' && version >= Number(event.version)) vulnerable = true
      else if (event.kind === 'fixed' && version >= Number(event.version)) vulnerable = false
      else if (event.kind === 'last_affected' && version > Number(event.version)) vulnerable = false
    }
    return vulnerable
  })
}

describe('evaluateRule, by property', () => {
  const kind = fc.constantFrom('introduced', 'introduced', 'fixed', 'fixed', 'last_affected', 'limit')
  // Version 0 is special in the schema and has its own tests.
  const event = fc.record({ kind, version: fc.integer({ min: 1, max: 9 }).map(String) })
  const events = fc
    .array(event, { minLength: 1, maxLength: 6 })
    .map((rest) => rest.concat({ kind: 'introduced', version: '3' }))
  const ranges = fc.array(events, { minLength: 1, maxLength: 3 })

  it('says-what-the-schema-says', () => {
    fc.assert(
      fc.property(ranges, fc.integer({ min: 1, max: 10 }), (given, version) => {
        const [rule] = rulesOf(
          osv(npm({ ranges: given.map((list) => semver(...list.map((e) => ({ [e.kind]: e.version })))) })),
        )
        assert.ok(rule !== undefined)
        const wanted = isVulnerable(version, given) ? 'affected' : 'not_affected'
        assert.equal(evaluateRule(rule, `${version}.0.0`).state, wanted)
      }),
      { numRuns: 3000 },
    )
  })

  it('undetermined-is-never-no: a range that cannot be read never makes a version not affected', () => {
    fc.assert(
      fc.property(ranges, fc.nat(10), fc.nat(5), (given, version, at) => {
        const readable: OsvRule = {
          key: 'pkg:npm/a',
          advisory: 'TEST-1',
          ecosystem: 'npm',
          name: 'a',
          versions: [],
          pointer: '/affected/0',
          ranges: given.map((list) => ({ type: 'SEMVER', events: list })),
        }
        const broken: OsvRule = {
          ...readable,
          ranges: readable.ranges.toSpliced(at % (given.length + 1), 0, {
            type: 'SEMVER',
            events: [{ kind: 'introduced', version: 'x' }],
          }),
        }
        const before = evaluateRule(readable, `${version}.0.0`).state
        const after = evaluateRule(broken, `${version}.0.0`).state
        assert.equal(after, before === 'affected' ? 'affected' : 'undetermined')
      }),
      { numRuns: 1000 },
    )
  })
})
