/**
 * How the clocks of a case stand for a reader who sees more logs than its seat: who filed in time in the home log is in
 * time, although the seat took the move later, refused it, or has not seen it. This changes what is shown of a clock and
 * never the state of the case.
 */
import {
  type ClockDefinition,
  type ClockStanding,
  deadlineOf,
  type Filing,
  moveOf,
  rolesOf,
  type RunningClock,
  standingOf,
  standingWith,
} from '@comity/procedures'
import { idColumn, idText } from './by-id.ts'
import type { CaseRecord } from './case-record.ts'
import type { CaseSight } from './case-sight.ts'
import type { Database } from './database.ts'
import { indexOf, logOf, rangeOf } from './position.ts'

/** A move of a case in a log that is not its seat: in its author's home. */
export interface FiledMove extends Filing {
  readonly position: number
  readonly origin: string
  readonly index: number
}

export interface ClockRecord {
  readonly name: string
  readonly running: RunningClock
  readonly standing: ClockStanding
  /** What was filed in time, where the seat alone does not show that the clock was kept. */
  readonly keptBy?: FiledMove
}

/** The clocks of a case as they stand at a moment, but for those that still ran when it ended: nobody waits for them. */
export function clocksIn(database: Database, record: CaseRecord, sight: CaseSight, at: number): readonly ClockRecord[] {
  const { procedure, case: of, ended } = record
  const clocks = Object.entries(of.clocks).filter(
    ([name, running]) =>
      procedure.clocks[name] !== undefined &&
      (ended === 0 || running.stoppedAt !== undefined || deadlineOf(running) < ended),
  )
  const waiting = clocks.filter(([name, running]) => isWaitedFor(procedure.clocks[name], running))
  const stops = new Set(waiting.flatMap(([name]) => procedure.clocks[name]?.stops ?? []))
  const until = Math.max(...waiting.map(([, running]) => deadlineOf(running)))
  const filed = stops.size === 0 ? [] : filedInTime(database, record, sight, [...stops], until)
  const filings = filed.length === 0 ? [] : [...filed, ...takenOf(database, record, sight, [...stops])]
  return clocks.map(([name, running]): ClockRecord => {
    // What is seen was filed, also where the time of its log is ahead of the moment.
    const found = filed.some((each) => mayKeep(record, name, running, each))
      ? standingWith(procedure, of, name, filings, Number.MAX_SAFE_INTEGER)
      : undefined
    const isKept = found?.standing === 'kept'
    const keptBy = isKept ? filed.find(({ statement }) => statement === found.keptBy) : undefined
    const standing = isKept ? 'kept' : standingOf(running, at, of.suspendedAt)
    return { name, running, standing, ...(keptBy && { keptBy }) }
  })
}

/**
 * Whether a filing may be what keeps this very clock. What the seat took alone never does: it stopped the clock there, or
 * belongs to a round that began anew.
 */
function mayKeep({ procedure, case: of }: CaseRecord, clock: string, running: RunningClock, filing: Filing): boolean {
  const { name, by, filedAt } = filing
  if (procedure.clocks[clock]?.stops.includes(name) !== true || filedAt > deadlineOf(running)) return false
  const { by: roles } = moveOf(procedure, name)
  return roles === 'anyone' || rolesOf(of, by).some((role) => roles.includes(role))
}

/** Whether something that was filed elsewhere could show that a clock was kept. A term is nobody's deadline. */
function isWaitedFor(clock: ClockDefinition | undefined, running: RunningClock): boolean {
  return clock?.term === undefined && (running.stoppedAt ?? Infinity) > deadlineOf(running)
}

const columns = `filed_move.position AS position, filed_move.id AS id, filed_move.name AS name, filed_move.at AS at,
  filed_move.effective AS effective, party.urn AS by`

