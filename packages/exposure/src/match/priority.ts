/**
 * What is to be looked at first, as plain facts that a person can follow; there is no score beside
 * that of CVSS.
 *
 * The order, in one sentence: what is known to be exploited comes first, and of it what is due
 * earliest; then the higher base score, and what has none after all others; then what stands nearer to
 * the root of the dependency tree; then what has a fix; then the name.
 */
import type { KevEntry } from '../kev/read-kev.ts'
import { canonical } from './fold-aliases.ts'
import type { KnownAdvisory } from './known-advisory.ts'
import type { ReadSeverity, SeverityReader } from './severity.ts'

/** One match, as far as its priority depends on it. */
export interface Candidate {
  /** What the vulnerability is called. */
  readonly id: string
  readonly names: readonly string[]
  /** Those that speak of it. */
  readonly advisories: readonly Pick<KnownAdvisory, 'document' | 'severities' | 'exploited'>[]
  /** From the root of the dependency tree to the component; empty where it is not known. */
  readonly path: readonly string[]
  /** In which versions it is mended: `fixesOf`. */
  readonly fixes: readonly string[]
}

/** One thing that the priority rests on. `text` is a sentence about it. */
export type Fact =
  | {
      readonly fact: 'exploited'
      /** RFC 3339 or `YYYY-MM-DD`. */
      readonly since: string
      /** Until when those whom the catalogue binds have to act, `YYYY-MM-DD`. */
      readonly dueOn?: string
      readonly ransomware?: true
      /** The catalogue, or the document that says so. */
      readonly source: string
      readonly text: string
    }
  | { readonly fact: 'severity'; readonly severity: ReadSeverity; readonly source: string; readonly text: string }
  | { readonly fact: 'depth'; readonly depth: number | undefined; readonly text: string }
  | { readonly fact: 'fix'; readonly versions: readonly string[]; readonly text: string }

export interface Priority {
  readonly id: string
  /** Exploitation, severities with the highest first, depth, fix: always in this order. */
  readonly facts: readonly Fact[]
}

export interface Knowledge {
  readonly readSeverity: SeverityReader
  /** Known exploited vulnerabilities by CVE: `exploitedByCve`. */
  readonly exploited: ReadonlyMap<string, KevEntry>
}

/** The entries of a catalogue by CVE. */
export function exploitedByCve(entries: readonly KevEntry[]): ReadonlyMap<string, KevEntry> {
  return new Map(entries.map((entry) => [entry.cve, entry]))
}

/** The facts about a match, in the order in which they weigh. */
export function priorityOf(candidate: Candidate, knowledge: Knowledge): Priority {
  return {
    id: candidate.id,
    facts: [
      ...exploitation(candidate, knowledge),
      ...severities(candidate, knowledge),
      depthOf(candidate),
      fixOf(candidate),
    ],
  }
}

/** Negative when `a` is to be looked at first, by the rule at the head of this file. */
export function comparePriority(a: Priority, b: Priority): number {
  return (
    Number(isExploited(b)) - Number(isExploited(a)) ||
    compareTexts(dueOf(a), dueOf(b)) ||
    scoreOf(b) - scoreOf(a) ||
    depthIn(a) - depthIn(b) ||
    Number(hasFix(b)) - Number(hasFix(a)) ||
    compareTexts(a.id, b.id)
  )
}

function exploitation({ id, names, advisories }: Candidate, { exploited }: Knowledge): readonly Fact[] {
  const listed = [...new Set([id, ...names].map(canonical))].flatMap((name) => exploited.get(name) ?? [])
  const facts = listed.map(({ cve, addedOn, dueOn, ransomware }): Fact => {
    const due = dueOn === undefined ? '' : `, to be acted on until ${dueOn}`
    const used = ransomware === 'known' ? ', used for ransomware' : ''
    return {
      fact: 'exploited',
      since: addedOn,
      ...(dueOn !== undefined && { dueOn }),
      ...(ransomware === 'known' && { ransomware: true }),
      source: `known exploited vulnerabilities, ${cve}`,
      text: `known to be exploited: in the catalogue since ${addedOn}${due}${used}`,
    }
  })
  const stated = advisories.flatMap(({ document, exploited: said }): readonly Fact[] => {
    if (said === undefined) return []
    const { since } = said
    return [{ fact: 'exploited', since, source: document, text: `exploited since ${since}, says ${document}` }]
  })
  return [...facts, ...stated].toSorted((a, b) => compareTexts(dueOfFact(a), dueOfFact(b)))
}

function severities({ advisories }: Candidate, { readSeverity }: Knowledge): readonly Fact[] {
  const read = new Map<string, Fact & { readonly fact: 'severity' }>()
  for (const { document, severities: stated } of advisories) {
    for (const each of stated) {
      const key = `${each.type} ${each.score}`
      if (!read.has(key)) read.set(key, severityFact(readSeverity(each), document))
    }
  }
  return [...read.values()].toSorted((a, b) => scoreOfFact(b) - scoreOfFact(a) || compareTexts(a.text, b.text))
}

function severityFact(severity: ReadSeverity, source: string): Fact & { readonly fact: 'severity' } {
  if (!severity.known) {
    const text = `severity not known: ${severity.text.slice(0, 60)}: ${severity.reason}`
    return { fact: 'severity', severity, source, text }
  }
  const { version, score, rating, vector } = severity
  const text = `${rating}, base score ${score.toFixed(1)} of CVSS ${version} (${vector}), says ${source}`
  return { fact: 'severity', severity, source, text }
}

function depthOf({ path }: Candidate): Fact {
  const depth = path.length === 0 ? undefined : path.length - 1
  switch (depth) {
    case undefined:
      return { fact: 'depth', depth, text: 'where it stands in the dependency tree is not known' }
    case 0:
      return { fact: 'depth', depth, text: 'it is a root of the dependency tree' }
    case 1:
      return { fact: 'depth', depth, text: 'it is a direct dependency' }
    default:
      return { fact: 'depth', depth, text: `it is a dependency at depth ${depth}` }
  }
}

function fixOf({ fixes }: Candidate): Fact {
  const text = fixes.length === 0 ? 'no fixed version is named' : `mended in ${fixes.join(', ')}`
  return { fact: 'fix', versions: fixes, text }
}

function isExploited({ facts }: Priority): boolean {
  return facts.some(({ fact }) => fact === 'exploited')
}

/** The earliest; `~` stands after every day. */
function dueOf({ facts }: Priority): string {
  return facts.map(dueOfFact).reduce((a, b) => (a < b ? a : b), '~')
}

function dueOfFact(fact: Fact): string {
  return fact.fact === 'exploited' ? (fact.dueOn ?? '~') : '~'
}

/** The highest; −1 where there is none. */
function scoreOf({ facts }: Priority): number {
  return Math.max(-1, ...facts.map(scoreOfFact))
}

function scoreOfFact(fact: Fact): number {
  return fact.fact === 'severity' && fact.severity.known ? fact.severity.score : -1
}

function depthIn({ facts }: Priority): number {
  const found = facts.find((each) => each.fact === 'depth')
  return found?.depth ?? Number.MAX_SAFE_INTEGER
}

function hasFix({ facts }: Priority): boolean {
  return facts.some((each) => each.fact === 'fix' && each.versions.length > 0)
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
