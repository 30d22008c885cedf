/**
 * Rows of the entries that a filter passes, a page at a time, each found by an index: no page costs more because few
 * entries pass. There is an index by kind and one by party and kind; the entries of a party are those of each of its
 * kinds, merged.
 */
import { idColumn } from '../../register/by-id.ts'
import type { Database } from '../../register/database.ts'
import { logOf, type PositionRange, rangeOf } from '../../register/position.ts'
import { type Row, where } from './rows.ts'

export interface StatementFilter {
  /** URN of the author. */
  readonly party?: string
  readonly kind?: string
  /** Whether they wait for further signatures of their own party. */
  readonly pending?: boolean
}

/** Which part of the log, and how much of it: positions from `from` on and below `to`. */
export interface Stretch {
  readonly from: number
  readonly to: number
  readonly ascending: boolean
  readonly limit: number
}

const columns = `entry.id AS id, entry.position AS position, entry.kind AS kind, entry.at AS at,
  entry.effective AS effective`

/** The first rows of a stretch that pass, in its order. */
export function statementRows(database: Database, filter: StatementFilter, stretch: Stretch): readonly Row[] {
  const { party: urn, kind, pending } = filter
  if (urn === undefined) return select(database, { kind, pending }, stretch)
  const { from, to } = rangeOf(logOf(stretch.from))
  const party = database
    .prepare('SELECT party FROM party WHERE urn = ? AND party >= ? AND party < ?')
    .get(urn, from, to)?.['party']
  if (party === undefined) return []
  const author = Number(party)
  // What is pending is few and looked through as it is.
  const kinds = kind !== undefined || pending === true ? [kind] : kindsOf(database, author)
  return merged(kinds, (each) => select(database, { party: author, kind: each, pending }, stretch), stretch)
}

/** The newest rows before `to` but those of one kind. */
export function newestRowsBut(database: Database, kind: string, to: number, limit: number): readonly Row[] {
  const stretch: Stretch = { from: 0, to, ascending: false, limit }
  const kinds = kindsOf(database).filter((each) => each !== kind)
  return merged(kinds, (each) => select(database, { kind: each, pending: undefined }, stretch), stretch)
}

/**
 * Entries of a range whose identifier begins with these digits, in the order of identifiers. Time leaves of one second
 * are one statement.
 */
export function rowsBeginningWith(
  database: Database,
  digits: string,
  { from, to }: PositionRange,
  limit: number,
): readonly Row[] {
  return database
    .prepare(
      `SELECT ${columns}, min(entry.position) FROM entry WHERE entry.id >= ? AND entry.id <= ? AND entry.position >= ? AND entry.position < ?
       GROUP BY entry.id ORDER BY entry.id LIMIT ?`,
    )
    .all(idColumn(digits.padEnd(64, '0')), idColumn(digits.padEnd(64, 'f')), from, to, limit)
}

/** One row of the register by its position. */
export function statementRow(database: Database, position: number): Row | undefined {
  return database.prepare(`SELECT ${columns} FROM entry WHERE position = ?`).get(position)
}

interface Selection {
  readonly party?: number
  readonly kind: string | undefined
  readonly pending: boolean | undefined
}

function select(
  database: Database,
  { party, kind, pending }: Selection,
  { from, to, ascending, limit }: Stretch,
): readonly Row[] {
  // From the few that are pending, not through everything.
  const table = pending === true ? 'pending' : 'entry'
  return database
    .prepare(
      `SELECT ${columns} FROM ${pending === true ? 'pending CROSS JOIN entry USING (position)' : 'entry'}
       ${where(
         `${table}.position >= :from AND ${table}.position < :to`,
         party !== undefined && 'entry.party = :party',
         kind !== undefined && 'entry.kind = :kind',
         pending === false && 'entry.position NOT IN (SELECT position FROM pending)',
       )} ORDER BY ${table}.position ${ascending ? 'ASC' : 'DESC'} LIMIT :limit`,
    )
    .all({
      from,
      to,
      limit,
      ...(party === undefined ? {} : { party }),
      ...(kind === undefined ? {} : { kind }),
    })
}

function merged<T>(parts: readonly T[], rowsOf: (part: T) => readonly Row[], { ascending, limit }: Stretch): Row[] {
  const sign = ascending ? 1 : -1
  return parts
    .flatMap(rowsOf)
    .sort((a, b) => sign * (Number(a['position']) - Number(b['position'])))
    .slice(0, limit)
}

/** The kinds of which there is a statement, by one party or by anybody: a leap through the index from each to the next. */
function kindsOf(database: Database, party?: number): readonly string[] {
  const next = (condition: string): string =>
    `SELECT min(kind) AS kind FROM entry ${where(party !== undefined && 'party = :party', condition !== '' && condition)}`
  const rows = database
    .prepare(
      `WITH RECURSIVE known (kind) AS (
         ${next('')} UNION ALL
         SELECT (${next('entry.kind > known.kind')}) FROM known WHERE known.kind IS NOT NULL
       ) SELECT kind FROM known WHERE kind IS NOT NULL`,
    )
    .all(party === undefined ? {} : { party })
  return rows.map((row) => String(row['kind']))
}