/** What was filed up to a moment by those whose moves stop clocks. */
function filedInTime(
  database: Database,
  { file, procedure, case: of }: CaseRecord,
  sight: CaseSight,
  stops: readonly string[],
  until: number,
): readonly FiledMove[] {
  // Anybody can file a move of this name somewhere; where roles alone stop a clock, strangers are not even looked at.
  const isForAnyone = stops.some((name) => moveOf(procedure, name).by === 'anyone')
  const having = isForAnyone
    ? ''
    : `AND EXISTS (SELECT 1 FROM case_party WHERE case_party.urn = party.urn AND case_party.procedure = ? AND case_party.case_file = ?)`
  return database
    .prepare(
      `SELECT ${columns} FROM filed_move CROSS JOIN party USING (party)
       WHERE filed_move.urn = ? AND seat = ? AND at <= ? ${having} ORDER BY filed_move.position`,
    )
    .all(of.urn, of.seat, until, ...(isForAnyone ? [] : [procedure.name, file]))
    .filter((row) => stops.includes(String(row['name'])) && isSeen(row, sight))
    .map((row) => filedMove(row, sight))
}

/** Moves with these names that the seat took: where each has to make one, some may have come to it in time. */
function takenOf(
  database: Database,
  { file }: CaseRecord,
  sight: CaseSight,
  names: readonly string[],
): readonly Filing[] {
  return database
    .prepare(
      `SELECT entry.id AS id, move.name AS name, done.at AS at, party.urn AS by FROM move
       CROSS JOIN entry ON entry.position = move.position CROSS JOIN entry done ON done.position = move.effective
       CROSS JOIN party ON party.party = move.party WHERE case_file = ? AND move.effective < ? ORDER BY move.effective`,
    )
    .all(file, sight.endAt(file))
    .filter((row) => names.includes(String(row['name'])))
    .map(filing)
}

/** A filed move with what it says. Its body is held against the procedure only at the seat. */
export interface FiledWords extends FiledMove {
  readonly body: Readonly<Record<string, unknown>>
}

/** Moves of one name read for one answer: each party makes one in a round, and may file more. */
const wordsMost = 4096

/** Moves of a name that parties of a case filed at home from a moment on, as far as they are seen. */
export function filedWords(
  database: Database,
  { procedure, case: of, file }: CaseRecord,
  sight: CaseSight,
  { name, from }: { readonly name: string; readonly from: number },
): readonly FiledWords[] {
  return database
    .prepare(
      `SELECT ${columns}, filed_move.payload AS payload FROM filed_move CROSS JOIN party USING (party)
       WHERE filed_move.urn = ? AND seat = ? AND name = ? AND at >= ? AND EXISTS (SELECT 1 FROM case_party
         WHERE case_party.urn = party.urn AND case_party.procedure = ? AND case_party.case_file = ?)
       ORDER BY filed_move.position LIMIT ${wordsMost}`,
    )
    .all(of.urn, of.seat, name, from, procedure.name, file)
    .filter((row) => isSeen(row, sight))
    .map((row) => ({ ...filedMove(row, sight), body: JSON.parse(String(row['payload'])).body }))
}

/** What was filed for a case and its seat has not taken, as far as it is seen; by where it stands. */
export function filedFor(
  database: Database,
  { case: of, file }: Pick<CaseRecord, 'case' | 'file'>,
  sight: CaseSight,
  limit: number,
): readonly FiledMove[] {
  const { from } = rangeOf(logOf(file))
  const isTaken = database.prepare('SELECT 1 FROM entry WHERE id = ? AND position >= ? AND position < ?')
  const found: FiledMove[] = []
  for (const row of database
    .prepare(
      `SELECT ${columns} FROM filed_move CROSS JOIN party USING (party) WHERE filed_move.urn = ? AND seat = ?
       ORDER BY filed_move.position DESC LIMIT 10000`,
    )
    .iterate(of.urn, of.seat)) {
    if (found.length >= limit) break
    if (!isSeen(row, sight)) continue
    const filed = filedMove(row, sight)
    if (isTaken.get(idColumn(filed.statement), from, sight.endAt(file)) === undefined) found.push(filed)
  }
  return found
}

type Row = Readonly<Record<string, unknown>>

/** It took effect in what is seen of a log in which its author was at home. */
function isSeen(row: Row, sight: CaseSight): boolean {
  const effective = Number(row['effective'])
  return effective < sight.endAt(effective) && sight.counts(String(row['by']), effective)
}

function filing(row: Row): Filing {
  return {
    statement: idText(row['id']),
    name: String(row['name']),
    by: String(row['by']),
    filedAt: Number(row['at']),
  }
}

function filedMove(row: Row, sight: CaseSight): FiledMove {
  const position = Number(row['position'])
  return { ...filing(row), position, origin: sight.originOf(position), index: indexOf(position) }
}
