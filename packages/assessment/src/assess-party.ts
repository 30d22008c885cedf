import { type InstrumentId, provisionById } from '@comity/instruments'
import { bondOf } from './bound.ts'
import { boundedCites } from './cites.ts'
import { PartyRecord, type Rest, type Subject } from './candidates.ts'
import { evaluate } from './evaluate.ts'
import { type Standing, standingOf, weakest } from './standing.ts'
import type { AdherenceFact, Facts, PartyFact } from './facts.ts'
import type { Finding, Level, PartyFindings } from './finding.ts'
import type { AssessmentRequest } from './request.ts'
import type { Rule } from './rule.ts'
import { rulesetOf } from './ruleset.ts'

/** What every finding of a bound party rests on: its word on the instrument, reservations included. */
function grounds(rule: Rule, { ref, form, reservations }: AdherenceFact): readonly Rest[] {
  const reserved: readonly Rest[] = reservations.includes(rule.provision) ? [{ ref, as: 'reservation' }] : []
  return [{ ref, as: form }, ...reserved]
}

function finding(rule: Rule, level: Level | undefined, standing: Standing, rests: readonly Rest[]): Finding {
  return {
    provision: rule.provision,
    ...(level === undefined ? {} : { level }),
    flags: standing === 'contested' ? ['contested'] : [],
    ...(rule.cases ? { cases: [] } : {}),
    cites: boundedCites(rests),
  }
}

function climb(rule: Rule, subject: Subject): Finding {
  let level: Level = 'silent'
  const standings = [standingOf(subject.adherence.ref)]
  const rests = [...grounds(rule, subject.adherence)]
  for (const rung of rule.rungs) {
    const evaluated = evaluate(rung.requires, subject)
    if (evaluated.standing === 'unmet') break
    level = rung.level
    standings.push(evaluated.standing)
    rests.push(...evaluated.rests)
  }
  return finding(rule, level, weakest(standings), rests)
}

/** The finding of one rule about a party that it binds; `seen` as `homeIsSeen` says. */
export function findingOf(rule: Rule, subject: Subject, seen: boolean): Finding {
  const hasLadder = rule.rungs.length > 0
  if (hasLadder && seen) return climb(rule, subject)
  const { adherence } = subject
  return finding(rule, hasLadder ? 'unseen' : undefined, standingOf(adherence.ref), grounds(rule, adherence))
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
  const record = new PartyRecord(facts, party)
  const findings: Finding[] = []
  for (const rule of rules) {
    const provision = provisionById(rule.provision)
    const bond = bondOf(provision, known, adherences[provision.instrument], request.at)
    if (!bond.bound) continue
    findings.push(findingOf(rule, { provision: provision.id, adherence: bond.adherence, record }, seen))
  }
  return { party, findings }
}
