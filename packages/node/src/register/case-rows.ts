/**
 * Cases as the register of their seat has them: read by the judge, written when a move takes effect. What was written
 * is never changed but for `case_now` and `due_clock`, which hold what the moves so far have come to.
 */
import { atTime, type Case, dueBy, isEnded, type Move, type Procedure } from '@comity/procedures'
import type { MovePayload } from '@comity/statement'
import { idColumn } from './by-id.ts'
import type { Database } from './database.ts'
import { type Effect, payloadOf } from './entry.ts'
import { logOf, type PositionRange } from './position.ts'

/** A case as the moves in one log have left it. */
export interface SeatedCase {
  /** Number of the case: where its opening move took effect. */
  readonly file: number
  readonly case: Case
  /** When it ended, in seconds since the epoch; 0 while it goes on. */
  readonly ended: number
}

/** What a move does at the seat of its case. */
export interface CaseChange {
  readonly procedure: Procedure
  readonly move: Move
  /** Undefined where the move opens the case. */
  readonly before?: SeatedCase
  readonly after: Case
}

/** Columns that {@link seatedCase} reads, and the tables that they are of. */
export const seatedColumns = `case_file.case_file AS file, case_file.urn AS urn, case_file.procedure AS procedure, log.origin AS seat,
  party.urn AS opener, case_now.state AS state, opened_at, moved_at, ended, case_now.effective AS effective, document`
export const seatedTables = `case_file CROSS JOIN case_now USING (case_file) CROSS JOIN log USING (log)
  CROSS JOIN party ON party.party = case_file.opener`

export function seatedCase(row: Readonly<Record<string, unknown>>): SeatedCase {
  const document: Omit<Case, keyof Said> = JSON.parse(String(row['document']))
  const said: Said = {
    procedure: String(row['procedure']),
    urn: String(row['urn']),
    seat: String(row['seat']),
    opener: String(row['opener']),
    state: String(row['state']),
    openedAt: Number(row['opened_at']),
    movedAt: Number(row['moved_at']),
  }
  return { file: Number(row['file']), ended: Number(row['ended']), case: { ...said, ...document } }
}

/** What of a case other columns say, in every one of a hundred thousand. */
type Said = Pick<Case, 'procedure' | 'urn' | 'seat' | 'opener' | 'state' | 'openedAt' | 'movedAt'>

function documentOf(of: Case): string {
  const { procedure: _p, urn: _u, seat: _s, opener: _o, state: _t, openedAt: _b, movedAt: _m, ...rest } = of
  return JSON.stringify(rest satisfies Omit<Case, keyof Said>)
}

/** What is kept of a payload: of a move not what its case says already; of another kind all, as it was signed. */
function payloadText(effect: Effect): string {
  const { kind, payload } = effect.statement
  if (kind !== 'move') return decoder.decode(payload)
  const { body, documents } = payloadOf<MovePayload>(effect)
  return JSON.stringify({ body, documents })
}

/** The case of this name as a log has it so far: its seat has one at the most. */
export function caseAtSeat(database: Database, urn: string, { from, to }: PositionRange): SeatedCase | undefined {
  const row = database
    .prepare(
      `SELECT ${seatedColumns} FROM ${seatedTables} WHERE case_file.urn = ? AND case_file.case_file >= ? AND case_file.case_file < ?`,
    )
    .get(urn, from, to)
  return row === undefined ? undefined : seatedCase(row)
}

/** Writes what a move did, at the position where it took effect. */
export function writeChange(database: Database, effect: Effect, change: CaseChange): void {
  const { effective, position, party } = effect
  const { before, after, move, procedure } = change
  const file = before?.file ?? effective
  const ended = endOf(change)
  if (before === undefined) {
    database
      .prepare('INSERT INTO case_file (case_file, urn, log, procedure, opener) VALUES (?, ?, ?, ?, ?)')
      .run(file, after.urn, logOf(file), after.procedure, party)
  }
  database
    .prepare('INSERT INTO move (effective, position, party, case_file, name, payload) VALUES (?, ?, ?, ?, ?, ?)')
    .run(effective, position, party, file, move.name, payloadText(effect))
  writeParties(database, file, effective, change)
  database
    .prepare(
      `INSERT INTO case_now (case_file, state, ended, opened_at, moved_at, effective, document) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (case_file) DO UPDATE SET state = excluded.state, ended = excluded.ended, moved_at = excluded.moved_at,
         effective = excluded.effective, document = excluded.document`,
    )
    .run(file, after.state, ended, after.openedAt, after.movedAt, effective, documentOf(after))
  const dueBefore = before === undefined ? [] : dueIn(procedure, before.case, before.ended)
  writeClocks(database, file, dueBefore, dueIn(procedure, after, ended))
}

