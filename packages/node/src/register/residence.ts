/**
 * Where a party was at home, as a cut of several logs shows it.
 *
 * A party is founded in the log that its first party statement names. Where it names another home there, the log that
 * has that very statement too has taken it in, and counts from there; and so on. A party that says to two logs that it
 * moves to them is at home in the one to which its former log agrees, for that log has the statements in an order.
 */
import { idText } from './by-id.ts'
import type { Database } from './database.ts'
import { logOf } from './position.ts'

/** A time that a party spent at home in one log: of its statements there, those that took effect in it count. */
export interface Stay {
  /** Number of the party's row in that log. */
  readonly party: number
  /** Position of the party statement with which it begins. */
  readonly from: number
  /** Position after the last that belongs to it: behind the move, or where the cut ends. */
  readonly to: number
}

export interface Residence {
  /** In their order. */
  readonly stays: readonly Stay[]
  /** Origin of the log that it names last: where it is at home, or on its way to. */
  readonly home: string
  /**
   * Its first log is in the cut. Without that nobody can tell whether the party is at home where it says, so that nothing
   * about it counts; `home` is then that first log, and the stays are what each log says by itself.
   */
  readonly isRooted: boolean
}

/** Which logs a cut sees, and how far. */
export interface SeenLogs {
  /** Origins by log number. */
  readonly origins: ReadonlyMap<number, string>
  /** Where the cut ends in a log: a position that is not in it any more; undefined where it does not see the log. */
  end(log: number): number | undefined
}

/** A party statement that names another home than the one before it in the same log, or is the first there. */
interface HomeRow {
  readonly party: number
  readonly position: number
  readonly log: number
  readonly origin: string
  readonly statement: string
}

/** Undefined for a party that the cut does not know, and for one that its first log, in the cut, does not have. */
export function residenceOf(database: Database, seen: SeenLogs, urn: string): Residence | undefined {
  const rows = readHomes(database, seen, urn)
  const founded = rows.find((row) => row.position === row.party && seen.origins.get(row.log) === row.origin)
  if (founded !== undefined) return follow(founded, rows, seen)
  const [first] = rows
  if (first === undefined || isSeen(first.origin, seen)) return undefined
  const stays = rows
    .filter((row) => seen.origins.get(row.log) === row.origin)
    .map((row) => stayFrom(row, rows, seen))
    .sort((a, b) => byArrival(database, seen, a, b))
  return { stays, home: first.origin, isRooted: false }
}

/** The stay in which something that took effect at this position counts. */
export function stayAt({ stays }: Residence, effective: number): Stay | undefined {
  return stays.find(({ from, to }) => effective >= from && effective < to)
}

function follow(founded: HomeRow, rows: readonly HomeRow[], seen: SeenLogs): Residence {
  const stays: Stay[] = []
  for (let at = founded; ;) {
    stays.push(stayFrom(at, rows, seen))
    const left = nextHome(at, rows)
    // Party statements name the one before by its hash, so none comes twice and this ends.
    const taken =
      left && rows.find((row) => seen.origins.get(row.log) === left.origin && row.statement === left.statement)
    if (taken === undefined) return { stays, home: left?.origin ?? at.origin, isRooted: true }
    at = taken
  }
}

function stayFrom(row: HomeRow, rows: readonly HomeRow[], seen: SeenLogs): Stay {
  const left = nextHome(row, rows)
  return {
    party: row.party,
    from: row.position,
    to: left === undefined ? (seen.end(row.log) ?? row.position) : left.position + 1,
  }
}

function nextHome({ party, position }: HomeRow, rows: readonly HomeRow[]): HomeRow | undefined {
  return rows.find((row) => row.party === party && row.position > position)
}

function isSeen(origin: string, { origins, end }: SeenLogs): boolean {
  return [...origins].some(([log, each]) => each === origin && end(log) !== undefined)
}

function readHomes(database: Database, seen: SeenLogs, urn: string): readonly HomeRow[] {
  return database
    .prepare(
      `SELECT party.party AS party, position, origin, statement FROM party CROSS JOIN home ON home.party = party.party
       WHERE urn = ? ORDER BY position`,
    )
    .all(urn)
    .flatMap((row) => {
      const position = Number(row['position'])
      const log = logOf(position)
      if (position >= (seen.end(log) ?? 0)) return []
      const party = Number(row['party'])
      return [{ party, position, log, origin: String(row['origin']), statement: idText(row['statement']) }]
    })
}

/** An order that does not depend on how this node numbers its logs. */
function byArrival(database: Database, { origins }: SeenLogs, a: Stay, b: Stay): number {
  const at = (stay: Stay) => Number(database.prepare('SELECT at FROM entry WHERE position = ?').get(stay.from)?.['at'])
  const origin = (stay: Stay) => origins.get(logOf(stay.from)) ?? ''
  return at(a) - at(b) || (origin(a) < origin(b) ? -1 : origin(a) > origin(b) ? 1 : a.from - b.from)
}
