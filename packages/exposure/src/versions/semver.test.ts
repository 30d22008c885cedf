import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import semver from 'semver'
import { ExposureError } from '../exposure-error.ts'
import { compareVersions } from './ecosystems.ts'
import { goScheme, pubScheme, semverScheme } from './semver.ts'
import { compareTolerant, readTolerant } from './tolerant-semver.ts'

/** Each list ascends strictly. */
const ascending: readonly (readonly [ecosystem: string, ...versions: string[]])[] = [
  [
    'npm',
    '0.0.0-0',
    '1.0.0-alpha',
    '1.0.0-alpha.1',
    '1.0.0-alpha.beta',
    '1.0.0-beta.2',
    '1.0.0-beta.11',
    '1.0.0-rc.1',
    '1.0.0',
  ],
  ['crates.io', '0.9.0', '0.10.0', '0.99.0', '1.0.0'],
  ['npm', '1.2', '1.2.1', '1.3', '2'],
  ['npm', '9007199254740993.0.0', '9007199254740994.0.0', '100000000000000000000.0.0'],
  [
    'Go',
    'v0.0.0-20210101000000-abcdefabcdef',
    'v0.0.0-20220521103104-8f96da9f5d5e',
    'v0.1.0-0.20230101000000-abcdefabcdef',
    'v0.1.0',
  ],
  ['Go', 'go1.20.9', '1.20.10', '1.21.0-0', 'go1.21beta1', 'go1.21rc2', 'go1.21rc10', 'go1.21', 'go1.21.1'],
  ['Pub', '1.0.0-pre', '1.0.0-pre+build', '1.0.0', '1.0.0+1', '1.0.0+2', '1.0.0+a'],
]

/** Each list is of one precedence. */
const equal: readonly (readonly [ecosystem: string, ...versions: string[]])[] = [
  ['npm', '1.2.3', 'v1.2.3', '1.2.3+build.5'],
  ['Go', 'v2.0.0+incompatible', '2.0.0'],
  ['Hex', '1', '1.0', '1.0.0'],
  ['npm', '1.1.3.4.5', '1.1.3.9', '1.1.3'],
]

const none = [
  '',
  ' ',
  'latest',
  '(devel)',
  '1.2.3_4',
  '1.2.3.RELEASE',
  '1..2',
  '1.2.3-',
  '1.2.3-a..b',
  ' 1.2.3',
  '1.2.3\n',
  'v',
  '>=1.0.0',
  `1.${'0'.repeat(600)}`,
]

describe('semantic versions', () => {
  for (const [ecosystem, ...versions] of ascending) {
    it(`of ${ecosystem} ascend: ${versions.join(' < ')}`, () => {
      versions.forEach((a, i) => {
        versions.forEach((b, j) => {
          assert.deepEqual(compareVersions(ecosystem, a, b), { known: true, order: Math.sign(i - j) }, `${a} and ${b}`)
        })
      })
    })
  }
  for (const [ecosystem, ...versions] of equal) {
    it(`of ${ecosystem} are equal: ${versions.join(' = ')}`, () => {
      for (const a of versions) {
        for (const b of versions) assert.deepEqual(compareVersions(ecosystem, a, b), { known: true, order: 0 })
      }
    })
  }
  for (const version of none) {
    it(`do not include ${JSON.stringify(version.slice(0, 20))}, not even compared with itself`, () => {
      const comparison = compareVersions('npm', version, version)
      assert.equal(comparison.known, false)
      assert.equal(!comparison.known && comparison.code, 'bad-version')
      assert.equal(compareVersions('npm', '1.0.0', version).known, false)
    })
  }
})

describe('compareVersions', () => {
  it('says that it cannot order an ecosystem, and never calls its versions equal', () => {
    const comparison = compareVersions('Julia', '1.0.0+1', '1.0.0+1')
    assert.equal(comparison.known, false)
    assert.equal(!comparison.known && comparison.code, 'unsupported-ecosystem')
    assert.match(comparison.known ? '' : comparison.reason, /"Julia"/)
  })
})

const number = fc.oneof(fc.nat(3), fc.nat(2 ** 31))
const identifier = fc.oneof(fc.nat(20).map(String), fc.stringMatching(/^[0-9]{0,2}[a-zA-Z-][0-9a-zA-Z-]{0,3}$/))
const strict = fc
  .tuple(number, number, number, fc.array(identifier, { maxLength: 3 }), fc.array(identifier, { maxLength: 2 }))
  .map(([a, b, c, pre, build]) =>
    [`${a}.${b}.${c}`, pre.length > 0 ? `-${pre.join('.')}` : '', build.length > 0 ? `+${build.join('.')}` : ''].join(
      '',
    ),
  )
const loose = fc.oneof(
  strict,
  fc.array(number, { minLength: 1, maxLength: 5 }).map((numbers) => numbers.join('.')),
  fc.bigInt({ min: 0n, max: 10n ** 30n }).map((big) => `${big}.0.0`),
)

describe('semantic versions, by property', () => {
  it('the-tolerant-reader-agrees-with-the-library', () => {
    fc.assert(
      fc.property(strict, strict, (a, b) => {
        const [left, right] = [readTolerant(a), readTolerant(b)]
        assert.ok(left !== undefined && right !== undefined)
        assert.equal(Math.sign(compareTolerant(left, right, false)), semver.compare(a, b))
        assert.equal(Math.sign(compareTolerant(left, right, true)), semver.compareBuild(a, b))
      }),
      { numRuns: 3000 },
    )
  })

  for (const scheme of [semverScheme, pubScheme, goScheme]) {
    it(`the-order-is-total: ${scheme.name}`, () => {
      fc.assert(
        fc.property(loose, loose, loose, (a, b, c) => {
          const place = (left: string, right: string): number => scheme.placing(left)(right)
          assert.equal(place(a, a), 0)
          assert.ok(Math.sign(place(a, b)) === -Math.sign(place(b, a)))
          if (place(a, b) <= 0 && place(b, c) <= 0) assert.ok(place(a, c) <= 0, `${a} ${b} ${c}`)
        }),
        { numRuns: 2000 },
      )
    })
  }

  it('any-text-is-read-or-refused', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), (given) => {
        try {
          goScheme.placing(given)(given)
        } catch (error) {
          assert.ok(error instanceof ExposureError && error.code === 'bad-version', String(error))
        }
      }),
      { numRuns: 3000 },
    )
  })
})
