/**
 * Which cases there are: by procedure, party, state, and by what runs out next. Nothing is computed but for the cases on
 * the page; a state that a term has brought about is one all the same.
 */
import { type Procedure, procedures, recordsIn, rolesOf, versionName } from '@comity/procedures'
import { type CaseRecord, caseRecord } from './case-record.ts'
import type { CaseSight } from './case-sight.ts'
import type { Database } from './database.ts'
import { logOf, rangeOf } from './position.ts'
import { merged } from './merged.ts'

export type { CaseSight } from './case-sight.ts'
export { clocksIn, type ClockRecord, filedFor, type FiledMove, type FiledWords, filedWords } from './case-clocks.ts'
export { type CaseRecord, caseRecord, filesOf, movesOf, readCase, type SeatedMove } from './case-record.ts'

/** Where a list of cases goes on: behind this one. */
export interface CaseCursor {
  /** In seconds since the epoch. */
  readonly openedAt: number
  readonly file: number
}

export interface CasesQuery {
  /** Name of a procedure, or one version of it: `dispute`, `dispute/1`. */
  readonly procedure?: string | undefined
  /** URN of a party that has a role in it, and which role. */
  readonly party?: string | undefined
  readonly role?: string | undefined
  readonly state?: string | undefined
  /** True: goes on; false: has ended or was withdrawn. */
  readonly open?: boolean | undefined
  /** Served by the procedure. */
  readonly provision?: string | undefined
  /** For which its present state puts something on record. */
  readonly recorded?: string | undefined
  readonly before?: CaseCursor | undefined
  readonly limit: number
}

/** A page of cases, the last opened first; `next` where there may be more. */
export interface CasesPage {
  readonly items: readonly CaseRecord[]
  readonly next?: CaseCursor
}

/** Cases that are looked at for one page: who filters for something rare turns pages. */
const scannedAtMost = 2000

/** Numbers of cases read at a time from one log. */
const readAtOnce = 64

/** Cases of the logs with these numbers. */
export function listCases(
  database: Database,
  query: CasesQuery,
  sight: CaseSight & { readonly logs: readonly number[] },
  at: number,
): CasesPage {
  const { limit, before = { openedAt: Number.MAX_SAFE_INTEGER, file: Number.MAX_SAFE_INTEGER } } = query
  const asked = proceduresAsked(query)
  if (asked.length === 0) return { items: [] }
  const streams = sight.logs.flatMap((log) => streamsOf(database, log, query, asked, sight, before))
  const items: CaseRecord[] = []
  let scanned = 0
  let last: CaseCursor | undefined
  for (const opened of merged(streams, compare)) {
    if (items.length >= limit || scanned >= scannedAtMost) return { items, ...(last && { next: last }) }
    scanned += 1
    last = opened
    const record = caseRecord(database, opened.file, sight, at)
    if (record !== undefined && isAsked(record, query)) items.push(record)
  }
  return { items }
}

function proceduresAsked({ procedure, provision }: CasesQuery): readonly Procedure[] {
  return procedures
    .filter((each) => procedure === undefined || each.name === procedure || versionName(each) === procedure)
    .filter(({ provisions }) => provision === undefined || provisions.some((each) => each === provision))
}

function isAsked({ case: of, procedure, ended }: CaseRecord, query: CasesQuery): boolean {
  const { state, open, procedure: name, recorded, party, role } = query
  if (state !== undefined && of.state !== state) return false
  if (open !== undefined && open !== (ended === 0)) return false
  if (name?.includes('/') === true && of.procedure !== name) return false
  // A role that was given up is remembered where cases are found by it.
  if (party !== undefined && !rolesOf(of, party).some((each) => role === undefined || each === role)) return false
  if (recorded === undefined) return true
  return of.withdrawnAt === undefined && recordsIn(procedure, of.state).some(({ provision }) => provision === recorded)
}

type Stream = Generator<CaseCursor, void, undefined>

