/**
 * What the copies of followed logs hold for the cases whose seat is the own log, read from the register: which moves it
 * has not taken, and which statements of their authors it lacks before it can.
 */
import { idText, positionById } from '../../register/by-id.ts'
import type { Database } from '../../register/database.ts'
import { indexOf, positionOf, rangeOf } from '../../register/position.ts'
import type { Progress } from './seat-record.ts'

/** A move in a followed log, for a case whose seat is here. It took effect there: the approvals it needs came. */
export interface Filing {
  readonly position: number
  /** The log in which it was filed. */
  readonly origin: string
  /** Where its last missing approval stands; its own position where it needed none. */
  readonly effective: number
  readonly id: string
  /** The case. */
  readonly urn: string
  /** Name of the move. */
  readonly name: string
  /** Its author, and the number of the author's row in that log. */
  readonly by: string
  readonly party: number
  /** When that log had it: the time of its batch, in seconds since the epoch. */
  readonly at: number
}

/** Where a statement stands in a followed log. */
export interface Standing {
  readonly position: number
  readonly id: string
}

const select = `SELECT f.position AS position, f.effective AS effective, f.id AS id, f.urn AS urn, f.name AS name,
  f.at AS at, f.party AS party, party.urn AS author FROM filed_move f JOIN party ON party.party = f.party`

/**
 * Moves of a followed log in the order in which they took effect there: those that had to wait when it was last looked at,
 * then at most `limit` of those behind. `seenTo`: the index behind the last of these; undefined where there are no more.
 */
export function filingsIn(
  database: Database,
  { log, origin }: Followed,
  seat: string,
  progress: Progress,
  limit: number,
): { readonly filings: readonly Filing[]; readonly seenTo: number | undefined } {
  const one = database.prepare(`${select} WHERE f.seat = ? AND f.effective = ?`)
  const waiting = progress.waiting.flatMap((index) => one.all(seat, positionOf(log, index)))
  const fresh = database
    .prepare(`${select} WHERE f.seat = ? AND f.effective >= ? AND f.effective < ? ORDER BY f.effective LIMIT ?`)
    .all(seat, positionOf(log, progress.upTo), rangeOf(log).to, limit)
    .map((row) => filingOf(row, origin))
  const last = fresh.length < limit ? undefined : fresh.at(-1)
  return {
    filings: [...waiting.map((row) => filingOf(row, origin)), ...fresh],
    seenTo: last === undefined ? undefined : indexOf(last.effective) + 1,
  }
}

function filingOf(row: Readonly<Record<string, unknown>>, origin: string): Filing {
  return {
    origin,
    position: Number(row['position']),
    effective: Number(row['effective']),
    id: idText(row['id']),
    urn: String(row['urn']),
    name: String(row['name']),
    by: String(row['author']),
    party: Number(row['party']),
    at: Number(row['at']),
  }
}

/** Whether the own log has a move with all that it needs to take effect as it did where it was filed. */
export function isTaken(database: Database, { id, position, effective }: Filing): boolean {
  if (!isHere(database, id)) return false
  return effective === position || isHere(database, idAt(database, effective))
}

/**
 * What the own log lacks of what it takes to judge a move and to have it take effect: the party statements that its
 * author's home log had before it, the approvals of these and of the move, in the order of that log. The move is among it.
 */
export function lackingFor(database: Database, filing: Filing): readonly Standing[] {
  const approvals = approvalsOf(database, filing.party, filing.id, filing.effective + 1)
  const own: Standing = { position: filing.position, id: filing.id }
  const chain = lackingOf(database, filing.party, filing.position)
  return [...chain, ...notHere(database, [own, ...approvals])].toSorted((one, other) => one.position - other.position)
}

/** Party statements of a party in a followed log before a position, with their approvals, that the own log lacks. */
export function lackingOf(database: Database, party: number, before: number): readonly Standing[] {
  const statements = database
    .prepare("SELECT position, id FROM entry WHERE party = ? AND kind = 'party' AND position < ? ORDER BY position")
    .all(party, before)
    .map((row): Standing => ({ position: Number(row['position']), id: idText(row['id']) }))
  const lacking = notHere(database, statements)
  const approvals = lacking.flatMap(({ id }) => approvalsOf(database, party, id, before))
  return [...lacking, ...notHere(database, approvals)].toSorted((one, other) => one.position - other.position)
}

function approvalsOf(database: Database, party: number, target: string, before: number): readonly Standing[] {
  return database
    .prepare(
      `SELECT approval.position AS position, entry.id AS id FROM approval CROSS JOIN entry USING (position)
       WHERE target = ? AND approval.party = ? AND approval.position < ?`,
    )
    .all(target, party, before)
    .map((row) => ({ position: Number(row['position']), id: idText(row['id']) }))
}

function notHere(database: Database, statements: readonly Standing[]): readonly Standing[] {
  return statements.filter(({ id }) => !isHere(database, id))
}

function isHere(database: Database, id: string): boolean {
  return positionById(database, id, rangeOf(0)) !== undefined
}

function idAt(database: Database, position: number): string {
  return idText(database.prepare('SELECT id FROM entry WHERE position = ?').get(position)?.['id'])
}

/**
 * Parties with a part in an open case here, of whom a followed log has party statements at a position or behind it: the
 * keys that they have now, or have no more, are to be known where their case is judged. Numbers of their rows there.
 */
export function changedParties(database: Database, log: number, from: number): readonly number[] {
  const { to } = rangeOf(log)
  return database
    .prepare(
      `SELECT DISTINCT entry.party AS party FROM entry CROSS JOIN party there ON there.party = entry.party
       CROSS JOIN party own ON own.urn = there.urn
       WHERE entry.kind = 'party' AND entry.position >= ? AND entry.position < ? AND own.party < ?
       AND EXISTS (SELECT 1 FROM case_party CROSS JOIN case_now USING (case_file)
         WHERE case_party.urn = own.urn AND case_file < ? AND ended = 0)`,
    )
    .all(from, to, rangeOf(0).to, rangeOf(0).to)
    .map((row) => Number(row['party']))
}

/** A log that this node follows. */
export interface Followed {
  readonly log: number
  readonly origin: string
  /** Entries that are folded. */
  readonly size: number
}

export function followedLogs(database: Database): readonly Followed[] {
  return database
    .prepare('SELECT log, origin, size FROM log WHERE log > 0 AND followed = 1 ORDER BY log')
    .all()
    .map((row) => ({ log: Number(row['log']), origin: String(row['origin']), size: Number(row['size']) }))
}
