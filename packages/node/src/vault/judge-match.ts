/** What is said of a component and a vulnerability, and where it comes to: values in, values out. */
import {
  fixesOf,
  isHarmless,
  type Outcome,
  type Priority,
  priorityOf,
  type Rule,
  type SourceWord,
  type Standing,
  standingOf,
  versionOf,
} from '@comity/exposure'
import type { Answer } from './answer-table.ts'
import type { CitedDocument } from './document-table.ts'
import type { Exploitation } from './exploitation.ts'
import { type HeldComponent, matchableOf } from './held-component.ts'
import type { KnownBody } from './known-table.ts'
import type { CitedAs, MatchStanding, MatchWhy } from './match.ts'
import type { CitedWord, MatchRecord } from './match-record.ts'

/** One document's word about the component. */
export interface Heard extends SourceWord {
  readonly document: CitedDocument
  readonly body: KnownBody
  /** Those of its rules that the component has a key of. */
  readonly rules: readonly Rule[]
  readonly outcome: Outcome
}

export interface Question {
  /** What the vulnerability is called. */
  readonly id: string
  readonly component: HeldComponent
  readonly heard: readonly Heard[]
  /** Words of the match as it stood whose documents cannot be read now. */
  readonly unreadable: readonly CitedWord[]
  readonly before: MatchRecord | undefined
  /** The party's own word, where it is about this match. */
  readonly answer: Answer | undefined
  /** Whether the party believes that whoever said this speaks for the supplier: itself, and those on its list. */
  readonly isSupplier: (word: Heard) => boolean
}

/** Where everything comes to; a {@link MatchRecord} but for when, and whether it is news. */
export interface Judgement
  extends
    Pick<MatchStanding, 'state' | 'by' | 'why' | 'statement'>,
    Pick<MatchRecord, 'vulnerability' | 'remediations' | 'exploited' | 'cited' | 'priority' | 'lookAgain'> {}

/** Undefined where there was no match and there is no reason for one. */
export async function judge(question: Question, exploitation: Exploitation): Promise<Judgement | undefined> {
  const { heard, before, unreadable } = question
  const isTakenBack = heard.every(({ outcome }) => outcome.why.reason === 'withdrawn')
  // Who answered an advisory that was taken back has answered nothing that stands.
  const answer = isTakenBack ? undefined : question.answer
  const standing = standingOf(heard, {
    vulnerability: question.id,
    isSupplier: (word) => ofHeard(heard, [word]).some(question.isSupplier),
    ...(answer !== undefined && { operator: operatorOf(answer) }),
  })
  if (standing === undefined) {
    if (before === undefined) return undefined
    return unreadable.length > 0 ? unreadableNow(question, before, heard) : notNamed(before)
  }
  const { reason } = standing.deciding.outcome.why
  if (before === undefined && (reason === 'withdrawn' || reason === 'not-covered')) return undefined
  const isMute = standing.by !== 'operator' && isHarmless(standing.deciding.outcome.state)
  if (before !== undefined && unreadable.length > 0 && isMute) return unreadableNow(question, before, heard)
  return judgementOf(question, standing, exploitation)
}

async function judgementOf(question: Question, standing: Standing, exploitation: Exploitation): Promise<Judgement> {
  const { id, component, heard, unreadable } = question
  const counting = ofHeard(heard, [standing.deciding, ...standing.others]).filter(isStanding)
  const names = namesOf(id, heard)
  const priority = await priorityOfMatch({ id, names, component, counting }, exploitation)
  const isIdle = standing.by !== 'operator' && isHarmless(standing.deciding.outcome.state)
  const [deciding] = ofHeard(heard, [standing.deciding])
  const statement = deciding?.document.published?.statement
  return {
    state: standing.state,
    by: standing.by,
    why: standing.deciding.outcome.why,
    ...(statement !== undefined && { statement }),
    vulnerability: { id, names },
    remediations: [...new Set(counting.map(remediationOf))].toSorted(),
    exploited: priority.facts.some(({ fact }) => fact === 'exploited'),
    cited: citedOf(heard, standing, unreadable),
    ...(!isIdle && { priority }),
    ...(standing.news.length > 0 && { lookAgain: true }),
  }
}

/** An advisory stands in a form that this node cannot read: whatever it said before, now nobody here knows. */
function unreadableNow({ unreadable }: Question, before: MatchRecord, heard: readonly Heard[]): Judgement {
  const [first] = unreadable
  const text = 'the document of the advisory cannot be matched now'
  const why: MatchWhy = { ...unranged(first?.why ?? before.standing.why), reason: 'unreadable', text }
  const cited = [
    ...unreadable.map((word): CitedWord => ({ ...word, as: 'unreadable', state: 'undetermined', why })),
    ...heard.map((word) => wordOf(word, 'beside')),
  ]
  return { ...kept(before), state: 'undetermined', by: 'others', why, cited }
}

