/**
 * Statements by their identifier. Everywhere else an identifier is 64 hex digits; only here is it the 32 bytes that the
 * tables hold.
 */
import type { Database } from './database.ts'
import type { PositionRange } from './position.ts'

/** The column that holds an identifier. */
export function idColumn(id: string): Uint8Array {
  return Buffer.from(id, 'hex')
}

/** An identifier as it is written, from its column. */
export function idText(column: unknown): string {
  // Safe: the schema declares every column of identifiers as BLOB NOT NULL.
  return Buffer.from(column as Uint8Array).toString('hex')
}

/**
 * The first position of a statement in a range; undefined where it is not. The time leaves of one second say the same
 * and so are one statement.
 */
export function positionById(database: Database, id: string, { from, to }: PositionRange): number | undefined {
  const row = database
    .prepare('SELECT position FROM entry WHERE id = ? AND position >= ? AND position < ? ORDER BY position LIMIT 1')
    .get(idColumn(id), from, to)
  return row === undefined ? undefined : Number(row['position'])
}

/** The party whose statement this is; undefined where the register does not have it in that range. */
export function authorById(database: Database, id: string, { from, to }: PositionRange): string | undefined {
  const row = database
    .prepare(
      'SELECT urn FROM entry CROSS JOIN party USING (party) WHERE id = ? AND position >= ? AND position < ? LIMIT 1',
    )
    .get(idColumn(id), from, to)
  return row === undefined ? undefined : String(row['urn'])
}

/** A statement about an advisory that took effect. */
export interface EffectiveAdvisory {
  readonly position: number
  readonly effective: number
  readonly party: number
  readonly sub: string
}

/**
 * The advisory statement of this identifier that took effect in a range, or in each log where it did so.
 *
 * It is found by where it took effect, which is its key; an approval took effect there too, so the position has to be
 * the same as well.
 */
export function advisoriesById(
  database: Database,
  id: string,
  { from, to }: PositionRange = everywhere,
): readonly EffectiveAdvisory[] {
  return database
    .prepare(
      `SELECT advisory.position AS position, advisory.effective AS effective, advisory.party AS party, advisory.sub AS sub
       FROM entry CROSS JOIN advisory ON advisory.effective = entry.effective AND advisory.position = entry.position
       WHERE entry.id = ? AND entry.position >= ? AND entry.position < ?`,
    )
    .all(idColumn(id), from, to)
    .map((row) => ({
      position: Number(row['position']),
      effective: Number(row['effective']),
      party: Number(row['party']),
      sub: String(row['sub']),
    }))
}

const everywhere: PositionRange = { from: 0, to: Number.MAX_SAFE_INTEGER }
