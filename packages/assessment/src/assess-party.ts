import { type InstrumentId, provisionById } from '@comity/instruments'
import { bondOf } from './bound.ts'
import { boundedCites } from './cites.ts'
import { PartyRecord, type Rest, type Subject } from './candidates.ts'
import { evaluate } from './evaluate.ts'
import { type Standing, standingOf, weakest } from './standing.ts'
import type { AdherenceFact, Facts, PartyFact } from './facts.ts'
import { type Finding, type Flag, flags, type Level, type PartyFindings } from './finding.ts'
import { flaggedBy } from './flagged.ts'
import { listedCases } from './listed-cases.ts'
import type { AssessmentRequest } from './request.ts'
import type { Rule } from './rule.ts'
import { supplyOf } from './supply.ts'
import { rulesetOf } from './ruleset.ts'

/** What every finding of a bound party rests on: its word on the instrument, reservations included. */
function grounds(rule: Rule, { ref, form, reservations }: AdherenceFact): readonly Rest[] {
  const reserved: readonly Rest[] = reservations.includes(rule.provision) ? [{ ref, as: 'reservation' }] : []
  return [{ ref, as: form }, ...reserved]
}

function climb(
  rule: Rule,
  subject: Subject,
): { readonly level: Level; readonly rests: readonly Rest[]; readonly standing: Standing } {
  let level: Level = 'silent'
  const standings: Standing[] = []
  const rests: Rest[] = []
  for (const rung of rule.rungs) {
    const evaluated = evaluate(rung.requires, subject)
    if (evaluated.standing === 'unmet') break
    level = rung.level
    standings.push(evaluated.standing)
    rests.push(...evaluated.rests)
  }
  return { level, rests, standing: weakest(standings) }
}

/** The finding of one rule about a party that it binds; `seen` as `homeIsSeen` says. */
export function findingOf(rule: Rule, subject: Subject, seen: boolean): Finding {
  const { provision } = rule
  const word = { standing: standingOf(subject.adherence.ref), rests: grounds(rule, subject.adherence) }
  const contested = (standing: Standing): readonly Flag[] => (standing === 'contested' ? ['contested'] : [])
  if (!seen) return { provision, level: 'unseen', flags: contested(word.standing), cites: boundedCites(word.rests) }
  const climbed = rule.rungs.length === 0 ? undefined : climb(rule, subject)
  const flagged = flaggedBy(rule, subject.record)
  const raised: ReadonlySet<Flag> = new Set([
    ...flagged.map(({ flag }) => flag),
    ...contested(weakest([word.standing, climbed?.standing ?? 'met'])),
  ])
  const notices = rule.notices === true ? subject.record.notices : []
  const began = flagged.flatMap(({ cases }) => cases.flatMap(({ rests }) => rests))
  return {
    provision,
    ...(climbed === undefined ? {} : { level: climbed.level }),
    flags: flags.filter((flag) => raised.has(flag)),
    ...listedCases(rule, subject.record),
    ...(rule.supply === undefined ? {} : { supply: supplyOf(rule.supply, subject.record.supplied) }),
    cites: boundedCites([...word.rests, ...(climbed?.rests ?? []), ...began, ...notices]),
  }
}

/** Whether the party's home log is in the cut; without it nothing about the party is known. */
export function homeIsSeen(party: PartyFact, request: AssessmentRequest): boolean {
  return request.cut.some((prefix) => prefix.origin === party.home)
}

/**
 * Computes the findings of one party: one for each provision that binds it at `request.at`, in the
 * order of the provisions; none at all when it neither adheres nor supports.
 *
 * Pure: equal requests over equal facts give equal findings, in whatever order facts come.
 *
 * @throws AssessmentError `unknown-ruleset`; `document-missing` from the facts
 */
export function assessParty(party: string, request: AssessmentRequest, facts: Facts): PartyFindings {
  const { rules } = rulesetOf(request.ruleset)
  const known = facts.party(party)
  if (known === undefined) return { party, findings: [] }
  const adherences: Readonly<Record<InstrumentId, AdherenceFact | undefined>> = {
    code: facts.adherence(party, 'code'),
    gids: facts.adherence(party, 'gids'),
  }
  const seen = homeIsSeen(known, request)
  const record = new PartyRecord(facts, party, request.at)
  const findings: Finding[] = []
  for (const rule of rules) {
    const provision = provisionById(rule.provision)
    const bond = bondOf(provision, known, adherences[provision.instrument], request.at)
    if (!bond.bound) continue
    findings.push(findingOf(rule, { provision: provision.id, adherence: bond.adherence, record }, seen))
  }
  return { party, findings }
}
