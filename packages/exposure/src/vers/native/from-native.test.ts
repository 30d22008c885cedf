import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import semver from 'semver'
import { orRefused } from '../../or-refused.fixture.ts'
import { versTest } from '../vers-contains.ts'
import { formatVers } from '../vers-range.ts'
import { versFromNative } from './from-native.ts'

/** By type; each from the documentation that the file of its reader names. */
const written: Readonly<Record<string, readonly (readonly [native: string, vers: string])[]>> = {
  npm: [
    ['1.2.3', '1.2.3'],
    ['=v1.2.3', '1.2.3'],
    ['>=1.2.7 <1.3.0', '>=1.2.7|<1.3.0'],
    ['1.2.7 || >=1.2.9 <2.0.0', '1.2.7|>=1.2.9|<2.0.0'],
    ['1.2.3 - 2.3.4', '>=1.2.3|<=2.3.4'],
    ['1.2 - 2.3.4', '>=1.2.0|<=2.3.4'],
    ['1.2.3 - 2.3', '>=1.2.3|<2.4.0'],
    ['1.2.x', '>=1.2.0|<1.3.0'],
    ['1.X', '>=1.0.0|<2.0.0'],
    ['~1.2.3', '>=1.2.3|<1.3.0'],
    ['~1.2', '>=1.2.0|<1.3.0'],
    ['~1', '>=1.0.0|<2.0.0'],
    ['^1.2.3', '>=1.2.3|<2.0.0'],
    ['^0.2.3', '>=0.2.3|<0.3.0'],
    ['^0.0.3', '>=0.0.3|<0.0.4'],
    ['^0.0', '>=0.0.0|<0.1.0'],
    ['^1.2.3-beta.2', '>=1.2.3-beta.2|<2.0.0'],
    ['*', '*'],
    ['', '*'],
    ['1.2.3 || *', '*'],
  ],
  conan: [
    ['>1.0 <2.0', '>1.0|<2.0'],
    ['~1.2.3', '>=1.2.3|<1.3-'],
    ['^0.0.3', '>=0.0.3|<0.0.4-'],
    ['1.0 || ^2.1, include_prerelease', '1.0|>=2.1|<3-'],
    ['<2-', '<2-'],
  ],
  nginx: [
    ['1.27.5-1.29.1', '>=1.27.5|<=1.29.1'],
    ['1.29.2+, 1.28.1+', '>=1.28.1|<1.29.0|>=1.29.2'],
  ],
  openssl: [['3.0.1, 1.0.2ck', '1.0.2ck|3.0.1']],
  pypi: [
    ['>=1.0, !=1.3.4, <2.0', '>=1.0|!=1.3.4|<2.0'],
    ['== 1.0', '1.0'],
  ],
  gem: [
    ['~> 2.2', '>=2.2|<3'],
    ['~> 2.2.0.rc1', '>=2.2.0.rc1|<2.3'],
    ['~> 2', '>=2|<3'],
    ['>= 1.0, != 1.3', '>=1.0|!=1.3'],
  ],
  nuget: [
    ['1.0', '>=1.0'],
    ['[1.0]', '1.0'],
    ['(1.0,)', '>1.0'],
    ['(,1.0]', '<=1.0'],
    ['(1.0, 2.0-beta)', '>1.0|<2.0-beta'],
    ['(,)', '*'],
  ],
}

