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

/** A move that took effect at the seat, and what it says. */
export interface MadeMove extends CaseMove {
  readonly body: Readonly<Record<string, unknown>>
}

export interface CaseReading {
  /** As its moves left it. */
  readonly of: Case
  /** All of them, the opening first, in the order of the seat. */
  readonly moves: readonly MadeMove[]
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
export function caseFactOf(party: string, { of: then, moves, at, clocks }: CaseReading): CaseFact | undefined {
  const procedure = procedureOf(then.procedure)
  const of = atTime(procedure, then, at)
  const [opening] = moves
  const roles = rolesOf(of, party)
  if (opening === undefined || roles.length === 0) return undefined
  const missing = procedure.name === 'restriction' ? missingIn(moves) : undefined
  return {
    urn: of.urn,
    procedure: of.procedure,
    state: of.state,
    standing: of.withdrawnAt !== undefined ? 'withdrawn' : isEnded(procedure, of) ? 'ended' : 'open',
    opening: opening.ref,
    roles: roles.toSorted(compareText),
    moves: firstOfEach(moves.filter(({ ref }) => ref.party === party)).map(named),
    others: firstOfEach(moves.filter(({ ref }) => ref.party !== party)).map(named),
    kept: Object.fromEntries(
      Object.entries(of.facts).filter((fact): fact is [string, string] => typeof fact[1] === 'string'),
    ),
    ...(missing === undefined ? {} : { missing }),
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

function named({ name, ref }: CaseMove): CaseMove {
  return { name, ref }
}

const notices: ReadonlySet<string> = new Set(['notice', 'record', 'supplement'])

/** What the record does not show, with all that supplements have added to it. */
function missingIn(moves: readonly MadeMove[]): readonly string[] | undefined {
  const said = moves.filter(({ name }) => notices.has(name)).map(({ body }) => body)
  if (said.length === 0) return undefined
  // Safe: each was read against a schema that holds the fields of a notice.
  return missingConditions(Object.assign({}, ...said) as Notice)
}
