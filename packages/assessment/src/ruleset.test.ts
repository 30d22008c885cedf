import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { provisionById, provisionIds } from '@comity/instruments'
import { commonBodies, procedureOf } from '@comity/procedures'
import type { CasesAsked } from './case-fact.ts'
import { caseWords, type ClockWord, clockWords, listedCases } from './case-word.ts'
import { ladder } from './finding.ts'
import type { Requirement } from './requirement.ts'
import { currentRuleset, rulesetDescription, rulesetOf, rulesets } from './ruleset.ts'

/** Every sort and condition that a requirement names. */
function words(requirement: Requirement): readonly string[] {
  if ('some' in requirement) return [requirement.some, ...requirement.with]
  return ('all' in requirement ? requirement.all : requirement.oneOf).flatMap(words)
}

test('the digest of each ruleset is that of its description', () => {
  for (const ruleset of rulesets) {
    const digest = createHash('sha256').update(rulesetDescription(ruleset)).digest('hex')
    assert.equal(ruleset.digest, `sha256:${digest}`)
  }
})

test('a ruleset is found by version and digest together', () => {
  const { version, digest } = currentRuleset
  assert.equal(rulesetOf({ version, digest }), currentRuleset)
  assert.throws(() => rulesetOf({ version, digest: `sha256:${'0'.repeat(64)}` }), { code: 'unknown-ruleset' })
})

test('each of the twenty provisions has one rule, in the order of the texts', () => {
  assert.deepEqual(
    currentRuleset.rules.map((rule) => rule.provision),
    provisionIds,
  )
})

test('a pledge to do has a ladder, a pledge not to do lists cases, and both has both', () => {
  for (const { provision, rungs, cases } of currentRuleset.rules) {
    const { duty } = provisionById(provision)
    assert.equal(rungs.length > 0, duty !== 'not-to-do', provision)
    if (duty !== 'to-do') assert.ok(cases !== undefined, provision)
  }
})

test('the rungs of each rule ascend and never reach verified', () => {
  for (const { rungs } of currentRuleset.rules) {
    const heights = rungs.map((rung) => ladder.indexOf(rung.level))
    assert.deepEqual(
      heights,
      heights.toSorted((a, b) => a - b),
    )
    assert.equal(new Set(heights).size, heights.length)
    assert.ok(!rungs.some((rung) => rung.level === 'verified'))
  }
})

test('silence-under-code-c-costs-nothing: its rule reads the declaration and nothing else', () => {
  const rule = currentRuleset.rules.find((each) => each.provision === 'code-c')
  assert.deepEqual(
    rule?.rungs.flatMap((rung) => words(rung.requires)),
    ['declaration'],
  )
  assert.equal(rule?.cases, undefined)
  assert.equal(rule?.clocks, undefined)
})

test('silence-under-code-c-costs-nothing: no rung and no clock of any rule looks at a record of a restriction', () => {
  for (const word of [...Object.values(caseWords), ...Object.values(clockWords)]) {
    assert.ok(!word.procedure.startsWith('restriction/'))
  }
})

test('every name that a word uses is one of the procedure it names', () => {
  const words = Object.entries({ ...caseWords, ...listedCases, ...clockWords })
  for (const [name, word] of words) {
    const asked: Omit<CasesAsked, 'at' | 'clock'> & { readonly clock?: ClockWord['clock'] } = word
    const { roles, states, moves, clocks } = procedureOf(asked.procedure)
    const known = (names: readonly string[] | undefined, among: object): void => {
      for (const each of names ?? []) assert.ok(Object.hasOwn(among, each), `${name}: ${each}`)
    }
    known([...(asked.roles ?? []), ...(asked.without ?? [])], roles)
    known(asked.states, states)
    known(
      [
        ...(asked.made ?? []),
        ...(asked.others ?? []),
        ...(asked.clock?.undone ?? []),
        ...[asked.clock?.begun ?? []].flat(),
      ],
      {
        ...moves,
        ...commonBodies,
      },
    )
    known([asked.clock?.name ?? []].flat(), clocks)
    const isKept = (field: string) => Object.values(moves).some(({ keeps }) => keeps?.includes(field))
    const isDerived = (field: string) => Object.values(moves).some(({ derives }) => derives?.facts.includes(field))
    for (const field of asked.unmarked ?? []) assert.ok(isDerived(field), `${name}: ${field}`)
    for (const field of Object.keys(asked.kept ?? {})) assert.ok(isKept(field), `${name}: ${field}`)
  }
})

test('a clock that raises a flag binds a role of its word, is no term, and its party can make each move that would end the flag', () => {
  for (const [name, word] of Object.entries(clockWords)) {
    const { procedure, roles = [], clock }: ClockWord = word
    const { moves, clocks } = procedureOf(procedure)
    const { binds, term } = clocks[clock.name] ?? {}
    assert.ok(roles.some((role) => role === binds) && term === undefined, name)
    for (const move of [...(clock.undone ?? []), ...[clock.begun ?? []].flat()]) {
      const by = moves[move]?.by ?? []
      assert.ok(by !== 'anyone' && roles.some((role) => by.includes(role)), `${name}: ${move}`)
    }
  }
})

test('each provision has a file of its own, headed by its citation', () => {
  const folder = new URL('provisions/', import.meta.url)
  assert.deepEqual(
    readdirSync(folder).sort(),
    provisionIds.map((id) => `${id}.ts`),
  )
  for (const id of provisionIds) {
    const [head = ''] = readFileSync(new URL(`${id}.ts`, folder), 'utf8').split('\n\n')
    const { place } = provisionById(id).citation
    assert.ok(head.replaceAll('\n// ', ' ').includes(place.replace('annex, ', '')), id)
  }
})
