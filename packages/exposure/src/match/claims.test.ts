import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { evaluateRule } from './evaluate-rule.ts'
import type { Outcome } from './outcome.ts'
import type { Claim, ClaimState, StatedRule } from './rule.ts'
import type { Coverage } from './coverage.ts'

function rule(claims: readonly Omit<Claim, 'pointer'>[], otherwise?: ClaimState): StatedRule {
  return {
    key: 'product:acme/relay',
    by: 'name',
    format: 'CSAF',
    advisory: 'ACME-1',
    vulnerability: 'CVE-2026-0001',
    product: 'Acme Relay',
    pointer: '/vulnerabilities/0',
    claims: claims.map((claim, index) => ({ ...claim, pointer: `/claims/${index}` })),
    ...(otherwise !== undefined && { otherwise }),
  }
}

function range(text: string, order = 'semver'): Coverage {
  const constraints = text.split('|').map((each) => {
    const [, comparator = '=', version = ''] = /^(<=|>=|!=|<|>|=)(.*)$/.exec(each) ?? []
    // Safe: the expression admits the comparators only.
    return { comparator: comparator as '=', version }
  })
  return { kind: 'constraints', constraints, order }
}

function exactly(version: string, order = 'semver'): Coverage {
  return { kind: 'version', version, order }
}

function found({ state, why }: Outcome): string {
  return `${state} ${why.reason}`
}

describe('the claims of one advisory', () => {
  it('say what they say of versions they cover, and that others are outside', () => {
    const affected = rule([{ state: 'affected', covers: range('>=1.0.0|<2.0.0') }])
    assert.equal(found(evaluateRule(affected, '1.5.0')), 'affected in-range')
    assert.equal(evaluateRule(affected, '1.5.0').why.text, '1.5.0 is in >=1.0.0|<2.0.0')
    assert.equal(found(evaluateRule(affected, '2.0.0')), 'not_affected outside-ranges')
    assert.equal(found(evaluateRule(affected, 'latest')), 'undetermined bad-version')
    assert.equal(found(evaluateRule(affected, undefined)), 'undetermined no-version')
  })

  it('say nothing of other versions when none is said to be affected', () => {
    const fixed = rule([{ state: 'fixed', covers: exactly('2.0.0') }])
    assert.equal(found(evaluateRule(fixed, '2.0.0')), 'fixed listed')
    assert.equal(found(evaluateRule(fixed, '1.0.0')), 'undetermined not-covered')
  })

  it('about exactly one version go before those about a range', () => {
    const both = rule([
      { state: 'affected', covers: { kind: 'all' } },
      { state: 'fixed', covers: exactly('2.0.1') },
    ])
    assert.equal(found(evaluateRule(both, '2.0.1')), 'fixed listed')
    assert.equal(found(evaluateRule(both, '2.0.0')), 'affected all-versions')
  })

  it('that exclude each other leave it undetermined, and name both', () => {
    const both = rule([
      { state: 'affected', covers: range('<3.0.0') },
      { state: 'not_affected', covers: range('>=2.0.0') },
    ])
    assert.equal(found(evaluateRule(both, '1.0.0')), 'affected in-range')
    assert.equal(found(evaluateRule(both, '3.0.0')), 'not_affected in-range')
    const between = evaluateRule(both, '2.5.0')
    assert.equal(found(between), 'undetermined contradicting')
    assert.equal(between.why.text, 'ACME-1 says that <3.0.0 is affected and that >=2.0.0 is not affected')
    const itself = rule([{ state: 'contradicted', covers: { kind: 'all' } }])
    assert.equal(found(evaluateRule(itself, '1.0.0')), 'undetermined contradicting')
  })

  it('in words make no version harmless, unless exactly that one is named', () => {
    const claims = [
      { state: 'affected', covers: { kind: 'words', text: 'all before the spring update' } },
      { state: 'fixed', covers: exactly('4.6.0') },
      { state: 'not_affected', covers: range('<1.0.0') },
    ] as const
    assert.equal(found(evaluateRule(rule(claims), '4.6.0')), 'fixed listed')
    assert.equal(found(evaluateRule(rule(claims), '0.5.0')), 'undetermined words')
    assert.equal(found(evaluateRule(rule(claims), '4.5.0')), 'undetermined words')
  })

  it('that hold inside something else only are undetermined until that is known to be there', () => {
    const within = [{ label: 'Relay OS 9', keys: ['product:acme/relay_os'], covers: exactly('9', 'numbers') }]
    const inside = rule([{ state: 'affected', covers: range('<2.0.0'), within }])
    const alone = evaluateRule(inside, '1.0.0')
    assert.equal(found(alone), 'undetermined condition')
    assert.equal(
      alone.why.text,
      'it is affected inside Relay OS 9 only, and the inventory does not say that it is there',
    )
    const around = (version: string) => new Map([['product:acme/relay_os', [version]]])
    assert.equal(found(evaluateRule(inside, '1.0.0', around('9'))), 'affected in-range')
    assert.equal(found(evaluateRule(inside, '1.0.0', around('8'))), 'undetermined condition')
    assert.equal(found(evaluateRule(inside, '2.0.0')), 'not_affected outside-ranges')
    // A word that clears it holds inside as well, and is no word about the rest.
    const cleared = rule([{ state: 'not_affected', covers: { kind: 'all' }, within }])
    assert.equal(found(evaluateRule(cleared, '1.0.0')), 'undetermined not-covered')
    assert.equal(found(evaluateRule(cleared, '1.0.0', around('9'))), 'not_affected all-versions')
  })

  it('follow the default of a CVE record where none covers a version', () => {
    const claims = [{ state: 'not_affected', covers: range('>=2.0.0') }] as const
    assert.equal(found(evaluateRule(rule(claims, 'affected'), '1.0.0')), 'affected by-default')
    assert.equal(found(evaluateRule(rule(claims, 'unknown'), '1.0.0')), 'undetermined not-covered')
    assert.equal(found(evaluateRule(rule(claims, 'affected'), 'latest')), 'undetermined bad-version')
    const affected = [{ state: 'affected', covers: range('<1.0.0') }] as const
    assert.equal(found(evaluateRule(rule(affected, 'not_affected'), '1.0.0')), 'not_affected by-default')
    // Whether it is in the range or not, it is affected.
    assert.equal(found(evaluateRule(rule(affected, 'affected'), 'latest')), 'affected by-default')
  })

  it('of a withdrawn advisory say nothing more', () => {
    const withdrawn = { ...rule([{ state: 'affected', covers: { kind: 'all' } }]), withdrawn: '2026-11-02' }
    assert.equal(found(evaluateRule(withdrawn, '1.0.0')), 'not_affected withdrawn')
  })

  it('of several constraints that both name and leave out a version are undetermined there', () => {
    const claims = [{ state: 'affected', covers: range('=2.0.0|!=2.0.0') }] as const
    assert.equal(found(evaluateRule(rule(claims), '2.0.0')), 'undetermined bad-range')
  })
})

