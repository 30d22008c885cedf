/** Cases as the register has them: what their seats have taken, in the order of the seats. */
import { type Static, Type } from 'typebox'
import {
  at,
  closed,
  named,
  oneOf,
  origin,
  pageOf,
  pageQuery,
  partyUrn,
  place,
  provisionId,
  stands,
  statementId,
} from './fields.ts'
import { reservation } from './parties.ts'
import { pingView } from './pings.ts'
import { roleStandings, seatChain } from './private-cases.ts'
import { citation, clockPlace, clockStandings, jsonSchema, procedureVersion, stateRecord } from './procedures.ts'

/** Names of procedures, roles, states, moves and clocks. */
const name = Type.String({ pattern: '^[a-z][a-z0-9-]{0,39}$' })

export const caseUrn = Type.String({
  pattern: '^urn:comity:case:[0-9a-f]{64}:[a-z0-9][a-z0-9.-]{0,63}$',
  description: 'case URN: the party that opened it, and a name of its own choice',
})

export const caseParams = closed({ urn: caseUrn })

export const casesQuery = pageQuery({
  procedure: Type.Optional(
    Type.String({
      pattern: '^[a-z][a-z0-9-]{0,39}(?:/[1-9][0-9]{0,3})?$',
      description: 'name of a procedure, or one version of it: `dispute`, `dispute/1`',
    }),
  ),
  party: Type.Optional({ ...partyUrn, description: 'that has a role in it' }),
  role: Type.Optional({ ...name, description: 'the role that `party` has in it' }),
  state: Type.Optional(name),
  provision: Type.Optional({ ...provisionId, description: 'served by the procedure' }),
  open: Type.Optional(
    Type.Boolean({ description: 'true: only those that have not ended; false: only those that have' }),
  ),
})
export type CasesQuery = Static<typeof casesQuery>

export const caseStandings = ['open', 'ended', 'withdrawn'] as const

/** The clock that runs out next. */
const nextClock = closed({
  name: Type.String(),
  title: Type.String(),
  at: { ...at, description: 'when it runs out, whole seconds since the epoch' },
  deadline: Type.String({
    description: 'the same with hour and zone, such as `2026-12-22T23:59:59+03:00[Africa/Nairobi]`',
  }),
})

const summary = {
  urn: caseUrn,
  procedure: procedureVersion,
  title: Type.String({ description: 'title of the procedure' }),
  subject: Type.Optional(Type.String({ description: 'what it is about, where its opening move says so' })),
  seat: { ...origin, description: 'the log in whose order its moves take effect' },
  opener: named,
  state: closed({ name: Type.String(), title: Type.String() }),
  standing: oneOf(caseStandings),
  suspended: Type.Boolean({ description: 'its clocks stand still, by agreement of its parties' }),
  openedAt: at,
  movedAt: at,
  next: Type.Optional(nextClock),
  opening: {
    ...place,
    description: 'the statement that opened it; of a private case with its place in the order of the seat',
  },
  private: Type.Optional(
    Type.Boolean({
      description: 'it lies in the vaults of its parties and in no log; as the party of the token sees it',
    }),
  ),
}
export const caseSummary = closed(summary)
export type CaseSummary = Static<typeof caseSummary>

export const casesResponse = pageOf(caseSummary)
export type CasesResponse = Static<typeof casesResponse>

export const caseClock = closed({
  name: Type.String(),
  title: Type.String(),
  binds: Type.String({ description: 'the role that it binds' }),
  standing: oneOf(
    clockStandings,
    'at the time of the answer; `kept` also where the home log of who answered had the answer in time',
  ),
  length: Type.String(),
  startedAt: at,
  endsAt: { ...at, description: 'when it runs out by its source' },
  agreedAt: Type.Optional({ ...at, description: 'when it runs out as the parties agreed' }),
  stoppedAt: Type.Optional(at),
  deadlineAt: { ...at, description: 'when it runs out: as agreed, else by its source' },
  deadline: Type.String({ description: 'the same with hour and zone' }),
  source: citation,
  lapse: Type.String({ description: 'what may be done when it has lapsed' }),
  opens: Type.Array(Type.String(), { description: 'moves that are possible only then' }),
  usual: Type.Optional(
    // where a statement said when it ends
    closed({
      length: Type.String({ description: 'what the source asks for at least' }),
      endsAt: at,
      isShort: Type.Boolean({ description: 'what was said is shorter' }),
    }),
  ),
  keptBy: Type.Optional({
    ...stands,
    description: 'the move that its author’s home log had in time, where the seat had it later or not at all',
  }),
})
export type CaseClock = Static<typeof caseClock>

export const possibleMove = closed({
  move: Type.String(),
  title: Type.String(),
  by: Type.Array(Type.String(), {
    description: 'roles whose parties may make it; empty where anybody may, and for moves of every case',
  }),
  parties: Type.Array(named, { description: 'who may make it now; empty where anybody may who joins with it' }),
  body: jsonSchema,
})
export type PossibleMove = Static<typeof possibleMove>

const timelineEntry = closed({
  at,
  moment: Type.String({ description: 'the same with hour and zone' }),
  what: oneOf(['move', 'lapse']),
  title: Type.String(),
  by: Type.Optional(named),
  statement: Type.Optional(statementId),
})

