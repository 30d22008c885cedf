/**
 * A case as somebody sees it: its moves at the seat as far as the seat's log is seen, at a moment. A pure function of
 * what is seen and of the moment, also where this node knows more by now.
 */
import {
  adherenceSlugs,
  atTime,
  type Case,
  isEnded,
  type Move,
  moveOfKind,
  openCase,
  type Procedure,
  procedureOf,
  reduce,
} from '@comity/procedures'
import { parseCaseUrn } from '@comity/statement'
import { idText } from './by-id.ts'
import { endOf, type SeatedCase, seatedCase, seatedColumns, seatedTables } from './case-rows.ts'
import type { CaseSight } from './case-sight.ts'
import type { Database } from './database.ts'
import { indexOf } from './position.ts'

/** A move that took effect, and where it stands in the seat's log. A statement of another kind has its payload for body. */
export interface SeatedMove extends Move {
  readonly position: number
  readonly effective: number
  readonly origin: string
  readonly index: number
  /** As its author signed it. */
  readonly iat: number
}

export interface CaseRecord {
  /** Number of the case: where its opening move took effect. */
  readonly file: number
  readonly procedure: Procedure
  /** As it is at the moment: a term that has run out by then took effect. */
  readonly case: Case
  /** When it ended, in seconds since the epoch; 0 while it goes on. */
  readonly ended: number
}

/** A case by its number; undefined where the sight does not reach its opening. */
export function caseRecord(database: Database, file: number, sight: CaseSight, at: number): CaseRecord | undefined {
  const seated = seatedAsOf(database, file, sight)
  if (seated === undefined) return undefined
  const procedure = procedureOf(seated.case.procedure)
  const now = atTime(procedure, seated.case, at)
  const ended = seated.ended > 0 ? seated.ended : isEnded(procedure, now) ? now.movedAt : 0
  return { file, procedure, case: now, ended }
}

/**
 * The case of this name; undefined where none is seen. Opened at two seats it is two: the one that was opened first is
 * shown, and of the adherence of a party that moved the one where it is at home since.
 */
export function readCase(database: Database, urn: string, sight: CaseSight, at: number): CaseRecord | undefined {
  const files = filesOf(database, urn, sight)
  const isLatest = parseCaseUrn(urn)?.slug.startsWith(adherenceSlugs) === true
  const file = isLatest ? files.at(-1) : files[0]
  return file === undefined ? undefined : caseRecord(database, file, sight, at)
}

/** All cases of this name that are seen, by when they were opened. */
export function filesOf(database: Database, urn: string, sight: CaseSight): readonly number[] {
  return database
    .prepare('SELECT case_file, opened_at FROM case_file CROSS JOIN case_now USING (case_file) WHERE urn = ?')
    .all(urn)
    .map((row) => ({ file: Number(row['case_file']), openedAt: Number(row['opened_at']) }))
    .filter(({ file }) => file < sight.endAt(file))
    .sort((a, b) => a.openedAt - b.openedAt || (sight.originOf(a.file) < sight.originOf(b.file) ? -1 : 1))
    .map(({ file }) => file)
}

/** Which moves of a case are read: those behind an effect, in their order, or the newest first. */
export interface MovesAsked {
  readonly after?: number
  readonly newest?: boolean
  readonly limit?: number
}

/** Moves that took effect in a case, as far as they are seen. */
export function movesOf(
  database: Database,
  file: number,
  sight: CaseSight,
  { after = 0, newest = false, limit = Number.MAX_SAFE_INTEGER }: MovesAsked = {},
): readonly SeatedMove[] {
  return database
    .prepare(
      `SELECT move.effective AS effective, move.position AS position, move.name AS name, move.payload AS payload,
         entry.id AS id, entry.kind AS kind, entry.iat AS iat, done.at AS at, party.urn AS by, case_file.urn AS urn
       FROM move CROSS JOIN entry ON entry.position = move.position CROSS JOIN entry done ON done.position = move.effective
       CROSS JOIN party ON party.party = move.party CROSS JOIN case_file ON case_file.case_file = move.case_file
       WHERE move.case_file = ? AND move.effective > ? AND move.effective < ?
       ORDER BY move.effective ${newest ? 'DESC' : 'ASC'} LIMIT ?`,
    )
    .all(file, after, sight.endAt(file), limit)
    .map((row): SeatedMove => {
      const [position, at, kind] = [Number(row['position']), Number(row['at']), String(row['kind'])]
      const payload = JSON.parse(String(row['payload']))
      return {
        statement: idText(row['id']),
        name: String(row['name']),
        by: String(row['by']),
        ...(kind === 'move' ? {} : { kind }),
        urn: String(row['urn']),
        body: kind === 'move' ? payload.body : payload,
        at,
        filedAt: at,
        position,
        effective: Number(row['effective']),
        origin: sight.originOf(position),
        index: indexOf(position),
        iat: Number(row['iat']),
      }
    })
}

/** As the last move that is seen left it: what is kept, or, where more is known than is seen, played again. */
function seatedAsOf(database: Database, file: number, sight: CaseSight): SeatedCase | undefined {
  const end = sight.endAt(file)
  if (file >= end) return undefined
  const row = database.prepare(`SELECT ${seatedColumns} FROM ${seatedTables} WHERE case_file.case_file = ?`).get(file)
  if (row === undefined) return undefined
  const latest = seatedCase(row)
  return Number(row['effective']) < end ? latest : playedAgain(latest, movesOf(database, file, sight))
}

function playedAgain({ file, case: latest }: SeatedCase, moves: readonly SeatedMove[]): SeatedCase | undefined {
  const procedure = procedureOf(latest.procedure)
  const { seat, place } = latest
  let so: SeatedCase | undefined
  for (const seen of moves) {
    const move = asMade(seen, so?.case)
    const after = so === undefined ? openCase(procedure, move, { seat, place }) : reduce(procedure, so.case, move)
    so = { file, case: after, ended: endOf({ procedure, move, after, ...(so && { before: so }) }) }
  }
  return so
}

/** What a statement of another kind makes of a move depends on the case before it. */
function asMade(seen: SeatedMove, so: Case | undefined): Move {
  const { statement, name, by, urn, body, at, filedAt, kind } = seen
  const move: Move = { statement, name, by, urn, body, at, filedAt }
  return kind === undefined ? move : { ...move, ...moveOfKind(kind, instrumentOf(urn), by, body, so, at) }
}

/** `urn:comity:instrument:code` of the case of an adherence to it. */
function instrumentOf(urn: string): string {
  return `urn:comity:instrument:${urn.slice(urn.lastIndexOf('.') + 1)}`
}
