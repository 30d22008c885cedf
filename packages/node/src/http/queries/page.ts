import { api } from '@comity/contract'
import { RequestError } from '../request-error.ts'

export interface PageQuery {
  readonly limit?: number
  readonly cursor?: string
}

export interface Page<T> {
  readonly items: readonly T[]
  readonly next?: string
}

/** How many items a page has at the most. */
export function limitOf({ limit }: PageQuery): number {
  return limit ?? api.pageDefault
}

/** A cursor that is a number; `absent` on the first page. */
export function numericCursor({ cursor }: PageQuery, absent: number): number {
  if (cursor === undefined) return absent
  if (!/^[0-9]{1,16}$/.test(cursor)) throw badCursor()
  return Number(cursor)
}

/** The error for a cursor that this list did not give out. */
export function badCursor(): RequestError {
  return new RequestError('bad-cursor', 'the cursor is none of this list: pass on `next` as it came')
}

/** Cuts one row more than asked for down to a page; that row says that there is another page. */
export function pageOf<R, T>(
  rows: readonly R[],
  limit: number,
  item: (row: R) => T,
  cursor: (row: R) => string,
): Page<T> {
  const last = rows[limit - 1]
  const items = rows.slice(0, limit).map(item)
  return rows.length > limit && last !== undefined ? { items, next: cursor(last) } : { items }
}