const refused: readonly (readonly [type: string, native: string, code: string, reason: RegExp])[] = [
  ['npm', '2.1', 'bad-native-range', /not read alike everywhere; give all three numbers/],
  ['npm', '<=2.1', 'bad-native-range', /not read alike/],
  ['npm', '>=2.2.x', 'bad-native-range', /not read alike/],
  ['npm', '~0.8.0-pre', 'bad-native-range', /"~" before a pre-release/],
  ['npm', '>*', 'bad-native-range', /stands before no number/],
  ['npm', 'latest', 'bad-native-range', /is not a version/],
  ['npm', '1.x-beta', 'bad-native-range', /not three numbers/],
  // Both at once would be nothing, and the later of two lower bounds.
  ['npm', '1.1.2 1.2.2', 'bad-native-range', /would say something else/],
  ['npm', '>=5.0.3 >=4.2.1', 'bad-native-range', /would say something else/],
  // 3.5.0 is in the first alternative; the list 1, 2, 3, 4, 5, 10 would leave it out.
  ['npm', '>=1.0.0 <10.0.0 || >=2.0.0 <3.0.0 || >=4.0.0 <5.0.0', 'bad-native-range', /would say something else/],
  ['conan', '', 'bad-native-range', /one of its alternatives is empty/],
  ['conan', '^cci', 'bad-native-range', /not a number that has a next one/],
  ['conan', '>1.0, loose', 'bad-native-range', /loose is no option/],
  ['conan', '>!1', 'bad-native-range', /not a comparator and a version/],
  ['nginx', 'all', 'bad-native-range', /neither "1.2.3"/],
  ['openssl', '1.0.2, latest', 'bad-version', /is not an OpenSSL version/],
  ['pypi', '~=2.2', 'bad-native-range', /is not one of ==/],
  ['pypi', '==1.*', 'bad-native-range', /is not one of ==/],
  ['gem', '>= one', 'bad-native-range', /is not one of =/],
  ['nuget', '1.*', 'bad-native-range', /neither a version nor an interval/],
  ['nuget', '(1.0)', 'bad-native-range', /stands in \[ and \]/],
  ['nuget', '[2.0,1.0]', 'bad-native-range', /would say something else/],
  ['deb', '>= 1.0', 'unsupported-ecosystem', /"deb" are not read yet/],
  ['npm', '1'.repeat(5000), 'too-large', /at most 4096/],
]

describe('versFromNative', () => {
  for (const [type, list] of Object.entries(written)) {
    for (const [native, vers] of list) {
      it(`writes ${type} ${JSON.stringify(native)} as ${vers}`, () => {
        assert.equal(formatVers(versFromNative(type, native)), `vers:${type}/${vers}`)
      })
    }
  }
  for (const [type, native, code, message] of refused) {
    it(`refuses ${type} ${JSON.stringify(native.slice(0, 60))}`, () => {
      assert.throws(() => versFromNative(type, native), { code, message })
    })
  }
})

describe('versFromNative, by property', () => {
  const version = fc.tuple(fc.nat(3), fc.nat(3), fc.nat(3)).map((numbers) => numbers.join('.'))
  const comparator = fc.constantFrom('', '=', '>', '>=', '<', '<=', '^', '~')
  const set = fc.array(fc.tuple(comparator, version), { minLength: 1, maxLength: 3 })
  const range = fc
    .array(set, { minLength: 1, maxLength: 3 })
    .map((sets) => sets.map((words) => words.map((word) => word.join('')).join(' ')).join(' || '))

  it('contains-what-npm-contains', () => {
    let compared = 0
    fc.assert(
      fc.property(range, fc.array(version, { minLength: 1, maxLength: 8 }), (native, versions) => {
        const vers = orRefused(() => versFromNative('npm', native))
        if (vers === undefined) return
        const test = versTest(vers)
        for (const each of versions) {
          compared += 1
          assert.equal(test(each), semver.satisfies(each, native), `${each} in ${native}`)
        }
      }),
      { numRuns: 1000 },
    )
    assert.ok(compared > 500, `only ${compared} were compared`)
  })

  it('any-text-is-read-or-refused', () => {
    const pieces = [
      '>',
      '<',
      '=',
      '~',
      '^',
      '!',
      '|',
      '||',
      ' ',
      ',',
      '1',
      '1.0',
      '2.1.0',
      '.x',
      '*',
      '-',
      '[',
      ')',
      '+',
    ]
    const text = fc.oneof(
      fc.string({ maxLength: 40 }),
      fc.array(fc.constantFrom(...pieces), { maxLength: 30 }).map((parts) => parts.join('')),
      fc.tuple(fc.constantFrom(...pieces), fc.nat(2000)).map(([piece, times]) => piece.repeat(times)),
    )
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(written)), text, (type, native) => {
        orRefused(() => versFromNative(type, native))
      }),
      { numRuns: 1000 },
    )
  })
})
