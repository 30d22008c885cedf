/** Lists of the private cases of one party, from its vault: all of them, their moves, what is due, and the seat's orders. */
import type {
  CaseMove,
  CaseMovesQuery,
  CaseOrdersResponse,
  CasesQuery,
  CaseSummary,
  DueCase,
  DueCasesQuery,
} from '@comity/contract'
import { dueBy, momentText, rolesOf, standingOf, titleOfMove, versionName } from '@comity/procedures'
import { RequestError } from '../request-error.ts'
import { limitOf, numericCursor, type Page, pageOf } from './page.ts'
import {
  clocksShown,
  type PrivateLook,
  type PrivateRecord,
  privateRecord,
  privateRecords,
} from './private-case-look.ts'

/** How far ahead is looked where nobody says, in seconds. */
const week = 7 * 86_400

/** The private cases that a query is about. They are few beside those of the register, and stand before them. */
export function listPrivateCases(look: PrivateLook, query: CasesQuery): readonly CaseSummary[] {
  return privateRecords(look)
    .filter((record) => isAsked(record, query))
    .toSorted((one, other) => other.case.openedAt - one.case.openedAt)
    .map((record) => privateSummary(look, record))
}

function isAsked({ procedure, case: of, ended }: PrivateRecord, query: CasesQuery): boolean {
  const { procedure: name, party, role, state, provision, open } = query
  if (name !== undefined && procedure.name !== name && versionName(procedure) !== name) return false
  if (provision !== undefined && !procedure.provisions.some((each) => each === provision)) return false
  if (state !== undefined && of.state !== state) return false
  if (open !== undefined && open !== (ended === 0 && of.withdrawnAt === undefined)) return false
  return party === undefined || rolesOf(of, party).some((each) => role === undefined || each === role)
}

export function privateSummary(look: PrivateLook, record: PrivateRecord): CaseSummary {
  const { case: of, ended, kept } = record
  const { reader } = look.inbox.cases
  const next = clocksShown(record, look.at).find(({ standing }) => standing === 'running')
  const opening = reader.openingOf(kept)
  return {
    ...headOf(record),
    opener: look.names.of(of.opener),
    standing: of.withdrawnAt !== undefined ? 'withdrawn' : ended > 0 ? 'ended' : 'open',
    suspended: of.suspendedAt !== undefined,
    openedAt: of.openedAt,
    movedAt: of.movedAt,
    ...(next && {
      next: { name: next.name, title: next.title, at: next.agreedAt ?? next.endsAt, deadline: next.deadline },
    }),
    opening: { id: opening.move, origin: of.seat, index: opening.n, effective: opening.n, at: opening.at },
    private: true,
  }
}

/** The moves of a private case that the party sees; undefined where it has no such case. */
export function listPrivateMoves(look: PrivateLook, urn: string, query: CaseMovesQuery): Page<CaseMove> | undefined {
  const record = privateRecord(look, urn)
  if (record === undefined) return undefined
  const limit = limitOf(query)
  const rows = look.inbox.cases.reader.orders(record.kept, { after: numericCursor(query, 0), limit: limit + 1 })
  return pageOf(
    rows,
    limit,
    ({ row }): CaseMove => ({
      name: row.name,
      title: titleOfMove(record.procedure, row.name),
      by: look.names.of(row.by),
      body: { ...row.body },
      statement: { id: row.move, origin: record.case.seat, index: row.n, effective: row.n, at: row.at },
      ...(row.hidden.length === 0 ? {} : { hidden: [...row.hidden] }),
    }),
    ({ record: number }) => String(number),
  )
}

/** The orders that the seat gave the moves which the party sees, as they were signed. */
export function listOrders(
  look: PrivateLook,
  urn: string,
  query: CaseMovesQuery,
): Page<CaseOrdersResponse['items'][number]> | undefined {
  const record = privateRecord(look, urn)
  if (record === undefined) return undefined
  const { reader } = look.inbox.cases
  const limit = limitOf(query)
  const rows = reader.orders(record.kept, { after: numericCursor(query, 0), limit: limit + 1 })
  return pageOf(
    rows,
    limit,
    ({ record: number, row }) => {
      const content = reader.content(number)
      if (content?.type !== 'case-order') throw new RequestError('erased', 'this case is just being erased')
      const { order, move, fields } = content
      return {
        id: row.id,
        ...(row.thread === '' ? {} : { thread: row.thread }),
        n: row.n,
        order,
        move,
        fields: fields.map((field) => ({ ...field })),
      }
    },
    ({ record: number }) => String(number),
  )
}

/** Clocks of private cases that run out, the next first; those of which each party has its own by party. */
export function listPrivateDue(look: PrivateLook, query: DueCasesQuery): readonly DueCase[] {
  const { from = 0, until = look.at + week, party } = query
  return privateRecords(look)
    .filter(({ ended }) => ended === 0)
    .flatMap((record) => dueIn(look, record, { from, until, party }))
    .sort((one, other) => one.at - other.at)
}

function dueIn(
  look: PrivateLook,
  record: PrivateRecord,
  { from, until, party }: { readonly from: number; readonly until: number; readonly party: string | undefined },
): readonly DueCase[] {
  const { procedure, case: of } = record
  return dueBy(procedure, of, until).flatMap((due): DueCase[] => {
    const clock = procedure.clocks[due.clock]
    const running = due.party === undefined ? of.clocks[due.clock] : of.eachClocks?.[due.clock]?.[due.party]
    if (clock === undefined || running === undefined || due.at < from) return []
    const parties = due.party === undefined ? (of.roles[clock.binds] ?? []) : [due.party]
    if (party !== undefined && !parties.includes(party)) return []
    const standing = standingOf(running, look.at, of.suspendedAt)
    if (standing !== 'running' && standing !== 'lapsed') return []
    return [
      {
        ...headOf(record),
        clock: { name: due.clock, title: clock.title },
        standing,
        binds: { role: clock.binds, parties: parties.slice(0, 16).map((each) => look.names.of(each)) },
        at: due.at,
        deadline: momentText(due.at, of.place),
        lapse: clock.lapse,
      },
    ]
  })
}

/** What stands above a case wherever it is listed. */
function headOf({ procedure, case: { urn, seat, state, facts, procedure: version } }: PrivateRecord) {
  const subject = facts['subject'] ?? facts['title']
  return {
    urn,
    procedure: version,
    title: procedure.title,
    ...(typeof subject === 'string' ? { subject } : {}),
    seat,
    state: { name: state, title: procedure.states[state]?.title ?? state },
  }
}