/** The cases of one log, the last opened first: one stream for each index that has them in that order. */
function streamsOf(
  database: Database,
  log: number,
  { party, role, procedure, provision }: CasesQuery,
  asked: readonly Procedure[],
  sight: CaseSight,
  before: CaseCursor,
): readonly Stream[] {
  const { from } = rangeOf(log)
  const end = Math.min(sight.endAt(from), afterAll(database, log, before))
  const opened = 'SELECT case_file AS file, opened_at FROM'
  const within = 'case_file >= ? AND case_file < ? ORDER BY case_file DESC LIMIT ?'
  const read = (sql: string, ...parameters: readonly string[]): Stream =>
    filesFrom((upTo) => database.prepare(sql).all(...parameters, from, upTo, readAtOnce), end, before)
  if (party !== undefined) {
    // One that has several roles stands there several times, one after the other.
    const having = role === undefined ? '' : 'AND role = ?'
    const sql = `SELECT DISTINCT case_file AS file, opened_at FROM case_party CROSS JOIN case_now USING (case_file) WHERE urn = ? AND procedure = ? ${having} AND ${within}`
    const names = new Set(asked.map(({ name }) => name))
    return [...names].map((name) => read(sql, party, name, ...(role === undefined ? [] : [role])))
  }
  if (procedure === undefined && provision === undefined)
    return [read(`${opened} case_file CROSS JOIN case_now USING (case_file) WHERE ${within}`)]
  const sql = `${opened} case_file CROSS JOIN case_now USING (case_file) WHERE procedure = ? AND ${within}`
  return asked.map((each) => read(sql, versionName(each)))
}

/** Position behind everything that a log had up to the time of a cursor. */
function afterAll(database: Database, log: number, { openedAt }: CaseCursor): number {
  const row = database
    .prepare('SELECT position FROM batch WHERE log = ? AND at <= ? ORDER BY at DESC, position DESC LIMIT 1')
    .get(log, openedAt)
  return row === undefined ? rangeOf(log).from : Number(row['position']) + 1
}

function* filesFrom(
  read: (before: number) => readonly Readonly<Record<string, unknown>>[],
  end: number,
  before: CaseCursor,
): Stream {
  for (let upTo = end; ;) {
    const rows = read(upTo)
    for (const row of rows) {
      const opened = { file: Number(row['file']), openedAt: Number(row['opened_at']) }
      if (compare(opened, before) > 0) yield opened
      upTo = opened.file
    }
    if (rows.length < readAtOnce) return
  }
}

/** The last opened first; of one second, the one with the higher number. */
function compare(one: CaseCursor, other: CaseCursor): number {
  return other.openedAt - one.openedAt || other.file - one.file
}

/** A clock that runs, or has run out unanswered, in a case that goes on. */
export interface DueClock {
  readonly at: number
  readonly file: number
  readonly clock: string
}

/** Which clocks: behind `after`, not before `from`, and up to `until`, in seconds since the epoch. */
export interface DueQuery {
  readonly from?: number | undefined
  readonly until: number
  readonly after?: DueClock | undefined
  readonly limit: number
}

/** Clocks by when they run out, the next first. As the seats stand now: what runs in a sight is `caseRecord`'s to say. */
export function dueClocks(database: Database, { from = 0, until, after, limit }: DueQuery): readonly DueClock[] {
  const { at, file, clock } = after ?? { at: from, file: -1, clock: '' }
  return database
    .prepare(
      `SELECT at, case_file, clock FROM due_clock CROSS JOIN case_now USING (case_file)
       WHERE ended = 0 AND at <= ? AND at >= ? AND (at, case_file, clock) > (?, ?, ?)
       ORDER BY at, case_file, clock LIMIT ?`,
    )
    .all(until, Math.max(from, at), at, file, clock, limit)
    .map((row) => ({ at: Number(row['at']), file: Number(row['case_file']), clock: String(row['clock']) }))
}

/** A move that waited for approvals and was not possible any more when the last of them came. */
export interface IdleMove {
  readonly position: number
  readonly code: string
  readonly detail: string
}

/** Moves without effect in the log of a case, as far as it is seen, the latest first. */
export function idleMoves(
  database: Database,
  { file, case: of }: Pick<CaseRecord, 'file' | 'case'>,
  sight: CaseSight,
  limit: number,
): readonly IdleMove[] {
  return database
    .prepare(
      'SELECT position, code, detail FROM idle_move WHERE urn = ? AND position >= ? AND effective < ? ORDER BY position DESC LIMIT ?',
    )
    .all(of.urn, rangeOf(logOf(file)).from, sight.endAt(file), limit)
    .map((row) => ({ position: Number(row['position']), code: String(row['code']), detail: String(row['detail']) }))
}