describe('claims, by property', () => {
  const version = fc.integer({ min: 0, max: 6 }).map((n) => `${n}.0.0`)
  const coverage: fc.Arbitrary<Coverage> = fc.oneof(
    fc.constant<Coverage>({ kind: 'all' }),
    version.map((each) => exactly(each)),
    fc.tuple(fc.constantFrom('<', '<=', '>', '>='), version).map(([comparator, each]) => range(comparator + each)),
    fc.tuple(version, version).map(([from, to]) => range(`>=${from}|<${to}`)),
    fc.constantFrom<Coverage>({ kind: 'words', text: 'some' }, { kind: 'commits', text: 'abc' }, range('<x')),
  )
  const state = fc.constantFrom<ClaimState>('affected', 'not_affected', 'fixed', 'under_investigation', 'unknown')
  const claims = fc.array(fc.record({ state, covers: coverage }), { minLength: 1, maxLength: 5 })
  const otherwise = fc.option(fc.constantFrom<ClaimState>('affected', 'not_affected', 'unknown'), { nil: undefined })

  it('the-order-of-claims-means-nothing', () => {
    fc.assert(
      fc.property(claims, otherwise, version, fc.nat(), (given, rest, at, seed) => {
        const turned = given
          .map((_, index) => given[(index + seed) % given.length] ?? given[0])
          .filter((each) => each !== undefined)
        const one = evaluateRule(rule(given, rest), at)
        const other = evaluateRule(rule(turned.toReversed(), rest), at)
        assert.equal(one.state, other.state)
      }),
      { numRuns: 1000 },
    )
  })

  it('undetermined-is-never-no: a claim of harm that nobody can read clears no version that was not named', () => {
    fc.assert(
      fc.property(claims, version, (given, at) => {
        const isNamed = given.some(({ covers }) => covers.kind === 'version' && covers.version === at)
        fc.pre(!isNamed)
        const unreadable = { state: 'affected', covers: { kind: 'words', text: 'some' } } as const
        const { state } = evaluateRule(rule([...given, unreadable]), at)
        assert.ok(state !== 'not_affected' && state !== 'fixed', state)
      }),
      { numRuns: 1000 },
    )
  })

  it('never-throws, whatever the version is', () => {
    fc.assert(
      fc.property(claims, otherwise, fc.oneof(fc.string(), fc.string({ unit: 'binary' })), (given, rest, at) => {
        assert.ok(evaluateRule(rule(given, rest), at).why.text.length > 0)
      }),
      { numRuns: 1000 },
    )
  })
})