/** When the case has ended: with this move, before it by a term, or not yet: 0. */
export function endOf({ procedure, before, after, move }: Pick<CaseChange, 'procedure' | 'before' | 'after' | 'move'>) {
  if (!isEnded(procedure, after)) return 0
  if (before === undefined) return move.at
  if (before.ended > 0) return before.ended
  const then = atTime(procedure, before.case, move.at)
  return isEnded(procedure, then) ? then.movedAt : move.at
}

function writeParties(database: Database, file: number, since: number, { procedure, before, after }: CaseChange): void {
  // Who comes back to a role has it from the first time on.
  const insert = database.prepare(
    'INSERT INTO case_party (urn, procedure, case_file, role, since) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
  )
  for (const [role, parties] of Object.entries(after.roles)) {
    const known = before?.case.roles[role] ?? []
    for (const urn of parties) if (!known.includes(urn)) insert.run(urn, procedure.name, file, role, since)
  }
}

type Due = ReturnType<typeof dueBy>

/**
 * What runs out; of a case that has ended what ran out before. That is past at its seat, and may be to come where the own
 * log has written nothing for long: findings are computed at the time of that.
 */
function dueIn(procedure: Procedure, of: Case, ended: number): Due {
  if (ended === 0) return dueBy(procedure, of, Number.MAX_SAFE_INTEGER)
  const { withdrawnAt: _, ...rest } = of
  return dueBy(procedure, rest, ended - 1)
}

function writeClocks(database: Database, file: number, before: Due, after: Due): void {
  const isIn = (list: Due, { clock, at }: Due[number]) => list.some((each) => each.clock === clock && each.at === at)
  for (const due of before)
    if (!isIn(after, due))
      database
        .prepare('DELETE FROM due_clock WHERE at = ? AND case_file = ? AND clock = ?')
        .run(due.at, file, due.clock)
  for (const due of after)
    if (!isIn(before, due))
      database.prepare('INSERT INTO due_clock (at, case_file, clock) VALUES (?, ?, ?)').run(due.at, file, due.clock)
}

/** Notes a move that took effect in a log which is not its seat: it is filed there. */
export function writeFiling(database: Database, effect: Effect): void {
  const { position, party, statement, at, effective } = effect
  const { seat, move } = payloadOf<MovePayload>(effect)
  database
    .prepare(
      'INSERT INTO filed_move (position, party, urn, seat, name, at, effective, id, payload) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
    )
    .run(
      position,
      party,
      statement.sub,
      seat,
      move,
      at,
      effective,
      idColumn(statement.id),
      decoder.decode(statement.payload),
    )
}

/** Notes a move that waited for approvals and then was not possible any more. */
export function writeIdle(
  database: Database,
  effect: Effect,
  reason: { readonly code: string; readonly message: string },
) {
  database
    .prepare('INSERT INTO idle_move (position, urn, effective, code, detail) VALUES (?, ?, ?, ?, ?)')
    .run(effect.position, effect.statement.sub, effect.effective, reason.code, reason.message.slice(0, 1000))
}

/** Every party of the cases in `case_now`, once. */
const eachParty = `CROSS JOIN json_each(case_now.document, '$.roles') role CROSS JOIN json_each(role.value) each`

/** The parties of all cases of this name, in whichever log: their clocks stand otherwise when a move is filed. */
export function partiesOfCases(database: Database, urn: string): readonly string[] {
  return parties(database, 'case_file CROSS JOIN case_now USING (case_file)', 'case_file.urn = ?', urn)
}

/** The parties that have a case in common with this one, itself among them. */
export function partiesBeside(database: Database, urn: string): readonly string[] {
  return parties(database, 'case_party CROSS JOIN case_now USING (case_file)', 'case_party.urn = ?', urn)
}

/** The parties of cases with a clock that ran out from `from` on, before `to`, whichever log is their seat. */
export function partiesDue(database: Database, from: number, to: number): readonly string[] {
  return parties(database, 'due_clock CROSS JOIN case_now USING (case_file)', 'at >= ? AND at < ?', from, to)
}

function parties(database: Database, tables: string, where: string, ...parameters: readonly (string | number)[]) {
  return database
    .prepare(`SELECT DISTINCT each.value AS urn FROM ${tables} ${eachParty} WHERE ${where}`)
    .all(...parameters)
    .map((row) => String(row['urn']))
}

const decoder = new TextDecoder()