/** No document names the component any more. */
function notNamed(before: MatchRecord): Judgement {
  const why = before.standing.why
  const text = `${why.advisory} no longer names it`
  const ended: MatchWhy = { ...unranged(why), reason: 'not-named', text }
  return { ...kept(before), state: 'not_affected', by: 'others', why: ended, cited: endedWords(before, ended) }
}

/** The component has left the inventory. */
export function notPresent(before: MatchRecord): Judgement {
  const text = 'the inventory no longer holds this component in this version'
  const why: MatchWhy = { ...unranged(before.standing.why), reason: 'not-present', text }
  return { ...kept(before), state: 'not_affected', by: 'others', why, cited: before.cited }
}

function kept({ vulnerability, standing: { statement }, exploited }: MatchRecord) {
  return { vulnerability, ...(statement !== undefined && { statement }), remediations: [], exploited }
}

function endedWords({ cited }: MatchRecord, why: MatchWhy): readonly CitedWord[] {
  return cited.slice(0, 1).map((word) => ({ ...word, as: 'deciding', state: 'not_affected', why }))
}

function unranged({ advisory, package: named, version }: MatchWhy): Pick<MatchWhy, 'advisory' | 'package' | 'version'> {
  return { advisory, package: named, version }
}

function operatorOf({ state, at, justification }: Answer) {
  return {
    state,
    at: new Date(at * 1000).toISOString(),
    ...(justification !== undefined && { reason: justification }),
  }
}

/** What is heard, in the order in which a standing has it. */
function ofHeard(heard: readonly Heard[], words: readonly SourceWord[]): readonly Heard[] {
  return words.flatMap((word) => heard.find((each) => each === word) ?? [])
}

function isStanding({ outcome }: SourceWord): boolean {
  return outcome.why.reason !== 'withdrawn'
}

/** What the document says to do, and what the statement about it adds. */
function remediationOf({ outcome, document }: Heard): string {
  return `${outcome.remediation ?? ''} ${document.remedy === undefined ? '' : JSON.stringify(document.remedy)}`.trim()
}

interface Weighed {
  readonly id: string
  readonly names: readonly string[]
  readonly component: HeldComponent
  readonly counting: readonly Heard[]
}

async function priorityOfMatch(weighed: Weighed, exploitation: Exploitation): Promise<Priority> {
  const { id, names, component, counting } = weighed
  const version = versionOf(matchableOf(component)) ?? ''
  const promised = counting.flatMap(({ document: { remedy } }) =>
    remedy?.kind === 'update' && remedy.version !== undefined ? [remedy.version] : [],
  )
  const rules = counting.flatMap((each) => each.rules)
  const fixes = [...new Set([...fixesOf(rules, version), ...promised])]
  const advisories = counting.map(({ body }) => body)
  return priorityOf(
    { id, names, advisories, path: component.path, fixes },
    await exploitation.knowledge([...new Set([id, ...names])]),
  )
}

/** Names of other CVE identifiers are names of other vulnerabilities. */
function namesOf(id: string, heard: readonly Heard[]): readonly string[] {
  const all = heard.flatMap(({ body }) => [body.id, ...body.aliases.filter((name) => !/^cve-/i.test(name))])
  return [id, ...new Set(all.filter((name) => name !== id))]
}

function citedOf(heard: readonly Heard[], standing: Standing, unreadable: readonly CitedWord[]): readonly CitedWord[] {
  const order: readonly SourceWord[] = [standing.deciding, ...standing.others, ...standing.superseded]
  const rest = heard.filter((each) => !order.includes(each))
  return [...ofHeard(heard, [...order, ...rest]).map((each) => wordOf(each, citedAs(each, standing))), ...unreadable]
}

function citedAs(word: SourceWord, { deciding, contradicting, others, superseded }: Standing): CitedAs {
  if (word === deciding) return 'deciding'
  if (contradicting.includes(word)) return 'contrary'
  if (others.includes(word)) return 'beside'
  if (superseded.includes(word)) return 'superseded'
  return isStanding(word) ? 'silent' : 'withdrawn'
}

function wordOf({ document, body, outcome: { state, why } }: Heard, as: CitedAs): CitedWord {
  return {
    advisory: document.advisory,
    as,
    state,
    why,
    format: body.format,
    document: body.document,
    title: body.title,
  }
}
