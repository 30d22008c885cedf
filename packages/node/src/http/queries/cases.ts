/** Lists of cases: all of them, their moves, and what is due in them. */
import type {
  CaseMove,
  CaseMovesQuery,
  CasesQuery,
  CaseSummary,
  DueCase,
  DueCasesQuery,
  StatusResponse,
} from '@comity/contract'
import {
  type ClockStanding,
  commonTitles,
  deadlineOf,
  type Departure,
  departuresOf,
  isOfNotices,
  momentText,
} from '@comity/procedures'
import type { Database } from '../../register/database.ts'
import { indexOf, rangeOf } from '../../register/position.ts'
import {
  type CaseRecord,
  caseRecord,
  clocksIn,
  type DueClock,
  dueClocks,
  listCases as casesOf,
  movesOf,
  readCase,
  type SeatedMove,
} from '../../register/cases.ts'
import { Sight } from '../../register/sight.ts'
import { RequestError } from '../request-error.ts'
import { Names } from './names.ts'
import { badCursor, limitOf, numericCursor, type Page, pageOf } from './page.ts'
import { placeColumns, placeOf } from './rows.ts'

/** What an answer about cases is made from: everything that is seen, the moment, and names as they are found. */
export interface CaseLook {
  readonly database: Database
  readonly sight: Sight
  readonly names: Names
  /** In seconds since the epoch. */
  readonly at: number
}

export function lookAt(database: Database, at: number): CaseLook {
  const sight = new Sight(database)
  return { database, sight, names: new Names(database, sight), at }
}

/** Cases of all logs that are seen, the last opened first. A page may be short and still have a next one. */
export function listCases(database: Database, { limit, cursor, ...query }: CasesQuery, at: number): Page<CaseSummary> {
  if (query.role !== undefined && query.party === undefined)
    throw new RequestError('bad-request', 'role says which one party has: name the party too')
  const look = lookAt(database, at)
  const asked = { ...query, limit: limitOf({ ...(limit && { limit }) }), before: cursorOf(cursor) }
  const { items, next } = casesOf(database, asked, look.sight, at)
  return {
    items: items.map((record) => summaryOf(look, record)),
    ...(next && { next: `${next.openedAt}.${next.file}` }),
  }
}

function cursorOf(cursor: string | undefined) {
  if (cursor === undefined) return undefined
  const found = /^([0-9]{1,12})\.([0-9]{1,16})$/.exec(cursor)
  if (found === null) throw badCursor()
  return { openedAt: Number(found[1]), file: Number(found[2]) }
}

export function summaryOf(look: CaseLook, record: CaseRecord): CaseSummary {
  const { database, names } = look
  const { procedure, case: of, ended, file } = record
  const { opener, openedAt, movedAt, suspendedAt, withdrawnAt } = of
  const next = nextIn(look, record)
  return {
    ...headOf(record),
    opener: names.of(opener),
    standing: withdrawnAt !== undefined ? 'withdrawn' : ended > 0 ? 'ended' : 'open',
    suspended: suspendedAt !== undefined,
    openedAt,
    movedAt,
    ...(next && {
      next: {
        name: next.name,
        title: procedure.clocks[next.name]?.title ?? next.name,
        at: next.at,
        deadline: momentText(next.at, of.place),
      },
    }),
    opening: openingOf(database, file),
  }
}

/** What runs out next. Of notices each runs out, not the latest alone. */
function nextIn({ database, sight, at }: CaseLook, record: CaseRecord) {
  const running = clocksIn(database, record, sight, at)
    .filter(({ name, standing }) => standing === 'running' && !isOfNotices(record.procedure, name))
    .map(({ name, running: clock }) => ({ name, at: deadlineOf(clock) }))
  const notices = noticesIn(record).map(({ clock, at: then }) => ({ name: clock, at: then }))
  return [...running, ...notices].sort((one, other) => one.at - other.at)[0]
}

/** Who leaves a case that goes on, the next first. While it is suspended nobody does. */
export function noticesIn({ procedure, case: of, ended }: CaseRecord): readonly Departure[] {
  return ended > 0 || of.suspendedAt !== undefined ? [] : departuresOf(procedure, of)
}

/** What stands above a case wherever it is listed. */
function headOf({ procedure, case: of }: CaseRecord) {
  const { urn, seat, state } = of
  const subject = of.facts['subject']
  return {
    urn,
    procedure: of.procedure,
    title: procedure.title,
    ...(typeof subject === 'string' ? { subject } : {}),
    seat,
    state: { name: state, title: procedure.states[state]?.title ?? state },
  }
}

function openingOf(database: Database, file: number): CaseSummary['opening'] {
  const row = database
    .prepare(
      `SELECT ${placeColumns} FROM move kind_row JOIN entry ON entry.position = kind_row.position WHERE kind_row.effective = ?`,
    )
    .get(file)
  if (row === undefined) throw new Error(`the case ${file} has no opening move`)
  return placeOf(row)
}

