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

/** The case of this name as a log has it so far: its seat has one at the most. */
export function caseAtSeat(database: Database, urn: string, { from, to }: PositionRange): SeatedCase | undefined {
  const row = database
    .prepare(
      `SELECT case_file, ended, document FROM case_file CROSS JOIN case_now USING (case_file)
       WHERE urn = ? AND case_file >= ? AND case_file < ?`,
    )
    .get(urn, from, to)
  if (row === undefined) return undefined
  return { file: Number(row['case_file']), ended: Number(row['ended']), case: JSON.parse(String(row['document'])) }
}

/** Writes what a move did, at the position where it took effect. */
export function writeChange(database: Database, effect: Effect, change: CaseChange): void {
  const { effective, position, party, statement } = effect
  const { before, after, move, procedure } = change
  const file = before?.file ?? effective
  if (before === undefined) {
    database
      .prepare('INSERT INTO case_file (case_file, urn, log, procedure, opener) VALUES (?, ?, ?, ?, ?)')
      .run(file, after.urn, logOf(file), after.procedure, party)
  }
  database
    .prepare('INSERT INTO move (effective, position, party, case_file, name, payload) VALUES (?, ?, ?, ?, ?, ?)')
    .run(effective, position, party, file, move.name, decoder.decode(statement.payload))
  writeParties(database, file, effective, change)
  database
    .prepare(
      `INSERT INTO case_now (case_file, state, ended, opened_at, moved_at, effective, document) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (case_file) DO UPDATE SET state = excluded.state, ended = excluded.ended, moved_at = excluded.moved_at,
         effective = excluded.effective, document = excluded.document`,
    )
    .run(file, after.state, endOf(change), after.openedAt, after.movedAt, effective, JSON.stringify(after))
  writeClocks(database, file, dueIn(procedure, before?.case), dueIn(procedure, after))
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
  const insert = database.prepare(
    'INSERT INTO case_party (urn, procedure, case_file, role, since) VALUES (?, ?, ?, ?, ?)',
  )
  for (const [role, parties] of Object.entries(after.roles)) {
    const known = before?.case.roles[role] ?? []
    for (const urn of parties) if (!known.includes(urn)) insert.run(urn, procedure.name, file, role, since)
  }
}

type Due = ReturnType<typeof dueBy>

function dueIn(procedure: Procedure, of: Case | undefined): Due {
  return of === undefined || isEnded(procedure, of) ? [] : dueBy(of, Number.MAX_SAFE_INTEGER)
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

/** The parties of all cases of this name, in whichever log: their clocks stand otherwise when a move is filed. */
export function partiesOfCases(database: Database, urn: string): readonly string[] {
  return database
    .prepare(
      `SELECT DISTINCT case_party.urn AS urn FROM case_file CROSS JOIN case_party USING (case_file) WHERE case_file.urn = ?`,
    )
    .all(urn)
    .map((row) => String(row['urn']))
}

/** The parties that have a case in common with this one, itself among them. */
export function partiesBeside(database: Database, urn: string): readonly string[] {
  return database
    .prepare(
      `SELECT DISTINCT other.urn AS urn FROM case_party own CROSS JOIN case_party other ON other.case_file = own.case_file
       WHERE own.urn = ?`,
    )
    .all(urn)
    .map((row) => String(row['urn']))
}

/** The parties of cases with a clock that ran out from `from` on, before `to`, whichever log is their seat. */
export function partiesDue(database: Database, from: number, to: number): readonly string[] {
  return database
    .prepare('SELECT DISTINCT urn FROM due_clock CROSS JOIN case_party USING (case_file) WHERE at >= ? AND at < ?')
    .all(from, to)
    .map((row) => String(row['urn']))
}

const decoder = new TextDecoder()
