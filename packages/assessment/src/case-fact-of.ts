import {
  atTime,
  type Case,
  type ClockStanding,
  deadlineOf,
  isEnded,
  missingConditions,
  type Notice,
  procedureOf,
  rolesOf,
} from '@comity/procedures'
import { type CaseFact, type CaseMove, firstOfEach } from './case-fact.ts'
import { compareText } from './order.ts'

/** Moves that say what was restricted, on which law, until when. */
export const noticeMoves = ['notice', 'record', 'supplement'] as const

export interface CaseReading {
  /** As its moves left it. */
  readonly of: Case
  /** The opening first; of each move by the party, and by all others, at least the one that `firstOfEach` takes. */
  readonly moves: readonly CaseMove[]
  /** Of a restriction: bodies of its moves with these names, in that order. */
  readonly notices?: readonly Readonly<Record<string, unknown>>[]
  /** In seconds since the epoch. */
  readonly at: number
  /** How its clocks stand by what is seen of home logs too; none that still ran when the case ended. */
  readonly clocks: readonly { readonly name: string; readonly standing: ClockStanding }[]
}

/**
 * A case as findings look at it, for one of its parties. Undefined where that party has no role in it, or nothing opened
 * it.
 *
 * @throws ProcedureError `unknown-procedure`
 */
export function caseFactOf(
  party: string,
  { of: then, moves, notices = [], at, clocks }: CaseReading,
): CaseFact | undefined {
  const procedure = procedureOf(then.procedure)
  const of = atTime(procedure, then, at)
  const [opening] = moves
  const roles = rolesOf(of, party)
  if (opening === undefined || roles.length === 0) return undefined
  return {
    urn: of.urn,
    procedure: of.procedure,
    state: of.state,
    standing: of.withdrawnAt !== undefined ? 'withdrawn' : isEnded(procedure, of) ? 'ended' : 'open',
    opening: opening.ref,
    roles: roles.toSorted(compareText),
    moves: firstOfEach(moves.filter(({ ref }) => ref.party === party)),
    others: firstOfEach(moves.filter(({ ref }) => ref.party !== party)),
    kept: Object.fromEntries(
      Object.entries(of.facts).filter((fact): fact is [string, string] => typeof fact[1] === 'string'),
    ),
    marks: marksOf(of.facts, party),
    ...(notices.length === 0 ? {} : { missing: missingIn(notices) }),
    clocks: clocks
      .flatMap(({ name, standing }) => {
        const running = of.clocks[name]
        if (running === undefined) return []
        const bound = roles.includes(procedure.clocks[name]?.binds ?? '')
        return [{ name, standing, bound, deadline: deadlineOf(running) }]
      })
      .sort((a, b) => compareText(a.name, b.name)),
  }
}

/** Facts that are kept for each of their authors, as a list of parties or as a record by party. */
function marksOf(facts: Case['facts'], party: string): readonly string[] {
  const names = (value: unknown): boolean =>
    Array.isArray(value)
      ? value.includes(party)
      : typeof value === 'object' && value !== null && Object.hasOwn(value, party)
  return Object.entries(facts)
    .flatMap(([name, value]) => (names(value) ? [name] : []))
    .sort(compareText)
}

/** What a record does not show, with all that supplements have added to it. */
function missingIn(notices: readonly object[]): readonly string[] {
  // Safe: each was read against a schema that holds the fields of a notice.
  return missingConditions(Object.assign({}, ...notices) as Notice)
}