const proposal = closed({
  statement: statementId,
  what: Type.Union([
    closed({ kind: Type.Literal('suspend') }),
    closed({ kind: Type.Literal('resume') }),
    closed({
      kind: Type.Literal('end-clock-at'),
      clock: Type.String(),
      at,
      party: Type.Optional({ ...partyUrn, description: 'whose notice it is, of a clock of notices' }),
    }),
  ]),
  by: Type.Array(partyUrn, {
    description: 'who has agreed so far; it is carried out once every party of the case has',
  }),
})

/** What was filed in the home log of its author and its seat has not taken, as far as the answering node sees. */
const filedMove = closed({ name: Type.String(), by: named, statement: stands })

/** What the seat did not take, under its keeper's signature. Only the seat's own node has these. */
const refusedMove = closed({
  ...filedMove.properties,
  code: Type.String({ description: 'why, as a stable code' }),
  detail: Type.String({ description: 'what was wrong, and what is possible, for whom' }),
  refusedAt: at,
  refusal: Type.String({ description: 'the signed refusal, a `refusal` statement in unpadded base64url' }),
})
export type RefusedMove = Static<typeof refusedMove>

/** Moves without effect: when their last approval came they were not possible any more. */
const idleMove = closed({
  name: Type.String(),
  by: named,
  statement: stands,
  code: Type.String(),
  detail: Type.String(),
})

const departure = closed({
  party: named,
  role: Type.String(),
  at,
  deadline: Type.String({ description: 'the same with hour and zone' }),
})

export const caseResponse = closed({
  ...summary,
  place: clockPlace,
  provisions: Type.Array(provisionId),
  roles: Type.Array(closed({ role: Type.String(), title: Type.String(), parties: Type.Array(named) }), {
    description: 'parties by role; of a private case with hundreds of them the first 50 with their names',
  }),
  records: Type.Array(stateRecord, { description: 'what it puts on record as it stands, for which provision' }),
  facts: Type.Record(Type.String(), Type.Unknown(), {
    description: 'fields that its moves kept, the last value of each',
  }),
  clocks: Type.Array(caseClock, { description: 'the next to run out first' }),
  ping: Type.Optional(pingView),
  leaving: Type.Array(departure, { description: 'who has given notice, and when it leaves by itself, the next first' }),
  reservations: Type.Optional(
    Type.Array(reservation, { description: 'of an adherence: those that stand, each with the objections to it' }),
  ),
  possible: Type.Array(possibleMove, { description: 'what may be done now, and by whom' }),
  proposals: Type.Array(proposal),
  timeline: Type.Array(timelineEntry, {
    description: 'the latest 500 of its moves, of a private case 100, and the clocks that ran out',
  }),
  filed: Type.Array(filedMove, { description: 'filed in followed logs and not taken yet, at most 100' }),
  refused: Type.Array(refusedMove, {
    description: 'the latest first, at most 100; of the node that keeps the seat alone',
  }),
  idle: Type.Array(idleMove),
  standings: Type.Optional(
    Type.Array(roleStandings, { description: 'of a private case: how each of many parties of a role stands' }),
  ),
  chain: Type.Optional(seatChain),
  at: { ...at, description: 'the time at which clocks stand as they are shown' },
})
export type CaseResponse = Static<typeof caseResponse>

export const caseMovesQuery = pageQuery({})
export type CaseMovesQuery = Static<typeof caseMovesQuery>

export const caseMove = closed({
  name: Type.String(),
  title: Type.String(),
  by: named,
  body: Type.Record(Type.String(), Type.Unknown()),
  statement: place,
  hidden: Type.Optional(Type.Array(Type.String(), { description: 'fields of it that are sealed for this party' })),
})
export type CaseMove = Static<typeof caseMove>

/** In the order in which they took effect. */
export const caseMovesResponse = pageOf(caseMove)
export type CaseMovesResponse = Static<typeof caseMovesResponse>

export const dueCasesQuery = pageQuery({
  from: Type.Optional({
    ...at,
    description: 'clocks that run out at this time or later; without it also those that have lapsed',
  }),
  until: Type.Optional({ ...at, description: 'clocks that run out up to this time; in a week where nothing is given' }),
  party: Type.Optional({ ...partyUrn, description: 'that the clock binds' }),
})
export type DueCasesQuery = Static<typeof dueCasesQuery>

/** A clock that runs, or ran out unanswered, in a case that goes on. */
export const dueCase = closed({
  urn: caseUrn,
  procedure: procedureVersion,
  title: Type.String(),
  subject: Type.Optional(Type.String()),
  seat: origin,
  state: closed({ name: Type.String(), title: Type.String() }),
  clock: closed({ name: Type.String(), title: Type.String() }),
  standing: oneOf(['running', 'lapsed']),
  binds: closed({ role: Type.String(), parties: Type.Array(named) }),
  at: { ...at, description: 'when it runs out' },
  deadline: Type.String({ description: 'the same with hour and zone' }),
  lapse: Type.String({ description: 'what may be done when it has lapsed' }),
})
export type DueCase = Static<typeof dueCase>

/** The next to run out first. */
export const dueCasesResponse = pageOf(dueCase)
export type DueCasesResponse = Static<typeof dueCasesResponse>