/** The moves of a case in the order in which they took effect; undefined where the case is not known. */
export function listMoves(
  database: Database,
  urn: string,
  query: CaseMovesQuery,
  at: number,
): Page<CaseMove> | undefined {
  const look = lookAt(database, at)
  const record = readCase(database, urn, look.sight, at)
  if (record === undefined) return undefined
  const limit = limitOf(query)
  const moves = movesOf(database, record.file, look.sight, { after: numericCursor(query, 0), limit: limit + 1 })
  return pageOf(
    moves,
    limit,
    (move) => moveOf(look, record, move),
    ({ effective }) => String(effective),
  )
}

function moveOf({ names }: CaseLook, { procedure }: CaseRecord, move: SeatedMove): CaseMove {
  const { name, by, body, statement: id, origin, index, effective, at } = move
  return {
    name,
    title: titleOf(procedure.moves, name),
    by: names.of(by),
    body: { ...body },
    statement: { id, origin, index, effective: indexOf(effective), at },
  }
}

function titleOf(moves: CaseRecord['procedure']['moves'], name: string): string {
  // Own members alone: a move's name came from outside once.
  if (Object.hasOwn(moves, name)) return moves[name]?.title ?? name
  return Object.hasOwn(commonTitles, name) ? commonTitles[name as keyof typeof commonTitles] : name
}

/** Clocks among which the own next one is looked for: those of followed logs stand between them. */
const nextAmong = 1000

/** How many cases are open whose seat is the own log, as their last moves left them, and what runs out next in them. */
export function openCases(database: Database, at: number): StatusResponse['cases'] {
  const { to } = rangeOf(0)
  const open = database.prepare('SELECT count(*) AS n FROM case_now WHERE ended = 0 AND case_file < ?').get(to)?.['n']
  const due = database
    .prepare(
      `SELECT at, urn, clock FROM (SELECT * FROM due_clock WHERE at >= ? ORDER BY at LIMIT ${nextAmong})
       CROSS JOIN case_file USING (case_file) WHERE case_file < ? ORDER BY at LIMIT 1`,
    )
    .get(at, to)
  return {
    open: Number(open ?? 0),
    ...(due && { due: { urn: String(due['urn']), clock: String(due['clock']), at: Number(due['at']) } }),
  }
}

/** How far ahead is looked where nobody says, in seconds. */
const week = 7 * 86_400

/** Clocks looked at for one page. */
const lookedAtMost = 1000

/** Clocks of cases that go on, the next to run out first. A page may be short and still have a next one. */
export function listDue(database: Database, query: DueCasesQuery, at: number): Page<DueCase> {
  const limit = limitOf(query)
  const { from, until = at + week, party } = query
  const look = lookAt(database, at)
  const items: DueCase[] = []
  let after = dueCursorOf(query.cursor)
  for (let looked = 0; looked < lookedAtMost;) {
    const page = dueClocks(database, { from, until, after, limit })
    for (const due of page) {
      after = due
      const item = dueCase(look, due, party)
      if (item !== undefined) items.push(item)
      if (items.length === limit) return { items, next: nameOf(due) }
    }
    looked += page.length
    if (page.length < limit) return { items }
  }
  return { items, ...(after && { next: nameOf(after) }) }
}

function nameOf({ at, file, clock }: DueClock): string {
  return `${at}.${file}.${clock}`
}

function dueCursorOf(cursor: string | undefined): DueClock | undefined {
  if (cursor === undefined) return undefined
  const found = /^([0-9]{1,12})\.([0-9]{1,16})\.([a-z0-9-]{1,64})$/.exec(cursor)
  if (found === null) throw badCursor()
  return { at: Number(found[1]), file: Number(found[2]), clock: found[3] ?? '' }
}

/** Undefined where the clock does not run on, as far as the other logs are seen too, or binds others. */
function dueCase(look: CaseLook, due: DueClock, party: string | undefined): DueCase | undefined {
  const { database, sight, names, at } = look
  const record = caseRecord(database, due.file, sight, at)
  const clock = record?.procedure.clocks[due.clock]
  if (record === undefined || record.ended > 0 || clock === undefined) return undefined
  const parties = boundBy(record, due)
  if (party !== undefined && !parties.includes(party)) return undefined
  const standing = standingIn(look, record, due)
  if (standing !== 'running' && standing !== 'lapsed') return undefined
  return {
    ...headOf(record),
    clock: { name: due.clock, title: clock.title },
    standing,
    binds: { role: clock.binds, parties: parties.map((each) => names.of(each)) },
    at: due.at,
    deadline: momentText(due.at, record.case.place),
    lapse: clock.lapse,
  }
}

function boundBy(record: CaseRecord, { clock, at }: DueClock): readonly string[] {
  if (isOfNotices(record.procedure, clock))
    return noticesIn(record).flatMap((each) => (each.clock === clock && each.at === at ? [each.party] : []))
  return record.case.roles[record.procedure.clocks[clock]?.binds ?? ''] ?? []
}

/** A notice runs until it takes effect, which it does by itself. */
function standingIn({ database, sight, at }: CaseLook, record: CaseRecord, due: DueClock): ClockStanding | undefined {
  if (isOfNotices(record.procedure, due.clock)) return boundBy(record, due).length > 0 ? 'running' : undefined
  return clocksIn(database, record, sight, at).find(({ name }) => name === due.clock)?.standing
}
