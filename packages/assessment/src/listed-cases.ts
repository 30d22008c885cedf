import { evidenceLimit, type PartyRecord, type Rest } from './candidates.ts'
import type { CaseFact } from './case-fact.ts'
import { listedCaseOf } from './case-word.ts'
import { boundedCites } from './cites.ts'
import type { Finding, FindingCase } from './finding.ts'
import { compareLatest } from './order.ts'
import type { Rule } from './rule.ts'

/** The cases that a finding lists, and whether there are more: no count, which would grow with the log. */
export function listedCases({ cases }: Rule, record: PartyRecord): Pick<Finding, 'cases' | 'more'> {
  if (cases === undefined) return {}
  const found = cases
    .flatMap((sort) => record.cases(listedCaseOf(sort), evidenceLimit + 1))
    .sort((a, b) => compareLatest(a.opening, b.opening))
  return {
    cases: found.slice(0, evidenceLimit).map(findingCase),
    ...(found.length > evidenceLimit ? { more: true } : {}),
  }
}

/** A case with what was said on both sides; the opening stands by itself, whoever made it. */
function findingCase(fact: CaseFact): FindingCase {
  const { urn, procedure, state, standing, opening, roles, moves, others, clocks, missing } = fact
  const after = (list: CaseFact['moves'], as: Rest['as']): readonly Rest[] =>
    list.filter(({ ref }) => ref.id !== opening.id).map(({ ref }): Rest => ({ ref, as }))
  return {
    urn,
    procedure,
    state,
    standing,
    opener: opening.party,
    roles,
    clocks: clocks.filter(({ bound }) => bound).map(({ name, standing: how }) => ({ name, standing: how })),
    ...(missing === undefined ? {} : { missing }),
    cites: boundedCites([{ ref: opening, as: 'opening' }, ...after(moves, 'move'), ...after(others, 'reply')]),
  }
}
