/**
 * What findings look for among cases. Each word is data: procedure with version, roles, states, moves. All of it is part
 * of the ruleset's digest, since a word that looks for something else is another rule.
 */
import type { AskedClock, CasesAsked } from './case-fact.ts'
import type { CitedAs } from './finding.ts'

type Looked = Omit<CasesAsked, 'at'>

/** A sort of case that carries a rung: only what the party did itself, and where it says so what others did too. */
export interface CaseWord extends Looked {
  readonly made: readonly string[]
  /** What the moves that make it so are cited as. */
  readonly as: CitedAs
}

/** Others voted as well, or led the decision: who decides alone, before nobody, shows nothing. */
const decided = ['cast', 'call-consensus', 'declare-consensus', 'close-vote', 'close-vote-in-time'] as const

export const caseWords = {
  'proposal-made': { procedure: 'decision/1', roles: ['proposer'], made: ['propose-text'], as: 'proposal' },
  'vote-cast': { procedure: 'decision/1', roles: ['member'], made: ['cast'], as: 'vote' },
  'vote-among-others': {
    procedure: 'decision/1',
    roles: ['member'],
    made: ['cast'],
    others: ['cast'],
    as: 'vote',
  },
  'implementation-reported': {
    procedure: 'decision/1',
    made: ['report-implementation'],
    others: decided,
    as: 'implementation',
  },
  'exercise-announced': { procedure: 'exercise/1', roles: ['organiser'], made: ['announce'], as: 'exercise' },
  'exercise-run': {
    procedure: 'exercise/1',
    roles: ['organiser'],
    made: ['end', 'report'],
    others: ['answer'],
    as: 'exercise',
  },
  'exercise-joined': {
    procedure: 'exercise/1',
    roles: ['participant'],
    made: ['answer'],
    others: ['end'],
    as: 'exercise',
  },
  'ping-answered': {
    procedure: 'exercise/1',
    roles: ['participant'],
    kept: { type: 'ping' },
    made: ['answer'],
    others: ['start'],
    as: 'contact',
  },
  'partnership-as-requester': {
    procedure: 'capacity/1',
    roles: ['requester'],
    without: ['partner'],
    states: ['project', 'evaluated'],
    made: ['choose'],
    others: ['agree'],
    as: 'partnership',
  },
  'partnership-as-partner': {
    procedure: 'capacity/1',
    roles: ['partner'],
    without: ['requester'],
    states: ['project', 'evaluated'],
    made: ['agree'],
    others: ['choose'],
    as: 'partnership',
  },
  'offer-made': {
    procedure: 'capacity/1',
    roles: ['offerer'],
    without: ['requester'],
    made: ['offer'],
    others: ['need'],
    as: 'offer',
  },
  'offer-to-all': { procedure: 'capacity/1', roles: ['offerer'], made: ['offer-to-all'], as: 'offer' },
  'offer-chosen': {
    procedure: 'capacity/1',
    roles: ['partner'],
    without: ['requester'],
    states: ['project', 'evaluated'],
    made: ['agree'],
    others: ['choose'],
    as: 'offer',
  },
  'milestone-reported': {
    procedure: 'capacity/1',
    roles: ['partner'],
    without: ['requester'],
    states: ['project', 'evaluated'],
    made: ['milestone'],
    others: ['choose'],
    as: 'milestone',
  },
  'agreement-signed': { procedure: 'agreement/1', roles: ['party'], made: ['sign', 'accede'], as: 'agreement' },
  'agreement-in-force': {
    procedure: 'agreement/1',
    roles: ['party'],
    states: ['in-force', 'amending', 'ending'],
    unmarked: ['suspendedBy'],
    made: ['sign', 'accede'],
    others: ['sign', 'accede'],
    as: 'agreement',
  },
} as const satisfies Readonly<Record<string, CaseWord>>

export type CaseSort = keyof typeof caseWords

/** The word with its parts as an asker reads them. */
export function caseWordOf(sort: CaseSort): CaseWord {
  return caseWords[sort]
}

export function isCaseSort(sort: string): sort is CaseSort {
  return Object.hasOwn(caseWords, sort)
}

/** Sorts of cases that a finding lists, whoever opened them: that they are listed says nothing against anybody. */
export const listedCases = {
  /** To what the party declared or reserved, somebody has objected, commented or replied. */
  'code-answered': {
    procedure: 'adherence/1',
    roles: ['party'],
    kept: { instrument: 'code' },
    others: ['object', 'withdraw-objection', 'comment', 'reply'],
  },
  'gids-answered': {
    procedure: 'adherence/1',
    roles: ['party'],
    kept: { instrument: 'gids' },
    others: ['object', 'withdraw-objection', 'comment', 'reply'],
  },
  restrictions: { procedure: 'restriction/1', roles: ['issuer', 'reviewer'] },
  disputes: { procedure: 'dispute/1', roles: ['claimant', 'respondent'] },
} as const satisfies Readonly<Record<string, Looked>>

export type ListedSort = keyof typeof listedCases

export function listedCaseOf(sort: ListedSort): Looked {
  return listedCases[sort]
}

/** How a clock stands while it raises a flag. One that was kept, or answered late, raises none. */
export const flaggedStandings = { due: ['running'], overdue: ['lapsed'] } as const

/**
 * A clock that raises a flag: one that the party let begin by a move of its own, and that it alone can satisfy. Nobody
 * makes another party `due` by naming it in a case.
 */
export interface ClockWord extends Omit<Looked, 'clock'> {
  readonly made: readonly string[]
  readonly clock: Omit<AskedClock, 'standings'>
}

export const clockWords = {
  'consultations-agreed': {
    procedure: 'dispute/1',
    roles: ['respondent'],
    states: ['acknowledged'],
    made: ['acknowledge'],
    clock: { name: 'consultations', undone: ['consult', 'settle', 'choose'] },
  },
  'outcome-agreed': {
    procedure: 'dispute/1',
    roles: ['respondent'],
    states: ['outcome'],
    made: ['settle', 'choose'],
    clock: { name: 'implementation', undone: ['implement', 'close'] },
  },
  'milestone-promised': {
    procedure: 'capacity/1',
    roles: ['partner'],
    states: ['project'],
    made: ['milestone'],
    clock: { name: 'next-milestone', begun: 'milestone' },
  },
} as const satisfies Readonly<Record<string, ClockWord>>

export type ClockSort = keyof typeof clockWords

export function clockWordOf(sort: ClockSort): ClockWord {
  return clockWords[sort]
}
