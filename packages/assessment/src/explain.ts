import { provisionById, type ProvisionId } from '@comity/instruments'
import { findingOf, homeIsSeen } from './assess-party.ts'
import { type Bond, bondOf } from './bound.ts'
import { boundedCites } from './cites.ts'
import { type Candidate, PartyRecord } from './candidates.ts'
import { evaluate, type Evaluated } from './evaluate.ts'
import type { Standing } from './standing.ts'
import type { Facts } from './facts.ts'
import type { Cite, Finding } from './finding.ts'
import type { AssessmentRequest } from './request.ts'
import { type Flagged, flaggedBy } from './flagged.ts'
import { clockPhrase, phrase } from './requirement.ts'
import type { Rung } from './rule.ts'
import { rulesetOf } from './ruleset.ts'

/** An evaluated requirement in words, with the statements that carry it. */
export interface Why {
  readonly says: string
  readonly standing: Standing
  /** How many statements, or parts, were looked at; statements at most sixteen. */
  readonly considered: number
  readonly cites: readonly Cite[]
  readonly parts: readonly Why[]
}

/** Why a party's finding is what it is. It is no part of the finding's bytes. */
export type Explanation =
  | {
      readonly party: string
      readonly provision: ProvisionId
      readonly bound: false
      readonly because: Extract<Bond, { readonly bound: false }>['because']
    }
  | {
      readonly party: string
      readonly provision: ProvisionId
      readonly bound: true
      readonly finding: Finding
      /** Empty when the provision has no ladder, or the party's home log is not in the cut. */
      readonly rungs: readonly { readonly level: Rung['level']; readonly reached: boolean; readonly why: Why }[]
      /** What raised `due` and `overdue`. No flag changes a level. */
      readonly raised: readonly { readonly flag: Flagged['flag']; readonly why: Why }[]
    }

function inWords({ requirement, standing, considered, rests, parts }: Evaluated): Why {
  return { says: phrase(requirement), standing, considered, cites: boundedCites(rests), parts: parts.map(inWords) }
}

function clockInWords({ flag, by, cases }: Flagged): { readonly flag: Flagged['flag']; readonly why: Why } {
  const how = flag === 'due' ? 'the time for it runs' : 'the time for it has passed'
  const cites = boundedCites(cases.flatMap(({ rests }: Candidate) => rests))
  return {
    flag,
    why: { says: `${clockPhrase(by)}; ${how}`, standing: 'met', considered: cases.length, cites, parts: [] },
  }
}

/**
 * Explains one finding: whether the provision binds the party, and for every rung which parts of
 * its requirement hold, rungs that were not reached included.
 *
 * @throws AssessmentError `unknown-ruleset`; `document-missing` from the facts
 */
export function explain(party: string, provision: ProvisionId, request: AssessmentRequest, facts: Facts): Explanation {
  const rule = rulesetOf(request.ruleset).rules.find((each) => each.provision === provision)
  const known = facts.party(party)
  const described = provisionById(provision)
  const adherence = facts.adherence(party, described.instrument)
  if (rule === undefined || known === undefined) return { party, provision, bound: false, because: 'no-adherence' }
  const bond = bondOf(described, known, adherence, request.at)
  if (!bond.bound) return { party, provision, bound: false, because: bond.because }
  const subject = { provision, adherence: bond.adherence, record: new PartyRecord(facts, party, request.at) }
  const seen = homeIsSeen(known, request)
  const evaluated = seen ? rule.rungs.map(({ level, requires }) => ({ level, tree: evaluate(requires, subject) })) : []
  const firstUnmet = evaluated.findIndex((each) => each.tree.standing === 'unmet')
  return {
    party,
    provision,
    bound: true,
    finding: findingOf(rule, subject, seen),
    rungs: evaluated.map(({ level, tree }, position) => ({
      level,
      reached: firstUnmet === -1 || position < firstUnmet,
      why: inWords(tree),
    })),
    raised: seen ? flaggedBy(rule, subject.record).map(clockInWords) : [],
  }
}
