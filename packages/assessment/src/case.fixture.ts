import { procedures, versionName } from '@comity/procedures'
import * as fc from 'fast-check'
import type { CaseFact, CaseMove } from './case-fact.ts'
import type { Ref } from './facts.ts'
import { aRef, partyUrn, renumbered } from './memory-facts.fixture.ts'

/** `urn:comity:case:…:slug`, opened by the party of that digit. */
export function aCaseUrn(digit: string, slug = 'one'): string {
  return `urn:comity:case:${digit.repeat(64)}:${slug}`
}

/** A move by the party of that digit at an index of `a.example`. */
export function aMove(index: number, name: string, digit = 'a', overrides: Parameters<typeof aRef>[1] = {}): CaseMove {
  return { name, ref: aRef(index, { kind: 'move', party: partyUrn(digit), ...overrides }) }
}

/** A case of party `a`, opened by party `b` at index 100; `overrides` say what a test is about. */
export function aCase(overrides: Partial<CaseFact>): CaseFact {
  const opening = overrides.opening ?? aMove(100, 'notify', 'b').ref
  return {
    urn: aCaseUrn('b', `n${opening.index}`),
    procedure: 'dispute/1',
    state: 'notified',
    standing: 'open',
    opening,
    roles: ['respondent'],
    moves: [],
    others: [{ name: 'notify', ref: opening }],
    kept: {},
    marks: [],
    clocks: [],
    ...overrides,
  }
}

const digits = ['a', 'b', 'c'] as const

function movesOf(names: readonly string[], by: readonly string[]): fc.Arbitrary<readonly CaseMove[]> {
  const move = fc.record({
    name: fc.constantFrom(...names),
    index: fc.nat(999),
    digit: fc.constantFrom(...by),
    contested: fc.boolean(),
    at: fc.integer({ min: 1_000, max: 1_004 }),
  })
  return fc
    .uniqueArray(move, { maxLength: 8, selector: ({ name }) => name })
    .map((list) =>
      list
        .map(({ name, index, digit, ...rest }) => aMove(index, name, digit, rest))
        .sort((x, y) => (x.name < y.name ? -1 : 1)),
    )
}

/** Any case of party `a`, in whatever state, whether or not moves can lead to it. */
export const arbitraryCase: fc.Arbitrary<CaseFact> = fc.constantFrom(...procedures).chain((procedure) => {
  const names = [...Object.keys(procedure.moves), 'reply', 'withdraw']
  const clocks = Object.keys(procedure.clocks).map((name) =>
    fc.record({
      name: fc.constant(name),
      standing: fc.constantFrom(
        'running' as const,
        'suspended' as const,
        'lapsed' as const,
        'kept' as const,
        'late' as const,
      ),
      bound: fc.boolean(),
      deadline: fc.integer({ min: 1_000, max: 1_004 }),
    }),
  )
  return fc.record(
    {
      urn: fc.nat(40).map((n) => aCaseUrn('b', `n${n}`)),
      procedure: fc.constant(versionName(procedure)),
      state: fc.constantFrom(...Object.keys(procedure.states)),
      standing: fc.constantFrom('open' as const, 'ended' as const, 'withdrawn' as const),
      opening: fc
        .tuple(
          fc.integer({ min: 1_000, max: 9_999 }),
          fc.constantFrom(...digits),
          fc.integer({ min: 1_000, max: 1_004 }),
        )
        .map(([index, digit, at]) => aMove(index, 'opening', digit, { at }).ref),
      roles: fc.uniqueArray(fc.constantFrom(...Object.keys(procedure.roles)), { minLength: 1, maxLength: 2 }),
      moves: movesOf(names, ['a']),
      others: movesOf(names, ['b', 'c']),
      kept: fc.constantFrom({}, { type: 'ping' }, { type: 'technical' }, { instrument: 'code' }),
      marks: fc.constantFrom([], ['suspendedBy'], ['vote']),
      missing: fc.constantFrom([], ['order', 'end']),
      clocks: fc.tuple(...clocks),
    },
    {
      requiredKeys: [
        'urn',
        'procedure',
        'state',
        'standing',
        'opening',
        'roles',
        'moves',
        'others',
        'kept',
        'marks',
        'clocks',
      ],
    },
  )
})

/** Distinct by where they were opened, each made of statements of its own: a statement is one move of one case. */
export function arbitraryCases(maxLength = 40): fc.Arbitrary<readonly CaseFact[]> {
  return fc
    .uniqueArray(arbitraryCase, { maxLength, selector: ({ opening }) => opening.id })
    .map((cases) => cases.map(ofItsOwn))
}

/** The same case, the k-th of at most sixty, with statements that no other has; which of two is earlier stays as it was. */
function ofItsOwn(fact: CaseFact, k: number): CaseFact {
  const own = (ref: Ref, n: number): Ref => renumbered(ref, ref.index * 1_000 + k * 16 + n)
  return {
    ...fact,
    opening: own(fact.opening, 0),
    moves: fact.moves.map(({ name, ref }, n) => ({ name, ref: own(ref, n) })),
    others: fact.others.map(({ name, ref }, n) => ({ name, ref: own(ref, n + 8) })),
  }
}
