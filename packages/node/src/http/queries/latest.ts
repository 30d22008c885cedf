/** Lists and histories of things that a later statement about the same thing replaces: products, releases, advisories. */
import { parseAdvisoryUrn, parseProductUrn, parseReleaseUrn, parseSupplyUrn } from '@comity/statement'
import type { Database } from '../../register/database.ts'
import { ofParty } from '../../register/of-party.ts'
import { logOf, rangeOf } from '../../register/position.ts'
import { Sight } from '../../register/sight.ts'
import { isSameThing, isThing, type Thing, thingKey } from '../../register/thing.ts'
import { badCursor, limitOf, type Page, type PageQuery, pageOf } from './page.ts'
import { placeColumns, placeJoin, type Row } from './rows.ts'

/** Versions of one thing that its page shows. */
const versionsShown = 100

/** A table of the register whose rows concern the thing named in `sub`. */
export interface Things<T> {
  readonly table: Thing
  /** Columns of `kind_row` beside those of every statement; `sub` is one of them. */
  readonly columns: string
  readonly read: (row: Row) => T
}

/** Of all parties, or of one, by its URN. */
export interface LatestQuery extends PageQuery {
  readonly party?: string
}

/** A condition with one parameter, `?`; it does not apply where the value is undefined. */
export type Filter = readonly [condition: string, value: string | undefined]

/** No later statement about the same thing has taken effect in the same log, which ends at the parameter `end`. */
export const isLatest = (table: Thing, end: string): string =>
  `NOT EXISTS (SELECT 1 FROM ${table} later
     WHERE ${isSameThing} AND later.effective > kind_row.effective AND later.effective < ${end})`

const columnsOf = ({ columns }: Things<unknown>): string =>
  `${placeColumns}, ${effectiveAt} AS effective_at, party.urn AS urn, ${columns}`

/** The time of the batch in which a statement took effect, by which those of several logs are put in order. */
const effectiveAt = '(SELECT at FROM batch WHERE batch.position >= kind_row.effective ORDER BY batch.position LIMIT 1)'

/**
 * Things of all logs as their latest statement has them, what was stated last first. Only what was stated where its
 * party was at home counts, so a page can be short and still have a next one.
 */
export function listLatest<T>(
  database: Database,
  things: Things<T>,
  query: LatestQuery,
  filters: readonly Filter[],
): Page<T> {
  const limit = limitOf(query)
  const sight = new Sight(database)
  const cursor = cursorOf(query)
  const select = database.prepare(latestSql(things, query.party !== undefined, filters))
  const values = filters.flatMap(([, value]) => (value === undefined ? [] : [value]))
  const rows = sight.logs
    .flatMap((log) => {
      const whose = query.party === undefined ? 0 : numberOf(database, query.party, log)
      if (whose === undefined) return []
      const end = sight.endOf(log)
      const before = cursor === undefined ? end : Math.min(end, lastBefore(database, log, cursor))
      return select.all(whose, rangeOf(log).from, before, end, limit + 1, ...values)
    })
    .sort(byTime)
  const page = pageOf(
    rows,
    limit,
    (row) => row,
    (row) => `${Number(row['effective_at'])}.${Number(row['effective'])}`,
  )
  const items = page.items.filter((row) => isShown(sight, things, row)).map(things.read)
  return page.next === undefined ? { items } : { items, next: page.next }
}

/** Parameters: the party's number, from which position and before which, where the log ends, how many, the filters'. */
function latestSql(things: Things<unknown>, isOfParty: boolean, filters: readonly Filter[]): string {
  const applying = filters.filter(([, value]) => value !== undefined)
  const condition = [isLatest(things.table, '?4'), ...applying.map(([each], i) => each.replace('?', `?${i + 6}`))].join(
    ' AND ',
  )
  if (isOfParty) {
    const joins = 'CROSS JOIN party ON party.party = entry.party'
    return `${ofParty(things.table, { columns: columnsOf(things), joins, condition })} LIMIT ?5`
  }
  return `SELECT ${columnsOf(things)} FROM ${things.table} kind_row ${placeJoin}
    WHERE kind_row.effective >= ?2 AND kind_row.effective < ?3 AND ${condition}
    ORDER BY kind_row.effective DESC LIMIT ?5`
}

/** The number of a party in a log; undefined where that log has not seen it. */
function numberOf(database: Database, urn: string, log: number): number | undefined {
  const { from, to } = rangeOf(log)
  const row = database.prepare('SELECT party FROM party WHERE urn = ? AND party >= ? AND party < ?').get(urn, from, to)
  return row === undefined ? undefined : Number(row['party'])
}

/**
 * All that was stated about one thing, with its author's names and the payload, of which releases keep none: the latest
 * first, at most a hundred.
 */
export function versionsOf(database: Database, things: Things<unknown>, sub: string): readonly Row[] {
  const sight = new Sight(database)
  const select = database.prepare(
    `SELECT ${columnsOf(things)}, party.names AS names, ${things.table === 'release' ? 'NULL' : 'kind_row.payload'} AS payload
     FROM ${things.table} kind_row ${placeJoin}
     WHERE ${isThing} AND kind_row.effective >= ? AND kind_row.effective < ?
     ORDER BY kind_row.effective DESC LIMIT ${versionsShown}`,
  )
  // In the order of its author's stays, which is that of the logs only by chance.
  const stays = sight.residenceOf(ownerOf(sub))?.stays.toReversed() ?? []
  return stays.flatMap(({ from, to }) => select.all(thingKey(sub), sub, from, to)).slice(0, versionsShown)
}

/** A product, release, notice or advisory bears its party in its name. */
function ownerOf(sub: string): string {
  const product = parseReleaseUrn(sub)?.product ?? sub
  return (parseProductUrn(product) ?? parseAdvisoryUrn(sub) ?? parseSupplyUrn(sub))?.party ?? ''
}

function isShown(sight: Sight, { table }: Things<unknown>, row: Row): boolean {
  const stated = { urn: String(row['urn']), sub: String(row['sub']), effective: Number(row['effective']) }
  return sight.counts(stated.urn, stated.effective) && !sight.isReplaced(table, stated)
}

interface Cursor {
  readonly at: number
  readonly effective: number
}

function cursorOf({ cursor }: PageQuery): Cursor | undefined {
  if (cursor === undefined) return undefined
  const found = /^([0-9]{1,12})\.([0-9]{1,16})$/.exec(cursor)
  if (found === null) throw badCursor()
  return { at: Number(found[1]), effective: Number(found[2]) }
}

/** What of a log comes after the cursor begins below this position. */
function lastBefore(database: Database, log: number, { at, effective }: Cursor): number {
  if (log === logOf(effective)) return effective
  const newest = log < logOf(effective) ? at : at - 1
  const row = database
    .prepare('SELECT position FROM batch WHERE log = ? AND at <= ? ORDER BY at DESC, position DESC LIMIT 1')
    .get(log, newest)
  return row === undefined ? 0 : Number(row['position']) + 1
}

function byTime(a: Row, b: Row): number {
  return Number(b['effective_at']) - Number(a['effective_at']) || Number(b['effective']) - Number(a['effective'])
}
