/** How columns of the register become members of answers. */
import { idText } from '../../register/by-id.ts'
import { indexOf } from '../../register/position.ts'
import { positionsPerLog } from '../../register/schema.ts'

export type Row = Readonly<Record<string, unknown>>

export interface Place {
  readonly id: string
  readonly origin: string
  readonly index: number
  readonly effective: number
  readonly at: number
}

/** Columns that {@link placeOf} reads, of a kind's table joined with `entry`. */
export const placeColumns = `entry.id AS id, entry.position AS position, entry.at AS at, kind_row.effective AS effective,
  (SELECT origin FROM log WHERE log.log = entry.position / ${positionsPerLog}) AS origin`

export const placeJoin = 'JOIN entry ON entry.position = kind_row.position JOIN party ON party.party = kind_row.party'

/** Where and when a statement stands in its log, and from which index on it counts. */
export function placeOf(row: Row): Place {
  return {
    id: idText(row['id']),
    origin: String(row['origin']),
    index: indexOf(Number(row['position'])),
    effective: indexOf(Number(row['effective'])),
    at: Number(row['at']),
  }
}

/** A JSON column; the reducers wrote it from a payload that fitted its schema. */
export function jsonOf<T>(value: unknown): T {
  return JSON.parse(String(value))
}

/** `{name: value}` unless the column is NULL. */
export function optional<N extends string, T>(name: N, value: unknown, read: (value: unknown) => T): { [K in N]?: T } {
  // Safe: an object with exactly that member, or none.
  return (value === null || value === undefined ? {} : { [name]: read(value) }) as { [K in N]?: T }
}

/** A pattern for `LIKE … ESCAPE '\'` that finds `text` anywhere. */
export function containing(text: string): string {
  return `%${text.replace(/[\\%_]/g, (character) => `\\${character}`)}%`
}

/** Joins the conditions that apply. */
export function where(...conditions: readonly (string | false)[]): string {
  const applying = conditions.filter((each) => each !== false)
  return applying.length === 0 ? '' : `WHERE ${applying.join(' AND ')}`
}
