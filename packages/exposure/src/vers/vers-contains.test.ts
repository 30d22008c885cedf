import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { orRefused } from '../or-refused.fixture.ts'
import { parseVers, readVers } from './parse-vers.ts'
import { simplifyVers, versContains, versTest } from './vers-contains.ts'
import { comparators, formatVers, type VersConstraint, type VersRange } from './vers-range.ts'

/** After the examples of the VERS specification, "Using version range specifiers". */
const cases: readonly (readonly [range: string, inside: string, outside: string])[] = [
  ['vers:npm/1.2.3|>=2.0.0|<5.0.0', '1.2.3 2.0.0 3.0.0 4.9.9 5.0.0-rc.1', '1.2.2 1.2.4 2.0.0-rc.1 5.0.0 6.0.0'],
  ['vers:gem/>=2.2.0|!=2.2.1|<2.3.0', '2.2 2.2.0.1 2.2.2 2.3.0.rc1', '2.1.9 2.2.1 2.2.1.0 2.3'],
  ['vers:deb/>1.0-1|<=2.0-1', '1.0-1.1 2.0-1 2.0-01', '1.0-1 0:1.0-1 2.0-1+b1 1:1.5-1'],
  ['vers:rpm/<1:2.0', '3.0 0:9-9 1:1.9-1', '1:2.0 2:1.0'],
  ['vers:pypi/!=5', '4 6 5.1', '5 5.0'],
  ['vers:maven/*', '1.0 anything', ''],
  ['vers:all/*', '1.0 (devel)', ''],
  ['vers:none/*', '', '1.0 (devel)'],
  // Lists that the specification has tools refuse or simplify.
  ['vers:npm/>=5.0.0|>=1.0.0|<9.0.0|<7.0.0', '1.0.0 6.0.0 8.0.0', '0.9.0 9.0.0'],
  ['vers:npm/<1.5.0|>=1.5.0', '1.4.0 1.5.0 1.6.0', ''],
  ['vers:npm/<1.5.0|>1.5.0', '1.4.0 1.6.0', '1.5.0'],
  ['vers:npm/>=1.0.0|2.0.0|<3.0.0', '1.5.0 2.0.0 2.5.0', '3.0.0'],
]

describe('versContains', () => {
  for (const [range, inside, outside] of cases) {
    it(`finds in ${range} ${inside || 'nothing'}, and not ${outside || 'anything else'}`, () => {
      const test = versTest(readVers(range))
      for (const version of words(inside)) assert.equal(test(version), true, version)
      for (const version of words(outside)) assert.equal(test(version), false, version)
    })
  }

  it('refuses what it cannot place, and never calls it outside', () => {
    const range = readVers('vers:pypi/>=1.0|<2.0')
    assert.throws(() => versContains(range, 'trunk'), { code: 'bad-version' })
    assert.throws(() => versContains(readVers('vers:npm/<latest'), '1.0.0'), { code: 'bad-version' })
    assert.throws(() => versContains(readVers('vers:unheard-of/1.0'), '1.0'), { code: 'unsupported-ecosystem' })
    assert.throws(() => versContains(readVers('vers:npm/!=1.0.0|1.0.0'), '2.0.0'), {
      code: 'bad-vers',
      message: /both names and leaves out version "1.0.0"/,
    })
  })
})

const shorter: readonly (readonly [range: string, simple: string])[] = [
  ['vers:npm/>=5.0.0|>=1.0.0|<9.0.0|<7.0.0', 'vers:npm/>=1.0.0|<9.0.0'],
  ['vers:npm/>=1.0.0|2.0.0|<3.0.0', 'vers:npm/>=1.0.0|<3.0.0'],
  ['vers:nginx/>=1.4.1|<1.5.0|>=1.5.0', 'vers:nginx/>=1.4.1'],
  ['vers:npm/<1.5.0|>1.5.0', 'vers:npm/!=1.5.0'],
  ['vers:npm/<1.5.0|>=1.5.0', 'vers:npm/*'],
  ['vers:npm/1.0.0|>1.0.0', 'vers:npm/>=1.0.0'],
  ['vers:pypi/1.0|1.0.0|2.0', 'vers:pypi/1.0|2.0'],
  ['vers:npm/1.0.0|!=2.0.0', 'vers:npm/1.0.0'],
  ['vers:npm/*', 'vers:npm/*'],
]

describe('simplifyVers', () => {
  for (const [range, simple] of shorter) {
    it(`makes ${simple} of ${range}`, () => assert.equal(formatVers(simplifyVers(readVers(range))), simple))
  }

  it('refuses a range without constraints, which would contain nothing or everything', () => {
    const empty: VersRange = { type: 'npm', constraints: [] }
    assert.throws(() => simplifyVers(empty), { code: 'bad-vers', message: /has a constraint/ })
    assert.throws(() => versContains(empty, '1.0.0'), { code: 'bad-vers' })
  })
})

/**
 * "Checking if a version is contained within a range" of the VERS specification, word by word, for
 * whole numbers and a list that needs no simplification.
 */
function isContained(constraints: readonly VersConstraint[], tested: number): boolean {
  const at = (comparator: string): boolean =>
    constraints.some((constraint) => constraint.comparator === comparator && Number(constraint.version) === tested)
  if (at('=') || at('<=') || at('>=')) return true
  if (at('!=')) return false
  const bounds = constraints.filter(({ comparator }) => comparator !== '=' && comparator !== '!=')
  const [first] = bounds
  const last = bounds.at(-1)
  if (first !== undefined && first.comparator.startsWith('<') && tested < Number(first.version)) return true
  if (last !== undefined && last.comparator.startsWith('>') && tested > Number(last.version)) return true
  return bounds.some((current, index) => {
    const next = bounds[index + 1]
    if (next === undefined || !current.comparator.startsWith('>') || !next.comparator.startsWith('<')) return false
    return tested > Number(current.version) && tested < Number(next.version)
  })
}

describe('VERS ranges, by property', () => {
  const constraint = fc.record({ comparator: fc.constantFrom(...comparators), version: fc.nat(9).map(String) })
  const constraints = fc.array(constraint, { minLength: 1, maxLength: 7 })

  it('a-simplified-range-contains-the-same, and is in canonical form', () => {
    fc.assert(
      fc.property(constraints, (given) => {
        const range: VersRange = { type: 'intdot', constraints: given }
        const simple = orRefused(() => simplifyVers(range))
        if (simple === undefined) return
        const [before, after] = [versTest(range), versTest(simple)]
        for (const version of between()) assert.equal(after(version), before(version), version)
        assert.deepEqual(parseVers(formatVers(simple)), simple)
        assert.deepEqual(simplifyVers(simple), simple)
      }),
      { numRuns: 1000 },
    )
  })

  it('contains-what-the-specification-says', () => {
    fc.assert(
      fc.property(constraints, (given) => {
        const range = orRefused(() => parseVers(formatVers({ type: 'intdot', constraints: given })))
        if (range === undefined || range.constraints === '*') return
        // The specification leaves a list of exclusions without an answer; here it is everything else.
        if (range.constraints.every(({ comparator }) => comparator === '!=')) return
        const test = versTest(range)
        for (let version = 0; version <= 10; version += 1) {
          assert.equal(test(String(version)), isContained(range.constraints, version), String(version))
        }
      }),
      { numRuns: 2000 },
    )
  })
})

/** Whole numbers, and something between each two. */
function between(): readonly string[] {
  return Array.from({ length: 11 }, (_, number) => [String(number), `${number}.5`]).flat()
}

function words(text: string): readonly string[] {
  return text.split(' ').filter((word) => word !== '')
}
