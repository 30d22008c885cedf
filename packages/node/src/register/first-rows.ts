/**
 * The first of many rows by rank, without looking at all of them.
 *
 * Rows come newest first by where they took effect. Among equals the rank goes by where they were registered, which is
 * never later. So once there are enough of the best sort that were registered no earlier than the next row took effect,
 * none that follows can come before them.
 */
import type { Row } from './cut-rows.ts'

export interface Ranking<T> {
  /** What is ranked, from a row. */
  read(row: Row): T
  /** A total order. */
  compare(a: T, b: T): number
  /** Nothing comes before it but others of its sort. */
  isBest(fact: T): boolean
}

/** Rows of one log, with columns `position` and `effective`. */
export function firstRows<T>(rows: Iterable<Row>, limit: number, { read, compare, isBest }: Ranking<T>): readonly T[] {
  let kept: T[] = []
  const best: number[] = []
  for (const row of rows) {
    const effective = Number(row['effective'])
    if (best.length >= limit && best.filter((position) => position >= effective).length >= limit) break
    const fact = read(row)
    kept.push(fact)
    if (isBest(fact)) best.push(Number(row['position']))
    if (kept.length >= 8 * limit + 64) kept = first(kept, limit, compare)
  }
  return first(kept, limit, compare)
}

/** The first by rank. */
export function first<T>(facts: readonly T[], limit: number, compare: (a: T, b: T) => number): T[] {
  return facts.toSorted(compare).slice(0, limit)
}
