import type { Thing } from './thing.ts'

/** What of a row is asked for, in SQL. Entries are `entry`, rows of the kind's table `kind_row`. */
export interface OfParty {
  readonly columns: string
  /** Further tables, `CROSS JOIN … ON …`. */
  readonly joins?: string
  readonly condition?: string
}

/**
 * A query for what one party has stated in one log, the statement that took effect last first. Its parameters are `?1`
 * the party's number there, `?2` and `?3` the positions between which it took effect; those of the caller begin at `?4`.
 *
 * The tables of kinds have no index by party, for entries have one. There a statement stands by its own position, which
 * is where it took effect unless it waited for approvals; those that did are few and have an index of their own. SQLite
 * merges the two as they are read, so that who stops early has not paid for the rest.
 */
export function ofParty(table: Thing, { columns, joins = '', condition }: OfParty): string {
  const branch = (place: string, which: string) =>
    `SELECT ${place} AS place, ${columns} FROM entry CROSS JOIN ${table} kind_row ON kind_row.effective = ${place} ${joins}
     WHERE entry.party = ?1 AND entry.kind = '${table}' ${which} AND ${place} >= ?2 AND ${place} < ?3
       ${condition === undefined ? '' : `AND ${condition}`}`
  return `${branch('entry.position', '')}
    UNION ALL ${branch('entry.effective', 'AND entry.effective <> entry.position')} ORDER BY place DESC`
}
