/** How columns of the register become members of answers. */
import { indexOf } from '../../register/position.ts'
import { positionsPerLog } from '../../register/schema.ts'

export type Row = Readonly<Record<string, unknown>>

/** Positions of the node's own log end here; those of mirrored logs follow. */
export const ownLogEnd = positionsPerLog

export interface Place {
  readonly id: string
  readonly index: number
  readonly effective: number
  readonly at: number
}

/** Columns that {@link placeOf} reads, of a kind's table joined with `entry`. */
export const placeColumns =
  'entry.id AS id, entry.position AS position, entry.at AS at, kind_row.effective AS effective'

export const placeJoin = 'JOIN entry ON entry.position = kind_row.position JOIN party ON party.party = kind_row.party'

/** Where and when a statement stands in its log, and from which index on it counts. */
export function placeOf(row: Row): Place {
  return {
    id: hexOf(row['id']),
    index: indexOf(Number(row['position'])),
    effective: indexOf(Number(row['effective'])),
    at: Number(row['at']),
  }
}

/** A BLOB column in hex. */
export function hexOf(value: unknown): string {
  // Safe: called for columns that the schema declares as BLOB.
  return Buffer.from(value as Uint8Array).toString('hex')
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
